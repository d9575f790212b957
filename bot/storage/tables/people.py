"""People of the university, their roles, accounts and link codes."""

import datetime as dt

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.sealing import Sealed
from bot.storage.tables.base import Base, BigId, one_of


class Person(Base):
    """A student or a member of staff, as the university's files name them."""

    __tablename__ = "people"
    __table_args__ = (
        Unique("kind", "ext_id"),
        Index(None, "group_name"),
        one_of("kind", "student", "staff"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    ext_id: Mapped[str] = mapped_column(String(64))
    full_name: Mapped[str] = mapped_column(Sealed("people.full_name", 200))
    language: Mapped[str] = mapped_column(String(8))
    faculty: Mapped[str] = mapped_column(String(200), default="")
    department: Mapped[str] = mapped_column(String(200), default="")
    group_name: Mapped[str] = mapped_column(String(64), default="")
    programme: Mapped[str] = mapped_column(String(200), default="")
    level: Mapped[str] = mapped_column(String(16), default="")
    course: Mapped[int] = mapped_column(default=0)


class Adviser(Base):
    """The member of staff who guides a student: an adviser, a mentor."""

    __tablename__ = "advisers"
    __table_args__ = (Index(None, "adviser_id"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    adviser_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))


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


class Preference(Base):
    """What somebody wants by itself; nobody without a row has chosen. Warnings always come.

    `quiet_from`, `quiet_to`: minutes after the local midnight; equal ones mean no quiet hours.
    """

    __tablename__ = "preferences"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    reminders: Mapped[bool] = mapped_column(default=True)
    deadlines: Mapped[bool] = mapped_column(default=True)
    quiet_from: Mapped[int]
    quiet_to: Mapped[int]


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
