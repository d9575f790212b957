"""Many at once: waves that begin early, and the chats of study groups."""

import datetime as dt

from sqlalchemy import BigInteger, ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.tables.base import Base


class WaveStart(Base):
    """The warnings due at `due_at` go out from `begins_at` on, since there are so many."""

    __tablename__ = "wave_starts"
    __table_args__ = (Index(None, "begins_at"),)

    due_at: Mapped[dt.datetime] = mapped_column(primary_key=True)
    begins_at: Mapped[dt.datetime]
    people: Mapped[int]


class GroupChat(Base):
    """A Telegram group of a study group; it is an account like a reader's, with the chat's number.

    `rings`: the bot may pin there, so that a post is noticed. Without `confirmed_at` it is only asked for.
    """

    __tablename__ = "group_chats"
    __table_args__ = (Index(None, "group_name"),)

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    group_name: Mapped[str] = mapped_column(String(64))
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    asked_at: Mapped[dt.datetime]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    confirmed_at: Mapped[dt.datetime | None]
    rings: Mapped[bool] = mapped_column(default=False, server_default=false())
    checked_at: Mapped[dt.datetime | None]
    pinned_id: Mapped[int | None] = mapped_column(BigInteger)


class ChatMember(Base):
    """Whether a linked person is in a study group's chat, as Telegram said at `checked_at`."""

    __tablename__ = "chat_members"
    __table_args__ = (Index(None, "member_id"),)

    chat_id: Mapped[int] = mapped_column(
        ForeignKey("group_chats.account_id", ondelete="CASCADE"), primary_key=True
    )
    member_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    present: Mapped[bool]
    checked_at: Mapped[dt.datetime]
