"""waves that begin early, chats of study groups"""

import sqlalchemy as sa
from alembic import op

from bot.storage.types import Utc

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "wave_starts",
        sa.Column("due_at", Utc(), nullable=False),
        sa.Column("begins_at", Utc(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("due_at", name="pk_wave_starts"),
    )
    op.create_index("ix_wave_starts_begins_at", "wave_starts", ["begins_at"])
    op.create_table(
        "group_chats",
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("group_name", sa.String(64), nullable=False),
        sa.Column("asked_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite")),
        sa.Column("asked_at", Utc(), nullable=False),
        sa.Column("confirmed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite")),
        sa.Column("confirmed_at", Utc()),
        sa.Column("rings", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("checked_at", Utc()),
        sa.Column("pinned_id", sa.BigInteger()),
        sa.PrimaryKeyConstraint("account_id", name="pk_group_chats"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_group_chats_account_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["people.id"], name="fk_group_chats_asked_by", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["people.id"], name="fk_group_chats_confirmed_by", ondelete="SET NULL"
        ),
    )
    op.create_index("ix_group_chats_group_name", "group_chats", ["group_name"])
    op.create_table(
        "chat_members",
        sa.Column("chat_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.Column("checked_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", "member_id", name="pk_chat_members"),
        sa.ForeignKeyConstraint(
            ["chat_id"], ["group_chats.account_id"], name="fk_chat_members_chat_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["accounts.id"], name="fk_chat_members_member_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_chat_members_member_id", "chat_members", ["member_id"])


def downgrade() -> None:
    for table in ("chat_members", "group_chats", "wave_starts"):
        op.drop_table(table)
