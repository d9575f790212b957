"""Who may look at the board: one-time keys, and sessions of browsers."""

import datetime as dt

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.tables.base import Base


class BoardKey(Base):
    """A one-time way in, as its hash: a link's key, or a Mini App's word that was taken."""

    __tablename__ = "board_keys"
    __table_args__ = (Index(None, "expires_at"),)

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]


class BoardSession(Base):
    """A browser that has come in, as the hash of its cookie."""

    __tablename__ = "board_sessions"
    __table_args__ = (Index(None, "expires_at"),)

    session_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    expires_at: Mapped[dt.datetime]
