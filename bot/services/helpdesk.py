"""A helper at work: on duty, a claim that is a lease, giving back, handing over, inviting, ending."""

import datetime as dt

from bot.errors import Refusal
from bot.rules import access, trees
from bot.rules import tickets as rules
from bot.rules.notices import Rank
from bot.rules.people import Me
from bot.rules.tickets import ShiftView, Stage, TicketView
from bot.services import cases, desk, deskchats, dispatch, people, shifts, spikes, talks, tickets
from bot.services.office import Office
from bot.storage.tables import Shift, Ticket, TicketBlock
from bot.storage.unit import UnitOfWork

NOTE_LIMIT = 500


def duty(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me) -> ShiftView:
    """Whether the reader is on duty, and for what. Raises `Refusal`: `link_first`, `helpers_only`."""
    person_id = access.require_helper(me.actor)
    shift = uow.tickets.shift_of(person_id)
    known = shift or uow.tickets.last_shift(person_id)
    languages, groups = (tuple(known.languages), tuple(known.groups)) if known else ((me.language,), ())
    return ShiftView(shift is not None, languages, groups, len(uow.tickets.held_by(person_id)))


def go_on_duty(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me) -> ShiftView:
    """Begin a shift with the languages and platforms of the last one; what waits is offered at once.

    Refuses as `duty`.
    """
    known = duty(uow, office, now, me)
    person_id = access.require_helper(me.actor)
    if not known.on:
        uow.people.lock(person_id)
        shift = Shift(
            person_id=person_id, started_at=now, languages=list(known.languages), groups=list(known.groups)
        )
        uow.tickets.add_shift(shift)
        dispatch.offer(uow, office, now)
    return duty(uow, office, now, me)


def here(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me) -> ShiftView:
    """«I am here»: the shift goes on; one that has ended begins anew. Refuses as `duty`."""
    desk.seen(uow, now, me.person_id)
    return go_on_duty(uow, office, now, me)


def go_off_duty(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me) -> ShiftView:
    """End the shift; open tickets go back to the front of the line. Refuses as `duty`."""
    person_id = access.require_helper(me.actor)
    shift = uow.tickets.shift_of(person_id)
    if shift is not None:
        shifts.end(uow, office, now, shift)
    return duty(uow, office, now, me)


def choose(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, what: str) -> ShiftView:
    """Turn a language or a group of platforms on or off.

    Refuses as `duty`, and `not_on_duty`, `help_gone`, `duty_last`: of what is left on, the last one stays.
    """
    person_id = access.require_helper(me.actor)
    shift = uow.tickets.shift_of(person_id)
    if shift is None:
        raise Refusal("not_on_duty")
    if what in office.languages:
        shift.languages = _turned(shift.languages or list(office.languages), what)
    elif what in trees.GROUPS:
        shift.groups = _turned(shift.groups or list(trees.GROUPS), what)
    else:
        raise Refusal("help_gone")
    desk.seen(uow, now, person_id)
    uow.flush()
    dispatch.offer(uow, office, now)
    return duty(uow, office, now, me)


def _turned(listed: list[str], what: str) -> list[str]:
    """None listed would mean all of them, the contrary of what was tapped."""
    if listed == [what]:
        raise Refusal("duty_last")
    return [one for one in listed if one != what] if what in listed else [*listed, what]


def claim(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, ticket_id: int) -> TicketView:
    """Take a ticket: the first tap wins, others' cards close, the asker hears of it.

    Raises `Refusal`: `link_first`, `helpers_only`, `ticket_gone`, `ticket_over`, `ticket_taken`,
    `ticket_own`, `tickets_enough`, `urgent_first` while somebody whose exam runs waits for such a helper.
    """
    person_id = access.require_helper(me.actor)
    ticket = desk.require(uow, ticket_id)
    if ticket.state == "claimed" and person_id in (ticket.holder_id, ticket.second_id):
        return desk.view(uow, office, now, ticket, reader=person_id, history=True, fresh=False)
    if ticket.state == "claimed":
        raise Refusal("ticket_taken", number=ticket.number)
    if ticket.state != "waiting":
        raise Refusal("ticket_over", number=ticket.number)
    if ticket.account_id == me.account_id:
        raise Refusal("ticket_own")
    uow.people.lock(person_id)
    if len(uow.tickets.held_by(person_id)) >= desk.limits(office).tickets_each:
        raise Refusal("tickets_enough", number=ticket.number)
    waiting = desk.line(uow, now)
    wanted = next(one for one in waiting if one.id == ticket.id)
    first = rules.must_yield(wanted, waiting, desk.of_shift(uow, me), now)
    if first is not None:
        raise Refusal("urgent_first", ticket=first.id)
    _hold(uow, office, now, ticket, person_id)
    uow.tickets.log(ticket, now, "claimed", person_id)
    uow.tickets.offer(ticket.id, person_id, now)
    uow.tickets.set_offers(ticket.id, "closed")
    desk.tell_asker(uow, now, ticket, "ticket_claimed", suffix=now.isoformat())
    dispatch.tell_place(uow, now, ticket)
    talks.bring(uow, office, now, ticket, me.account_id)
    dispatch.refresh(uow, now, ticket, but=person_id)
    return desk.view(uow, office, now, ticket, reader=person_id, history=True)


def claim_in_chat(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, ticket_id: int, chat: int
) -> TicketView:
    """Take a ticket in the helpers' chat; its card comes into the taker's own chat.

    Raises `Refusal` as `deskchats.require_on_duty` and `claim`.
    """
    person_id = deskchats.require_on_duty(uow, office, now, me, chat)
    ticket = claim(uow, office, now, me, ticket_id)
    row = desk.require(uow, ticket_id)
    desk.tell_person(uow, now, row, "ticket_card", person_id, live=True)
    return ticket


def _hold(uow: UnitOfWork, office: Office, now: dt.datetime, ticket: Ticket, person_id: int) -> None:
    ticket.state, ticket.holder_id, ticket.claimed_at = "claimed", person_id, now
    ticket.lease_until, ticket.widen_at = now + desk.minutes(office, "lease"), None
    shift = uow.tickets.shift_of(person_id)
    if shift is None:
        last = uow.tickets.last_shift(person_id)
        languages, groups = (list(last.languages), list(last.groups)) if last else ([], [])
        shift = uow.tickets.add_shift(
            Shift(person_id=person_id, started_at=now, languages=languages, groups=groups)
        )
    shift.current_id, shift.seen_at, shift.asked_at = ticket.id, now, None
    uow.flush()


def open_card(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, ticket_id: int) -> TicketView:
    """A ticket for a helper; their own becomes the one they talk in.

    Raises `Refusal`: `link_first`, `helpers_only`, `ticket_gone`.
    """
    person_id = access.require_helper(me.actor)
    ticket = desk.require(uow, ticket_id)
    desk.seen(uow, now, person_id)
    shift = uow.tickets.shift_of(person_id)
    if shift is not None and ticket.state == "claimed" and person_id in (ticket.holder_id, ticket.second_id):
        shift.current_id = ticket.id
    return desk.view(uow, office, now, ticket, reader=person_id, history=True, fresh=False)


def give_back(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, ticket_id: int) -> TicketView:
    """«I cannot help»: the ticket goes to the front of the line. Raises `Refusal`: `ticket_not_held`."""
    ticket = desk.require_held(uow, me, ticket_id)
    if ticket.holder_id == me.person_id:
        dispatch.release(uow, office, now, ticket, "given_back")
        dispatch.offer(uow, office, now)
    else:
        ticket.second_id = None
        uow.tickets.log(ticket, now, "left", me.person_id)
        uow.talks.give_up(ticket.id, me.account_id)
    return desk.view(uow, office, now, ticket, reader=me.person_id)


def pause(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, ticket_id: int) -> TicketView:
    """The asker restarts something: silence costs nothing now. Raises `Refusal`: `ticket_not_held`."""
    ticket = desk.require_held(uow, me, ticket_id)
    ticket.lease_until = now + desk.minutes(office, "pause")
    uow.tickets.log(ticket, now, "paused", me.person_id)
    return desk.view(uow, office, now, ticket, reader=me.person_id, history=True)


def not_found(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, ticket_id: int) -> TicketView:
    """The asker does not answer: they are asked whether they are there; silence ends the ticket.

    Raises `Refusal`: `ticket_not_held`.
    """
    ticket = desk.require_held(uow, me, ticket_id)
    if ticket.widen_at is None and ticket.account_id is not None:
        ticket.widen_at, ticket.lease_until = now + desk.minutes(office, "not_found"), None
        uow.tickets.log(ticket, now, "not_found", me.person_id)
        desk.seen(uow, now, me.person_id)
        desk.tell_asker(uow, now, ticket, "ticket_search", suffix=now.isoformat())
    return desk.view(uow, office, now, ticket, reader=me.person_id, history=True)


def hand_over(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    me: Me,
    ticket_id: int,
    note: str,
    *,
    lead: bool = False,
) -> TicketView:
    """Pass a ticket on with a note, to whoever takes it next or (`lead`) to the call centre.

    Raises `Refusal`: `ticket_not_held`, `note_too_long`.
    """
    ticket = desk.require_held(uow, me, ticket_id)
    if len(note) > NOTE_LIMIT:
        raise Refusal("note_too_long", limit=NOTE_LIMIT)
    uow.tickets.log(ticket, now, "note", me.person_id, text=rules_masked(note))
    dispatch.release(uow, office, now, ticket, "to_call_center" if lead else "handed_over")
    if lead and ticket.state == "waiting":
        ticket.stage = int(Stage.MORE)
        dispatch.widen(uow, office, now, ticket)
    dispatch.offer(uow, office, now)
    return desk.view(uow, office, now, ticket, reader=me.person_id)


def rules_masked(text: str) -> str:
    """A note without numbers of persons and cards."""
    return talks.masked(text)[0]


def invite(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, ticket_id: int) -> TicketView:
    """Ask a second helper in: a free one on duty. Raises `Refusal`: `ticket_not_held`, `nobody_free`."""
    ticket = desk.require_held(uow, me, ticket_id)
    if ticket.second_id is None:
        on_duty = desk.helpers(uow, uow.tickets.on_duty())
        wanted = rules.Queued(
            ticket.id,
            ticket.language,
            ticket.group_name,
            ticket.opened_at,
            asker=desk.asker_of(uow, ticket),
        )
        found = rules.invite(wanted, on_duty, {me.person_id or 0: False}, rules.Limits(1, 99, 1), now)
        if not found:
            raise Refusal("nobody_free")
        ticket.second_id = found[0]
        uow.tickets.log(ticket, now, "invited", me.person_id, person=found[0])
        shift, account = uow.tickets.shift_of(found[0]), uow.people.account_of(found[0])
        assert shift is not None, "on duty"
        assert account is not None, "reachable"
        shift.current_id = shift.current_id or ticket.id
        desk.tell_person(uow, now, ticket, "ticket_card", found[0], live=True)
        talks.bring(uow, office, now, ticket, account.id)
    return desk.view(uow, office, now, ticket, reader=me.person_id, history=True)


def resolve(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, ticket_id: int) -> TicketView:
    """It works again: the asker may rate, or open it again. Raises `Refusal`: `ticket_not_held`."""
    ticket = desk.require_held(uow, me, ticket_id)
    tickets.close(uow, office, now, ticket, "resolved", me.person_id)
    return desk.view(uow, office, now, ticket, reader=me.person_id)


def report(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, ticket_id: int, origin: int, history: str
) -> TicketView:
    """File the asker's force-majeure report for them, with the ticket's `history` as its first note.

    Raises `Refusal`: `ticket_not_held`, `asker_not_linked`, and as `cases.file`.
    """
    ticket = desk.require_held(uow, me, ticket_id)
    account = uow.people.account_by_id(ticket.account_id) if ticket.account_id else None
    if account is None or ticket.person_id is None or account.person_id != ticket.person_id:
        raise Refusal("asker_not_linked")
    asker = people.known(uow, office, account)
    trouble = spikes.TROUBLES.get(ticket.group_name, "other")
    exam = uow.exams.get(ticket.exam_id) if ticket.exam_id else None
    exam_id = exam.id if exam is not None and exam.cancelled_at is None else None
    case = cases.file(uow, office, now, asker, trouble, exam_id, origin)
    if ticket.case_id != case.id:
        ticket.case_id = case.id
        uow.tickets.log(ticket, now, "reported", me.person_id, case=case.number)
        cases.add_note(uow, office, now, asker, case.id, origin, text=history)
        desk.tell_asker(uow, now, ticket, "ticket_reported", suffix=case.id)
    return desk.view(uow, office, now, ticket, reader=me.person_id, history=True)


def block(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, ticket_id: int, reason: str
) -> TicketView:
    """Insults: the asker may open no tickets until the call centre has looked at it; /sos stays open.

    Raises `Refusal`: `ticket_not_held`, `note_too_long`.
    """
    ticket = desk.require_held(uow, me, ticket_id)
    if len(reason) > NOTE_LIMIT:
        raise Refusal("note_too_long", limit=NOTE_LIMIT)
    if ticket.account_id is not None and uow.tickets.block_of(ticket.account_id) is None:
        uow.tickets.add_block(
            TicketBlock(
                account_id=ticket.account_id,
                ticket_id=ticket.id,
                at=now,
                by_id=me.person_id,
                reason=rules_masked(reason),
            )
        )
    tickets.close(uow, office, now, ticket, "blocked", me.person_id, tell=False)
    ticket.state = "blocked"
    desk.tell_asker(uow, now, ticket, "ticket_blocked", rank=Rank.REMINDER)
    return desk.view(uow, office, now, ticket, reader=me.person_id)


def review(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, block_id: int, *, lift: bool) -> None:
    """The call centre keeps or lifts a block. Raises `Refusal`: `link_first`, `leads_only`, `ticket_gone`."""
    person_id = access.require_helper(me.actor, lead=True)
    row = uow.tickets.block(block_id)
    if row is None:
        raise Refusal("ticket_gone")
    row.state, row.reviewed_by, row.reviewed_at = "lifted" if lift else "kept", person_id, now
