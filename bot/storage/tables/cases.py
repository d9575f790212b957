"""Cases of every kind, whom they were told to, their history and their timers; who is away."""

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.sealing import SealedJson
from bot.storage.tables.base import Base, BigId, one_of


class Case(Base):
    """A report, an appeal or an application.

    `state`: who has it (nobody yet, its holder, it is over). `stage`: the kind's own word for how far it is.
    `chain` is frozen when it is filed: a later policy touches new cases only. `revision` grows with every
    move, so that a button of an older state does not act on a newer one. `data`: what only its kind knows.
    `emptied_at`: since when it holds no words of anybody any more.
    """

    __tablename__ = "cases"
    __table_args__ = (
        Index(None, "reporter_id"),
        Index(None, "state", "kind"),
        Index(None, "exam_id"),
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
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    taken_at: Mapped[dt.datetime | None]
    kind: Mapped[str] = mapped_column(String(16), default="report", server_default="report")
    stage: Mapped[str] = mapped_column(String(24), default="", server_default="")
    outcome: Mapped[str] = mapped_column(String(24), default="", server_default="")
    revision: Mapped[int] = mapped_column(default=0, server_default="0")
    ended_at: Mapped[dt.datetime | None]
    emptied_at: Mapped[dt.datetime | None]
    data: Mapped[dict[str, Any]] = mapped_column(
        SealedJson("cases.data", clear=("at", "first_taken_at")), default=dict, server_default="{}"
    )


class CasePerson(Base):
    """Somebody who was told of a case, or filed it for another. `lost_at`: it could not be delivered."""

    __tablename__ = "case_people"
    __table_args__ = (Index(None, "person_id"), one_of("part", "addressee", "filer", "member"))

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    part: Mapped[str] = mapped_column(String(12), default="addressee")
    role: Mapped[str] = mapped_column(String(32), default="")
    told_at: Mapped[dt.datetime]
    lost_at: Mapped[dt.datetime | None]


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
    detail: Mapped[dict[str, Any]] = mapped_column(SealedJson("case_events.detail"))


class CaseTimer(Base):
    """The row is the timer of a case: one a rule; set again, it moves. `revision`: the case's when set."""

    __tablename__ = "case_timers"
    __table_args__ = (
        Unique("case_id", "rule"),
        Index("ix_case_timers_state_due_at", "state", "due_at"),
        one_of("state", "pending", "done", "stopped", "failed"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    rule: Mapped[str] = mapped_column(String(48))
    due_at: Mapped[dt.datetime]
    revision: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(10), default="pending")
    reason: Mapped[str] = mapped_column(String(200), default="")


class Absence(Base):
    """Somebody is away from one moment until another; whoever stands in is told in their place."""

    __tablename__ = "absences"
    __table_args__ = (Index(None, "person_id", "until_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    from_at: Mapped[dt.datetime]
    until_at: Mapped[dt.datetime]
    stands_in_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))


class Incident(Base):
    """Many reports of one cause: of an exam, a faculty or a platform (`scope` and `key`).

    One that the call centre has declared is open until `kept_until`, even without a report, unless
    somebody (`ended_by`) says earlier that it is over.
    """

    __tablename__ = "incidents"
    __table_args__ = (
        Index(None, "scope", "key", "closed_at"),
        one_of("scope", "exam", "faculty", "platform"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    scope: Mapped[str] = mapped_column(String(12))
    key: Mapped[str] = mapped_column(String(200))
    opened_at: Mapped[dt.datetime]
    closed_at: Mapped[dt.datetime | None]
    revision: Mapped[int] = mapped_column(default=0)
    declared_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    kept_until: Mapped[dt.datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))


class IncidentCase(Base):
    """A report that belongs to an incident; it keeps its own record and gets its own answer."""

    __tablename__ = "incident_cases"
    __table_args__ = (Index(None, "incident_id"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id", ondelete="CASCADE"))
    joined_at: Mapped[dt.datetime]
