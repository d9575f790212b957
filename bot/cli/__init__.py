"""The commands: one file a group, exit codes, no logic. A command's file is read when it is called."""

import importlib
from typing import NamedTuple

import click
import typer
from typer.core import TyperGroup


class Entry(NamedTuple):
    """Where a command stands (module of this package, name in it) and the first line of its help."""

    module: str
    name: str
    help: str


COMMANDS = {
    "run": Entry("serve", "run", "Serve the bot: long polling, or the webhook when EMTIHAN_WEBHOOK_URL is set."),
    "demo": Entry("serve", "demo", "Bot, local Bot API server and phones in the browser, with a sample university."),
    "migrate": Entry("migrate", "migrate", "Bring the database to the current schema."),
    "import": Entry("imports", "import_", "Import students, staff, the timetable or results."),
    "invites": Entry("invites", "invites", "Write a one-time link code for everybody who is not linked yet."),
    "export": Entry("exports", "export", "Write a register; cells that look like formulas are made harmless."),
    "check": Entry("check", "check", "Check configuration, database, content and policies; print every problem."),
    "preview": Entry("preview", "preview", "x"),
    "purge": Entry("privacy", "purge", "Apply the retention rules now."),
    "person": Entry("privacy", "person", "One person's data."),
}
