"""The board: one day of exams as those who run it see it, and how somebody gets in."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

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
class Board:
    """A day at a glance. `faculties` are those to choose from, none when there is no choice."""

    day: dt.date
    now: dt.datetime
    faculty: str
    faculties: tuple[str, ...]
    exams: tuple[ExamRow, ...]
    cases: tuple[CaseRow, ...]

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

    `reason` is why nothing can reach them (not_linked | blocked | ''); `acted`: when they last moved in the
    steps.
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


@dataclass(frozen=True, slots=True)
class ExamPage:
    """One exam with everybody in it."""

    now: dt.datetime
    row: ExamRow
    steps: int
    questions: int
    students: tuple[StudentRow, ...]
