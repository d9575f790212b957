"""Appeals: what a policy says of them, who may sit on the commission, when a decision may be taken."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.errors import Refusal
from bot.rules.exams import ExamBrief
from bot.rules.files import FileView
from bot.rules.vocabulary import ExamKind, Role
from bot.rules.windows import Leniency, Reading, Term, Window

FILED, SITTING = "filed", "sitting"
"""Stages of an appeal: submitted, and its sitting called."""

FOR, AGAINST = "for", "against"
GRANTED, REFUSED = "granted", "refused"
CHAIR, MEMBER = "chair", "member"
ADMINISTRATION = "administration"
SCREENSHOT = "online_screenshot"
TESTS = frozenset({ExamKind.TEST, ExamKind.TEST_COMPLEX, ExamKind.TEST_CYCLIC})
Vote = Literal["for", "against"]


@dataclass(frozen=True, slots=True)
class AppealRules:
    """One attestation's rules. `form`: scan | online | online_screenshot, None where the source is silent.

    `excludes`: whom the commission may not hold besides the examiner; `outcomes`: grade | resit.
    `before_grounds`: of a test's defects, which are appealed against before the result.
    `new_date_told`: roles that hear of a new date beside the student; `unguided_told`: those who do where the
    student's adviser cannot be reached or there is none.
    """

    window: Term
    strict: Reading
    sitting: Term
    result: Term
    leniency: Leniency
    remind_minutes: tuple[float, ...]
    form: str | None
    grounds: tuple[str, ...]
    before_grounds: tuple[str, ...]
    before_clause: str | None
    addressee: Role
    received_by: Role | None
    odd: bool
    odd_clause: str
    excludes: tuple[str, ...]
    administration: tuple[str, ...]
    members_min: int
    quorum_percent: float
    outcomes: tuple[str, ...]
    new_date_told: tuple[str, ...]
    unguided_told: tuple[str, ...]
    text_letters_max: int
    clause: str


def form_of(rules: AppealRules, kind: str) -> str | None:
    """What has to come with an appeal: UKGU wants a screenshot with tests alone (UKGU T11; O13)."""
    return "online" if rules.form == SCREENSHOT and kind not in TESTS else rules.form


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who might sit on the commission."""

    person_id: int
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class Composition:
    """A commission: chair first. `left_out`: who may not sit, and why. `problem`: '' | no_chair | few."""

    chair: int | None
    members: tuple[int, ...]
    left_out: tuple[tuple[int, str], ...] = ()
    problem: str = ""

    @property
    def everybody(self) -> tuple[int, ...]:
        """Chair and members."""
        return ((self.chair,) if self.chair is not None else ()) + self.members


def compose(
    chairs: Sequence[Candidate],
    members: Sequence[Candidate],
    examiners: Collection[int],
    rules: AppealRules,
) -> Composition:
    """The commission of an appeal: never the examiner, nobody whom the rules exclude, odd where they say so.

    Where the number is even and must be odd, the last member stays out (MIN 65).
    """
    left_out: list[tuple[int, str]] = []

    def fit(candidates: Sequence[Candidate]) -> list[int]:
        found = []
        for candidate in candidates:
            reason = conflict(candidate, examiners, rules)
            if reason:
                left_out.append((candidate.person_id, reason))
            elif candidate.person_id not in found:
                found.append(candidate.person_id)
        return found

    heads = fit(chairs)
    chair = heads[0] if heads else None
    others = [person for person in fit(members) if person != chair]
    if rules.odd and chair is not None and len(others) % 2:
        left_out.append((others.pop(), "odd"))
    few = len(others) + (chair is not None) < rules.members_min
    problem = "no_chair" if chair is None else "few" if few else ""
    return Composition(chair, tuple(others), tuple(dict.fromkeys(left_out)), problem)


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody on a commission, or who might be. `conflict`: why they may not, '' when they may."""

    person_id: int
    name: str
    conflict: str


@dataclass(frozen=True, slots=True)
class Seats:
    """A commission, its chair first, and who else might sit. `odd`: its number has to be."""

    case_id: int
    number: str
    revision: int
    seated: tuple[Seat, ...]
    offered: tuple[Seat, ...]
    odd: bool
    problem: str


def reseated(seated: Sequence[int], out: Collection[int], into: Sequence[int]) -> list[int]:
    """A commission after a change: newcomers in the places of those who go, the rest of them at its end."""
    coming, after = list(into), []
    for person in seated:
        if person not in out:
            after.append(person)
        elif coming:
            after.append(coming.pop(0))
    return after + coming


def require_size(size: int, rules: AppealRules) -> None:
    """Raises `Refusal`: `seat_even` where the number must be odd (MIN 65), `seat_few` with the least."""
    if rules.odd and size % 2 == 0:
        raise Refusal("seat_even", clause=rules.odd_clause)
    if size < rules.members_min:
        raise Refusal("seat_few", needed=rules.members_min)


def conflict(candidate: Candidate, examiners: Collection[int], rules: AppealRules) -> str:
    """Why somebody may not sit: examiner, commission_member, administration; '' when they may."""
    if candidate.person_id in examiners:
        return "examiner"
    of_commission = {Role.COMMISSION_MEMBER.value, Role.COMMISSION_CHAIR.value, Role.SECRETARY.value}
    if "commission_member" in rules.excludes and candidate.roles & of_commission:
        return "commission_member"
    if ADMINISTRATION in rules.excludes and candidate.roles & set(rules.administration):
        return ADMINISTRATION
    return ""


def quorum(size: int, rules: AppealRules) -> int:
    """How many of a commission must vote: more than the policy's share, at least one."""
    return min(size, int(size * rules.quorum_percent / 100) + 1)


def verdict(votes: Mapping[int, str], commission: Sequence[int], chair: int, rules: AppealRules) -> str:
    """`granted` or `refused` by the majority of those who voted; of equal halves the chair's vote decides.

    Raises `Refusal`: `appeal_quorum` with how many are needed and have voted; `appeal_chair_vote` when
    the halves are equal and the chair has not voted.
    """
    counted = {person: vote for person, vote in votes.items() if person in commission}
    needed = quorum(len(commission), rules)
    if len(counted) < needed:
        raise Refusal("appeal_quorum", needed=needed, voted=len(counted))
    in_favour = sum(vote == FOR for vote in counted.values())
    against = len(counted) - in_favour
    if in_favour == against:
        if chair not in counted:
            raise Refusal("appeal_chair_vote")
        return GRANTED if counted[chair] == FOR else REFUSED
    return GRANTED if in_favour > against else REFUSED


@dataclass(frozen=True, slots=True)
class OpenResult:
    """A published result of the reader's own: exam and window, and what they have begun or sent about it."""

    exam: ExamBrief
    window: Window
    draft_id: int | None = None
    case_number: str = ""


@dataclass(frozen=True, slots=True)
class DraftView:
    """An unfinished appeal as its student sees it."""

    id: int
    exam: ExamBrief
    window: Window
    ground: str
    text: str
    files: tuple[FileView, ...]
    form: str | None
    grounds: tuple[str, ...]
    stamp: int
    """Changes with the draft: a button of an older review does not submit a newer text."""
    during: bool = False
    """Whether the result is not there yet: a defect of a test."""
    clause: str | None = None


@dataclass(frozen=True, slots=True)
class AppealView:
    """A submitted appeal as its people see it. `part`: what the reader is: student, chair, member, staff."""

    id: int
    number: str
    state: str
    stage: str
    revision: int
    exam: ExamBrief | None
    student: str
    group: str
    ground: str
    text: str
    files: tuple[FileView, ...]
    filed_at: dt.datetime
    sitting_by: dt.datetime | None
    sat_at: dt.datetime | None
    chair: str
    members: tuple[str, ...]
    problem: str
    votes: tuple[tuple[str, str], ...]
    needed: int
    outcome: str
    reason: str
    grade: str
    new_date: dt.datetime | None
    entry: str
    clause: str
    part: str = "staff"
    my_vote: str = ""
    decided_at: dt.datetime | None = None
    result_by: dt.datetime | None = None
