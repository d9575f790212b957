"""Every sealed column brought under the newest key, a few rows a transaction, while the program runs."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, Engine, Table, select, update

from bot.storage.sealing import Damaged, Keyring, Sealed, SealedJson
from bot.storage.tables import Base

ROWS = 200


def columns(table: Table) -> list[Column[Any]]:
    """The columns of a table that are sealed where there is a key."""
    return [column for column in table.columns if isinstance(column.type, (Sealed, SealedJson))]


def turn(engine: Engine, keyring: Keyring) -> Iterator[int]:
    """Each step is one transaction: how many rows it sealed anew. `engine` is one without a keyring.

    What is under the newest key already is left alone, so it may be broken off and begun again; what cannot
    be opened stays as it is.
    """
    for table in Base.metadata.sorted_tables:
        sealed = columns(table)
        if sealed:
            yield from _turn_table(engine, keyring, table, sealed)


def _turn_table(engine: Engine, keyring: Keyring, table: Table, sealed: list[Column[Any]]) -> Iterator[int]:
    (number,) = table.primary_key
    query = select(number, *sealed).order_by(number).limit(ROWS).with_for_update()
    last: Any = None
    while True:
        with engine.begin() as connection:
            rows = connection.execute(query if last is None else query.where(number > last)).all()
            changed = 0
            for row in rows:
                found = zip(sealed, row[1:], strict=True)
                stale = ((c, stored) for c, stored in found if keyring.stale(stored))
                fresh = {
                    c.name: _fresh(keyring, c, stored) for c, stored in stale if _opens(keyring, c, stored)
                }
                if fresh:
                    connection.execute(update(table).where(number == row[0]).values(fresh))
                    changed += 1
        if rows:
            last = rows[-1][0]
            yield changed
        if len(rows) < ROWS:
            return


def _fresh(keyring: Keyring, column: Column[Any], stored: Any) -> Any:
    kind = column.type
    if isinstance(kind, SealedJson):
        return keyring.seal_json(keyring.open_json(stored, kind.place), kind.place, kind.clear)
    assert isinstance(kind, Sealed)
    return keyring.seal_text(keyring.open_text(stored, kind.place), kind.place)


def unreadable(engine: Engine, keyring: Keyring) -> Iterator[str]:
    """What cannot be opened with these keys, as TABLE.COLUMN KEY. `engine` is one without a keyring."""
    for table in Base.metadata.sorted_tables:
        sealed = columns(table)
        if not sealed:
            continue
        (number,) = table.primary_key
        with engine.connect() as connection:
            rows = connection.execution_options(yield_per=ROWS).execute(select(number, *sealed))
            for row in rows:
                for column, stored in zip(sealed, row[1:], strict=True):
                    if stored and not _opens(keyring, column, stored):
                        yield f"{column} {row[0]}"


def _opens(keyring: Keyring, column: Column[Any], stored: Any) -> bool:
    kind = column.type
    try:
        if isinstance(kind, SealedJson):
            keyring.open_json(stored, kind.place)
        elif isinstance(kind, Sealed):
            keyring.open_text(stored, kind.place)
    except (Damaged, ValueError):
        return False
    return True


def wipe(engine: Engine) -> bool:
    """Old versions of rows leave the disk: SQLite is written anew. Returns whether that was done here.

    PostgreSQL keeps them until the operator runs VACUUM FULL, which shuts everybody out meanwhile.
    """
    if engine.dialect.name != "sqlite":
        return False
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.execute("VACUUM")
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return True
