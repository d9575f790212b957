"""Reports and their history."""

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.tables.base import Base, BigId, one_of


class Case(Base):
    """A force-majeure report. `chain` is frozen when it is filed: a later policy touches new cases only."""

    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_state_escalate_at", "state", "escalate_at"),
        Index(None, "reporter_id"),
        one_of("state", "waiting", "taken", "withdrawn", "closed"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    origin: Mapped[int] = mapped_column(BigInteger, unique=True)
    reporter_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    exam_id: Mapped[int | None] = mapped_column(ForeignKey("exams.id", ondelete="SET NULL"))
    trouble: Mapped[str] = mapped_column(String(32))
    filed_at: Mapped[dt.datetime]
    state: Mapped[str] = mapped_column(String(12), default="waiting")
    chain: Mapped[list[Any]]
    step: Mapped[int] = mapped_column(default=-1)
    escalate_at: Mapped[dt.datetime | None]
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    taken_at: Mapped[dt.datetime | None]


class CaseEvent(Base):
    """One line of a case's history; never changed, never removed while the case stands."""

    __tablename__ = "case_events"
    __table_args__ = (Index(None, "case_id", "id"), Unique("case_id", "origin", "action"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    at: Mapped[dt.datetime]
    action: Mapped[str] = mapped_column(String(32))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    origin: Mapped[int | None] = mapped_column(BigInteger)
    detail: Mapped[dict[str, Any]]
