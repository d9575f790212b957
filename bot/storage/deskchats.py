"""Chats of the helpers, and the tickets that stand there."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from bot.storage.dialects import affected, insert_new
from bot.storage.tables import Account, DeskChat, Notice, Ticket, TicketPost

Standing = tuple[Account, DeskChat]


class DeskChats:
    """Repository of helpers' chats. A chat is an account whose number is negative."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def find(self, chat: int) -> Standing | None:
        """The helpers' chat with this number of Telegram's."""
        query = select(Account, DeskChat).join(DeskChat, DeskChat.account_id == Account.id)
        row = self._session.execute(query.where(Account.user_id == chat)).first()
        return (row[0], row[1]) if row else None

    def live(self) -> list[Standing]:
        """Every chat that can be written to."""
        query = select(Account, DeskChat).join(DeskChat, DeskChat.account_id == Account.id)
        rows = self._session.execute(query.where(Account.blocked_at.is_(None)).order_by(Account.id))
        return [(account, chat) for account, chat in rows]

    def add(self, chat: DeskChat) -> None:
        self._session.add(chat)
        self._session.flush()

    def remove(self, account_id: int) -> None:
        """The chat is nobody's; nothing is kept of it but that something was owed to it."""
        owed = (Notice.account_id == account_id) & Notice.state.in_(("pending", "sending"))
        affected(self._session, update(Notice).where(owed).values(state="skipped", reason="gone"))
        self._session.execute(delete(Account).where(Account.id == account_id))

    # Posts

    def post(self, ticket_id: int, chat_id: int, turn: int, now: dt.datetime) -> TicketPost | None:
        """A ticket stands in a chat from now on; None where it does already."""
        key = {"ticket_id": ticket_id, "chat_id": chat_id, "turn": turn}
        row = insert_new(self._session, TicketPost).values(**key, posted_at=now)
        if not affected(self._session, row):
            return None
        return self._session.scalars(select(TicketPost).filter_by(**key)).one()

    def get(self, post_id: int) -> TicketPost | None:
        return self._session.get(TicketPost, post_id)

    def standing(self, chat_id: int) -> set[int]:
        """Tickets that wait and stand in a chat."""
        query = (
            select(TicketPost.ticket_id)
            .join(Ticket, Ticket.id == TicketPost.ticket_id)
            .where(TicketPost.chat_id == chat_id, TicketPost.closed_at.is_(None), Ticket.state == "waiting")
        )
        return set(self._session.scalars(query))

    def lately(self, chat_id: int, since: dt.datetime) -> tuple[int, int]:
        """How many posts were made or closed in a chat since a moment, and how many stand open there."""
        counts = select(
            func.count().filter(TicketPost.posted_at > since),
            func.count().filter(TicketPost.closed_at > since),
            func.count().filter(TicketPost.closed_at.is_(None)),
        ).where(TicketPost.chat_id == chat_id)
        made, closed, standing = self._session.execute(counts).one()
        return made + closed, standing

    def turns(self, ticket_id: int, chat_id: int) -> int:
        """How often a ticket has been posted in a chat."""
        query = select(func.count()).where(TicketPost.ticket_id == ticket_id, TicketPost.chat_id == chat_id)
        return self._session.scalar(query) or 0

    def open_of(self, ticket_id: int) -> Sequence[TicketPost]:
        """Posts of a ticket that look as if it could be taken."""
        query = select(TicketPost).where(TicketPost.ticket_id == ticket_id, TicketPost.closed_at.is_(None))
        return self._session.scalars(query.order_by(TicketPost.id)).all()
