"""What a test lays before it begins is laid once a test process, and afterwards brought back as rows.

The first test that calls for students, staff, exams or accounts in some order has the services do it; who
calls for the same in the same order on an empty database gets the rows that this left behind.
"""

import sqlite3
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

import psycopg
import sqlalchemy as sa

from tests.support.databases import DOORS

MANY = 200
"""Rows of a file beyond which it is read anew: such a test is about their number."""

Rows = dict[str, Any]
"""By table: its rows as the database gives them; under '' the numbers that its sequences have come to."""


@dataclass
class Laid:
    """What stands after some steps, and the steps that tests have taken from here."""

    rows: Rows
    said: Any = None
    onward: dict[Hashable, "Laid"] = field(default_factory=dict)


BEGINNINGS: dict[Hashable, Laid] = {}


class Laying:
    """The steps of one test, from an empty database on, as long as nothing else was done to it."""

    def __init__(self, url: str, engine: sa.Engine, conditions: Hashable) -> None:
        """`conditions`: what the same steps leave other rows behind under."""
        self._store = _Sqlite(engine) if engine.dialect.name == "sqlite" else _Postgres(DOORS[url])
        self._conditions = engine.dialect.name, conditions
        self._here: Laid | None = None
        self._first: Rows = {}
        self._stored = True

    def step(self, key: Hashable, work: Callable[[], Any]) -> Any:
        """What `work` gives; it is done unless an earlier test has done the same from the same rows on.

        What it raises is raised, and nothing is brought back afterwards.
        """
        here = self._here or self._begin()
        if here is None:
            return work()
        if key not in here.onward:
            self.settle()
            said = work()
            here.onward[key] = Laid(self._store.read(), said)
        else:
            self._stored = False
        self._here = here.onward[key]
        return self._here.said

    def settle(self) -> None:
        """The rows are in the database."""
        if not self._stored and self._here is not None:
            same = self._first.get
            self._store.write({name: rows for name, rows in self._here.rows.items() if rows != same(name)})
        self._stored = True

    def _begin(self) -> Laid | None:
        rows = self._store.read()
        if any(table in rows for table in ("people", "accounts", "exams")):
            return None
        self._first = rows
        self._here = BEGINNINGS.setdefault((self._conditions, repr(rows)), Laid(rows))
        return self._here


class _Sqlite:
    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def _on(self, work: Callable[[sqlite3.Connection], Rows]) -> Rows:
        borrowed = self._engine.raw_connection()
        try:
            return work(borrowed.driver_connection)  # type: ignore[arg-type]
        finally:
            borrowed.close()

    def read(self) -> Rows:
        def read(connection: sqlite3.Connection) -> Rows:
            tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            found = {name: connection.execute(f"SELECT * FROM {name}").fetchall() for (name,) in tables}
            return {name: rows for name, rows in found.items() if rows}

        return self._on(read)

    def write(self, rows: Rows) -> None:
        def write(connection: sqlite3.Connection) -> Rows:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("PRAGMA defer_foreign_keys=ON")
            for name, values in sorted(rows.items(), key=lambda one: one[0] == "sqlite_sequence"):
                connection.execute(f"DELETE FROM {name}")
                marks = ", ".join("?" * len(values[0]))
                connection.executemany(f"INSERT INTO {name} VALUES ({marks})", values)
            connection.execute("COMMIT")
            return rows

        self._on(write)


class _Postgres:
    def __init__(self, door: Callable[[], psycopg.Connection]) -> None:
        self._door = door
        self._tables: list[str] = []

    def read(self) -> Rows:
        door = self._door()
        if not self._tables:
            tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
            self._tables = [name for (name,) in door.execute(tables)]
        some = ", ".join(f"EXISTS (SELECT 1 FROM {name})" for name in self._tables)
        full = door.execute(f"SELECT {some}").fetchone() or ()
        found: Rows = {}
        for name, there in zip(self._tables, full, strict=True):
            if there:
                with door.cursor().copy(f"COPY {name} TO STDOUT") as copy:
                    found[name] = b"".join(bytes(part) for part in copy)
        come_to = "SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL"
        found[""] = door.execute(come_to).fetchall()
        return found

    def write(self, rows: Rows) -> None:
        door = self._door()
        with door.transaction():
            door.execute("SET LOCAL session_replication_role = replica")
            for name, values in rows.items():
                if name:
                    door.execute(f"DELETE FROM {name}")
                    with door.cursor().copy(f"COPY {name} FROM STDIN") as copy:
                        copy.write(values)
            for name, last in rows.get("", ()):
                door.execute("SELECT setval(%s, %s)", (name, last))
