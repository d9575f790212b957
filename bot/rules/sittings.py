"""A sitting of the attestation commission: who is identified, the clock of a defence, the count of a vote."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.errors import Refusal
from bot.rules.exams import ExamBrief

FACE, DOCUMENT, ALONE, ROOM = "face", "document", "alone", "room"
CHECKS = (FACE, DOCUMENT, ALONE, ROOM)
WAITING, SPEAKING, PAUSED, DONE, ABSENT = "waiting", "speaking", "paused", "done", "absent"
GRADE, DEGREE = "grade", "degree"
GRADES, DEGREES = ("excellent", "good", "satisfactory", "unsatisfactory"), ("yes", "no")
CHOICES: Mapping[str, tuple[str, ...]] = {GRADE: GRADES, DEGREE: DEGREES}
COLLEGIAL = "collegial"
TALK_SOON, TALK_END, TOTAL_SOON, TOTAL_END = "talk_soon", "talk_end", "total_soon", "total_end"
MARKS = (TALK_SOON, TALK_END, TOTAL_SOON, TOTAL_END)


@dataclass(frozen=True, slots=True)
class SittingRules:
    """What the policy says of a kind of final attestation. Minutes are None where the source is silent.

    `checks`: what is looked at in an identification, with clauses; `lead`: so long before the start it opens.
    """

    checks: Mapping[str, str]
    lead: dt.timedelta
    talk: tuple[float, float] | None
    total: float | None
    warn: float
    clause: str
    vote: str
    vote_clause: str
    needs_chair: bool


@dataclass(frozen=True, slots=True)
class Ballot:
    """A vote on a student. Of a secret one nobody's choice is known: `choices` is empty, the count is not."""

    what: str
    secret: bool
    voters: tuple[str, ...]
    waiting: tuple[str, ...]
    tally: Mapping[str, int]
    choices: Mapping[str, str]
    result: str
    tied: tuple[str, ...]
    by_chair: bool
    mine: bool
    """Whether the reader's vote is awaited."""


@dataclass(frozen=True, slots=True)
class Defender:
    """A student of the day, in the order of the defences. `used`: seconds of their time so far."""

    person_id: int
    name: str
    group: str
    checked: tuple[str, ...]
    identified_at: dt.datetime | None
    state: str
    began_at: dt.datetime | None
    ended_at: dt.datetime | None
    used: float
    ballots: tuple[Ballot, ...]


@dataclass(frozen=True, slots=True)
class Seat:
    """One of the commission; the chair first."""

    person_id: int
    name: str
    chair: bool
    present: bool


@dataclass(frozen=True, slots=True)
class SittingView:
    """A sitting as its people see it. `part`: secretary, chair or member."""

    id: int
    number: str
    exam: ExamBrief
    rules: SittingRules
    state: str
    revision: int
    seats: tuple[Seat, ...]
    defenders: tuple[Defender, ...]
    secretary: str
    announced_at: dt.datetime | None
    acts: int
    part: str

    def defender(self, person_id: int | None) -> Defender | None:
        """One of the students."""
        return next((one for one in self.defenders if one.person_id == person_id), None)

    @property
    def chair_present(self) -> bool:
        """Whether the chair is there."""
        return any(seat.chair and seat.present for seat in self.seats)


@dataclass(frozen=True, slots=True)
class ClockNews:
    """A moment of a defence's clock: whose, which mark, at how many minutes of how many."""

    exam: ExamBrief
    number: str
    student: str
    mark: str
    minutes: float
    ends_at: dt.datetime | None
    own: bool
    clause: str


@dataclass(frozen=True, slots=True)
class OwnResult:
    """A graduate's result of a sitting."""

    exam: ExamBrief
    grade: str
    degree: str
    clause: str


def key(exam_id: int) -> int:
    """One sitting an exam: a number that no update has (those are positive)."""
    return -(2 * 10**18 + exam_id)


def marks(rules: SittingRules) -> list[tuple[str, float]]:
    """(mark, minutes since the beginning) of a defence's clock, in order."""
    found = []
    if rules.talk is not None:
        found += [(TALK_SOON, rules.talk[0]), (TALK_END, rules.talk[1])]
    if rules.total is not None:
        found += [(TOTAL_SOON, rules.total - rules.warn), (TOTAL_END, rules.total)]
    return sorted(((mark, minutes) for mark, minutes in found if minutes > 0), key=lambda one: one[1])


def ahead(rules: SittingRules, used: float) -> list[tuple[str, float]]:
    """(mark, seconds from now) of what still lies ahead after so many seconds."""
    return [(mark, minutes * 60 - used) for mark, minutes in marks(rules) if minutes * 60 > used]


def identified(rules: SittingRules, checked: Sequence[str]) -> bool:
    """Whether everything that the source asks for has been looked at."""
    return set(rules.checks) <= set(checked)


def require_ready(view: SittingView, person_id: int, now: dt.datetime) -> None:
    """Raises `Refusal` when a defence may not begin.

    `sitting_no_chair` (AYU 6.9.2), `sitting_unidentified`, `sitting_speaks` (somebody else), `student_gone`,
    `sitting_done`.
    """
    one = view.defender(person_id)
    if one is None:
        raise Refusal("student_gone")
    if view.rules.needs_chair and not view.chair_present:
        raise Refusal("sitting_no_chair")
    speaking = next((d for d in view.defenders if d.state in (SPEAKING, PAUSED)), None)
    if speaking is not None:
        raise Refusal("sitting_speaks", name=speaking.name)
    if one.state != WAITING:
        raise Refusal("sitting_done", name=one.name)
    if not identified(view.rules, one.checked):
        raise Refusal("sitting_unidentified", name=one.name)


def counted(tally: Mapping[str, int]) -> tuple[str, tuple[str, ...]]:
    """(the choice that most have made, '' for a tie; those that share the first place)."""
    best = max(tally.values(), default=0)
    first = tuple(choice for choice, number in tally.items() if number == best and number)
    return (first[0], ()) if len(first) == 1 else ("", first)


def tallied(choices: Mapping[int, str]) -> dict[str, int]:
    """How often each choice was made."""
    return dict(Counter(choices.values()))


def secret_allowed(rules: SittingRules, what: str) -> bool:
    """Whether a vote may be secret: the degree, where the source allows it (MIN 59); grades never."""
    return what == DEGREE and bool(rules.vote) and rules.vote != COLLEGIAL


def require_finished(view: SittingView) -> None:
    """Results are told after the end (AYU 6.7.1, MIN 61).

    Raises `Refusal`: `sitting_unfinished` with the first name that still has no result, `sitting_empty`.
    """
    if not any(one.state == DONE for one in view.defenders):
        raise Refusal("sitting_empty")
    for one in view.defenders:
        settled = {ballot.what for ballot in one.ballots if ballot.result}
        if one.state == ABSENT or (one.state == DONE and settled >= {GRADE, DEGREE}):
            continue
        raise Refusal("sitting_unfinished", name=one.name)
