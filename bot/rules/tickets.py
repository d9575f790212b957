"""The help desk: who is helped first, to whom a ticket is offered, how long the line is."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from bot.rules.exams import ExamBrief, Span
from bot.rules.incidents import IncidentView
from bot.rules.trees import Tried

NEAR = dt.timedelta(hours=12)
"""An exam that is further away makes nobody hurry."""
RECENT = dt.timedelta(minutes=15)
"""The last so many minutes tell how fast the line moves."""
HOUR = dt.timedelta(hours=1)
HOURS_SHOWN = dt.timedelta(hours=24)
"""So far back reach the figures of the help desk."""
TELLING = 3
"""From fewer claims nothing can be foretold."""


class Stage(IntEnum):
    """Who hears of a ticket that nobody takes."""

    VOLUNTEERS = 0
    MORE = 1
    CALL_CENTER = 2
    ADMIN = 3


class Urgency(IntEnum):
    """The lower, the sooner."""

    RUNNING = 0
    NEAR = 1
    CALM = 2


@dataclass(frozen=True, slots=True)
class Queued:
    """A ticket in the line. `exam`: the asker's that runs or comes next; `asker`: whose own ticket it is."""

    id: int
    language: str
    group: str
    since: dt.datetime
    front: bool = False
    exam: Span | None = None
    stage: Stage = Stage.VOLUNTEERS
    asker: int | None = None


@dataclass(frozen=True, slots=True)
class Helper:
    """Somebody on duty: languages and groups of platforms (none: all), open tickets and open offers."""

    person_id: int
    languages: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    busy: int = 0
    offers: int = 0
    idle_since: dt.datetime | None = None

    def speaks(self, language: str) -> bool:
        """Whether they help in a language."""
        return not self.languages or language in self.languages

    def knows(self, group: str) -> bool:
        """Whether they help with a group of platforms."""
        return not self.groups or not group or group in self.groups


@dataclass(frozen=True, slots=True)
class Limits:
    """How many helpers a ticket is offered to at once, how many offers and tickets a helper may have."""

    offers_at_once: int
    offers_each: int
    tickets_each: int


def urgency(ticket: Queued, now: dt.datetime) -> Urgency:
    """An exam that runs goes first, then one that comes soon."""
    if ticket.exam is None:
        return Urgency.CALM
    phase = ticket.exam.phase(now)
    if phase == "running":
        return Urgency.RUNNING
    return Urgency.NEAR if phase == "upcoming" and ticket.exam.start - now <= NEAR else Urgency.CALM


def line(tickets: Iterable[Queued], now: dt.datetime) -> list[Queued]:
    """The line: urgency, then who was left by a silent helper, then the nearer exam, then the longer wait."""
    return sorted(tickets, key=lambda ticket: _rank(ticket, now))


def _rank(ticket: Queued, now: dt.datetime) -> tuple[int, bool, float, dt.datetime, int]:
    level = urgency(ticket, now)
    ahead = (ticket.exam.start - now).total_seconds() if ticket.exam and level is Urgency.NEAR else 0.0
    return level, not ticket.front, ahead, ticket.since, ticket.id


def place(tickets: Iterable[Queued], ticket_id: int, now: dt.datetime) -> int:
    """Place in the line, from 1; 0 for one that does not wait."""
    ids = [ticket.id for ticket in line(tickets, now)]
    return ids.index(ticket_id) + 1 if ticket_id in ids else 0


def expected_minutes(in_line: int, claims: Sequence[dt.datetime], now: dt.datetime) -> int | None:
    """How long the wait will be when the line goes on as it went; None when too little is known.

    `claims`: when tickets were taken of late. Rounded up: nobody is promised less than it takes.
    """
    recent = [at for at in claims if now - at <= RECENT]
    if in_line < 1 or len(recent) < TELLING:
        return None
    seconds = RECENT.total_seconds() * in_line / len(recent)
    return max(1, -int(-seconds // 60))


def invite(
    ticket: Queued, helpers: Iterable[Helper], asked: Mapping[int, bool], limits: Limits, now: dt.datetime
) -> list[int]:
    """Helpers to offer a ticket to now: those who speak its language first, then who know the platform.

    `asked`: who has been asked, and whether the offer still stands. One to somebody whose hands are full by
    now keeps nobody else from being asked. Free ones only, at first; later those with another ticket as
    well. A ticket of an exam that runs is offered whatever else has been: it is behind nobody. The asker is
    never a helper of their own.
    """
    everybody = [helper for helper in helpers if helper.person_id != ticket.asker]
    able = {
        h.person_id for h in everybody if h.busy < (1 if ticket.stage < Stage.MORE else limits.tickets_each)
    }
    standing = sum(stands and person in able for person, stands in asked.items())
    room = limits.offers_at_once * (2 if ticket.stage >= Stage.MORE else 1) - standing
    if room <= 0:
        return []
    running = urgency(ticket, now) is Urgency.RUNNING
    cap = limits.offers_each * (2 if running else 1)
    free = [h for h in everybody if h.person_id in able and h.person_id not in asked and h.offers < cap]
    speaking = [h for h in free if h.speaks(ticket.language)]
    pool = sorted(speaking or free, key=lambda h: _fitness(ticket, h))
    return [helper.person_id for helper in pool[:room]]


def _fitness(ticket: Queued, helper: Helper) -> tuple[bool, int, int, float, int]:
    idle = helper.idle_since.timestamp() if helper.idle_since else 0.0
    return not helper.knows(ticket.group), helper.busy, helper.offers, idle, helper.person_id


def must_yield(wanted: Queued, waiting: Iterable[Queued], helper: Helper, now: dt.datetime) -> Queued | None:
    """The ticket of a running exam that a helper must take before one of no running exam; None: go on."""
    if urgency(wanted, now) is Urgency.RUNNING:
        return None
    others = [
        t
        for t in line(waiting, now)
        if urgency(t, now) is Urgency.RUNNING and helper.speaks(t.language) and t.asker != helper.person_id
    ]
    return others[0] if others else None


@dataclass(frozen=True, slots=True)
class Said:
    """Something said in a ticket, for whoever reads its history. `mine`: by the asker."""

    at: dt.datetime
    mine: bool
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class TicketView:
    """A ticket as its asker and its helpers see it.

    `caller`: who asked for somebody else; `through`: it is they who talk with the helper. `whole`: whoever
    holds the exam asked for the whole of it.
    """

    id: int
    number: str
    state: str
    language: str
    problem: str
    device: str
    tried: tuple[Tried, ...]
    exam: ExamBrief | None
    opened_at: dt.datetime
    asker: str = ""
    asker_group: str = ""
    holder: str = ""
    claimed_at: dt.datetime | None = None
    place: int = 0
    expected: int | None = None
    on_duty: int = 0
    front: bool = False
    note: str = ""
    history: tuple[Said, ...] = ()
    rating: int | None = None
    mine: bool = False
    second: bool = False
    by_phone: bool = False
    fresh: bool = True
    case: str = ""
    phones: tuple[str, ...] = ()
    caller: str = ""
    whole: bool = False
    through: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an album: its kind, the file, the words below it."""

    kind: str
    file_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Talk:
    """One message of a conversation on its way to one reader, who may be its asker or a helper.

    `parts`: an album as a whole, the message itself first. `bare`: one of an album that has arrived.
    """

    ticket_id: int
    number: str
    to_asker: bool
    kind: str
    text: str
    file_id: str
    author: str
    device: str = ""
    replies: int | None = None
    by_asker: bool = False
    parts: tuple[Part, ...] = ()
    bare: bool = False


@dataclass(frozen=True, slots=True)
class ShiftView:
    """A helper's duty. `groups` and `languages`: none means all."""

    on: bool
    languages: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    open_tickets: int = 0


@dataclass(frozen=True, slots=True)
class SpikeView:
    """Many people with one platform's trouble in the last `minutes`; `running`: of these in an exam now.

    `mass`: whether it can be made an incident; `incident`: the number of the one it was made.
    """

    id: int
    platform: str
    problem: str
    people: int
    minutes: int
    running: int
    over: bool = False
    answered: bool = False
    mass: bool = False
    incident: str = ""


def posts_left(most: int, lately: int, standing: int) -> int:
    """How many posts may be made so that no minute sees more than `most` messages; each is two: it closes.

    `lately`: made or closed in the last minute; `standing`: open ones, which may all close in the next.
    """
    return max(0, (most - lately - standing) // 2)


@dataclass(frozen=True, slots=True)
class RushView:
    """What waits in the helpers' chat in one post: the first ones, and how many more.

    `moved`: another post stands in its place.
    """

    tickets: tuple[TicketView, ...]
    more: int
    moved: bool = False


@dataclass(frozen=True, slots=True)
class Frequency:
    """Tickets of the last day by platform and hour of the day, and the most frequent problems.

    `hours`: the hours of the day from the oldest to the present one; each platform has one count for each.
    """

    hours: tuple[int, ...]
    platforms: Mapping[str, tuple[int, ...]]
    problems: tuple[tuple[str, int], ...]
    total: int


@dataclass(frozen=True, slots=True)
class Load:
    """The help desk at a glance; times in seconds, shares of the last day."""

    waiting: int
    running: int
    longest: float
    claimed: int
    on_duty: int
    opened: int = 0
    resolved: int = 0
    first_reply: float | None = None
    resolution: float | None = None
    rating: float | None = None
    rated: int = 0
    problems: Mapping[str, int] = field(default_factory=dict)
    spikes: tuple[SpikeView, ...] = ()
    blocks: int = 0
    dead_ends: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class QueueView:
    """What waits for a helper: own tickets, then the line. `incidents`: troubles of many, known already."""

    mine: tuple[TicketView, ...]
    waiting: tuple[TicketView, ...]
    load: Load
    lead: bool = False
    on_duty: bool = False
    incidents: tuple[IncidentView, ...] = ()


@dataclass(frozen=True, slots=True)
class BlockView:
    """A block to be looked at by the call centre."""

    id: int
    asker: str
    by: str
    at: dt.datetime
    reason: str


def frequency(opened: Iterable[tuple[str, dt.datetime]], now: dt.datetime, shown: int) -> Frequency:
    """Which platforms and problems (`platform.name`) troubled most in the last day, and when.

    Moments and `now` are in the zone of the reader. The most troubling platform first, `shown` of each.
    """
    count = HOURS_SHOWN // HOUR
    backs = [(problem, int(_hour(now).timestamp() - _hour(at).timestamp()) // 3600) for problem, at in opened]
    day = [(problem, back) for problem, back in backs if 0 <= back < count]
    hours = tuple((now.hour - back) % 24 for back in reversed(range(count)))
    totals: Counter[str] = Counter(problem.partition(".")[0] for problem, _ in day)
    platforms = {name: [0] * count for name, _ in sorted(totals.items(), key=_most_first)[:shown]}
    for problem, back in day:
        row = platforms.get(problem.partition(".")[0])
        if row is not None:
            row[count - 1 - back] += 1
    problems = sorted(Counter(problem for problem, _ in day).items(), key=_most_first)[:shown]
    return Frequency(hours, {name: tuple(row) for name, row in platforms.items()}, tuple(problems), len(day))


def _hour(moment: dt.datetime) -> dt.datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _most_first(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]
