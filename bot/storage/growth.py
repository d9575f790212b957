"""What migrations do to tables that are in use: additions that lock nobody out."""

from collections.abc import Sequence

from alembic import op
from sqlalchemy import text

LEFT = """
SELECT 1 FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
WHERE relname = :name AND NOT indisvalid
"""


def index(name: str, table: str, columns: Sequence[str], *, unique: bool = False) -> None:
    """An index on a table that has rows: on PostgreSQL built beside the work, half a one is dropped first.

    Ends the transaction that the migration is in: the last thing that it does.
    """
    context = op.get_context()
    if context.dialect.name != "postgresql":
        op.create_index(name, table, list(columns), unique=unique)
        return
    with context.autocommit_block():
        if not context.as_sql and op.get_bind().execute(text(LEFT), {"name": name}).scalar():
            op.drop_index(name, table, postgresql_concurrently=True)
        op.create_index(
            name, table, list(columns), unique=unique, postgresql_concurrently=True, if_not_exists=True
        )
