"""`backup` and `restore`: everything in one file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from bot import config
from bot.clock import system_clock
from bot.errors import EmtihanError
from bot.storage import archive, schema
from bot.storage.engine import Database


def backup(
    file: Annotated[Path, typer.Argument(help="The ZIP to write; one that is there is replaced when done.")],
) -> None:
    """Write every row and file into one ZIP, while the program runs. It holds persons' data and secrets."""
    settings = config.load()
    database = Database(settings.database_url.get_secret_value())
    try:
        database.ping()
        schema.require_own(database.engine)
        counts = archive.write(database.engine, settings.files_folder, file, system_clock(), settings.profile)
    except OSError as failure:
        raise EmtihanError(f"{file} cannot be written: {failure.strerror}") from None
    finally:
        database.close()
    _say("saved", file, counts)


def restore(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A ZIP that `backup` wrote.")],
) -> None:
    """Fill a new database from such a ZIP: an empty one, SQLite or PostgreSQL. All or nothing."""
    settings = config.load()
    database = Database(settings.database_url.get_secret_value())
    try:
        database.ping()
        schema.migrate(database.engine)
        counts = archive.read(database.engine, settings.files_folder, file)
    except OSError as failure:
        raise EmtihanError(f"{file} cannot be read: {failure.strerror}") from None
    finally:
        database.close()
    _say("restored", file, counts)


def _say(did: str, file: Path, counts: Mapping[str, int]) -> None:
    rows = sum(count for name, count in counts.items() if name != "files")
    typer.echo(f"{did} {rows} rows of {len(counts) - 1} tables and {counts['files']} files: {file}")
