"""The chat of the helpers: what waits is posted there without names, whoever is on duty takes it there."""

import datetime as dt
from collections.abc import Sequence

from bot.errors import Refusal
from bot.rules import access
from bot.rules.notices import Rank
from bot.rules.people import Me
from bot.rules.tickets import Queued, TicketView
from bot.services import desk
from bot.services.letters import Letter
from bot.services.office import Office
from bot.storage.notices import Claimed
from bot.storage.tables import Account, DeskChat, Notice, Ticket
from bot.storage.unit import UnitOfWork

POST = "ticket_post"


def link(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, chat: int) -> None:
    """A Telegram group becomes the helpers' chat; saying it twice is once. What waits is posted at once.

    Raises `Refusal`: `link_first`, `leads_only`, `chat_taken` (a study group's chat).
    """
    person_id = access.require_helper(me.actor, lead=True)
    taken = uow.chats.find(chat)
    if taken is not None:
        raise Refusal("chat_taken", group=taken[1].group_name)
    found = uow.desk_chats.find(chat)
    account = found[0] if found else uow.people.account(chat)
    if account is None:
        values = {"user_id": chat, "language": me.language, "consent_version": 0, "created_at": now}
        account = uow.people.add_account(Account(**values))
        uow.flush()
    account.blocked_at = None
    if found is None:
        uow.desk_chats.add(DeskChat(account_id=account.id, linked_by=person_id, linked_at=now))
        uow.records.audit(now, "desk_chat_linked", me.account_id)
    post(uow, office, now, desk.line(uow, now))


def unlink(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, chat: int) -> None:
    """Nothing is posted there any more. Raises `Refusal`: `link_first`, `leads_only`, `desk_chat_gone`."""
    access.require_helper(me.actor, lead=True)
    found = uow.desk_chats.find(chat)
    if found is None:
        raise Refusal("desk_chat_gone")
    uow.desk_chats.remove(found[0].id)
    uow.records.audit(now, "desk_chat_unlinked", me.account_id)


def require_on_duty(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, chat: int) -> int:
    """Who may take a ticket in the helpers' chat: helpers on duty. Their person id.

    Raises `Refusal`: `link_first`, `helpers_only`, `not_on_duty`, `desk_chat_gone` (not a helpers' chat).
    """
    person_id = access.require_helper(me.actor)
    if uow.desk_chats.find(chat) is None:
        raise Refusal("desk_chat_gone")
    if uow.tickets.shift_of(person_id) is None:
        raise Refusal("not_on_duty")
    return person_id


def post(uow: UnitOfWork, office: Office, now: dt.datetime, waiting: Sequence[Queued]) -> int:
    """Post what waits, the most urgent first, so many at once in a chat as the policy says.

    A ticket that comes back into the line is posted anew. Returns how many posts were owed.
    """
    made = 0
    for account in uow.desk_chats.live():
        standing = uow.desk_chats.standing(account.id)
        room = int(desk.figure(office, "posts_at_once")) - len(standing)
        for queued in waiting:
            if room <= 0:
                break
            if queued.id not in standing and _post(uow, now, queued.id, account):
                room, made = room - 1, made + 1
    return made


def _post(uow: UnitOfWork, now: dt.datetime, ticket_id: int, account: Account) -> bool:
    turn = uow.desk_chats.turns(ticket_id, account.id)
    row = uow.desk_chats.post(ticket_id, account.id, turn, now)
    if row is not None:
        _owe(uow, now, ticket_id, row.id, account, Rank.ESCALATION)
    return row is not None


def _owe(
    uow: UnitOfWork, now: dt.datetime, ticket_id: int, post_id: int, account: Account, rank: Rank
) -> None:
    uow.notices.owe_live(
        f"live:{POST}:{post_id}",
        kind=POST,
        account_id=account.id,
        facts={"ticket": ticket_id, "post": post_id},
        rank=int(rank),
        due_at=now,
    )


def close(uow: UnitOfWork, now: dt.datetime, ticket: Ticket) -> None:
    """A ticket that waits no longer cannot be taken in any chat: its posts say so."""
    if ticket.state == "waiting":
        return
    for row in uow.desk_chats.open_of(ticket.id):
        row.closed_at = now
        account = uow.people.account_by_id(row.chat_id)
        if account is not None and account.blocked_at is None:
            _owe(uow, now, ticket.id, row.id, account, Rank.REMINDER)


def _untrue(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> str:
    """A first post is of use while the ticket waits; a change of one that stands always is."""
    ticket = uow.tickets.get(int(claimed.notice.facts["ticket"]))
    if ticket is None:
        return "gone"
    return "" if claimed.notice.message_id or ticket.state == "waiting" else ticket.state


def _about(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> TicketView | None:
    ticket = uow.tickets.get(int(claimed.notice.facts["ticket"]))
    return desk.nameless(desk.view(uow, office, now, ticket)) if ticket else None


def _lost(uow: UnitOfWork, office: Office, now: dt.datetime, notice: Notice) -> None:
    """A post that could not be delivered takes no other's room."""
    row = uow.desk_chats.get(int(notice.facts["post"]))
    if row is not None and row.closed_at is None:
        row.closed_at = now


LETTERS = {POST: Letter(untrue=_untrue, about=_about, lost=_lost)}
