"""Timers, the outbox and the inbox."""

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, false, text
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.sealing import SealedJson
from bot.storage.tables.base import Base, BigId, one_of

NEWS = text("broadcast_id IS NOT NULL")


class Reminder(Base):
    """The row is the timer: due once at `due_at`, for the exam as it stands in `revision`."""

    __tablename__ = "reminders"
    __table_args__ = (
        Unique("exam_id", "rule", "minutes"),
        Index("ix_reminders_state_due_at", "state", "due_at"),
        one_of("state", "pending", "expanded", "skipped"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id", ondelete="CASCADE"))
    rule: Mapped[str] = mapped_column(String(64))
    minutes: Mapped[float]
    due_at: Mapped[dt.datetime]
    use_by: Mapped[dt.datetime]
    revision: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="pending")
    reason: Mapped[str] = mapped_column(String(64), default="")


class Notice(Base):
    """The outbox: one message for one person. `key` makes it impossible to owe it twice.

    A `live` one keeps itself current: owed again, it changes the message that stands in the chat. `again`: it
    changed while it was being sent. `leased_by`: the node that sends it. `acted_at`: when its
    reader opened the exam's steps after it.
    """

    __tablename__ = "notices"
    __table_args__ = (
        Index("ix_notices_state_due_at", "state", "due_at"),
        Index(None, "reminder_id"),
        Index(None, "broadcast_id", sqlite_where=NEWS, postgresql_where=NEWS),
        one_of("state", "pending", "sending", "sent", "failed", "skipped", "unreachable"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    kind: Mapped[str] = mapped_column(String(48))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    reminder_id: Mapped[int | None] = mapped_column(ForeignKey("reminders.id", ondelete="CASCADE"))
    exam_id: Mapped[int | None] = mapped_column(ForeignKey("exams.id", ondelete="CASCADE"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    facts: Mapped[dict[str, Any]] = mapped_column(SealedJson("notices.facts"))
    rank: Mapped[int]
    due_at: Mapped[dt.datetime]
    use_by: Mapped[dt.datetime | None]
    state: Mapped[str] = mapped_column(String(12), default="pending")
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[dt.datetime | None]
    leased_by: Mapped[int | None] = mapped_column(BigInteger)
    finished_at: Mapped[dt.datetime | None]
    message_id: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(String(200), default="")
    live: Mapped[bool] = mapped_column(default=False, server_default=false())
    again: Mapped[bool] = mapped_column(default=False, server_default=false())
    acted_at: Mapped[dt.datetime | None]
    broadcast_id: Mapped[int | None] = mapped_column(BigInteger)


class IncomingUpdate(Base):
    """The inbox: an update is a row here before Telegram hears that we have it.

    `leased_by`: the node that handles it, where there are several.
    """

    __tablename__ = "inbox"
    __table_args__ = (
        Unique("bot_id", "update_id"),
        Index("ix_inbox_state_id", "state", "id"),
        one_of("state", "waiting", "done", "quarantined"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    bot_id: Mapped[int] = mapped_column(BigInteger)
    update_id: Mapped[int] = mapped_column(BigInteger)
    chat_key: Mapped[int] = mapped_column(BigInteger)
    payload: Mapped[dict[str, Any]] = mapped_column(SealedJson("inbox.payload"))
    received_at: Mapped[dt.datetime]
    state: Mapped[str] = mapped_column(String(12), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[dt.datetime | None]
    leased_by: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(String(200), default="")
