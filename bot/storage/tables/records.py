"""Open questions of chats, counters, facts of the installation, the audit log."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.sealing import SealedJson
from bot.storage.tables.base import Base, BigId


class Conversation(Base):
    """Which question is open in a chat, so that a form goes on after a restart."""

    __tablename__ = "conversations"

    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    state: Mapped[str] = mapped_column(String(64), default="")
    data: Mapped[dict[str, Any]] = mapped_column(SealedJson("conversations.data"))
    touched_at: Mapped[dt.datetime | None]


class Counter(Base):
    """The last number given in a series."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[int]


class Meta(Base):
    """Small facts about this installation."""

    __tablename__ = "meta"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class AuditEvent(Base):
    """Something security-relevant that happened (a refusal, a link, a consent)."""

    __tablename__ = "audit_events"
    __table_args__ = (Index(None, "at"), Index(None, "account_id"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[dt.datetime]
    action: Mapped[str] = mapped_column(String(48))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    detail: Mapped[dict[str, Any]]
