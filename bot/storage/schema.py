"""Bringing a database to the schema of this program, and telling whether it is there."""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from bot.errors import SchemaOutdated

HEAD = "0023"
"""The newest migration; a test holds it against the scripts."""

SCRIPTS = Path(__file__).parent / "migrations"


def current(engine: Engine) -> str | None:
    """The migration a database stands at, None for an empty one."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def migrate(engine: Engine, target: str = "head") -> None:
    """Climb up or down to `target`. Does nothing, and loads nothing, when the database is at the head."""
    if target == "head" and current(engine) == HEAD:
        return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", SCRIPTS.as_posix())
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        step = command.downgrade if target != "head" and _is_below(engine, target) else command.upgrade
        step(config, target)


def _is_below(engine: Engine, target: str) -> bool:
    standing = current(engine)
    return standing is not None and (target == "base" or target < standing)


def require_current(engine: Engine) -> None:
    """Raises `SchemaOutdated` unless the database is at this program's schema."""
    standing = current(engine)
    if standing != HEAD:
        seen = standing or "empty"
        raise SchemaOutdated(f"the database is at {seen}, this program needs {HEAD}: run emtihan migrate")


def make_room(engine: Engine, name: str, script: str) -> None:
    """Lay out a schema of PostgreSQL by a script, once, whoever comes first."""
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": name})
        known = text("SELECT 1 FROM information_schema.schemata WHERE schema_name = :name")
        if connection.execute(known, {"name": name}).scalar() is not None:
            return
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.execute(f'CREATE SCHEMA "{name}"; SET LOCAL search_path TO "{name}"; {script}')


def locale_of(engine: Engine) -> str:
    """The same of an engine, read once."""
    with engine.connect() as connection:
        return require_locale(connection)


def require_locale(connection: Connection) -> str:
    """The text locale of a PostgreSQL database, '' on SQLite.

    A cluster made with locale C folds no Kazakh letter; the caller says so to the operator.
    """
    if connection.dialect.name != "postgresql":
        return ""
    query = text("SELECT datcollate FROM pg_database WHERE datname = current_database()")
    return str(connection.execute(query).scalar() or "")
