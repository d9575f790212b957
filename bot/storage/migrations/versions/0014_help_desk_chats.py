"""helpers' chats, spikes, albums, live places, shifts that nobody answers in"""

import sqlalchemy as sa
from alembic import op

from bot.storage.types import Utc

revision = "0014"
down_revision = "0010"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ADDED = {
    "tickets": ("shown_place", "shown_at"),
    "ticket_messages": ("album",),
    "ticket_copies": ("lead_id", "alone"),
    "shifts": ("seen_at", "asked_at"),
}


def upgrade() -> None:
    with op.batch_alter_table("tickets") as table:
        table.add_column(sa.Column("shown_place", sa.Integer(), nullable=True))
        table.add_column(sa.Column("shown_at", Utc(timezone=True), nullable=True))
    with op.batch_alter_table("ticket_messages") as table:
        table.add_column(sa.Column("album", sa.String(length=64), nullable=False, server_default=""))
    with op.batch_alter_table("ticket_copies") as table:
        table.add_column(sa.Column("lead_id", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("alone", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("shifts") as table:
        table.add_column(sa.Column("seen_at", Utc(timezone=True), nullable=True))
        table.add_column(sa.Column("asked_at", Utc(timezone=True), nullable=True))
    with op.batch_alter_table("incidents") as table:
        table.add_column(sa.Column("declared_by", BIG_ID, nullable=True))
        table.add_column(sa.Column("kept_until", Utc(timezone=True), nullable=True))
        table.create_foreign_key(
            "fk_incidents_declared_by", "people", ["declared_by"], ["id"], ondelete="SET NULL"
        )
    _desk_chats()
    _ticket_posts()
    _desk_spikes()


def downgrade() -> None:
    for name in ("desk_spikes", "ticket_posts", "desk_chats"):
        op.drop_table(name)
    with op.batch_alter_table("incidents") as table:
        table.drop_constraint("fk_incidents_declared_by", type_="foreignkey")
        table.drop_column("kept_until")
        table.drop_column("declared_by")
    for name, columns in ADDED.items():
        with op.batch_alter_table(name) as table:
            for column in columns:
                table.drop_column(column)


def _desk_chats() -> None:
    op.create_table(
        "desk_chats",
        sa.Column("account_id", BIG_ID, nullable=False),
        sa.Column("linked_by", BIG_ID, nullable=True),
        sa.Column("linked_at", Utc(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_desk_chats_account_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["linked_by"], ["people.id"], name="fk_desk_chats_linked_by", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("account_id", name="pk_desk_chats"),
    )


def _ticket_posts() -> None:
    op.create_table(
        "ticket_posts",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("ticket_id", BIG_ID, nullable=False),
        sa.Column("chat_id", BIG_ID, nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("posted_at", Utc(timezone=True), nullable=False),
        sa.Column("closed_at", Utc(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name="fk_ticket_posts_ticket_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["chat_id"], ["desk_chats.account_id"], name="fk_ticket_posts_chat_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_ticket_posts"),
        sa.UniqueConstraint("ticket_id", "chat_id", "turn", name="uq_ticket_posts_ticket_id_chat_id_turn"),
    )
    op.create_index("ix_ticket_posts_chat_id_closed_at", "ticket_posts", ["chat_id", "closed_at"])


def _desk_spikes() -> None:
    op.create_table(
        "desk_spikes",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("open_key", sa.String(length=32), nullable=True),
        sa.Column("problem", sa.String(length=64), nullable=False),
        sa.Column("tickets", sa.Integer(), nullable=False),
        sa.Column("opened_at", Utc(timezone=True), nullable=False),
        sa.Column("closed_at", Utc(timezone=True), nullable=True),
        sa.Column("answered_by", BIG_ID, nullable=True),
        sa.Column("answered_at", Utc(timezone=True), nullable=True),
        sa.Column("incident_id", BIG_ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["people.id"], name="fk_desk_spikes_answered_by", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name="fk_desk_spikes_incident_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_desk_spikes"),
        sa.UniqueConstraint("open_key", name="uq_desk_spikes_open_key"),
    )
