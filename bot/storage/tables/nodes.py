"""Machines that share one database: which live, what each of them does alone, the pace they share."""

import datetime as dt

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.tables.base import Base, BigId


class Node(Base):
    """A process among several. It says every second that it lives; who is silent loses what it holds."""

    __tablename__ = "nodes"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    beat_at: Mapped[dt.datetime]
    schema_head: Mapped[str | None] = mapped_column(String(32))
    """The newest migration that its program knows; None for one of a time before this was said."""


class Duty(Base):
    """Something that one node does at a time, and which does it now."""

    __tablename__ = "duties"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    node_id: Mapped[int | None] = mapped_column(ForeignKey("nodes.id", ondelete="SET NULL"))


class SharedPace(Base):
    """The one pace of a token: when its next moment is free."""

    __tablename__ = "paces"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    free_at: Mapped[dt.datetime]


class ChatMoment(Base):
    """Among several nodes: who wrote to a chat last, and when others may. Rows live a few seconds."""

    __tablename__ = "chat_moments"

    chat_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    free_at: Mapped[dt.datetime]
    node_id: Mapped[int] = mapped_column(BigInteger)
