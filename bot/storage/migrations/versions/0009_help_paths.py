"""troubleshooting: where readers stand in it, what has helped"""

import sqlalchemy as sa
from alembic import op

from bot.storage.types import Utc

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "help_paths",
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("scope", sa.String(8), nullable=False),
        sa.Column("device", sa.String(16), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("problem", sa.String(64), nullable=False),
        sa.Column("tried", sa.JSON(), nullable=False),
        sa.Column("counted", sa.JSON(), nullable=False),
        sa.Column("updated_at", Utc(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_help_paths_account_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "scope", name="pk_help_paths"),
    )
    op.create_table(
        "fix_outcomes",
        sa.Column("problem", sa.String(64), nullable=False),
        sa.Column("fix", sa.String(64), nullable=False),
        sa.Column("device", sa.String(16), nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False, server_default="0")
            for name in ("helped", "failed", "cant")
        ),
        sa.PrimaryKeyConstraint("problem", "fix", "device", name="pk_fix_outcomes"),
    )


def downgrade() -> None:
    op.drop_table("fix_outcomes")
    op.drop_table("help_paths")
