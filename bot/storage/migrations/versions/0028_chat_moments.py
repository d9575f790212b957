"""several machines: from when on a chat may get its next message, by whom it got the last"""

import sqlalchemy as sa
from alembic import op

from bot.storage.types import Utc

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "chat_moments",
        sa.Column("chat_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("free_at", Utc(timezone=True), nullable=False),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", name="pk_chat_moments"),
    )


def downgrade() -> None:
    op.drop_table("chat_moments")
