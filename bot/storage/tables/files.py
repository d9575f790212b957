"""Files of cases, and submissions that are not finished yet."""

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.sealing import Sealed, SealedJson
from bot.storage.tables.base import Base, BigId, one_of


class Draft(Base):
    """A submission that somebody has begun: kept over days and restarts until it is sent or dropped."""

    __tablename__ = "drafts"
    __table_args__ = (
        Index(None, "person_id", "state"),
        one_of("state", "open", "sent", "dropped"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    subject: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(8), default="open")
    data: Mapped[dict[str, Any]] = mapped_column(SealedJson("drafts.data"))
    begun_at: Mapped[dt.datetime]
    updated_at: Mapped[dt.datetime]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id", ondelete="SET NULL"))


class CaseFile(Base):
    """A file that came with a submission, or a document that was made for it.

    The row is what is owed: `waiting` until its bytes are here (by `sha256`), then `kept`; `missing` when
    Telegram does not give it. `position` is the sender's order.
    """

    __tablename__ = "case_files"
    __table_args__ = (
        Index(None, "case_id"),
        Index(None, "draft_id"),
        Index("ix_case_files_state_due_at", "state", "due_at"),
        Index(None, "sha256"),
        one_of("state", "waiting", "kept", "missing", "refused", "removed", "erased"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    origin: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    role: Mapped[str] = mapped_column(String(32))
    made: Mapped[bool] = mapped_column(default=False)
    name: Mapped[str] = mapped_column(Sealed("case_files.name", 200))
    file_id: Mapped[str] = mapped_column(Sealed("case_files.file_id", 300), default="")
    file_kind: Mapped[str] = mapped_column(String(16), default="")
    position: Mapped[int] = mapped_column(BigInteger, default=0)
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    type: Mapped[str] = mapped_column(String(8), default="")
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    pages: Mapped[int | None]
    sha256: Mapped[str] = mapped_column(String(64), default="")
    reason: Mapped[str] = mapped_column(String(32), default="")
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[dt.datetime | None]
    added_at: Mapped[dt.datetime]
