"""The commands: one file a group, exit codes, no logic. Only the file of the called command is read."""

import importlib
from collections.abc import Sequence
from typing import Any, NamedTuple

import typer


class Entry(NamedTuple):
    """Where a command stands (file of this package, name in it) and the first words of its help."""

    file: str
    name: str
    help: str


COMMANDS = {
    "run": Entry("serve", "run", "Serve the bot"),
    "demo": Entry("serve", "demo", "Bot, local Bot API server and phones in the browser"),
    "migrate": Entry("migrate", "migrate", "Bring the database to the current schema"),
    "import": Entry("imports", "import_", "Import students, staff, the timetable or results"),
    "invites": Entry("invites", "invites", "Write a one-time link code for everybody who is not linked yet"),
    "export": Entry("exports", "export", "Write a register"),
    "check": Entry("check", "check", "Check configuration, database, content and policies"),
    "preview": Entry("preview", "preview", "Show a step, rule, problem or fix as the phone will show it"),
    "backup": Entry("backup", "backup", "Write every row and file into one ZIP"),
    "restore": Entry("backup", "restore", "Fill a new database from such a ZIP"),
    "key": Entry("keys", "key", "Keys of data at rest"),
    "purge": Entry("privacy", "purge", "Apply the retention rules now"),
    "person": Entry("privacy", "person", "One person's data"),
}


def build(arguments: Sequence[str]) -> typer.Typer:
    """The command line, with the command these arguments call; of the others only name and help."""
    app = typer.Typer(
        name="emtihan",
        help="Kazakh/Russian Telegram bot that carries a university through its distance-exam session.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    called = next((argument for argument in arguments if not argument.startswith("-")), "")
    for name, entry in COMMANDS.items():
        command = load(entry) if name == called else None
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name)
        elif command is not None:
            app.command(name)(command)
        else:
            app.command(name, help=f"{entry.help}.")(_unread)
    return app


def load(entry: Entry) -> Any:
    """The command itself: a function, or a group of them."""
    return getattr(importlib.import_module(f"{__name__}.{entry.file}"), entry.name)


def _unread() -> None:
    """Stands for a command that was not called."""
