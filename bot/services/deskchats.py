"""The chat of the helpers: what waits is posted there without names, whoever is on duty takes it there."""

import datetime as dt
from collections.abc import Sequence

from bot.errors import Refusal
from bot.rules import access, tickets
from bot.rules.notices import Rank
from bot.rules.people import Me
from bot.rules.tickets import Queued, RushView, TicketView
from bot.services import desk
from bot.services.letters import Letter, subject_of
from bot.services.office import Office
from bot.storage.notices import Claimed
from bot.storage.tables import Account, DeskChat, Notice, Ticket
from bot.storage.unit import UnitOfWork

POST, RUSH = "ticket_post", "ticket_rush"
MINUTE = dt.timedelta(minutes=1)
PAUSE = dt.timedelta(seconds=10)
"""The one post of a rush is changed no more often."""


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

    A ticket that comes back into the line is posted anew. Where more comes than Telegram lets into a group
    in a minute, what waits stands in one post that changes, until nothing waits. Returns how many posts.
    """
    made = 0
    for account, chat in uow.desk_chats.live():
        standing = uow.desk_chats.standing(account.id)
        new = [queued.id for queued in waiting if queued.id not in standing]
        if chat.rush_at is None:
            room = int(desk.figure(office, "posts_at_once")) - len(standing)
            fits = min(room, _fits(uow, office, now, account.id))
            made += sum(_post(uow, now, ticket_id, account) for ticket_id in new[: max(0, fits)])
            if fits < min(room, len(new)):
                chat.rush_at = now
                _show_rush(uow, now, account, chat)
        else:
            _go_on(uow, office, now, account, chat, bool(new))
    return made


def _fits(uow: UnitOfWork, office: Office, now: dt.datetime, chat_id: int) -> int:
    """How many posts may be made now so that each can also be closed, whenever that is, without a delay."""
    most = office.policy.delivery.group_per_minute
    lately, open_now = uow.desk_chats.lately(chat_id, now - MINUTE)
    return tickets.posts_left(most - MINUTE // PAUSE - 1, lately, open_now)


def _go_on(
    uow: UnitOfWork, office: Office, now: dt.datetime, account: Account, chat: DeskChat, waits: bool
) -> None:
    """One post for all changes, ends when nothing waits, and now and then is made anew, to be seen."""
    assert chat.rush_at is not None
    again = waits and chat.rush_at + desk.minutes(office, "claim") <= now
    if waits and not again:
        _show_rush(uow, now, account, chat)
        return
    former = chat.rush_at
    chat.rush_at = now if again else None
    uow.flush()
    _show_rush(uow, now, account, chat, former)
    if again:
        _show_rush(uow, now, account, chat)


def _show_rush(
    uow: UnitOfWork, now: dt.datetime, account: Account, chat: DeskChat, at: dt.datetime | None = None
) -> None:
    begun = at or chat.rush_at
    assert begun is not None
    uow.notices.owe_live(
        f"live:{RUSH}:{account.id}:{begun.isoformat()}",
        kind=RUSH,
        account_id=account.id,
        facts={"at": begun.isoformat()},
        rank=int(Rank.ESCALATION),
        due_at=now,
        again_at=now + PAUSE,
    )


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
    for there, chat in uow.desk_chats.live():
        if chat.rush_at is not None:
            _show_rush(uow, now, there, chat)
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


def _rush(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> RushView:
    """What waits and has no post of its own; nothing in a post that another has taken the place of."""
    found = uow.desk_chats.find(claimed.account.user_id)
    begun = found[1].rush_at if found else None
    if found is None or begun is None or begun.isoformat() != claimed.notice.facts["at"]:
        return RushView((), 0, moved=begun is not None)
    standing = uow.desk_chats.standing(found[0].id)
    line = desk.line(uow, now)
    left = [queued.id for queued in line if queued.id not in standing]
    first = left[: int(desk.figure(office, "posts_at_once"))]
    rows = [uow.tickets.get(ticket_id) for ticket_id in first]
    shown = [desk.nameless(desk.view(uow, office, now, row, waiting=line)) for row in rows if row is not None]
    return RushView(tuple(shown), len(left) - len(first))


def _rush_over(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> str:
    """A first post is of use while somebody waits."""
    if claimed.notice.message_id is not None:
        return ""
    return "" if _rush(uow, office, now, claimed).tickets else "over"


def _lost(uow: UnitOfWork, office: Office, now: dt.datetime, notice: Notice) -> None:
    """A post that could not be delivered takes no other's room."""
    row = uow.desk_chats.get(subject_of(notice))
    if row is not None and row.closed_at is None:
        row.closed_at = now


LETTERS = {
    POST: Letter(untrue=_untrue, about=_about, lost=_lost),
    RUSH: Letter(untrue=_rush_over, about=_rush),
}
