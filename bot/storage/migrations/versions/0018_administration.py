"""files that administrators send, news for many"""

import sqlalchemy as sa
from alembic import op

from bot.storage.types import Utc

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NEWS = sa.text("broadcast_id IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "uploads",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("origin", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("file_id", BIG_ID, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("sent_at", Utc(), nullable=False),
        sa.Column("decided_at", Utc(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'checked', 'refused', 'stored', 'dropped')", name="ck_uploads_state_known"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_uploads_person_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["case_files.id"], name="fk_uploads_file_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_uploads"),
        sa.UniqueConstraint("origin", name="uq_uploads_origin"),
    )
    op.create_index("ix_uploads_state_id", "uploads", ["state", "id"])
    op.create_table(
        "broadcasts",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("origin", sa.BigInteger(), nullable=False),
        sa.Column("author_id", BIG_ID, nullable=False),
        sa.Column("audience", sa.JSON(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(9), nullable=False),
        sa.Column("counted", sa.JSON(), nullable=False),
        sa.Column("begun_at", Utc(), nullable=False),
        sa.Column("confirmed_at", Utc(), nullable=True),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'going', 'done', 'cancelled', 'dropped')", name="ck_broadcasts_state_known"
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["people.id"], name="fk_broadcasts_author_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_broadcasts"),
        sa.UniqueConstraint("origin", name="uq_broadcasts_origin"),
    )
    op.create_index("ix_broadcasts_state", "broadcasts", ["state"])
    op.add_column("notices", sa.Column("broadcast_id", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_notices_broadcast_id", "notices", ["broadcast_id"], sqlite_where=NEWS, postgresql_where=NEWS
    )


def downgrade() -> None:
    op.drop_index("ix_notices_broadcast_id", "notices")
    op.drop_column("notices", "broadcast_id")
    op.drop_table("broadcasts")
    op.drop_table("uploads")
