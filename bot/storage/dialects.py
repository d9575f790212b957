"""What SQLite and PostgreSQL say differently."""

from typing import Any, cast

from sqlalchemy import CursorResult, FromClause
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session


def insert_new(session: Session, table: type[DeclarativeBase] | FromClause) -> Any:
    """An INSERT that leaves rows already there as they are (`ON CONFLICT DO NOTHING`)."""
    target: Any = table
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(target).on_conflict_do_nothing()
    return postgresql.insert(target).on_conflict_do_nothing()


def unindexed(column: Any) -> Any:
    """A text column as a value: no index is looked up by it.

    SQLite knows nothing of how often a value occurs: it would look through all students for every exam.
    """
    return column.concat("")


def affected(session: Session, statement: Any) -> int:
    """Carry out an INSERT or UPDATE and return how many rows it touched."""
    # Without being asked, SQLAlchemy keeps the count of an UPDATE only: an INSERT on PostgreSQL would say -1.
    done = session.execute(statement, execution_options={"preserve_rowcount": True})
    return int(cast("CursorResult[Any]", done).rowcount)
