"""A backup: every row and every kept file in one ZIP, the same from SQLite and from PostgreSQL.

`manifest.json` says of what schema and moment it is and how many rows each table has; `tables/NAME.jsonl`
holds a row a line, `files/…` the bytes. It is taken while the program runs, as one moment of the database.
"""

import contextlib
import datetime as dt
import json
import os
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import IO, Any

from sqlalchemy import Connection, Engine, Table, func, insert, inspect, select, text
from sqlalchemy.exc import StatementError

from bot.errors import EmtihanError
from bot.storage import schema
from bot.storage.tables import Base
from bot.storage.types import Utc

FORMAT = 1
BATCH = 1000
MANIFEST = "manifest.json"
SHA_CHARACTERS = 64
DAMAGE = (
    zipfile.BadZipFile, zlib.error, KeyError, ValueError, EOFError, TypeError, AttributeError, RuntimeError,
    StatementError,
)  # fmt: skip
"""What a file that is no whole backup does to its reader."""

PASSING = ("nodes", "duties", "paces", "chat_moments")
"""Tables that speak of machines that ran then."""


def write(engine: Engine, files: Path, target: Path, now: dt.datetime, profile: str) -> Mapping[str, int]:
    """Write a backup beside its place, then put it there. Returns rows by table, and `files`.

    Raises `OSError` when it cannot be written. Only its owner may read it: it holds persons' data.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".backup-", dir=target.parent)
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
                counts = _write_all(engine, files, archive)
                about = {"format": FORMAT, "schema": schema.HEAD, "profile": profile}
                said = {**about, "made_at": now.isoformat(), "rows": counts}
                archive.writestr(MANIFEST, json.dumps(said, ensure_ascii=False, indent=1))
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return counts


def _write_all(engine: Engine, files: Path, archive: zipfile.ZipFile) -> dict[str, int]:
    counts: dict[str, int] = {}
    with _snapshot(engine) as connection:
        for table in _tables():
            with archive.open(f"tables/{table.name}.jsonl", "w", force_zip64=True) as lines:
                counts[table.name] = _write_table(connection, table, lines)
    # After the rows: what they speak of is there by now.
    counts["files"] = 0
    for path in sorted(files.rglob("*")):
        if path.is_file() and len(path.name) == SHA_CHARACTERS:
            with contextlib.suppress(FileNotFoundError):  # retention was quicker
                archive.write(path, f"files/{path.parent.name}/{path.name}")
                counts["files"] += 1
    return counts


def _tables() -> list[Table]:
    """All but the passing ones, what is referred to before what refers to it."""
    return [table for table in Base.metadata.sorted_tables if table.name not in PASSING]


@contextlib.contextmanager
def _snapshot(engine: Engine) -> Iterator[Connection]:
    """One moment of the database; who writes meanwhile waits for nothing."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            connection.execute(text("SET TRANSACTION READ ONLY"))
            yield connection
        return
    from sqlalchemy import create_engine

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "copy.db"
        with contextlib.closing(sqlite3.connect(path)) as copy:
            source = engine.raw_connection()
            try:
                assert isinstance(source.driver_connection, sqlite3.Connection)
                source.driver_connection.backup(copy)
            finally:
                source.close()
        copied = create_engine(f"sqlite:///{path}")
        try:
            with copied.connect() as connection:
                yield connection
        finally:
            copied.dispose()


def _write_table(connection: Connection, table: Table, lines: IO[bytes]) -> int:
    rows = connection.execution_options(yield_per=BATCH).execute(select(table).order_by(*table.primary_key))
    count = 0
    for row in rows.mappings():
        lines.write(json.dumps(dict(row), ensure_ascii=False, default=_as_text).encode() + b"\n")
        count += 1
    return count


def _as_text(value: object) -> str:
    if isinstance(value, (dt.datetime, dt.date, dt.time)):
        return value.isoformat()
    raise TypeError(f"a {type(value).__name__} cannot be kept in a backup")


def read(engine: Engine, files: Path, source: Path) -> Mapping[str, int]:
    """Fill an empty database and its folder from a backup, all or nothing. Returns rows by table.

    Raises `EmtihanError` when the file is no whole backup, is of another schema, or the database has rows.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            counts = _checked(archive)
            with engine.begin() as connection:
                _require_empty(connection)
                for table in _tables():
                    _read_table(connection, table, archive, counts)
                _read_files(archive, files)
            return counts
    except DAMAGE as failure:
        raise EmtihanError(f"{source} is no whole backup: {type(failure).__name__}") from None


def _checked(archive: zipfile.ZipFile) -> dict[str, int]:
    broken = archive.testzip()
    if broken is not None:
        raise EmtihanError(f"the backup is damaged at {broken}")
    said = json.loads(archive.read(MANIFEST))
    if said["format"] != FORMAT or said["schema"] != schema.HEAD:
        raise EmtihanError(
            f"the backup is of schema {said['schema']}, this program of {schema.HEAD}: restore it with the "
            "version that made it, then upgrade"
        )
    counts: dict[str, int] = said["rows"]
    return counts


def _require_empty(connection: Connection) -> None:
    known = set(inspect(connection).get_table_names())
    for table in _tables():
        if table.name in known and connection.execute(select(func.count()).select_from(table)).scalar():
            raise EmtihanError(f"the database is not empty ({table.name}): restore into a new one")


def _read_table(
    connection: Connection, table: Table, archive: zipfile.ZipFile, counts: Mapping[str, int]
) -> None:
    moments = [column.name for column in table.columns if isinstance(column.type, Utc)]
    batch: list[dict[str, Any]] = []
    total = 0
    with archive.open(f"tables/{table.name}.jsonl") as lines:
        for line in lines:
            row = json.loads(line)
            for name in moments:
                row[name] = dt.datetime.fromisoformat(row[name]) if row[name] else None
            batch.append(row)
            total += 1
            if len(batch) == BATCH:
                connection.execute(insert(table), batch)
                batch.clear()
    if batch:
        connection.execute(insert(table), batch)
    if total != counts[table.name]:
        raise ValueError(table.name)
    _count_on(connection, table)


def _count_on(connection: Connection, table: Table) -> None:
    """PostgreSQL numbers new rows after the restored ones."""
    column = table.autoincrement_column
    if connection.dialect.name != "postgresql" or column is None:
        return
    place = {"table": table.name, "column": column.name}
    sequence = connection.execute(text("SELECT pg_get_serial_sequence(:table, :column)"), place).scalar()
    highest = connection.execute(select(func.max(column))).scalar()
    if sequence and highest:
        connection.execute(
            text("SELECT setval(:sequence, :highest)"), {"sequence": sequence, "highest": highest}
        )


def _read_files(archive: zipfile.ZipFile, files: Path) -> None:
    for name in archive.namelist():
        place = PurePosixPath(name)
        if place.parts[0] != "files":
            continue
        digest = place.name
        if len(place.parts) != 3 or not set(digest) <= set("0123456789abcdef"):
            raise ValueError(name)
        target = files / digest[:2] / digest
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(archive.read(name))
        target.chmod(0o600)
