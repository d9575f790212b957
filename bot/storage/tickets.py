"""Tickets, their history, offers and shifts."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from bot.storage.dialects import affected, insert_new
from bot.storage.tables import (
    Account,
    DeskSpike,
    Exam,
    Person,
    Shift,
    Ticket,
    TicketBlock,
    TicketEvent,
    TicketOffer,
)

OPEN = ("waiting", "claimed")


class Tickets:
    """Repository of the help desk."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, ticket_id: int, *, lock: bool = False) -> Ticket | None:
        """A ticket; `lock` keeps every other writer away from it until this transaction ends."""
        query = select(Ticket).where(Ticket.id == ticket_id)
        return self._session.scalar(query.with_for_update() if lock else query)

    def add(self, ticket: Ticket) -> Ticket:
        self._session.add(ticket)
        self._session.flush()
        return ticket

    def by_origin(self, origin: int) -> Ticket | None:
        return self._session.scalar(select(Ticket).where(Ticket.origin == origin))

    def open_of(self, account_id: int) -> Ticket | None:
        """An asker's open ticket."""
        query = select(Ticket).where(Ticket.account_id == account_id, Ticket.state.in_(OPEN))
        return self._session.scalar(query.order_by(Ticket.id.desc()).limit(1))

    def of_asker(self, account_id: int, limit: int) -> Sequence[Ticket]:
        query = select(Ticket).where(Ticket.account_id == account_id).order_by(Ticket.id.desc())
        return self._session.scalars(query.limit(limit)).all()

    def opened_by(self, account_id: int, since: dt.datetime) -> int:
        query = select(func.count()).where(Ticket.account_id == account_id, Ticket.opened_at >= since)
        return self._session.scalar(query) or 0

    def queue(self) -> Sequence[Any]:
        """What the line needs of tickets that nobody has taken: of its exam unless cancelled, who asked."""
        query = (
            select(
                Ticket.id,
                Ticket.language,
                Ticket.group_name,
                Ticket.opened_at,
                Ticket.front,
                Ticket.stage,
                Exam.starts_at,
                Exam.ends_at,
                Account.person_id,
            )
            .outerjoin(Exam, (Exam.id == Ticket.exam_id) & Exam.cancelled_at.is_(None))
            .outerjoin(Account, Account.id == Ticket.account_id)
            .where(Ticket.state == "waiting")
        )
        return self._session.execute(query).all()

    def held_by(self, person_id: int) -> Sequence[Ticket]:
        """Tickets that somebody helps with, as the first or the second."""
        query = select(Ticket).where(
            Ticket.state == "claimed", (Ticket.holder_id == person_id) | (Ticket.second_id == person_id)
        )
        return self._session.scalars(query.order_by(Ticket.claimed_at, Ticket.id)).all()

    def claimed(self) -> Sequence[Ticket]:
        return self._session.scalars(select(Ticket).where(Ticket.state == "claimed")).all()

    def to_widen(self, now: dt.datetime, limit: int) -> Sequence[Ticket]:
        """Tickets that nobody took in time, locked for this transaction."""
        query = select(Ticket).where(Ticket.state == "waiting", Ticket.widen_at <= now)
        return self._session.scalars(
            query.order_by(Ticket.widen_at).limit(limit).with_for_update(skip_locked=True)
        ).all()

    def unfound(self, now: dt.datetime, limit: int) -> Sequence[Ticket]:
        """Held tickets whose askers have not answered in time, locked for this transaction."""
        query = select(Ticket).where(Ticket.state == "claimed", Ticket.widen_at <= now)
        return self._session.scalars(
            query.order_by(Ticket.widen_at).limit(limit).with_for_update(skip_locked=True)
        ).all()

    def leases_over(self, now: dt.datetime, limit: int) -> Sequence[Ticket]:
        """Tickets of silent helpers, locked for this transaction."""
        query = select(Ticket).where(Ticket.state == "claimed", Ticket.lease_until <= now)
        return self._session.scalars(
            query.order_by(Ticket.lease_until).limit(limit).with_for_update(skip_locked=True)
        ).all()

    def all(self) -> Sequence[tuple[Ticket, Person | None]]:
        """Every ticket with its asker, in the order of opening."""
        query = select(Ticket, Person).outerjoin(Person, Person.id == Ticket.person_id).order_by(Ticket.id)
        return [(row[0], row[1]) for row in self._session.execute(query)]

    def since(self, moment: dt.datetime) -> Sequence[Ticket]:
        return self._session.scalars(select(Ticket).where(Ticket.opened_at >= moment)).all()

    def watched(self, before: dt.datetime) -> Sequence[Ticket]:
        """Tickets that wait and whose asker was last shown a place before a moment, the longest ago first."""
        query = select(Ticket).where(Ticket.state == "waiting", Ticket.shown_at <= before)
        return self._session.scalars(query.order_by(Ticket.shown_at, Ticket.id)).all()

    def group_of(self, problem: str) -> str:
        """The group of platforms that the newest ticket with a problem names."""
        query = select(Ticket.group_name).where(Ticket.problem == problem)
        return self._session.scalar(query.order_by(Ticket.id.desc()).limit(1)) or ""

    # Spikes

    def open_spikes(self) -> Sequence[DeskSpike]:
        return self._session.scalars(select(DeskSpike).where(DeskSpike.open_key.is_not(None))).all()

    def spike(self, spike_id: int) -> DeskSpike | None:
        return self._session.get(DeskSpike, spike_id)

    def begin_spike(self, platform: str, now: dt.datetime) -> DeskSpike | None:
        """A spike of a platform; None where one is open already."""
        row = {"platform": platform, "open_key": platform, "tickets": 0, "problem": "", "opened_at": now}
        if not affected(self._session, insert_new(self._session, DeskSpike).values(**row)):
            return None
        return self._session.scalar(select(DeskSpike).where(DeskSpike.open_key == platform))

    # History

    def log(
        self, ticket: Ticket, at: dt.datetime, action: str, actor_id: int | None = None, **detail: Any
    ) -> None:
        self._session.add(
            TicketEvent(ticket_id=ticket.id, at=at, action=action, actor_id=actor_id, detail=detail)
        )

    def events(self, ticket_id: int) -> Sequence[TicketEvent]:
        query = select(TicketEvent).where(TicketEvent.ticket_id == ticket_id).order_by(TicketEvent.id)
        return self._session.scalars(query).all()

    def claims_since(self, moment: dt.datetime) -> Sequence[dt.datetime]:
        """When tickets were taken of late."""
        query = select(TicketEvent.at).where(TicketEvent.action == "claimed", TicketEvent.at >= moment)
        return self._session.scalars(query).all()

    # Offers

    def offer(self, ticket_id: int, person_id: int, at: dt.datetime) -> bool:
        """Offer a ticket to somebody, once. Returns whether it is new."""
        row = insert_new(self._session, TicketOffer)
        values = {"ticket_id": ticket_id, "person_id": person_id, "offered_at": at, "state": "open"}
        return affected(self._session, row.values(**values)) > 0

    def offers(self, ticket_ids: Iterable[int]) -> dict[int, dict[int, str]]:
        """By ticket: to whom it was offered, and how that offer stands."""
        found: dict[int, dict[int, str]] = {}
        query = select(TicketOffer.ticket_id, TicketOffer.person_id, TicketOffer.state)
        for ticket, person, state in self._session.execute(
            query.where(TicketOffer.ticket_id.in_(list(ticket_ids)))
        ):
            found.setdefault(ticket, {})[person] = state
        return found

    def open_offers(self) -> dict[int, int]:
        """By helper: how many offers wait for their answer."""
        query = (
            select(TicketOffer.person_id, func.count())
            .where(TicketOffer.state == "open")
            .group_by(TicketOffer.person_id)
        )
        return {row[0]: row[1] for row in self._session.execute(query)}

    def set_offers(self, ticket_id: int, state: str, only: int | None = None) -> list[int]:
        """Close a ticket's offers (or one helper's). Returns whom they were made to.

        One that lapsed stays so: its helper has left it unanswered.
        """
        query = select(TicketOffer).where(TicketOffer.ticket_id == ticket_id)
        rows = self._session.scalars(
            query if only is None else query.where(TicketOffer.person_id == only)
        ).all()
        for row in rows:
            row.state = state if row.state == "open" else row.state
        return [row.person_id for row in rows]

    def forget_offers(self, ticket_id: int) -> None:
        """A ticket begins anew: it may be offered to everybody again."""
        self._session.execute(delete(TicketOffer).where(TicketOffer.ticket_id == ticket_id))

    def lapse_offers(self, before: dt.datetime) -> int:
        """Offers that nobody answered take no more room."""
        return affected(
            self._session,
            update(TicketOffer)
            .where(TicketOffer.state == "open", TicketOffer.offered_at <= before)
            .values(state="lapsed")
            .execution_options(synchronize_session=False),
        )

    def ignored(self, person_id: int, since: dt.datetime) -> int:
        """How many offers somebody has left unanswered since a moment."""
        query = select(func.count()).where(
            TicketOffer.person_id == person_id, TicketOffer.state == "lapsed", TicketOffer.offered_at > since
        )
        return self._session.scalar(query) or 0

    # Shifts

    def shift_of(self, person_id: int) -> Shift | None:
        """Somebody's present shift."""
        query = select(Shift).where(Shift.person_id == person_id, Shift.ended_at.is_(None))
        return self._session.scalar(query.order_by(Shift.id.desc()).limit(1))

    def on_duty(self) -> Sequence[Shift]:
        return self._session.scalars(select(Shift).where(Shift.ended_at.is_(None)).order_by(Shift.id)).all()

    def last_shift(self, person_id: int) -> Shift | None:
        query = select(Shift).where(Shift.person_id == person_id).order_by(Shift.id.desc()).limit(1)
        return self._session.scalar(query)

    def add_shift(self, shift: Shift) -> Shift:
        self._session.add(shift)
        self._session.flush()
        return shift

    # Blocks

    def block_of(self, account_id: int) -> TicketBlock | None:
        """What keeps an account from opening tickets."""
        query = select(TicketBlock).where(TicketBlock.account_id == account_id, TicketBlock.state != "lifted")
        return self._session.scalar(query.order_by(TicketBlock.id.desc()).limit(1))

    def add_block(self, block: TicketBlock) -> None:
        self._session.add(block)
        self._session.flush()

    def block(self, block_id: int) -> TicketBlock | None:
        return self._session.get(TicketBlock, block_id)

    def open_blocks(self) -> Sequence[TicketBlock]:
        query = select(TicketBlock).where(TicketBlock.state == "open").order_by(TicketBlock.id)
        return self._session.scalars(query).all()
