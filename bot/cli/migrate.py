"""`migrate`: the database's schema."""

from typing import Annotated

import typer

from bot import config
from bot.services import belonging
from bot.storage import schema
from bot.storage.engine import Database


def migrate(
    new_bot: Annotated[
        bool, typer.Option("--new-bot", help="Give the database to the bot whose token is set next.")
    ] = False,
) -> None:
    """Bring the database to the current schema."""
    settings = config.load()
    database = Database(settings.database_url.get_secret_value())
    try:
        database.ping()
        before = schema.current(database.engine)
        schema.migrate(database.engine)
        if new_bot:
            database.transact(belonging.release)
    finally:
        database.close()
    if before is not None and before > schema.HEAD:
        typer.echo(f"the schema is of a newer version ({before}); this one ({schema.HEAD}) works with it")
    elif before == schema.HEAD:
        typer.echo(f"the schema is current ({schema.HEAD})")
    else:
        typer.echo(f"the schema went from {before or 'empty'} to {schema.HEAD}")
    if new_bot:
        typer.echo("the next bot that starts with this database has it")
