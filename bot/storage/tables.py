"""The tables. A `state` column is a closed list checked by the database; every moment is UTC."""

import datetime as dt
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, Integer, MetaData, String, Text
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from bot.storage.types import Utc

BigId = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    """Names every constraint, so that migrations can find it again."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {dt.datetime: Utc, dict[str, Any]: JSON, list[Any]: JSON}  # noqa: RUF012


def _one_of(column: str, *values: str) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


class Person(Base):
    """A student or a member of staff, as the university's files name them."""

    __tablename__ = "people"
    __table_args__ = (
        Unique("kind", "ext_id"),
        Index(None, "group_name"),
        _one_of("kind", "student", "staff"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    ext_id: Mapped[str] = mapped_column(String(64))
    full_name: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(8))
    faculty: Mapped[str] = mapped_column(String(200), default="")
    department: Mapped[str] = mapped_column(String(200), default="")
    group_name: Mapped[str] = mapped_column(String(64), default="")
    programme: Mapped[str] = mapped_column(String(200), default="")
    level: Mapped[str] = mapped_column(String(16), default="")
    course: Mapped[int] = mapped_column(default=0)


class PersonRole(Base):
    """A role of a member of staff; faculty and department stand in their row of `people`."""

    __tablename__ = "person_roles"
    __table_args__ = (Index(None, "role"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(String(32), primary_key=True)


class Account(Base):
    """A Telegram account that has written to the bot; a guest while `person_id` is empty."""

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), unique=True)
    language: Mapped[str] = mapped_column(String(8), default="")
    consent_version: Mapped[int] = mapped_column(default=0)
    consented_at: Mapped[dt.datetime | None]
    consent_update: Mapped[int | None] = mapped_column(BigInteger)
    blocked_at: Mapped[dt.datetime | None]
    created_at: Mapped[dt.datetime]


class Invite(Base):
    """A one-time link code: only its hash; the code is made again from the installation's secret."""

    __tablename__ = "invites"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), unique=True)
    generation: Mapped[int]
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    issued_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]
    used_by: Mapped[int | None] = mapped_column(BigInteger)


class CodeAttempt(Base):
    """A wrong code that an account tried."""

    __tablename__ = "code_attempts"
    __table_args__ = (Index(None, "account_id", "tried_at"), Unique("account_id", "origin"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    origin: Mapped[int] = mapped_column(BigInteger)
    tried_at: Mapped[dt.datetime]


class Exam(Base):
    """One row of the timetable. `revision` grows whenever people must hear of a change."""

    __tablename__ = "exams"
    __table_args__ = (Index(None, "starts_at"), Index(None, "ends_at"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    ext_id: Mapped[str] = mapped_column(String(64), unique=True)
    subject_kk: Mapped[str] = mapped_column(String(300))
    subject_ru: Mapped[str] = mapped_column(String(300))
    kind: Mapped[str] = mapped_column(String(32))
    attestation: Mapped[str] = mapped_column(String(16))
    starts_at: Mapped[dt.datetime]
    ends_at: Mapped[dt.datetime]
    faculty: Mapped[str] = mapped_column(String(200), default="")
    department: Mapped[str] = mapped_column(String(200), default="")
    meeting_url: Mapped[str] = mapped_column(String(1000), default="")
    lms_url: Mapped[str] = mapped_column(String(1000), default="")
    proctor_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    revision: Mapped[int] = mapped_column(default=1)
    cancelled_at: Mapped[dt.datetime | None]


class ExamGroup(Base):
    """A group that sits an exam."""

    __tablename__ = "exam_groups"
    __table_args__ = (Index(None, "group_name"),)

    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id", ondelete="CASCADE"), primary_key=True)
    group_name: Mapped[str] = mapped_column(String(64), primary_key=True)


class ExamExaminer(Base):
    """An examiner of an exam; `position` keeps the file's order."""

    __tablename__ = "exam_examiners"
    __table_args__ = (Index(None, "person_id"),)

    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int]


class Result(Base):
    """A published result; opens the appeal window. `person_id` is empty when it is the whole exam's."""

    __tablename__ = "results"
    __table_args__ = (Unique("exam_id", "student_key"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id", ondelete="CASCADE"))
    student_key: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[dt.datetime]


class Walk(Base):
    """Where a reader stands in an algorithm. `subject` names it, and the exam when it is a real one."""

    __tablename__ = "walks"
    __table_args__ = (Unique("account_id", "subject"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    subject: Mapped[str] = mapped_column(String(120))
    exam_id: Mapped[int | None] = mapped_column(ForeignKey("exams.id", ondelete="CASCADE"))
    position: Mapped[int]
    done: Mapped[list[Any]]
    finished_at: Mapped[dt.datetime | None]
    updated_at: Mapped[dt.datetime]


class ReadinessAnswer(Base):
    """One answer of a student's readiness check for an exam."""

    __tablename__ = "readiness_answers"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id", ondelete="CASCADE"), primary_key=True)
    item: Mapped[str] = mapped_column(String(32), primary_key=True)
    ok: Mapped[bool]
    answered_at: Mapped[dt.datetime]


class Reminder(Base):
    """The row is the timer: due once at `due_at`, for the exam as it stands in `revision`."""

    __tablename__ = "reminders"
    __table_args__ = (
        Unique("exam_id", "rule", "minutes"),
        Index("ix_reminders_state_due_at", "state", "due_at"),
        _one_of("state", "pending", "expanded", "skipped"),
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
    """The outbox: one message for one person. `key` makes it impossible to owe it twice."""

    __tablename__ = "notices"
    __table_args__ = (
        Index("ix_notices_state_due_at", "state", "due_at"),
        Index(None, "reminder_id"),
        _one_of("state", "pending", "sending", "sent", "failed", "skipped", "unreachable"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    kind: Mapped[str] = mapped_column(String(48))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    reminder_id: Mapped[int | None] = mapped_column(ForeignKey("reminders.id", ondelete="CASCADE"))
    exam_id: Mapped[int | None] = mapped_column(ForeignKey("exams.id", ondelete="CASCADE"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    facts: Mapped[dict[str, Any]]
    rank: Mapped[int]
    due_at: Mapped[dt.datetime]
    use_by: Mapped[dt.datetime | None]
    state: Mapped[str] = mapped_column(String(12), default="pending")
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[dt.datetime | None]
    finished_at: Mapped[dt.datetime | None]
    message_id: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(String(200), default="")


class IncomingUpdate(Base):
    """The inbox: an update is a row here before Telegram hears that we have it."""

    __tablename__ = "inbox"
    __table_args__ = (
        Unique("bot_id", "update_id"),
        Index("ix_inbox_state_id", "state", "id"),
        _one_of("state", "waiting", "done", "quarantined"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    bot_id: Mapped[int] = mapped_column(BigInteger)
    update_id: Mapped[int] = mapped_column(BigInteger)
    chat_key: Mapped[int] = mapped_column(BigInteger)
    payload: Mapped[dict[str, Any]]
    received_at: Mapped[dt.datetime]
    state: Mapped[str] = mapped_column(String(12), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[dt.datetime | None]
    reason: Mapped[str] = mapped_column(String(200), default="")


class Case(Base):
    """A force-majeure report. `chain` is frozen when it is filed: a later policy touches new cases only."""

    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_state_escalate_at", "state", "escalate_at"),
        Index(None, "reporter_id"),
        _one_of("state", "waiting", "taken", "withdrawn", "closed"),
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


class Conversation(Base):
    """Which question is open in a chat, so that a form goes on after a restart."""

    __tablename__ = "conversations"

    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    state: Mapped[str] = mapped_column(String(64), default="")
    data: Mapped[dict[str, Any]]


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
    __table_args__ = (Index(None, "at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[dt.datetime]
    action: Mapped[str] = mapped_column(String(48))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    detail: Mapped[dict[str, Any]]
