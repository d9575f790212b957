"""`migrate`: the database's schema."""

import typer

from bot import config
from bot.storage import schema
from bot.storage.engine import Database


def migrate() -> None:
    """Bring the database to the current schema."""
    settings = config.load()
    database = Database(settings.database_url.get_secret_value())
    try:
        database.ping()
        before = schema.current(database.engine)
        schema.migrate(database.engine)
    finally:
        database.close()
    if before == schema.HEAD:
        typer.echo(f"the schema is current ({schema.HEAD})")
    else:
        typer.echo(f"the schema went from {before or 'empty'} to {schema.HEAD}")
