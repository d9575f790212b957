"""The help desk: tickets, what is said in them, who is on duty, to whom they were offered."""

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, false
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.sealing import Sealed, SealedJson
from bot.storage.tables.base import Base, BigId, one_of


class Ticket(Base):
    """A request for help. `front`: its helper fell silent, so it goes before others of its urgency.

    `widen_at`: when more people hear of it; of one that is held, whose asker does not answer, when it ends.
    `lease_until`: when a silent helper loses it; empty while the asker is to answer. `stage`: who hears of
    it: volunteers, more of them, the call centre, administrators.
    `shown_place`: the place in the line that its asker has been shown, `shown_at` when.
    """

    __tablename__ = "tickets"
    __table_args__ = (
        Index("ix_tickets_state_widen_at", "state", "widen_at"),
        Index("ix_tickets_state_lease_until", "state", "lease_until"),
        Index(None, "account_id", "state"),
        Index(None, "holder_id", "state"),
        one_of("state", "waiting", "claimed", "resolved", "blocked"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    origin: Mapped[int] = mapped_column(BigInteger, unique=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    language: Mapped[str] = mapped_column(String(8))
    group_name: Mapped[str] = mapped_column(String(16), default="")
    problem: Mapped[str] = mapped_column(String(64), default="")
    device: Mapped[str] = mapped_column(String(16), default="")
    tried: Mapped[list[Any]]
    exam_id: Mapped[int | None] = mapped_column(ForeignKey("exams.id", ondelete="SET NULL"))
    opened_at: Mapped[dt.datetime]
    state: Mapped[str] = mapped_column(String(12), default="waiting")
    front: Mapped[bool] = mapped_column(default=False)
    stage: Mapped[int] = mapped_column(default=0)
    widen_at: Mapped[dt.datetime | None]
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    second_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    claimed_at: Mapped[dt.datetime | None]
    lease_until: Mapped[dt.datetime | None]
    first_reply_at: Mapped[dt.datetime | None]
    resolved_at: Mapped[dt.datetime | None]
    rating: Mapped[int | None]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id", ondelete="SET NULL"))
    shown_place: Mapped[int | None]
    shown_at: Mapped[dt.datetime | None]


class TicketEvent(Base):
    """One line of a ticket's history; never changed."""

    __tablename__ = "ticket_events"
    __table_args__ = (Index(None, "ticket_id", "id"), Index(None, "action", "at"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"))
    at: Mapped[dt.datetime]
    action: Mapped[str] = mapped_column(String(24))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    detail: Mapped[dict[str, Any]] = mapped_column(SealedJson("ticket_events.detail"))


class TicketMessage(Base):
    """Something said in a ticket. `kind`: text, a kind of file, location, canned or fix (text is its id).

    `source_id`: its number in its author's chat. Numbers of cards and of persons are masked already.
    `album`: what its author sent together has the same one.
    """

    __tablename__ = "ticket_messages"
    __table_args__ = (
        Index(None, "ticket_id", "id"),
        Index(None, "account_id", "source_id"),
        Unique("ticket_id", "origin"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"))
    at: Mapped[dt.datetime]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    origin: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Sealed("ticket_messages.text"), default="")
    file_id: Mapped[str] = mapped_column(Sealed("ticket_messages.file_id", 200), default="")
    reply_to: Mapped[int | None] = mapped_column(BigInteger)
    album: Mapped[str] = mapped_column(String(64), default="", server_default="")
    source_id: Mapped[int | None] = mapped_column(BigInteger)


class TicketCopy(Base):
    """A message on its way to one reader; the next one waits until this has arrived: order is kept.

    `lead_id`: the copy in whose album it travels. `alone`: its album was refused, so it goes by itself.
    """

    __tablename__ = "ticket_copies"
    __table_args__ = (
        Unique("message_id", "account_id"),
        Index("ix_ticket_copies_line", "account_id", "ticket_id", "state"),
        one_of("state", "waiting", "owed", "sent", "failed"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("ticket_messages.id", ondelete="CASCADE"))
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    chat_message_id: Mapped[int | None] = mapped_column(BigInteger)
    lead_id: Mapped[int | None] = mapped_column(BigInteger)
    alone: Mapped[bool] = mapped_column(default=False, server_default=false())


class TicketOffer(Base):
    """A ticket that was offered to a helper."""

    __tablename__ = "ticket_offers"
    __table_args__ = (
        Unique("ticket_id", "person_id"),
        Index(None, "person_id", "state"),
        one_of("state", "open", "lapsed", "closed"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    offered_at: Mapped[dt.datetime]
    state: Mapped[str] = mapped_column(String(8), default="open")


class Shift(Base):
    """A helper on duty. `current_id`: the ticket that they are talking in.

    `seen_at`: when they last did something. `asked_at`: since when they are asked whether they are there.
    """

    __tablename__ = "shifts"
    __table_args__ = (Index(None, "person_id", "ended_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    started_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]
    languages: Mapped[list[Any]]
    groups: Mapped[list[Any]]
    current_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id", ondelete="SET NULL"))
    seen_at: Mapped[dt.datetime | None]
    asked_at: Mapped[dt.datetime | None]


class TicketBlock(Base):
    """Somebody who may open no tickets, why, and whether the call centre has looked at it."""

    __tablename__ = "ticket_blocks"
    __table_args__ = (Index(None, "account_id", "state"), one_of("state", "open", "kept", "lifted"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id", ondelete="SET NULL"))
    at: Mapped[dt.datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    reason: Mapped[str] = mapped_column(Sealed("ticket_blocks.reason", 500))
    state: Mapped[str] = mapped_column(String(8), default="open")
    reviewed_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    reviewed_at: Mapped[dt.datetime | None]


class DeskChat(Base):
    """A Telegram group of helpers; it is an account like a reader's, with the chat's number.

    `rush_at`: since when what waits stands there in one post, since there is more than may be posted singly.
    """

    __tablename__ = "desk_chats"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    linked_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    linked_at: Mapped[dt.datetime]
    rush_at: Mapped[dt.datetime | None]


class TicketPost(Base):
    """A ticket in the chat of the helpers. `turn`: how often it has been posted there before."""

    __tablename__ = "ticket_posts"
    __table_args__ = (Unique("ticket_id", "chat_id", "turn"), Index(None, "chat_id", "closed_at"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"))
    chat_id: Mapped[int] = mapped_column(ForeignKey("desk_chats.account_id", ondelete="CASCADE"))
    turn: Mapped[int] = mapped_column(default=0)
    posted_at: Mapped[dt.datetime]
    closed_at: Mapped[dt.datetime | None]


class DeskSpike(Base):
    """Many tickets of one platform in a short time. `open_key`: the platform while it lasts, else empty."""

    __tablename__ = "desk_spikes"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    platform: Mapped[str] = mapped_column(String(32))
    open_key: Mapped[str | None] = mapped_column(String(32), unique=True)
    problem: Mapped[str] = mapped_column(String(64), default="")
    tickets: Mapped[int]
    opened_at: Mapped[dt.datetime]
    closed_at: Mapped[dt.datetime | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    answered_at: Mapped[dt.datetime | None]
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incidents.id", ondelete="SET NULL"))
