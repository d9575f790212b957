"""the help desk: tickets, their history and conversations, offers, shifts, blocks"""

import sqlalchemy as sa
from alembic import op

from bot.storage.types import Utc

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _tickets()
    _shifts()
    _ticket_blocks()
    _ticket_events()
    _ticket_messages()
    _ticket_offers()
    _ticket_copies()


def downgrade() -> None:
    for table in TABLES_REVERSED:
        op.drop_table(table)


TABLES_REVERSED = (
    "ticket_copies",
    "ticket_offers",
    "ticket_messages",
    "ticket_events",
    "ticket_blocks",
    "shifts",
    "tickets",
)


def _tickets() -> None:
    op.create_table(
        "tickets",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("origin", sa.BigInteger(), nullable=False),
        sa.Column("account_id", BIG_ID, nullable=True),
        sa.Column("person_id", BIG_ID, nullable=True),
        sa.Column("opened_by", BIG_ID, nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("group_name", sa.String(length=16), nullable=False),
        sa.Column("problem", sa.String(length=64), nullable=False),
        sa.Column("device", sa.String(length=16), nullable=False),
        sa.Column("tried", sa.JSON(), nullable=False),
        sa.Column("exam_id", BIG_ID, nullable=True),
        sa.Column("opened_at", Utc(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("front", sa.Boolean(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("widen_at", Utc(timezone=True), nullable=True),
        sa.Column("holder_id", BIG_ID, nullable=True),
        sa.Column("second_id", BIG_ID, nullable=True),
        sa.Column("claimed_at", Utc(timezone=True), nullable=True),
        sa.Column("lease_until", Utc(timezone=True), nullable=True),
        sa.Column("first_reply_at", Utc(timezone=True), nullable=True),
        sa.Column("resolved_at", Utc(timezone=True), nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("case_id", BIG_ID, nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'claimed', 'resolved', 'blocked')", name=op.f("ck_tickets_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_tickets_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_tickets_case_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["exam_id"], ["exams.id"], name=op.f("fk_tickets_exam_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["holder_id"], ["people.id"], name=op.f("fk_tickets_holder_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["opened_by"], ["people.id"], name=op.f("fk_tickets_opened_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_tickets_person_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["second_id"], ["people.id"], name=op.f("fk_tickets_second_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
        sa.UniqueConstraint("number", name=op.f("uq_tickets_number")),
        sa.UniqueConstraint("origin", name=op.f("uq_tickets_origin")),
    )
    op.create_index(op.f("ix_tickets_account_id_state"), "tickets", ["account_id", "state"], unique=False)
    op.create_index(op.f("ix_tickets_holder_id_state"), "tickets", ["holder_id", "state"], unique=False)
    op.create_index("ix_tickets_state_lease_until", "tickets", ["state", "lease_until"], unique=False)
    op.create_index("ix_tickets_state_widen_at", "tickets", ["state", "widen_at"], unique=False)


def _shifts() -> None:
    op.create_table(
        "shifts",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("started_at", Utc(timezone=True), nullable=False),
        sa.Column("ended_at", Utc(timezone=True), nullable=True),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.Column("current_id", BIG_ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["current_id"], ["tickets.id"], name=op.f("fk_shifts_current_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_shifts_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shifts")),
    )
    op.create_index(op.f("ix_shifts_person_id_ended_at"), "shifts", ["person_id", "ended_at"], unique=False)


def _ticket_blocks() -> None:
    op.create_table(
        "ticket_blocks",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("account_id", BIG_ID, nullable=False),
        sa.Column("ticket_id", BIG_ID, nullable=True),
        sa.Column("at", Utc(timezone=True), nullable=False),
        sa.Column("by_id", BIG_ID, nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("reviewed_by", BIG_ID, nullable=True),
        sa.Column("reviewed_at", Utc(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('open', 'kept', 'lifted')", name=op.f("ck_ticket_blocks_state_known")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_ticket_blocks_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["people.id"], name=op.f("fk_ticket_blocks_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["reviewed_by"], ["people.id"], name=op.f("fk_ticket_blocks_reviewed_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_blocks_ticket_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_blocks")),
    )
    op.create_index(
        op.f("ix_ticket_blocks_account_id_state"), "ticket_blocks", ["account_id", "state"], unique=False
    )


def _ticket_events() -> None:
    op.create_table(
        "ticket_events",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("ticket_id", BIG_ID, nullable=False),
        sa.Column("at", Utc(timezone=True), nullable=False),
        sa.Column("action", sa.String(length=24), nullable=False),
        sa.Column("actor_id", BIG_ID, nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["people.id"], name=op.f("fk_ticket_events_actor_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_events_ticket_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_events")),
    )
    op.create_index(op.f("ix_ticket_events_action_at"), "ticket_events", ["action", "at"], unique=False)
    op.create_index(op.f("ix_ticket_events_ticket_id_id"), "ticket_events", ["ticket_id", "id"], unique=False)


def _ticket_messages() -> None:
    op.create_table(
        "ticket_messages",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("ticket_id", BIG_ID, nullable=False),
        sa.Column("at", Utc(timezone=True), nullable=False),
        sa.Column("account_id", BIG_ID, nullable=True),
        sa.Column("origin", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("file_id", sa.String(length=200), nullable=False),
        sa.Column("reply_to", sa.BigInteger(), nullable=True),
        sa.Column("source_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_ticket_messages_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_messages_ticket_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_messages")),
        sa.UniqueConstraint("ticket_id", "origin", name=op.f("uq_ticket_messages_ticket_id_origin")),
    )
    op.create_index(
        op.f("ix_ticket_messages_account_id_source_id"),
        "ticket_messages",
        ["account_id", "source_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_ticket_messages_ticket_id_id"), "ticket_messages", ["ticket_id", "id"], unique=False
    )


def _ticket_offers() -> None:
    op.create_table(
        "ticket_offers",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("ticket_id", BIG_ID, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("offered_at", Utc(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'lapsed', 'closed')", name=op.f("ck_ticket_offers_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_ticket_offers_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_offers_ticket_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_offers")),
        sa.UniqueConstraint("ticket_id", "person_id", name=op.f("uq_ticket_offers_ticket_id_person_id")),
    )
    op.create_index(
        op.f("ix_ticket_offers_person_id_state"), "ticket_offers", ["person_id", "state"], unique=False
    )


def _ticket_copies() -> None:
    op.create_table(
        "ticket_copies",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("message_id", BIG_ID, nullable=False),
        sa.Column("ticket_id", BIG_ID, nullable=False),
        sa.Column("account_id", BIG_ID, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("chat_message_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'owed', 'sent', 'failed')", name=op.f("ck_ticket_copies_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_ticket_copies_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["ticket_messages.id"],
            name=op.f("fk_ticket_copies_message_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_copies_ticket_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_copies")),
        sa.UniqueConstraint("message_id", "account_id", name=op.f("uq_ticket_copies_message_id_account_id")),
    )
    op.create_index(
        "ix_ticket_copies_line", "ticket_copies", ["account_id", "ticket_id", "state"], unique=False
    )
