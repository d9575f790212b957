"""several machines: nodes, what one of them does alone, the shared pace, who holds a row"""

import sqlalchemy as sa
from alembic import op

from bot.storage.types import Utc

revision = "0017"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "nodes",
        sa.Column("id", number, nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("beat_at", Utc(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_nodes"),
    )
    op.create_table(
        "duties",
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("node_id", number, nullable=True),
        sa.ForeignKeyConstraint(["node_id"], ["nodes.id"], name="fk_duties_node_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("name", name="pk_duties"),
    )
    op.create_table(
        "paces",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("free_at", Utc(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_paces"),
    )
    for table in ("notices", "inbox"):
        op.add_column(table, sa.Column("leased_by", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    for table in ("inbox", "notices"):
        with op.batch_alter_table(table) as changed:
            changed.drop_column("leased_by")
    for table in ("paces", "duties", "nodes"):
        op.drop_table(table)
