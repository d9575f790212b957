"""The timetable, results, and where people stand in it."""

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.tables.base import Base, BigId


class Exam(Base):
    """One row of the timetable. `revision` grows whenever people must hear of a change.

    `filed_start` and `filed_end` are what the university's file last said: an exam that was moved here stays
    moved when the same file comes again.
    """

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
    filed_start: Mapped[dt.datetime | None]
    filed_end: Mapped[dt.datetime | None]


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


class ExamExtra(Base):
    """A student's own minutes after an exam's end; `revision` counts how often they changed."""

    __tablename__ = "exam_extras"

    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    minutes: Mapped[int]
    revision: Mapped[int] = mapped_column(default=1)


class ExamSat(Base):
    """A student who sat an exam with a group that they have left since: its result is theirs."""

    __tablename__ = "exam_sat"
    __table_args__ = (Index(None, "person_id"),)

    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)


class ExamChange(Base):
    """What somebody changed in the timetable here: the log, and the proof that a tap counts once.

    `person_key` is the student whose time changed, 0 for the whole exam.
    """

    __tablename__ = "exam_changes"
    __table_args__ = (Unique("origin", "exam_id", "person_key", "action"), Index(None, "exam_id"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id", ondelete="CASCADE"))
    person_key: Mapped[int] = mapped_column(BigInteger, default=0)
    action: Mapped[str] = mapped_column(String(16))
    origin: Mapped[int] = mapped_column(BigInteger)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    at: Mapped[dt.datetime]
    detail: Mapped[dict[str, Any]]


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
