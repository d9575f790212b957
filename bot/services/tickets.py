"""A person asks for help: the ticket with what they have tried, its place in the line, the end of it."""

import datetime as dt
from collections.abc import Sequence

from bot.errors import Refusal
from bot.rules import access
from bot.rules.access import Action
from bot.rules.people import Me
from bot.rules.tickets import TicketView
from bot.rules.trees import CALL, OWN
from bot.rules.vocabulary import PersonKind
from bot.services import desk, dispatch, exams
from bot.services.office import Office
from bot.storage.tables import Account, Exam, Person, Ticket
from bot.storage.unit import UnitOfWork

SERIES = "H"
LIST_LIMIT = 5
RATINGS = range(1, 6)


def open_own(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, group: str, origin: int
) -> TicketView:
    """Ask for a person, with all that was tried; the line moves in the same transaction.

    One open ticket an account: a second wish gives the one that stands (`fresh` false). `group`: the group of
    the problem's platform, '' when there is none. Raises `Refusal`: `ticket_blocked`, `too_many_tickets`.
    """
    standing = uow.tickets.by_origin(origin) or uow.tickets.open_of(me.account_id)
    if standing is not None:
        return desk.view(uow, office, now, standing, fresh=standing.origin == origin)
    if uow.tickets.block_of(me.account_id) is not None:
        raise Refusal("ticket_blocked", phones=office.policy.phones)
    allowed = int(desk.figure(office, "tickets_per_hour"))
    if uow.tickets.opened_by(me.account_id, now - dt.timedelta(hours=1)) >= allowed:
        raise Refusal("too_many_tickets", allowed=allowed, phones=office.policy.phones)
    path = uow.helping.path(me.account_id, OWN, now)
    exam = _exam(uow, now, me.person_id) if me.kind is PersonKind.STUDENT else None
    ticket = _open(uow, office, now, origin, me.language, group, exam)
    ticket.account_id, ticket.person_id = me.account_id, me.person_id
    ticket.problem, ticket.device, ticket.tried = path.problem, path.device, list(path.tried)
    return _into_line(uow, office, now, ticket)


def open_for_caller(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, group: str, ext_id: str, origin: int
) -> TicketView:
    """A helper on the phone asks for a caller, whom `ext_id` names ('' for somebody unknown).

    Raises `Refusal`: `link_first`, `helpers_only`, `nobody_has_id`.
    """
    person_id = access.require_helper(me.actor)
    standing = uow.tickets.by_origin(origin)
    if standing is not None:
        return desk.view(uow, office, now, standing, fresh=False)
    found = uow.people.find(ext_id, PersonKind.STUDENT) if ext_id else []
    if ext_id and not found:
        raise Refusal("nobody_has_id")
    caller = found[0] if found else None
    account = uow.people.account_of(caller.id) if caller else None
    path = uow.helping.path(me.account_id, CALL, now)
    exam = _exam(uow, now, caller.id) if caller else None
    ticket = _open(uow, office, now, origin, path.language or me.language, group, exam)
    ticket.opened_by, ticket.person_id = person_id, caller.id if caller else None
    ticket.account_id = account.id if account else None
    ticket.problem, ticket.device, ticket.tried = path.problem, path.device, list(path.tried)
    path.problem, path.tried, path.counted = "", [], {}
    return _into_line(uow, office, now, ticket)


def call_to_exam(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, exam_id: int, student_id: int, origin: int
) -> tuple[TicketView, bool]:
    """Whoever holds an exam asks for a helper: for one of its students, or (`student_id` 0) for all of it.

    The helper talks with the student; where the bot cannot write to them, with whoever called. One that is
    open already stands. Returns the ticket, and whether the conversation is the caller's own.
    Raises `Refusal`: `link_first`, `staff_only`, `not_your_exam`, `exam_gone`, `start_over`, `student_gone`,
    `ticket_blocked`.
    """
    person_id = access.require(me.actor, Action.SEE_STAFF)
    exam = exams.require_own(uow, person_id, exam_id)
    if now >= exam.ends_at:
        raise Refusal("start_over", time=exam.ends_at)
    student = uow.people.get(student_id) if student_id else None
    if student_id and (student is None or student.group_name not in uow.exams.groups_of(exam_id)):
        raise Refusal("student_gone")
    whom = student.id if student else person_id
    uow.people.lock(whom)
    account = _talks_with(uow, me, student)
    own = account.id == me.account_id
    standing = uow.tickets.by_origin(origin) or uow.tickets.open_of(account.id)
    if standing is not None:
        if student is not None and standing.person_id != student.id:
            uow.tickets.log(standing, now, "note", person_id, text=student.full_name)
            dispatch.refresh(uow, now, standing)
        return desk.view(uow, office, now, standing, fresh=standing.origin == origin), own
    if uow.tickets.block_of(account.id) is not None:
        raise Refusal("ticket_blocked", phones=office.policy.phones)
    ticket = _open(uow, office, now, origin, account.language, "", exam)
    ticket.account_id, ticket.person_id, ticket.opened_by = account.id, whom, person_id
    found = _into_line(uow, office, now, ticket)
    if not own:
        ticket.shown_place, ticket.shown_at = found.place, now
        desk.tell_asker(uow, now, ticket, dispatch.PLACE, live=True)
    return found, own


def _talks_with(uow: UnitOfWork, me: Me, student: Person | None) -> Account:
    """The student where the bot can carry what is said, else whoever called."""
    theirs = uow.people.account_of(student.id) if student else None
    if theirs is not None and theirs.blocked_at is None and uow.tickets.block_of(theirs.id) is None:
        return theirs
    mine = uow.people.account_by_id(me.account_id)
    assert mine is not None
    return mine


def _open(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    origin: int,
    language: str,
    group: str,
    exam: Exam | None,
) -> Ticket:
    series = f"{SERIES}-{now.astimezone(office.zone):%y}"
    return uow.tickets.add(
        Ticket(
            number=f"{series}-{uow.records.next_number(series):05d}",
            origin=origin,
            language=language if language in office.languages else office.languages[0],
            group_name=group,
            tried=[],
            exam_id=exam.id if exam else None,
            opened_at=now,
            widen_at=now + desk.minutes(office, "claim"),
        )
    )


def _exam(uow: UnitOfWork, now: dt.datetime, person_id: int | None) -> Exam | None:
    """The exam that runs for somebody, else the one that comes next."""
    found = exams.meant_now(uow, now, person_id) if person_id else []
    ahead = [exam for exam in found if exam.span.phase(now) != "over"]
    return uow.exams.get(ahead[0].id) if ahead else None


def _into_line(uow: UnitOfWork, office: Office, now: dt.datetime, ticket: Ticket) -> TicketView:
    uow.flush()
    uow.tickets.log(ticket, now, "opened", ticket.opened_by or ticket.person_id)
    if desk.nobody_else(uow, ticket):
        dispatch.widen(uow, office, now, ticket)
    dispatch.offer(uow, office, now)
    return desk.view(uow, office, now, ticket)


def show(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, ticket_id: int) -> TicketView:
    """The reader's own ticket. Raises `Refusal`: `ticket_gone`, `not_yours`."""
    return desk.view(uow, office, now, _own(uow, me, ticket_id), fresh=False)


def shown(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, ticket: TicketView, message_id: int
) -> None:
    """The screen with the place in the line stands in the asker's chat; it is kept current from now on."""
    row = uow.tickets.get(ticket.id)
    if row is not None and row.account_id == me.account_id:
        desk.adopt(uow, office, now, me, dispatch.PLACE, ticket.id, message_id)
        row.shown_place, row.shown_at = ticket.place, now


def mine(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me) -> Sequence[TicketView]:
    """The reader's own tickets, newest first."""
    return [desk.view(uow, office, now, one) for one in uow.tickets.of_asker(me.account_id, LIST_LIMIT)]


def not_needed(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, ticket_id: int) -> TicketView:
    """The asker needs no help any more. Raises `Refusal`: `ticket_gone`, `not_yours`."""
    ticket = _own(uow, me, ticket_id)
    if ticket.state in ("waiting", "claimed"):
        close(uow, office, now, ticket, "not_needed", me.person_id, tell=False)
    return desk.view(uow, office, now, ticket, fresh=False)


def close(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    ticket: Ticket,
    why: str,
    actor: int | None,
    *,
    tell: bool = True,
) -> None:
    """End a ticket: its cards close, its helper is free, the asker may rate it or open it again."""
    ticket.state, ticket.resolved_at = "resolved", now
    ticket.lease_until = ticket.widen_at = None
    uow.tickets.log(ticket, now, why, actor)
    uow.tickets.set_offers(ticket.id, "closed")
    for helper in {ticket.holder_id, ticket.second_id} - {None}:
        desk.seen(uow, now, helper)
        shift = uow.tickets.shift_of(helper) if helper else None
        if shift is not None and shift.current_id == ticket.id:
            left = (other.id for other in uow.tickets.held_by(shift.person_id) if other.id != ticket.id)
            shift.current_id = next(left, None)
    dispatch.refresh(uow, now, ticket, but=actor)
    if tell:
        dispatch.tell_place(uow, now, ticket)
        desk.tell_asker(uow, now, ticket, "ticket_done", suffix=now.isoformat())
    uow.flush()
    dispatch.offer(uow, office, now)


def unfound_due(uow: UnitOfWork, office: Office, now: dt.datetime) -> int:
    """Tickets whose askers were looked for and did not answer end; they may open them again."""
    over = uow.tickets.unfound(now, dispatch.BATCH)
    for ticket in over:
        close(uow, office, now, ticket, "gave_no_sign", None)
    return len(over)


def rate(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, ticket_id: int, stars: int) -> TicketView:
    """How it was, 1 to 5; the last word counts. Raises `Refusal`: `ticket_gone`, `not_yours`."""
    ticket = _own(uow, me, ticket_id)
    if stars not in RATINGS or ticket.state != "resolved":
        raise Refusal("ticket_gone")
    ticket.rating = stars
    return desk.view(uow, office, now, ticket, fresh=False)


def reopen(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, ticket_id: int) -> TicketView:
    """The trouble is back: the same ticket, before others of its urgency.

    Raises `Refusal`: `ticket_gone`, `not_yours`, `ticket_too_old` after the hours of the policy.
    """
    ticket = _own(uow, me, ticket_id)
    if ticket.state != "resolved":
        return desk.view(uow, office, now, ticket, fresh=False)
    standing = uow.tickets.open_of(me.account_id)
    if standing is not None:
        return desk.view(uow, office, now, standing, fresh=False)
    hours = dt.timedelta(hours=desk.figure(office, "reopen_hours"))
    if ticket.resolved_at is None or now - ticket.resolved_at > hours:
        raise Refusal("ticket_too_old", number=ticket.number)
    ticket.state, ticket.front, ticket.stage = "waiting", True, 0
    ticket.holder_id = ticket.second_id = ticket.claimed_at = ticket.resolved_at = None
    ticket.widen_at = now + desk.minutes(office, "claim")
    uow.tickets.forget_offers(ticket.id)
    return _into_line(uow, office, now, ticket)


def _own(uow: UnitOfWork, me: Me, ticket_id: int) -> Ticket:
    ticket = desk.require(uow, ticket_id)
    if ticket.account_id != me.account_id:
        raise Refusal("not_yours")
    return ticket
