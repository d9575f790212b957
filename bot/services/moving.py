"""Somebody writes from another Telegram account: a code issued for that takes all that is theirs along."""

import datetime as dt

from bot.rules import codes
from bot.rules.notices import Rank
from bot.services import desk, talks, tickets
from bot.services.letters import Letter
from bot.services.office import Office
from bot.storage.notices import Claimed
from bot.storage.tables import Account, Invite, Person, Ticket
from bot.storage.unit import UnitOfWork

MOVED = "account_moved"


def code(key: bytes, person: Person, invite: Invite) -> str:
    """The code that takes a linked person to another account; no code of an invite is ever this one."""
    return codes.make(key, f"{person.kind}:{person.ext_id}:moving", invite.generation)


def move(
    uow: UnitOfWork, office: Office, now: dt.datetime, account: Account, guest: Account, origin: int
) -> None:
    """`account` answers from `guest`'s chat from now on; the chat it leaves is a guest's, and is told.

    What is owed, conversations and settings go along; forms left open do not, and browsers are signed out.
    Of two open requests for help one stays, with what was said in both.
    """
    left = account.user_id
    twice = _twice(uow, account, guest)
    here = twice is not None and twice[1].account_id == guest.id
    uow.people.rehouse(account, guest)
    if twice is not None:
        stays, goes = twice
        tickets.close(uow, office, now, goes, "asked_twice", None, tell=False)
        talks.carry(uow, office, now, goes, stays, account.id, here=here)
        desk.tell_asker(uow, now, stays, "ticket_stays", suffix=origin)
    uow.records.forget_conversations(left)
    blocked = guest.blocked_at is not None
    uow.notices.owe(
        f"{MOVED}:{account.id}:{origin}",
        kind=MOVED,
        account_id=guest.id,
        rank=int(Rank.ESCALATION),
        due_at=now,
        state="unreachable" if blocked else "pending",
        reason="blocked" if blocked else "",
    )
    uow.records.audit(now, MOVED, account.id, person=account.person_id)


def _twice(uow: UnitOfWork, account: Account, guest: Account) -> tuple[Ticket, Ticket] | None:
    """Of two open requests the one that stays and the one that goes: what nobody has taken goes before what
    somebody has, else the guest's, which knows neither who asks nor their exam.
    """
    own, asked = uow.tickets.open_of(account.id), uow.tickets.open_of(guest.id)
    if own is None or asked is None:
        return None
    return (asked, own) if own.state == "waiting" and asked.state == "claimed" else (own, asked)


def _linked_again(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> str:
    """Whoever is somebody again in this chat needs no word about it."""
    return "" if claimed.account.person_id is None else "linked_again"


LETTERS = {MOVED: Letter(untrue=_linked_again)}
