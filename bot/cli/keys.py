"""`key`: keys of data at rest."""

import sys
from typing import Annotated

import typer

from bot import config, wiring
from bot.errors import ConfigError
from bot.services import keys
from bot.storage import resealing, schema, sealing
from bot.storage.engine import Database
from bot.storage.files import FileStore

key = typer.Typer(help="Keys of data at rest.", no_args_is_help=True)
STEPS = 50


@key.callback()
def _key() -> None:
    """Keys of data at rest."""


@key.command("new")
def new() -> None:
    """Make a key: a line for the key file, before the others. Keep a copy apart from the backups."""
    typer.echo(sealing.new_key())


@key.command("turn")
def turn(
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress.")] = False,
) -> None:
    """Bring everything stored under the newest key, while the bot runs with it.

    May be broken off and begun again.
    """
    settings = config.load()
    keyring = wiring.keyring(settings)
    if keyring is None:
        raise ConfigError("EMTIHAN_KEY_FILE: is not set; make a key with `emtihan key new`")
    database = Database(settings.database_url.get_secret_value())
    rows = files = 0
    try:
        database.ping()
        schema.require_current(database.engine)
        for step, (of_rows, of_files) in enumerate(
            keys.turn(database, FileStore(settings.files_folder, keyring), keyring)
        ):
            rows, files = rows + of_rows, files + of_files
            if not quiet and step % STEPS == STEPS - 1 and sys.stderr.isatty():
                typer.echo(f"\r{rows} rows, {files} files", nl=False, err=True)
        wiped = resealing.wipe(database.engine)
        needed = database.transact(keys.required) - {keyring.newest}
    finally:
        database.close()
    older = "some cannot be opened, see `emtihan key check`" if needed else "older keys are not needed now"
    typer.echo(f"sealed {rows} rows and {files} files with the key {keyring.newest}; {older}")
    typer.echo(
        "older backups still are what they were"
        if wiped
        else "PostgreSQL keeps old versions of rows until VACUUM FULL: run it in a quiet hour"
    )


@key.command("check")
def check() -> None:
    """Whether the keys that are set open what is stored, and which ones it needs.

    Names every value and file that cannot be opened; then the exit code is 1.
    """
    settings = config.load()
    keyring = wiring.keyring(settings)
    database = Database(settings.database_url.get_secret_value())
    try:
        database.ping()
        schema.require_current(database.engine)
        needed = sorted(database.transact(keys.need, keyring))
        spoilt = keys.spoilt(database, FileStore(settings.files_folder, keyring), keyring) if keyring else []
    finally:
        database.close()
    typer.echo(f"set: {', '.join(sorted(keyring.ids)) if keyring else 'none, nothing is sealed'}")
    typer.echo(f"needed: {', '.join(needed) or 'none yet'}")
    for place in spoilt:
        typer.echo(f"cannot be opened: {place}", err=True)
    if spoilt:
        raise typer.Exit(1)
