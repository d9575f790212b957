"""The board: one day of exams as those who run it see it, and how somebody gets in."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.rules.exams import ExamBrief, Phase

KEY_LIFE = dt.timedelta(minutes=10)
"""A link to the board must be opened within so long, once."""

SESSION_LIFE = dt.timedelta(hours=12)
"""An exam day; after it the board is entered anew."""

APP_FRESH = dt.timedelta(minutes=10)
"""A Mini App's word about its user is taken so long after Telegram gave it."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What of the university somebody sees. No faculty: all of it; `own`: only exams they hold."""

    faculty: str = ""
    own: bool = False

    def narrowed(self, faculty: str) -> "Scope":
        """The same for one faculty, where the scope allows a choice."""
        return self if self.own or self.faculty else Scope(faculty)


@dataclass(frozen=True, slots=True)
class Delivered:
    """One warning of an exam: minutes left, whom it reached, whom it went to."""

    minutes: float
    reached: int
    total: int


@dataclass(frozen=True, slots=True)
class ExamRow:
    """One exam of the day. Counts are of its students; `reports` are open ones."""

    exam: ExamBrief
    phase: Phase
    groups: tuple[str, ...]
    students: int
    linked: int
    ready: int
    finished: int
    reports: int
    warnings: tuple[Delivered, ...]


@dataclass(frozen=True, slots=True)
class ChainStep:
    """A step of a report's chain: told, skipped or ahead; `at`: when it is told unless somebody takes it."""

    role: str
    state: str
    at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class CaseRow:
    """An open report. `escalate_at`: when the next step is told, if it will be."""

    number: str
    trouble: str
    reporter: str
    group: str
    exam: ExamBrief | None
    filed_at: dt.datetime
    state: str
    holder: str
    steps: tuple[ChainStep, ...]
    escalate_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Planned:
    """What comes next for an appeal or an application by itself, and when."""

    what: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class MatterRow:
    """An open appeal, application, act, day's report or sitting; `planned` by time, its deadline too.

    `name`: who filed it; of an act and a report who drew it up, of a sitting its secretary.
    """

    number: str
    kind: str
    name: str
    group: str
    exam: ExamBrief | None
    filed_at: dt.datetime
    stage: str
    planned: tuple[Planned, ...]

    @property
    def deadline(self) -> Planned | None:
        """By when somebody has to act."""
        return next((step for step in self.planned if step.what not in REMINDERS), None)


@dataclass(frozen=True, slots=True)
class TicketRow:
    """Somebody who waits for help or is being helped. `urgency`: 0 exam runs, 1 comes soon, 2 calm."""

    number: str
    name: str
    group: str
    about: str
    opened_at: dt.datetime
    urgency: int
    holder: str


@dataclass(frozen=True, slots=True)
class Desk:
    """The help desk: who waits (most urgent first), who is helped, how many help."""

    tickets: tuple[TicketRow, ...] = ()
    on_duty: int = 0

    @property
    def waiting(self) -> tuple[TicketRow, ...]:
        """Those whom nobody has taken."""
        return tuple(row for row in self.tickets if not row.holder)

    @property
    def claimed(self) -> tuple[TicketRow, ...]:
        """Those who are being helped."""
        return tuple(row for row in self.tickets if row.holder)


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """Many reports of one cause. `label`: what it is of; `subjects` where that is an exam."""

    number: str
    scope: str
    label: str
    subjects: Mapping[str, str]
    opened_at: dt.datetime
    waiting: int
    taken: int
    total: int


@dataclass(frozen=True, slots=True)
class HourRow:
    """What an hour of the day brought: reports filed, those no longer waiting; warnings by their fate."""

    start: dt.datetime
    reports: int = 0
    handled: int = 0
    delivered: int = 0
    missed: int = 0


PART = 40
"""So many rows of a list stand on a page at once."""

REMINDERS = ("soon", "due")
"""What is planned for a case and is no deadline of it."""

PARTS = ("exams", "reports", "matters", "desk")


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows of a list that may be long: page `page` of `pages`."""

    name: str
    rows: Sequence[Any]
    page: int
    pages: int
    total: int

    @property
    def around(self) -> tuple[int, ...]:
        """The pages to go to from here: the first, the neighbours, the last."""
        near = {1, self.page - 1, self.page, self.page + 1, self.pages}
        return tuple(sorted(number for number in near if 1 <= number <= self.pages))


@dataclass(frozen=True, slots=True)
class Board:
    """A day at a glance. `faculties` are those to choose from, none when there is no choice.

    `tables`: the reader may look at the tables behind it. `asked`: pages of `PARTS` that were asked for.
    """

    day: dt.date
    now: dt.datetime
    faculty: str
    faculties: tuple[str, ...]
    exams: tuple[ExamRow, ...]
    cases: tuple[CaseRow, ...]
    matters: tuple[MatterRow, ...] = ()
    desk: Desk = Desk()
    incidents: tuple[IncidentRow, ...] = ()
    hours: tuple[HourRow, ...] = ()
    tables: bool = False
    asked: Mapping[str, int] = field(default_factory=dict)

    def part(self, name: str) -> Part:
        """The page of a list that was asked for; of exams else the one with the first that is not over."""
        lists: Mapping[str, Sequence[Any]] = {
            "exams": self.exams,
            "reports": self.cases,
            "matters": self.matters,
            "desk": self.desk.tickets,
        }
        rows = lists[name]
        pages = max(1, -(-len(rows) // PART))
        ahead = next((at for at, row in enumerate(self.exams) if row.phase != "over"), 0)
        usual = ahead // PART + 1 if name == "exams" else 1
        page = min(max(1, self.asked.get(name, usual)), pages)
        return Part(name, rows[(page - 1) * PART : page * PART], page, pages, len(rows))

    @property
    def counted(self) -> Mapping[str, int]:
        """How many of the matters are of which kind."""
        return Counter(one.kind for one in self.matters)

    @property
    def overdue(self) -> int:
        """How many of them are past their deadline."""
        return sum(one.deadline is not None and one.deadline.at <= self.now for one in self.matters)

    @property
    def running(self) -> int:
        """Exams that run now."""
        return sum(row.phase == "running" for row in self.exams)

    @property
    def waiting(self) -> int:
        """Reports that nobody has taken."""
        return sum(case.state == "waiting" for case in self.cases)

    @property
    def unreached(self) -> int:
        """Students of the day's exams that are not over whom no warning can reach."""
        return sum(row.students - row.linked for row in self.exams if row.phase != "over")

    @property
    def next_start(self) -> dt.datetime | None:
        """When the next exam of the day starts."""
        return min((row.exam.span.start for row in self.exams if row.phase == "upcoming"), default=None)


@dataclass(frozen=True, slots=True)
class StudentRow:
    """A student of an exam. `warnings`: minutes left -> (state of the message, when it arrived).

    `reason` is why nothing can reach them (not_linked | blocked | ''); `acted`: when they last opened the
    steps after a message, or moved in them.
    """

    name: str
    group: str
    reason: str
    ready: bool
    answered: int
    step: int | None
    finished: bool
    acted: dt.datetime | None
    warnings: Mapping[float, tuple[str, dt.datetime | None]]

    @property
    def delivered(self) -> int:
        """How many of the warnings have reached them."""
        return sum(state == "sent" for state, _ in self.warnings.values())


@dataclass(frozen=True, slots=True)
class ExamPage:
    """One exam with everybody in it."""

    now: dt.datetime
    row: ExamRow
    steps: int
    questions: int
    students: tuple[StudentRow, ...]
