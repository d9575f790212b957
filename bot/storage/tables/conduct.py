"""The exam day: whether an exam has begun, its card, its rehearsals, and who was called."""

import datetime as dt

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.tables.base import Base, BigId, one_of


class ExamDay(Base):
    """What has happened at an exam that starts at `starts_at`; marks of another start count no more.

    `digest`: what its card showed when it was last sent; `looked_at`: when it was last compared.
    """

    __tablename__ = "exam_days"

    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id", ondelete="CASCADE"), primary_key=True)
    starts_at: Mapped[dt.datetime]
    started_at: Mapped[dt.datetime | None]
    started_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    asked_at: Mapped[dt.datetime | None]
    told_at: Mapped[dt.datetime | None]
    digest: Mapped[str] = mapped_column(String(64), default="", server_default="")
    looked_at: Mapped[dt.datetime | None]


class ExamCheck(Base):
    """A rehearsal of an exam's people: the `day` before and `soon` before; done at `checked_at`."""

    __tablename__ = "exam_checks"
    __table_args__ = (one_of("name", "day", "soon"),)

    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(8), primary_key=True)
    starts_at: Mapped[dt.datetime]
    probed_at: Mapped[dt.datetime]
    checked_at: Mapped[dt.datetime | None]


class StudentCall(Base):
    """Somebody who holds an exam asked a student to come; one row a call."""

    __tablename__ = "student_calls"
    __table_args__ = (Index(None, "exam_id", "person_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    caller_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    origin: Mapped[int] = mapped_column(BigInteger, unique=True)
    called_at: Mapped[dt.datetime]
    answered_at: Mapped[dt.datetime | None]
