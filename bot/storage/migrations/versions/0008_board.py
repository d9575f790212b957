"""who may look at the board"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table, key, more in (
        ("board_keys", "key_hash", [sa.Column("used_at", sa.DateTime(timezone=True))]),
        ("board_sessions", "session_hash", []),
    ):
        op.create_table(
            table,
            sa.Column(key, sa.String(64), nullable=False),
            sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
            sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
            *more,
            sa.PrimaryKeyConstraint(key, name=op.f(f"pk_{table}")),
            sa.ForeignKeyConstraint(
                ["account_id"], ["accounts.id"], name=op.f(f"fk_{table}_account_id"), ondelete="CASCADE"
            ),
        )
        op.create_index(op.f(f"ix_{table}_expires_at"), table, ["expires_at"])


def downgrade() -> None:
    for table in ("board_sessions", "board_keys"):
        op.drop_index(op.f(f"ix_{table}_expires_at"), table)
        op.drop_table(table)
