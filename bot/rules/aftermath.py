"""What is due after an attestation commission's work: the chair's report, sheets, minutes to the archive."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.errors import Refusal
from bot.rules.exams import ExamBrief
from bot.rules.figures import GROUPS, Figures, group
from bot.rules.sittings import ABSENT, DONE, GRADE, GRADES, Defender, SittingView
from bot.rules.vocabulary import ExamKind

REPORT, SHEETS, MINUTES = "chair_report", "sheets_sent", "minutes_archived"
TASKS = (REPORT, SHEETS, MINUTES)
"""By their leaf of the policy: `reports.<task>_by` says who does it, and its clause."""

EXAMS = frozenset({ExamKind.COMPLEX_EXAM.value})


@dataclass(frozen=True, slots=True)
class Task:
    """Something that somebody has to do with their own hands. `mine`: the reader's, and not done yet."""

    what: str
    role: str
    clause: str
    due_at: dt.datetime | None
    done_at: dt.datetime | None
    done_by: str
    mine: bool


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What is due after the sittings of one chair, as its people see it."""

    id: int
    number: str
    revision: int
    chair: str
    sittings: tuple[ExamBrief, ...]
    tasks: tuple[Task, ...]
    leads: bool
    """Whether the reader is the chair, whose report it is."""

    @property
    def mine(self) -> tuple[Task, ...]:
        """What the reader has still to do."""
        return tuple(task for task in self.tasks if task.mine)


def key(case_id: int) -> int:
    """One such case after a first sitting: a number that no update has (those are positive)."""
    return -(5 * 10**18 + case_id)


def require(aftermath: Aftermath, what: str) -> Task:
    """A task of the reader's. Raises `Refusal`: `not_yours`, `act_moved` for what there is not."""
    found = next((task for task in aftermath.tasks if task.what == what), None)
    if found is None:
        raise Refusal("act_moved")
    if not found.mine and found.done_at is None:
        raise Refusal("not_yours")
    return found


def grade_of(one: Defender) -> str:
    """What the commission has voted for, '' while nothing is settled."""
    return next((ballot.result for ballot in one.ballots if ballot.what == GRADE), "")


def counted(defenders: Sequence[Defender], marks: Sequence[int]) -> Figures | None:
    """Figures of everybody on the list of sittings; None where nobody is."""
    if not defenders:
        return None
    found = Counter(grade_of(one) for one in defenders)
    return Figures(len(defenders), tuple(found[grade] for grade in GRADES), tuple(marks))


def by_kind(sittings: Sequence[SittingView]) -> Mapping[str, tuple[Defender, ...]]:
    """Everybody of the sittings, by the kind of attestation."""
    found: dict[str, list[Defender]] = {}
    for sitting in sittings:
        found.setdefault(sitting.exam.kind, []).extend(sitting.defenders)
    return {kind: tuple(people) for kind, people in found.items()}


def together(sittings: Sequence[SittingView], marks: Sequence[int]) -> tuple[tuple[str, int], ...]:
    """The six groups of exam and defence (AYU 6.9.5), of those who had both; empty where nobody has."""
    values = dict(zip(GRADES, marks, strict=True))
    exam: dict[int, int | None] = {}
    defence: dict[int, int | None] = {}
    for sitting in sittings:
        place = exam if sitting.exam.kind in EXAMS else defence
        place |= {one.person_id: values.get(grade_of(one)) for one in sitting.defenders}
    pairs = [(exam[person], defence[person]) for person in exam.keys() & defence.keys()]
    if not pairs:
        return ()
    found = Counter(group(first, second, marks) for first, second in pairs)
    return tuple((name, found[name]) for name in GROUPS)


def graduates(sittings: Sequence[SittingView]) -> list[int]:
    """Who has passed all that they had here, as they were heard."""
    passed: dict[int, bool] = {}
    for sitting in sittings:
        for one in sitting.defenders:
            good = one.state == DONE and grade_of(one) not in ("", GRADES[-1])
            passed[one.person_id] = passed.get(one.person_id, True) and good
    return [person for person, good in passed.items() if good]


def missing(sitting: SittingView) -> int:
    """How many did not come."""
    return sum(one.state == ABSENT for one in sitting.defenders)
