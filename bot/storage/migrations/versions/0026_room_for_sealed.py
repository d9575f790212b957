"""room for sealed texts: they are longer than what they hold"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0024"
branch_labels = None
depends_on = None

compatible_from = "0024"
"""Older programs go on with wider columns; nothing is written anew."""

TEXTS = (
    ("people", "full_name", 200),
    ("case_files", "name", 200),
    ("case_files", "file_id", 300),
    ("ticket_messages", "file_id", 200),
    ("ticket_blocks", "reason", 500),
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":  # SQLite minds no length
        for table, column, length in TEXTS:
            op.alter_column(table, column, type_=sa.Text(), existing_type=sa.String(length))


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table, column, length in TEXTS:
            op.alter_column(table, column, type_=sa.String(length), existing_type=sa.Text())
