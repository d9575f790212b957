"""The help desk as a whole: what waits for a helper, how the desk does, what the call centre looks at."""

import datetime as dt
import statistics
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from bot.rules import access, tickets, trees
from bot.rules.access import Action
from bot.rules.people import Me
from bot.rules.tickets import BlockView, Frequency, Load, QueueView, Urgency
from bot.services import desk, incidents, spikes
from bot.services.office import Office
from bot.storage.tables import Ticket
from bot.storage.unit import UnitOfWork

SHOWN = 8
DAY = dt.timedelta(days=1)
PROBLEMS_SHOWN = 5
PLATFORMS_SHOWN = 8


def queue(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me) -> QueueView:
    """Own tickets, then the line, then the figures. Raises `Refusal`: `link_first`, `helpers_only`."""
    person_id = access.require_helper(me.actor)
    lead = access.may(me.actor, Action.LEAD_DESK)
    line = desk.line(uow, now)
    mine = [
        desk.view(uow, office, now, one, reader=person_id, waiting=line)
        for one in uow.tickets.held_by(person_id)
    ]
    waiting = []
    for queued in line[:SHOWN]:
        row = uow.tickets.get(queued.id)
        if row is not None:
            waiting.append(desk.view(uow, office, now, row, reader=person_id, waiting=line))
    desk.seen(uow, now, person_id)
    on_duty = uow.tickets.shift_of(person_id) is not None
    figures, known = load(uow, office, now, deep=lead), tuple(incidents.known(uow))
    return QueueView(tuple(mine), tuple(waiting), figures, lead, on_duty, known)


def load(uow: UnitOfWork, office: Office, now: dt.datetime, *, deep: bool) -> Load:
    """How many wait and for how long; with the last day's figures when asked for (`deep`)."""
    line = desk.line(uow, now)
    running = sum(tickets.urgency(one, now) is Urgency.RUNNING for one in line)
    longest = max(((now - one.since).total_seconds() for one in line), default=0.0)
    base = Load(len(line), running, longest, len(uow.tickets.claimed()), len(uow.tickets.on_duty()))
    return _deep(uow, office, now, base) if deep else base


def _deep(uow: UnitOfWork, office: Office, now: dt.datetime, base: Load) -> Load:
    day = uow.tickets.since(now - DAY)
    ratings = [one.rating for one in day if one.rating]
    most = Counter(one.problem for one in day if one.problem).most_common(PROBLEMS_SHOWN)
    return Load(
        base.waiting,
        base.running,
        base.longest,
        base.claimed,
        base.on_duty,
        opened=len(day),
        resolved=sum(one.state == "resolved" for one in day),
        first_reply=_median(_seconds(one, one.first_reply_at) for one in day),
        resolution=_median(_seconds(one, one.resolved_at) for one in day),
        rating=statistics.mean(ratings) if ratings else None,
        rated=len(ratings),
        problems=dict(most),
        spikes=tuple(spikes.view(uow, office, now, row) for row in uow.tickets.open_spikes()),
        blocks=len(uow.tickets.open_blocks()),
        dead_ends=_dead_ends(uow, office),
    )


def _dead_ends(uow: UnitOfWork, office: Office) -> tuple[tuple[str, int], ...]:
    """Problems that most people leave without a fix, on all devices together; the worst first."""
    most: Counter[str] = Counter()
    for line in trees.dead_ends(uow.helping.lines(), int(desk.figure(office, "dead_end_from"))):
        most[line.problem] += line.tally.failed
    return tuple(most.most_common(PROBLEMS_SHOWN))


def frequent(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me) -> Frequency:
    """What troubled most in the last day, by platform and hour, for a chart.

    Raises `Refusal`: `link_first`, `leads_only`.
    """
    access.require_helper(me.actor, lead=True)
    return frequency(uow, office, now)


def frequency(uow: UnitOfWork, office: Office, now: dt.datetime) -> Frequency:
    """The same for a board, whose own doors say who may look."""
    opened = [(one.problem, one.opened_at.astimezone(office.zone)) for one in uow.tickets.since(now - DAY)]
    named = [(problem, at) for problem, at in opened if problem]
    return tickets.frequency(named, now.astimezone(office.zone), PLATFORMS_SHOWN)


def _seconds(ticket: Ticket, moment: dt.datetime | None) -> float | None:
    return (moment - ticket.opened_at).total_seconds() if moment else None


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None


def blocks(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me) -> list[BlockView]:
    """Blocks that nobody has looked at. Raises `Refusal`: `link_first`, `leads_only`."""
    access.require_helper(me.actor, lead=True)
    found = []
    for row in uow.tickets.open_blocks():
        account = uow.people.account_by_id(row.account_id)
        asker = uow.people.get(account.person_id) if account and account.person_id else None
        by = uow.people.get(row.by_id) if row.by_id else None
        found.append(
            BlockView(
                row.id, asker.full_name if asker else "", by.full_name if by else "", row.at, row.reason
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class TicketLine:
    """One line of the register of tickets."""

    ticket: Ticket
    asker: str
    ext_id: str
    exam: str
    holder: str


def register(uow: UnitOfWork, office: Office, now: dt.datetime) -> list[TicketLine]:
    """Every ticket, in the order of opening."""
    found = []
    for ticket, asker in uow.tickets.all():
        exam = uow.exams.get(ticket.exam_id) if ticket.exam_id else None
        holder = uow.people.get(ticket.holder_id) if ticket.holder_id else None
        found.append(
            TicketLine(
                ticket,
                asker.full_name if asker else "",
                asker.ext_id if asker else "",
                exam.ext_id if exam else "",
                holder.full_name if holder else "",
            )
        )
    return found
