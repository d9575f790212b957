"""What is said in tickets, and how far it has come."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.storage.dialects import affected, insert_new
from bot.storage.tables import Ticket, TicketCopy, TicketEvent, TicketMessage


class Talks:
    """Repository of conversations."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, **values: Any) -> bool:
        """Write down a message; that of the same update once. Returns whether it is new."""
        return affected(self._session, insert_new(self._session, TicketMessage).values(**values)) > 0

    def by_origin(self, ticket_id: int, origin: int) -> TicketMessage | None:
        query = select(TicketMessage).where(
            TicketMessage.ticket_id == ticket_id, TicketMessage.origin == origin
        )
        return self._session.scalar(query)

    def get(self, message_id: int) -> TicketMessage | None:
        return self._session.get(TicketMessage, message_id)

    def of(self, ticket_id: int) -> Sequence[TicketMessage]:
        query = select(TicketMessage).where(TicketMessage.ticket_id == ticket_id).order_by(TicketMessage.id)
        return self._session.scalars(query).all()

    def by_source(self, account_id: int, source_id: int) -> TicketMessage | None:
        """The message that has this number in its author's chat."""
        query = select(TicketMessage).where(
            TicketMessage.account_id == account_id, TicketMessage.source_id == source_id
        )
        return self._session.scalar(query.order_by(TicketMessage.id.desc()).limit(1))

    def by_shown(self, account_id: int, chat_message_id: int) -> TicketMessage | None:
        """The message that was shown under this number in a reader's chat."""
        query = (
            select(TicketMessage)
            .join(TicketCopy, TicketCopy.message_id == TicketMessage.id)
            .where(TicketCopy.account_id == account_id, TicketCopy.chat_message_id == chat_message_id)
        )
        return self._session.scalar(query.order_by(TicketMessage.id.desc()).limit(1))

    def add_copy(self, message: TicketMessage, account_id: int) -> None:
        values = {"message_id": message.id, "ticket_id": message.ticket_id, "account_id": account_id}
        affected(self._session, insert_new(self._session, TicketCopy).values(state="waiting", **values))

    def copy(self, copy_id: int) -> TicketCopy | None:
        return self._session.get(TicketCopy, copy_id)

    def copies(self, message_id: int) -> Sequence[TicketCopy]:
        return self._session.scalars(select(TicketCopy).where(TicketCopy.message_id == message_id)).all()

    def copies_for(self, ticket_id: int, account_id: int) -> Sequence[TicketCopy]:
        """A ticket's messages to one reader, in their order."""
        query = select(TicketCopy).where(
            TicketCopy.ticket_id == ticket_id, TicketCopy.account_id == account_id
        )
        return self._session.scalars(query.order_by(TicketCopy.message_id)).all()

    def next_copy(self, ticket_id: int, account_id: int) -> TicketCopy | None:
        """The oldest message to a reader that is not under way, when none is; else None."""
        line = select(TicketCopy).where(
            TicketCopy.ticket_id == ticket_id,
            TicketCopy.account_id == account_id,
            TicketCopy.state.in_(("waiting", "owed")),
        )
        first = self._session.scalar(line.order_by(TicketCopy.message_id).limit(1).with_for_update())
        if first is None or first.state == "owed":
            return None
        return first

    def album_of(self, copy: TicketCopy, limit: int) -> Sequence[tuple[TicketCopy, TicketMessage]]:
        """A copy with what else of its author's album is to go to the same reader, in order."""
        same = select(TicketMessage.album, TicketMessage.account_id)
        first = self._session.execute(same.where(TicketMessage.id == copy.message_id)).one()
        query = (
            select(TicketCopy, TicketMessage)
            .join(TicketMessage, TicketMessage.id == TicketCopy.message_id)
            .where(TicketCopy.ticket_id == copy.ticket_id, TicketCopy.account_id == copy.account_id)
            .where(TicketMessage.album == first[0], TicketMessage.account_id == first[1])
            .where(TicketCopy.state.in_(("waiting", "owed")), TicketCopy.alone.is_(False))
            .where(TicketCopy.message_id >= copy.message_id)
            .order_by(TicketCopy.message_id)
            .limit(limit)
        )
        return [(row[0], row[1]) for row in self._session.execute(query)]

    def led_by(self, copy: TicketCopy) -> Sequence[TicketCopy]:
        """What travels in the album of a copy, in order."""
        query = select(TicketCopy).where(TicketCopy.lead_id == copy.id, TicketCopy.state == "owed")
        return self._session.scalars(query.order_by(TicketCopy.message_id)).all()

    def forget(self, account_id: int | None, person_id: int) -> None:
        """Empty all that was said, noted and tried in somebody's tickets; numbers, times and states stay."""
        theirs = Ticket.person_id == person_id
        if account_id is not None:
            theirs |= Ticket.account_id == account_id
        self._empty(select(Ticket.id).where(theirs))

    def purge(self, before: dt.datetime, limit: int, *, dry_run: bool) -> int:
        """The same for tickets that ended before a moment. Returns how many were not empty yet."""
        said = select(TicketMessage.ticket_id).where(
            (TicketMessage.text != "") | (TicketMessage.file_id != "")
        )
        old = select(Ticket.id).where(Ticket.resolved_at < before, Ticket.id.in_(said))
        ids = list(self._session.scalars(old.order_by(Ticket.id).limit(limit)))
        if ids and not dry_run:
            self._empty(select(Ticket.id).where(Ticket.id.in_(ids)))
        return len(ids)

    def _empty(self, tickets: Any) -> None:
        self._session.execute(
            update(TicketMessage)
            .where(TicketMessage.ticket_id.in_(tickets))
            .values(text="", file_id="")
            .execution_options(synchronize_session=False)
        )
        self._session.execute(
            update(TicketEvent)
            .where(TicketEvent.ticket_id.in_(tickets), TicketEvent.action == "note")
            .values(detail={})
            .execution_options(synchronize_session=False)
        )

    def give_up(self, ticket_id: int, account_id: int) -> None:
        """A reader has left the conversation: what has not reached them is not sent any more."""
        affected(
            self._session,
            update(TicketCopy)
            .where(
                TicketCopy.ticket_id == ticket_id,
                TicketCopy.account_id == account_id,
                TicketCopy.state == "waiting",
            )
            .values(state="failed"),
        )

    def revive(self, ticket_id: int, account_id: int) -> None:
        """A reader comes back into the conversation: what did not reach them is to be sent after all."""
        affected(
            self._session,
            update(TicketCopy)
            .where(
                TicketCopy.ticket_id == ticket_id,
                TicketCopy.account_id == account_id,
                TicketCopy.state == "failed",
            )
            .values(state="waiting", lead_id=None),
        )
