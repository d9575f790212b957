"""The schema of a database: where it stands, and whether this program can work on it.

A database grows while machines of the version before still work on it: a migration only adds. One that takes
something away (it has `compatible_from`) says which programs no longer need it; older ones are refused then.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.orm import Session

from bot.errors import ConfigError, SchemaOutdated

HEAD = "0030"
"""The newest migration; a test holds it against the scripts. Names of migrations sort by age."""

SCRIPTS = Path(__file__).parent / "migrations"

CONTRACTING = 0x656D746A
"""PostgreSQL's advisory lock around a migration that takes something away: no machine joins meanwhile."""

MAY_CREATE = """
SELECT current_database(), current_user, has_database_privilege(current_database(), 'CREATE')
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """The migration a database stands at (None: empty), and the oldest program that can work on it."""

    revision: str | None
    compatible_from: str = ""


def standing(connection: Connection | Session) -> Standing:
    """Where a database stands that has been migrated at least once."""
    row = connection.execute(text("SELECT * FROM alembic_version")).mappings().first()
    if row is None:
        return Standing(None)
    return Standing(row["version_num"], row.get("compatible_from") or "")


def stands(engine: Engine) -> Standing:
    """Where any database stands."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return Standing(None)
        return standing(connection)


def current(engine: Engine) -> str | None:
    """The migration a database stands at, None for an empty one."""
    return stands(engine).revision


def migrate(engine: Engine, target: str = "head", *, wait: Callable[[float], None] = time.sleep) -> None:
    """Climb up or down to `target`. Does nothing, and loads nothing, when the database is at the head.

    A database of a newer program is left as it is. `wait` is called between tries, with seconds. Raises
    `SchemaBusy` when others hold on to what must be changed, or still need what is to be taken away; what was
    done stands.
    """
    stands_at = stands(engine)
    found = stands_at.revision
    if target == "head" and found is not None and found >= HEAD:
        judge(stands_at)
        return
    from bot.storage import climb

    down = target != "head" and found is not None and (target == "base" or target < found)
    climb.climb(engine, SCRIPTS, target, wait, down=down)


def judge(found: Standing) -> None:
    """Raises `SchemaOutdated` unless this program can work on such a database: new enough, not too new."""
    if found.revision is None or found.revision < HEAD:
        seen = found.revision or "empty"
        raise SchemaOutdated(f"the database is at {seen}, this program needs {HEAD}: run emtihan migrate")
    if found.compatible_from > HEAD:
        raise SchemaOutdated(
            f"the database is at {found.revision} and needs a program of {found.compatible_from} or newer, "
            f"this one is of {HEAD}: install the new version"
        )


def require_current(engine: Engine) -> None:
    """Raises `SchemaOutdated` unless this program can work on the database."""
    judge(stands(engine))


def require_own(engine: Engine) -> None:
    """Raises `SchemaOutdated` unless the database has this program's schema and not a newer one."""
    found = stands(engine)
    judge(found)
    if found.revision != HEAD:
        raise SchemaOutdated(
            f"the database is at {found.revision}, this program knows {HEAD}: use the newest version for this"
        )


def admit(session: Session) -> None:
    """In the transaction in which a machine joins: raises `SchemaOutdated` when it is too old by now.

    Waits for a migration that takes something away.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock_shared(:key)"), {"key": CONTRACTING})
    judge(standing(session))


def make_room(session: Session, name: str, script: str) -> None:
    """Lay out a schema of PostgreSQL by a script, once, whoever comes first.

    Raises `ConfigError` when the database's role may not.
    """
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": name})
    known = text("SELECT 1 FROM information_schema.schemata WHERE schema_name = :name")
    if session.scalar(known, {"name": name}) is not None:
        return
    place, role, may = session.execute(text(MAY_CREATE)).one()
    if not may:
        raise ConfigError(
            f"EMTIHAN_DATABASE_URL: several machines need a schema that {role} may not create; "
            f'as an owner of the database: GRANT CREATE ON DATABASE "{place}" TO "{role}"'
        )
    raw = session.connection().connection.driver_connection
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
