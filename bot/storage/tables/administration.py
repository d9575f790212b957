"""What administrators send: files of the university, and news for many."""

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.sealing import SealedJson
from bot.storage.tables.base import Base, BigId, one_of


class Upload(Base):
    """A file of the university that an administrator has sent.

    `waiting` until it was read once without storing anything; then `checked` or `refused`, with the `report`
    of that reading; at last `stored` or `dropped`.
    """

    __tablename__ = "uploads"
    __table_args__ = (
        Index("ix_uploads_state_id", "state", "id"),
        one_of("state", "waiting", "checked", "refused", "stored", "dropped"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    origin: Mapped[int] = mapped_column(BigInteger, unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    file_id: Mapped[int] = mapped_column(ForeignKey("case_files.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    report: Mapped[dict[str, Any]] = mapped_column(SealedJson("uploads.report"))
    sent_at: Mapped[dt.datetime]
    decided_at: Mapped[dt.datetime | None]


class Broadcast(Base):
    """News for an audience: a draft until it is confirmed, then one notice a person.

    `audience`: {what: all|faculty|group|role|language, which}. `texts`: words by language.
    """

    __tablename__ = "broadcasts"
    __table_args__ = (
        Index("ix_broadcasts_state", "state"),
        one_of("state", "draft", "going", "done", "cancelled", "dropped"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    origin: Mapped[int] = mapped_column(BigInteger, unique=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    audience: Mapped[dict[str, Any]]
    texts: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(9), default="draft")
    counted: Mapped[dict[str, Any]]
    begun_at: Mapped[dt.datetime]
    confirmed_at: Mapped[dt.datetime | None]
    ended_at: Mapped[dt.datetime | None]
