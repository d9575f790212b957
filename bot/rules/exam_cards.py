"""The live card of an exam: what whoever holds it sees of its people, and when it has changed."""

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from bot.rules.exams import ExamBrief, Phase

Counted = Literal["ready", "lacking", "uploaded", "finished"]
COUNTED: tuple[Counted, ...] = ("ready", "lacking", "uploaded", "finished")


@dataclass(frozen=True, slots=True)
class Helped:
    """An open request for help from the exam. `waiting`: nobody has taken it; `person_id`: who is helped."""

    number: str
    waiting: bool
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class StudentState:
    """A student of an exam: can they be reached, are they ready, where do they stand.

    `reach`: why the bot cannot write to them (`not_linked`, `blocked`), '' when it can.
    `ready` is None while the check is not answered whole; `position` None while the steps were not opened.
    """

    person_id: int
    name: str
    reach: str = ""
    ready: bool | None = None
    lacking: tuple[str, ...] = ()
    position: int | None = None
    uploaded: bool = False
    finished: bool = False
    reports: int = 0
    called_at: dt.datetime | None = None
    answered_at: dt.datetime | None = None
    help: Helped | None = None


@dataclass(frozen=True, slots=True)
class Warned:
    """A minutes-left warning: how many got it, how many still may, whom it did not reach (name, reason)."""

    minutes: float
    due_at: dt.datetime
    reached: int
    waiting: int
    missed: tuple[tuple[str, str], ...]

    @property
    def total(self) -> int:
        """Everybody whom it is for."""
        return self.reached + self.waiting + len(self.missed)


@dataclass(frozen=True, slots=True)
class OpenReport:
    """A report from the exam that is not closed; `told`: who has heard of it."""

    case_id: int
    number: str
    trouble: str
    state: str
    reporter: str
    told: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Began:
    """When an exam began and who said so."""

    at: dt.datetime
    by: str


@dataclass(frozen=True, slots=True)
class ExamCard:
    """An exam as it stands. Students come in the order of worry: those who need somebody first."""

    exam: ExamBrief
    phase: Phase
    cancelled: bool
    students: tuple[StudentState, ...]
    steps: int
    warned: tuple[Warned, ...]
    reports: tuple[OpenReport, ...]
    began: Began | None
    published_at: dt.datetime | None
    helped: tuple[Helped, ...] = ()

    @property
    def reachable(self) -> int:
        """How many the bot can write to."""
        return sum(1 for student in self.students if not student.reach)

    @property
    def unreached(self) -> tuple[StudentState, ...]:
        """Those whom the bot cannot write to, by name."""
        return tuple(student for student in self.students if student.reach)

    def count(self, of: Counted) -> int:
        """How many are ready, lack something, have uploaded, have finished."""
        return sum(1 for student in self.students if getattr(student, of))

    @property
    def at_step(self) -> tuple[tuple[int, int], ...]:
        """(step's index, how many stand there) of those who have opened the steps and not finished."""
        standing = Counter(s.position for s in self.students if s.position is not None and not s.finished)
        return tuple(sorted(standing.items()))

    @property
    def unopened(self) -> int:
        """How many have not opened the steps."""
        return sum(1 for student in self.students if student.position is None and not student.finished)


def worry(student: StudentState) -> tuple[int, str]:
    """The order of a card's students: reports, unreachable, not ready, not begun; then by name."""
    if student.reports:
        return 0, student.name
    if student.reach:
        return 1, student.name
    if student.lacking:
        return 2, student.name
    if student.finished or student.uploaded:
        return 5, student.name
    return 3 if student.position is None else 4, student.name


def digest(card: ExamCard, readers: Sequence[int], now: dt.datetime, clock: dt.timedelta) -> str:
    """What a card shows to whom, in a few letters: the same until it would look different.

    Minutes to the start or to the end count in steps of `clock`, rounded.
    """
    edge = card.exam.span.start if card.phase == "upcoming" else card.exam.span.end
    left = 0 if card.phase == "over" else int((edge - now) / clock + 0.5)
    shown = (
        left,
        list(readers),
        card.phase,
        card.cancelled,
        asdict(card.exam),
        len(card.students),
        [(student.name, student.reach) for student in card.unreached],
        [card.count(of) for of in COUNTED],
        card.at_step,
        [asdict(warning) for warning in card.warned],
        [(report.number, report.state) for report in card.reports],
        card.began,
        card.published_at,
        [(one.number, one.waiting) for one in card.helped],
    )
    return hashlib.sha256(json.dumps(shown, default=str).encode()).hexdigest()


def page(students: Sequence[StudentState], number: int, size: int) -> tuple[Sequence[StudentState], int, int]:
    """One page of a list: its students, its number (one that exists) and how many pages there are."""
    pages = max(1, -(-len(students) // size))
    number = max(0, min(number, pages - 1))
    return students[number * size : (number + 1) * size], number, pages


@dataclass(frozen=True, slots=True)
class LateStart:
    """An exam of which nobody said in time that it began; `began_at` when somebody did after all."""

    exam: ExamBrief
    groups: tuple[str, ...]
    holders: tuple[str, ...]
    began_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class LateStarts:
    """All of them at one start."""

    start: dt.datetime
    exams: tuple[LateStart, ...]
