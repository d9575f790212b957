"""What the help desk's services share: owed messages, tickets as people see them, the line."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.errors import Refusal
from bot.rules import access
from bot.rules import tickets as rules
from bot.rules.exams import ExamBrief, Span
from bot.rules.notices import Rank
from bot.rules.people import Me
from bot.rules.tickets import Helper, Limits, Queued, Said, Stage, TicketView
from bot.rules.trees import Tried
from bot.services import exams
from bot.services.office import Office
from bot.storage.tables import Account, Shift, Ticket
from bot.storage.unit import UnitOfWork

HISTORY_SHOWN = 6


def figure(office: Office, name: str) -> float:
    """A number of the policy's help desk."""
    return float(office.policy.leaves[f"help_desk.{name}"].value)


def minutes(office: Office, name: str) -> dt.timedelta:
    """A span of the policy's help desk that is given in minutes."""
    return dt.timedelta(minutes=figure(office, f"{name}_minutes"))


def limits(office: Office) -> Limits:
    """How many offers and tickets at once."""
    return Limits(*(int(figure(office, name)) for name in ("offers_at_once", "offers_each", "tickets_each")))


def require(uow: UnitOfWork, ticket_id: int) -> Ticket:
    """A ticket, locked. Raises `Refusal` (`ticket_gone`)."""
    ticket = uow.tickets.get(ticket_id, lock=True)
    if ticket is None:
        raise Refusal("ticket_gone")
    return ticket


def require_held(uow: UnitOfWork, me: Me, ticket_id: int) -> Ticket:
    """An open ticket the reader helps with, locked.

    Raises `Refusal`: `link_first`, `helpers_only`, `ticket_gone`, `ticket_not_held`.
    """
    person_id = access.require_helper(me.actor)
    ticket = require(uow, ticket_id)
    if ticket.state != "claimed" or person_id not in (ticket.holder_id, ticket.second_id):
        raise Refusal("ticket_not_held", number=ticket.number)
    return ticket


def seen(uow: UnitOfWork, now: dt.datetime, person_id: int | None) -> None:
    """A helper has done something: they are there."""
    shift = uow.tickets.shift_of(person_id) if person_id else None
    if shift is not None:
        shift.seen_at, shift.asked_at = now, None


def tell(
    uow: UnitOfWork,
    now: dt.datetime,
    ticket: Ticket,
    kind: str,
    account: Account | None,
    *,
    rank: Rank = Rank.ESCALATION,
    live: bool = False,
    suffix: object = "",
    **facts: Any,
) -> None:
    """Owe a message about a ticket to an account, a guest's too; a `live` one changes the one that stands."""
    if account is None:
        return
    blocked = account.blocked_at is not None
    values = {
        "kind": kind,
        "person_id": account.person_id,
        "account_id": account.id,
        "facts": {"ticket": ticket.id, **facts},
        "rank": int(rank),
        "due_at": now,
        "state": "unreachable" if blocked else "pending",
        "reason": "blocked" if blocked else "",
    }
    if live:
        uow.notices.owe_live(card_key(kind, ticket.id, account.id), **values)
    else:
        uow.notices.owe(f"{kind}:{ticket.id}:{suffix}:{account.id}", **values)


def card_key(kind: str, ticket_id: int, account_id: int) -> str:
    """The key of the message about a ticket that keeps itself current for one reader."""
    return f"live:{kind}:{ticket_id}:{account_id}"


def tell_person(
    uow: UnitOfWork, now: dt.datetime, ticket: Ticket, kind: str, person_id: int | None, **more: Any
) -> None:
    """The same to a person of the registers, when they have an account."""
    if person_id is not None:
        tell(uow, now, ticket, kind, uow.people.account_of(person_id), **more)


def tell_asker(uow: UnitOfWork, now: dt.datetime, ticket: Ticket, kind: str, **more: Any) -> None:
    """The same to the one who asked; nothing where they came by phone."""
    if ticket.account_id is not None:
        tell(uow, now, ticket, kind, uow.people.account_by_id(ticket.account_id), **more)


def adopt(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, kind: str, ticket_id: int, message_id: int
) -> None:
    """A screen that its reader has just been shown is the ticket's card from now on."""
    uow.notices.adopt(
        card_key(kind, ticket_id, me.account_id),
        message_id,
        now,
        kind=kind,
        person_id=me.person_id,
        account_id=me.account_id,
        facts={"ticket": ticket_id},
        rank=int(Rank.REMINDER),
        due_at=now,
    )


def line(uow: UnitOfWork, now: dt.datetime) -> list[Queued]:
    """Everybody who waits, in the order in which they are helped."""
    waiting = (
        Queued(number, language, group, since, front, _span(starts, ends), Stage(stage), asker)
        for number, language, group, since, front, stage, starts, ends, asker in uow.tickets.queue()
    )
    return rules.line(waiting, now)


def _span(starts: dt.datetime | None, ends: dt.datetime | None) -> Span | None:
    return Span(starts, ends) if starts is not None and ends is not None else None


def asker_of(uow: UnitOfWork, ticket: Ticket) -> int | None:
    """Who talks with the helper of a ticket, and cannot be that helper; None for a guest or by phone."""
    account = uow.people.account_by_id(ticket.account_id) if ticket.account_id else None
    return account.person_id if account else None


def nobody_else(uow: UnitOfWork, ticket: Ticket) -> bool:
    """Whether nobody is on duty but whoever asks."""
    asker = asker_of(uow, ticket)
    return all(shift.person_id == asker for shift in uow.tickets.on_duty())


def helpers(uow: UnitOfWork, shifts: Sequence[Shift]) -> list[Helper]:
    """Those on duty who can be reached, with what they have on their hands."""
    reachable = uow.people.reachable([shift.person_id for shift in shifts])
    offers = uow.tickets.open_offers()
    busy: dict[int, int] = {}
    for ticket in uow.tickets.claimed():
        for person in (ticket.holder_id, ticket.second_id):
            if person is not None:
                busy[person] = busy.get(person, 0) + 1
    return [
        Helper(
            shift.person_id,
            frozenset(shift.languages),
            frozenset(shift.groups),
            busy.get(shift.person_id, 0),
            offers.get(shift.person_id, 0),
            shift.started_at,
        )
        for shift in shifts
        if shift.person_id in reachable
    ]


def of_shift(uow: UnitOfWork, me: Me) -> Helper:
    """The reader as a helper; one who is not on duty helps in every language."""
    shift = uow.tickets.shift_of(me.person_id) if me.person_id else None
    if shift is None:
        return Helper(me.person_id or 0)
    return Helper(shift.person_id, frozenset(shift.languages), frozenset(shift.groups))


def view(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    ticket: Ticket,
    *,
    reader: int | None = None,
    waiting: Sequence[Queued] | None = None,
    history: bool = False,
    fresh: bool = True,
) -> TicketView:
    """A ticket with names, its place in the line, and (`history`) the last that was said."""
    asker = uow.people.get(ticket.person_id) if ticket.person_id else None
    holder = uow.people.get(ticket.holder_id) if ticket.holder_id else None
    place, expected = 0, None
    if ticket.state == "waiting":
        place = rules.place(waiting if waiting is not None else line(uow, now), ticket.id, now)
        expected = rules.expected_minutes(place, uow.tickets.claims_since(now - rules.RECENT), now)
    case = uow.cases.get(ticket.case_id) if ticket.case_id else None
    whole = ticket.opened_by is not None and ticket.opened_by == ticket.person_id
    opener = uow.people.get(ticket.opened_by) if ticket.opened_by and not whole else None
    through = uow.people.account_of(opener.id) if opener else None
    notes = [event for event in uow.tickets.events(ticket.id) if event.action == "note"] if history else []
    return TicketView(
        id=ticket.id,
        number=ticket.number,
        state=ticket.state,
        language=ticket.language,
        problem=ticket.problem,
        device=ticket.device,
        tried=tuple(Tried(fix, outcome) for fix, outcome in ticket.tried),
        exam=_exam(uow, ticket),
        opened_at=ticket.opened_at,
        asker=asker.full_name if asker else "",
        asker_group=asker.group_name if asker else "",
        holder=holder.full_name if holder else "",
        claimed_at=ticket.claimed_at,
        place=place,
        expected=expected,
        on_duty=len(uow.tickets.on_duty()),
        front=ticket.front,
        note=str(notes[-1].detail.get("text", "")) if notes else "",
        history=_history(uow, ticket) if history else (),
        rating=ticket.rating,
        mine=reader is not None and reader in (ticket.holder_id, ticket.second_id),
        second=reader is not None and reader == ticket.second_id,
        by_phone=ticket.account_id is None,
        fresh=fresh,
        case=case.number if case else "",
        phones=tuple(office.policy.phones),
        caller=opener.full_name if opener else "",
        whole=whole,
        through=through is not None and through.id == ticket.account_id,
    )


def nameless(ticket: TicketView) -> TicketView:
    """A ticket for a chat of many: without its asker's name and group, and who holds it."""
    return replace(ticket, asker="", asker_group="", holder="", note="", history=(), case="", caller="")


def _exam(uow: UnitOfWork, ticket: Ticket) -> ExamBrief | None:
    exam = uow.exams.get(ticket.exam_id) if ticket.exam_id else None
    return exams.brief(exam) if exam is not None and exam.cancelled_at is None else None


def _history(uow: UnitOfWork, ticket: Ticket) -> tuple[Said, ...]:
    said = uow.talks.of(ticket.id)[-HISTORY_SHOWN:]
    return tuple(
        Said(one.at, one.account_id is not None and one.account_id == ticket.account_id, one.kind, one.text)
        for one in said
    )
