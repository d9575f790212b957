"""The line moves: offers to a few helpers at a time, wider when nobody answers, back from the silent."""

import datetime as dt

from bot.rules import tickets as rules
from bot.rules.notices import Rank
from bot.rules.tickets import Stage
from bot.rules.vocabulary import Role
from bot.services import desk, deskchats, live
from bot.services.office import Office
from bot.storage.tables import Ticket
from bot.storage.unit import UnitOfWork

BATCH = 100
PLACE = "ticket_place"
PLACES = 20
"""So many askers are told their new place at a time: others wait their turn, warnings go first."""
TOLD = {Stage.CALL_CENTER: Role.CALL_CENTER, Stage.ADMIN: Role.ADMIN}


def offer(uow: UnitOfWork, office: Office, now: dt.datetime) -> int:
    """Offer what waits, the most urgent first, to helpers with room. Returns how many offers were made."""
    waiting = desk.line(uow, now)
    deskchats.post(uow, office, now, waiting)
    if not waiting:
        return 0
    uow.tickets.lapse_offers(now - desk.minutes(office, "claim"))
    helpers = {helper.person_id: helper for helper in desk.helpers(uow, uow.tickets.on_duty())}
    limits, made = desk.limits(office), 0
    offers = uow.tickets.offers(ticket.id for ticket in waiting)
    for ticket in waiting:
        if not any(helper.offers < 2 * limits.offers_each for helper in helpers.values()):
            break
        asked = {person: state == "open" for person, state in offers.get(ticket.id, {}).items()}
        for person_id in rules.invite(ticket, helpers.values(), asked, limits, now):
            if uow.tickets.offer(ticket.id, person_id, now):
                row = uow.tickets.get(ticket.id)
                assert row is not None
                desk.tell_person(uow, now, row, "ticket_card", person_id, live=True)
                helpers[person_id] = _with_offer(helpers[person_id])
                made += 1
    return made


def _with_offer(helper: rules.Helper) -> rules.Helper:
    return rules.Helper(
        helper.person_id, helper.languages, helper.groups, helper.busy, helper.offers + 1, helper.idle_since
    )


def widen_due(uow: UnitOfWork, office: Office, now: dt.datetime) -> int:
    """More people hear of what nobody took: more volunteers, the call centre, administrators."""
    due = uow.tickets.to_widen(now, BATCH)
    for ticket in due:
        widen(uow, office, now, ticket)
    if due:
        offer(uow, office, now)
    return len(due)


def widen(uow: UnitOfWork, office: Office, now: dt.datetime, ticket: Ticket) -> None:
    """The next stage of one ticket. Where nobody is on duty, the call centre hears at once."""
    nobody = ticket.stage < Stage.MORE and desk.nobody_else(uow, ticket)
    ticket.stage = int(Stage.CALL_CENTER if nobody else Stage(min(ticket.stage + 1, Stage.ADMIN)))
    ticket.widen_at = now + desk.minutes(office, "claim") if ticket.stage < Stage.ADMIN else None
    uow.tickets.log(ticket, now, "widened", stage=ticket.stage)
    role = TOLD.get(Stage(ticket.stage))
    if role is None:
        return
    told = uow.people.reachable([person for _, person, _, _ in uow.people.holders([role])])
    told -= {desk.asker_of(uow, ticket)}
    offers, most = uow.tickets.open_offers(), desk.limits(office).offers_each
    for person_id in sorted(told):
        if offers.get(person_id, 0) >= most:
            live.owe(uow, now, "queue", "queue_card", person_id, Rank.ESCALATION)
        elif uow.tickets.offer(ticket.id, person_id, now):
            desk.tell_person(uow, now, ticket, "ticket_card", person_id, live=True)
    if not told and ticket.widen_at is not None:
        ticket.widen_at = now


def leases_due(uow: UnitOfWork, office: Office, now: dt.datetime) -> int:
    """A silent helper loses the ticket, and its asker goes to the front of the line."""
    over = uow.tickets.leases_over(now, BATCH)
    for ticket in over:
        release(uow, office, now, ticket, "lease_over")
    if over:
        offer(uow, office, now)
    return len(over)


def release(uow: UnitOfWork, office: Office, now: dt.datetime, ticket: Ticket, why: str) -> None:
    """Back into the line, before others of its urgency; the one who had it and the asker are told.

    With a second helper in it, that one goes on alone.
    """
    former = ticket.holder_id
    uow.tickets.log(ticket, now, why, former)
    _leave(uow, former, ticket.id)
    if former is not None:
        uow.tickets.offer(ticket.id, former, now)
        uow.tickets.set_offers(ticket.id, "closed", only=former)
        account = uow.people.account_of(former)
        if account is not None:
            uow.talks.give_up(ticket.id, account.id)
    if ticket.second_id is not None:
        ticket.holder_id, ticket.second_id = ticket.second_id, None
        ticket.lease_until = now + desk.minutes(office, "lease")
    else:
        ticket.state, ticket.front, ticket.holder_id = "waiting", True, None
        ticket.claimed_at = ticket.lease_until = None
        ticket.widen_at = now + desk.minutes(office, "claim")
        desk.tell_asker(uow, now, ticket, "ticket_returned", suffix=now.isoformat(), why=why)
        tell_place(uow, now, ticket)
        if desk.nobody_else(uow, ticket):
            widen(uow, office, now, ticket)
    if former is not None and why == "lease_over":
        desk.tell_person(uow, now, ticket, "ticket_lost", former, suffix=now.isoformat())
    refresh(uow, now, ticket)


def places_due(uow: UnitOfWork, office: Office, now: dt.datetime) -> int:
    """Askers whose place in the line has changed see it in the message that stands, the longest unseen first.

    Each at most so often as the policy says. Returns how many.
    """
    before = now - dt.timedelta(seconds=desk.figure(office, "place_seconds"))
    watched = uow.tickets.watched(before)
    if not watched:
        return 0
    places = {one.id: number for number, one in enumerate(desk.line(uow, now), 1)}
    moved = [row for row in watched if places.get(row.id, row.shown_place) != row.shown_place][:PLACES]
    for row in moved:
        row.shown_place, row.shown_at = places[row.id], now
        tell_place(uow, now, row)
    return len(moved)


def tell_place(uow: UnitOfWork, now: dt.datetime, ticket: Ticket) -> None:
    """The asker's own message about the ticket, where one stands, shows how it is now."""
    if ticket.shown_at is not None:
        desk.tell_asker(uow, now, ticket, PLACE, live=True, rank=Rank.NEWS)


def _leave(uow: UnitOfWork, person_id: int | None, ticket_id: int) -> None:
    shift = uow.tickets.shift_of(person_id) if person_id else None
    if shift is not None and shift.current_id == ticket_id:
        shift.current_id = next(
            (t.id for t in uow.tickets.held_by(shift.person_id) if t.id != ticket_id), None
        )


def refresh(uow: UnitOfWork, now: dt.datetime, ticket: Ticket, *, but: int | None = None) -> None:
    """Every card of a ticket shows how it stands now (`but`: the one whose screen shows it already)."""
    deskchats.close(uow, now, ticket)
    people = set(uow.tickets.offers([ticket.id]).get(ticket.id, {})) | {ticket.holder_id, ticket.second_id}
    for person_id in sorted(person for person in people if person is not None and person != but):
        desk.tell_person(uow, now, ticket, "ticket_card", person_id, live=True, rank=Rank.REMINDER)
