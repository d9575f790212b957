"""What SQLite and PostgreSQL say differently."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import CursorResult, FromClause
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session

_COUNTED = {"preserve_rowcount": True}


def insert_new(session: Session, table: type[DeclarativeBase] | FromClause) -> Any:
    """An INSERT that leaves rows already there as they are (`ON CONFLICT DO NOTHING`)."""
    target: Any = table
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(target).on_conflict_do_nothing()
    return postgresql.insert(target).on_conflict_do_nothing()


def add_new(session: Session, table: type[DeclarativeBase], **values: Any) -> bool:
    """Add one row unless its unique key is there already. Returns whether it is new.

    The statement is made once a process: what is added by the thousand costs no making of statements.
    """
    session.flush()
    done = session.execute(
        _adding(table, session.get_bind().dialect.name), values, execution_options=_COUNTED
    )
    return int(cast("CursorResult[Any]", done).rowcount) > 0


def add_many(session: Session, table: type[DeclarativeBase], rows: Sequence[Mapping[str, Any]]) -> int:
    """Add rows of one shape, but those whose unique key is there already. Returns how many are new."""
    session.flush()
    if not rows:
        return 0
    done = session.execute(_adding(table, session.get_bind().dialect.name), rows, execution_options=_COUNTED)
    return int(cast("CursorResult[Any]", done).rowcount)


@cache
def _adding(table: type[DeclarativeBase], dialect: str) -> Any:
    insert: Any = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return insert(table.__table__).on_conflict_do_nothing()


def unindexed(column: Any) -> Any:
    """A text column as a value: no index is looked up by it.

    SQLite knows nothing of how often a value occurs: it would look through all students for every exam.
    """
    return column.concat("")


def affected(session: Session, statement: Any, values: Mapping[str, Any] | None = None) -> int:
    """Carry out an INSERT or UPDATE and return how many rows it touched."""
    # Without being asked, SQLAlchemy keeps the count of an UPDATE only: an INSERT on PostgreSQL would say -1.
    done = session.execute(statement, values, execution_options=_COUNTED)
    return int(cast("CursorResult[Any]", done).rowcount)
