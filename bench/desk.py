"""The help desk under five hundred tickets, against a plain first-come queue with the same arrivals."""

import datetime as dt
import random
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, select

from bench import campus
from bench.campus import NOW
from bench.figures import Figure
from bot.errors import Refusal
from bot.rules.people import Me
from bot.services import desk as desk_rules
from bot.services import dispatch, helpdesk, people, talks, tickets
from bot.services.office import Desk
from bot.storage.tables import Account, Exam, ExamGroup, Person, PersonRole, Ticket, TicketOffer

TICKETS, HELPERS, MINUTES = 500, 20, 10
STEP = 2.5
RUNNING, NEAR = 0.3, 0.4
"""The share of askers whose exam runs, and whose exam comes within hours."""
HANDLING = (60.0, 420.0)
REACTION = (4.0, 20.0)
OFFERS_EACH = 3
Offers = dict[int, dict[int, str]]
"""By volunteer: what was offered to them, and how that stands."""
SEED = 20261221
AGREED = {"consent_version": 1, "created_at": NOW}
FIRST = "first offer after the request, once a volunteer had a free hand: the longest"
IDLE = "a volunteer free and without an offer while those who wait are with three others: the longest"
OVERTAKEN = "taken before somebody whose exam ran and who waited"


@dataclass
class Asker:
    """One student who will ask. All in seconds from the start."""

    number: int
    at: float
    runs: bool
    handling: float
    ticket: int = 0
    claimed_at: float | None = None


@dataclass
class Worker:
    """One volunteer: free from a moment on, and how fast they tap."""

    me: Any
    free_at: float = 0.0
    reaction: float = 10.0
    ticket: int = 0
    seen: dict[int, float] = field(default_factory=dict)


def desk() -> list[Figure]:
    """Waits of those whose exam runs, ours against first come first served; offers; claims."""
    askers = _askers()
    with campus.base() as opened:
        hall = _Hall(opened, askers)
        hall.run()
    ours = [a.claimed_at - a.at for a in askers if a.runs and a.claimed_at is not None]
    plain = _plain(askers)
    theirs = [plain[a.number] - a.at for a in askers if a.runs]
    everybody = [a.claimed_at - a.at for a in askers if a.claimed_at is not None]
    name = f"{TICKETS} tickets in {MINUTES} minutes, {HELPERS} volunteers"
    return [
        Figure(
            f"{name}: median wait of those whose exam runs, against a first-come queue",
            f"{_said(statistics.median(ours))} against {_said(statistics.median(theirs))}",
            statistics.median(ours) / statistics.median(theirs),
            "< 1",
        ),
        Figure(
            "the same, 95th percentile",
            f"{_said(_p95(ours))} against {_said(_p95(theirs))}",
            _p95(ours) / _p95(theirs),
            "< 1",
        ),
        Figure(
            "the same, everybody's median (the line is served in another order, not faster)",
            f"{_said(statistics.median(everybody))} against "
            f"{_said(statistics.median([plain[a.number] - a.at for a in askers]))}",
        ),
        Figure("never taken; taken twice", f"{TICKETS - len(everybody)}; {hall.twice}", None, "0; 0"),
        Figure(FIRST, f"{hall.slowest:.0f} s", None, "<= 5 s"),
        Figure(IDLE, f"{hall.idle:.0f} s"),
        Figure(OVERTAKEN, f"{hall.overtaken}", None, "0"),
    ]  # fmt: skip


def _askers() -> list[Asker]:
    chance = random.Random(SEED)
    found = [
        Asker(number, chance.uniform(0, MINUTES * 60), chance.random() < RUNNING, chance.uniform(*HANDLING))
        for number in range(TICKETS)
    ]
    return sorted(found, key=lambda asker: asker.at)


def _plain(askers: Sequence[Asker]) -> dict[int, float]:
    """When each is taken if the free volunteer always takes who came first."""
    chance = random.Random(SEED + 1)
    free = [0.0] * HELPERS
    taken = {}
    for asker in askers:
        worker = min(range(HELPERS), key=lambda one: free[one])
        at = max(free[worker], asker.at) + chance.uniform(*REACTION)
        taken[asker.number] = at
        free[worker] = at + asker.handling
    return taken


def _room(offers: Offers, worker: Worker) -> bool:
    """Whether a volunteer's hands are not full of offers."""
    made = offers.get(worker.me.person_id, {}).values()
    return sum(state == "open" for state in made) < OFFERS_EACH


class _Hall:
    """The real services over a real database, with a clock moved by hand."""

    def __init__(self, opened: Any, askers: list[Asker]) -> None:
        self._askers = askers
        self._seconds = 0.0
        self._desk = Desk(opened.database, opened.desk.office, self._now)
        self._chance = random.Random(SEED + 1)
        self._origin = 0
        self.twice = self.overtaken = 0
        self.slowest = self.idle = 0.0
        self._unoffered: dict[int, float] = {}
        self._bare: dict[int, float] = {}
        self._fill(opened)
        self.workers = [
            Worker(me, reaction=self._chance.uniform(*REACTION)) for me in self._readers(HELPERS, 90_000)
        ]
        self._students = self._readers(TICKETS, 10_000)

    def _now(self) -> dt.datetime:
        return campus.NOW + dt.timedelta(seconds=self._seconds)

    def _readers(self, count: int, first: int) -> list[Me]:
        return [self._desk.do_now(people.meet, first + number, "") for number in range(count)]

    def _fill(self, opened: Any) -> None:
        chance = random.Random(SEED + 2)

        def person(number: int, kind: str, group: str) -> dict[str, Any]:
            name = f"{kind}{number}"
            return {"kind": kind, "ext_id": name, "full_name": name, "language": "kk", "group_name": group}

        def work(uow: Any) -> None:
            session = uow.session
            for group, starts in (("runs", -30), ("near", 120)):
                start = campus.NOW + dt.timedelta(minutes=starts)
                row = Exam(
                    ext_id=group, subject_kk="S", subject_ru="S", kind="written", attestation="interim"
                )
                row.starts_at, row.ends_at = start, start + dt.timedelta(hours=4)
                session.add(row)
                session.flush()
                session.add(ExamGroup(exam_id=row.id, group_name=group))
            by_number = sorted(self._askers, key=lambda asker: asker.number)
            groups = [
                "runs" if a.runs else "near" if chance.random() < NEAR / (1 - RUNNING) else ""
                for a in by_number
            ]
            session.execute(insert(Person), [person(n, "student", group) for n, group in enumerate(groups)])
            session.execute(insert(Person), [person(n, "staff", "") for n in range(HELPERS)])
            ids = {row.ext_id: row.id for row in session.scalars(select(Person))}
            accounts = [(10_000 + n, ids[f"student{n}"]) for n in range(TICKETS)]
            accounts += [(90_000 + n, ids[f"staff{n}"]) for n in range(HELPERS)]
            session.execute(
                insert(Account),
                [
                    {"user_id": user, "person_id": person_id, "language": "kk", **AGREED}
                    for user, person_id in accounts
                ],
            )
            session.execute(
                insert(PersonRole),
                [{"person_id": ids[f"staff{n}"], "role": "volunteer"} for n in range(HELPERS)],
            )

        opened.database.transact(work)

    def run(self) -> None:
        """Until everybody was helped, or four hours have gone."""
        for worker in self.workers:
            self._desk.do_now(helpdesk.go_on_duty, worker.me)
        coming = list(self._askers)
        while self._seconds < 4 * 3600:
            while coming and coming[0].at <= self._seconds:
                self._ask(coming.pop(0))
            for keep in (dispatch.offer, dispatch.widen_due, dispatch.leases_due):
                self._desk.do_now(keep)
            waiting, offers = self._desk.database.transact(_standing, self._now())
            self._watch(waiting, offers)
            for worker in self.workers:
                self._work(worker, waiting, offers)
            if not coming and not waiting and not any(worker.ticket for worker in self.workers):
                return
            self._seconds += STEP

    def _ask(self, asker: Asker) -> None:
        self._origin += 1
        found = self._desk.do_now(tickets.open_own, self._students[asker.number], "", self._origin)
        asker.ticket = found.id
        self._unoffered[found.id] = self._seconds

    def _watch(self, waiting: Sequence[int], offers: Offers) -> None:
        """How long somebody waits for an offer, and a volunteer for somebody."""
        asked = {ticket for made in offers.values() for ticket in made}
        free = [w for w in self.workers if not w.ticket and w.free_at <= self._seconds]
        for ticket in list(self._unoffered):
            if ticket in asked or ticket not in waiting:
                del self._unoffered[ticket]
            elif not any(_room(offers, worker) for worker in free):
                self._unoffered[ticket] = self._seconds
            else:
                self.slowest = max(self.slowest, self._seconds - self._unoffered[ticket])
        for worker in self.workers:
            number = worker.me.person_id
            if worker not in free or not waiting or offers.get(number):
                self._bare.pop(number, None)
            else:
                self.idle = max(self.idle, self._seconds - self._bare.setdefault(number, self._seconds))

    def _work(self, worker: Worker, waiting: list[int], offers: Offers) -> None:
        if worker.ticket:
            if worker.free_at <= self._seconds:
                self._desk.do_now(helpdesk.resolve, worker.me, worker.ticket)
                worker.ticket, worker.seen = 0, {}
            return
        mine = [ticket for ticket in waiting if ticket in offers.get(worker.me.person_id, {})]
        for ticket in mine:
            worker.seen.setdefault(ticket, self._seconds)
        if mine and self._seconds - min(worker.seen[ticket] for ticket in mine) >= worker.reaction:
            self._claim(worker, mine[0], waiting)

    def _claim(self, worker: Worker, ticket: int, waiting: list[int]) -> None:
        try:
            self._desk.do_now(helpdesk.claim, worker.me, ticket)
        except Refusal as refusal:
            urgent = refusal.params.get("ticket")
            if refusal.code != "urgent_first" or not isinstance(urgent, int):
                return
            ticket = urgent
            self._desk.do_now(helpdesk.claim, worker.me, ticket)
        asker = next(one for one in self._askers if one.ticket == ticket)
        self.twice += asker.claimed_at is not None
        asker.claimed_at = self._seconds
        if not asker.runs:
            self.overtaken += sum(a.runs and a.ticket in waiting and a.ticket != ticket for a in self._askers)
        if ticket in waiting:
            waiting.remove(ticket)
        self._origin += 1
        self._desk.do_now(talks.say, worker.me, ticket, self._origin, kind="canned", text="hello")
        worker.ticket, worker.free_at = ticket, self._seconds + asker.handling
        worker.reaction, worker.seen = self._chance.uniform(*REACTION), {}


def _standing(uow: Any, now: dt.datetime) -> tuple[list[int], Offers]:
    """Who waits, in the line's order; to whom (by person) what was offered, and how that stands."""
    query = select(TicketOffer.person_id, TicketOffer.ticket_id, TicketOffer.state).join(Ticket)
    offers: Offers = {}
    for person, ticket, state in uow.session.execute(query.where(Ticket.state == "waiting")):
        offers.setdefault(person, {})[ticket] = state
    return [ticket.id for ticket in desk_rules.line(uow, now)], offers


def _p95(values: Sequence[float]) -> float:
    return sorted(values)[int(0.95 * (len(values) - 1))]


def _said(seconds: float) -> str:
    return f"{seconds / 60:.1f} min"
