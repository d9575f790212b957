"""when a question was last touched, when a case was emptied of words: what is kept no longer"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("conversations", sa.Column("touched_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("cases", sa.Column("emptied_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("cases") as table:
        table.drop_column("emptied_at")
    with op.batch_alter_table("conversations") as table:
        table.drop_column("touched_at")
