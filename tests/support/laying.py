"""What a test lays before it begins is laid once a test process, and afterwards brought back as rows.

The first test that calls for students, staff, exams or accounts in some order has the services do it; who
calls for the same in the same order on an empty database gets the rows that this left behind.
"""

import pickle
import sqlite3
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

import psycopg
import sqlalchemy as sa

from tests.support.databases import DOORS

JOBS = "procrastinate"
"""What a kept database of the machines' tests has besides ours."""

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
        self._there: Rows = {}

    def here(self) -> Laid | None:
        """Where the test has come to; None when it began on a database that is not empty."""
        if self._here is None:
            self._there = rows = self._store.read()
            if not any(table in rows for table in ("people", "accounts", "exams")):
                self._here = BEGINNINGS.setdefault((self._conditions, repr(rows)), Laid(rows))
        return self._here

    def step(self, key: Hashable, work: Callable[[], Any]) -> Any:
        """What `work` gives; it is done unless an earlier test has done the same from the same rows on.

        What it raises is raised, and nothing is brought back afterwards.
        """
        here = self.here()
        if here is None:
            return work()
        if key not in here.onward:
            self.settle()
            self.note(here, key, work())
        return self.go(here, key)

    def go(self, here: Laid, key: Hashable) -> Any:
        """On to what is known to come after a step; what was said there."""
        self._here = here.onward[key]
        return self._here.said

    def note(self, here: Laid, key: Hashable, said: Any) -> None:
        """A step was taken, and this is what stands after it."""
        self._there = self._store.read()
        self._here = here.onward[key] = Laid(self._there, said)

    def settle(self) -> None:
        """The rows are in the database."""
        if self._here is not None and self._here.rows is not self._there:
            wanted, there = self._here.rows, self._there
            names = {name for name in {**wanted, **there} if wanted.get(name) != there.get(name)}
            self._store.write({name: wanted.get(name, []) for name in names})
            self._there = wanted


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
                marks = ", ".join("?" * len(values[0] if values else ()))
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
            self._tables = [name for (name,) in door.execute(tables) if not name.startswith(JOBS)]
        some = ", ".join(f"EXISTS (SELECT 1 FROM {name})" for name in self._tables)
        full = door.execute(f"SELECT {some}").fetchone() or ()
        found: Rows = {}
        for name, there in zip(self._tables, full, strict=True):
            if there:
                with door.cursor().copy(f"COPY {name} TO STDOUT") as copy:
                    found[name] = b"".join(bytes(part) for part in copy)
        come_to = door.execute("SELECT sequencename, last_value FROM pg_sequences").fetchall()
        found[""] = [(name, last) for name, last in come_to if last and not name.startswith(JOBS)]
        return found

    def write(self, rows: Rows) -> None:
        door = self._door()
        with door.transaction():
            door.execute("SET LOCAL session_replication_role = replica")
            for name, values in rows.items():
                if name:
                    door.execute(f"DELETE FROM {name}")
                    with door.cursor().copy(f"COPY {name} FROM STDIN") as copy:
                        copy.write(values or b"")
            for name, last in rows.get("", ()):
                door.execute("SELECT setval(%s, %s)", (name, last))


def standing(hall: Any) -> Hashable:
    """What a scene depends on beside the rows; None where it must be played."""
    wire = hall.wire
    if wire.before is not None or wire.down is not None or any(wire.failures.values()):
        return None
    told = len(wire.messages), sorted(wire.blocked), sorted(wire.removed), len(wire.pinned), wire.may_pin
    names = sorted((name, repr(one)) for name, one in vars(hall).items() if name not in hall._built)
    return repr((_counted(hall), hall.clock(), told, sorted(wire.files.items()), names))


def kept(hall: Any, said: Any) -> bytes | None:
    """What a scene has left beside the rows; None where that cannot be written down."""
    names = {name: one for name, one in vars(hall).items() if name not in hall._built}
    wire = {name: one for name, one in vars(hall.wire).items() if name not in ("_clock", "before")}
    files = {
        path.relative_to(hall.place).as_posix(): path.read_bytes()
        for path in hall.place.rglob("*")
        if path.is_file()
    }
    whole = said is hall, (None if said is hall else said), names, wire, _counted(hall), hall.clock(), files
    try:
        return pickle.dumps(whole)
    except (pickle.PicklingError, TypeError, AttributeError):
        return None


def bring(hall: Any, left: bytes) -> Any:
    """What a scene has left is there again; what it gave."""
    itself, said, names, wire, counted, now, files = pickle.loads(left)
    vars(hall).update(names)
    vars(hall.wire).update(wire)
    vars(hall).update(counted)
    hall.clock.now = now
    for name, content in files.items():
        path = hall.place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return hall if itself else said


def _counted(hall: Any) -> dict[str, Any]:
    return {name: getattr(hall, name) for name in ("_users", "_read", "_origins", "_ran", "asleep")}
