"""Bringing a database to the schema of this program, also while machines of the version before work on it.

On PostgreSQL each migration is a transaction of its own that waits for no lock for long: whoever waits for a
lock on a table makes everybody behind it wait too. It gives up, lets the others pass and tries again.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from bot.errors import SchemaBusy
from bot.storage import schema
from bot.storage.engine import ALONE, LOCK_HELD

LOCK_MS = 400
PAUSES = (0.2, 0.4, 0.8, 1.5, 3, 3, 3, 5, 5, 5, 5)
"""Seconds between tries."""

SILENT_SECONDS = 5.0
"""A machine that has said nothing for so long is not waited for; the machines themselves count the same."""

MIGRATING = 0x656D7469
DEADLOCK = "40P01"
WHO = """
SELECT name FROM nodes WHERE beat_at > clock_timestamp() - make_interval(secs => :silent)
AND coalesce(schema_head, '') < :oldest ORDER BY id
"""


def climb(
    engine: Engine, scripts: Path, target: str, wait: Callable[[float], None], *, down: bool = False
) -> None:
    """Carry out the migrations to `target`; `wait` is called between tries. Raises `SchemaBusy`."""
    for pause in (*PAUSES, None):
        try:
            with _alone(engine) as connection:
                _run(connection, scripts, target, down=down)
            return
        except OperationalError as failure:
            if getattr(failure.orig, "sqlstate", None) not in (LOCK_HELD, DEADLOCK):
                raise
            if pause is None:
                raise SchemaBusy("the database is too busy to be changed: try again") from failure
        wait(pause)


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """A connection that waits for locks a moment only; one migrates at a time."""
    with engine.connect() as connection:
        if engine.dialect.name != "postgresql":
            yield connection
            return
        try:
            connection.execute(text(f"SET lock_timeout = {LOCK_MS}"))
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": MIGRATING})
            connection.commit()
            yield connection
        finally:
            connection.invalidate()  # its locks and settings end with it


def _run(connection: Connection, folder: Path, target: str, *, down: bool) -> None:
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", folder.as_posix())
    config.attributes["connection"] = connection
    scripts = ScriptDirectory.from_config(config)

    def steps(revision: Any, _: Any) -> Iterator[Any]:
        if down:
            yield from scripts._downgrade_revs(target, revision)
            return
        for step in scripts._upgrade_revs(target, revision):
            if oldest := getattr(step.revision.module, "compatible_from", ""):
                _nobody_older(connection, step.revision.revision, oldest)
            yield step

    def mark(**done: Any) -> None:
        applied = [
            script.module for script in scripts.walk_revisions("base", next(iter(done["heads"]), "base"))
        ]
        marks = [getattr(module, "compatible_from", "") for module in applied]
        if any(marks):
            oldest = {"oldest": max(marks)}
            connection.execute(text("UPDATE alembic_version SET compatible_from = :oldest"), oldest)

    config.attributes["mark"] = mark
    with EnvironmentContext(config, scripts, fn=steps, destination_rev=target):
        scripts.run_env()


def _nobody_older(connection: Connection, name: str, oldest: str) -> None:
    """Let nobody join any more. Raises `SchemaBusy` when somebody lives who needs what is to go."""
    if connection.dialect.name != "postgresql":
        return
    connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": schema.CONTRACTING})
    alone = connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": ALONE}).scalar()
    living = list(connection.execute(text(WHO), {"silent": SILENT_SECONDS, "oldest": oldest}).scalars())
    connection.commit()
    if living or not alone:
        raise SchemaBusy(
            f"migration {name} takes away what programs older than {oldest} need, and such run: "
            f"{', '.join(living) or 'a bot without EMTIHAN_CLUSTER'}; stop them and migrate again"
        )
