"""Troubleshooting: where readers stand in it, and what has helped whom."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.tables.base import Base


class HelpPath(Base):
    """Where a reader stands in a problem. `scope`: their own, or a caller's; `device` outlives the problem.

    `tried`: [fix, how it went] in order. `counted`: fix -> how it went, as it stands in the counts.
    """

    __tablename__ = "help_paths"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    scope: Mapped[str] = mapped_column(String(8), primary_key=True)
    device: Mapped[str] = mapped_column(String(16), default="")
    language: Mapped[str] = mapped_column(String(8), default="")
    problem: Mapped[str] = mapped_column(String(64), default="")
    tried: Mapped[list[Any]]
    counted: Mapped[dict[str, Any]]
    updated_at: Mapped[dt.datetime]


class FixOutcome(Base):
    """How often a fix of a problem helped on a device. An empty fix: how the problem as a whole ended.

    Nothing here belongs to a person.
    """

    __tablename__ = "fix_outcomes"

    problem: Mapped[str] = mapped_column(String(64), primary_key=True)
    fix: Mapped[str] = mapped_column(String(64), primary_key=True)
    device: Mapped[str] = mapped_column(String(16), primary_key=True)
    helped: Mapped[int] = mapped_column(default=0, server_default="0")
    failed: Mapped[int] = mapped_column(default=0, server_default="0")
    cant: Mapped[int] = mapped_column(default=0, server_default="0")
