"""The commands: one file a group, exit codes, no logic."""

import typer

from bot.cli import check, exports, imports, invites, migrate, preview, privacy, serve

app = typer.Typer(
    name="emtihan",
    help="Kazakh/Russian Telegram bot that carries a university through its distance-exam session.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("run")(serve.run)
app.command("demo")(serve.demo)
app.command("migrate")(migrate.migrate)
app.command("import")(imports.import_)
app.command("invites")(invites.invites)
app.command("export")(exports.export)
app.command("check")(check.check)
app.command("preview")(preview.preview)
app.command("purge")(privacy.purge)
app.add_typer(privacy.person, name="person")
