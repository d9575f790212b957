"""Moving through an algorithm, one step at a time."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.rules.exam_cards import Warned
from bot.rules.exams import ExamBrief, Span
from bot.rules.policy import KindRules
from bot.rules.vocabulary import ExamKind


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its id, clause, the link it needs (`lms`, `meeting`, '') and the moment it is bound to.

    `figures` are placeholders of its text with the policy's leaf that fills each.
    `evidence`: what the bot itself does of it (`warnings`: it says the minutes left; `preparation`: it keeps
    the student's clock), '' for nothing.
    """

    id: str
    clause: str
    link: str
    event: str
    figures: tuple[tuple[str, str], ...] = ()
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Algorithm:
    """The steps of one walk, in order; `notes` stand with the first step, `fm_clause` with a trouble.

    `general`: of a source that the university's own extends, shown where its own is silent.
    """

    id: str
    kind: str
    phase: str
    actor: str
    steps: tuple[Step, ...]
    notes: tuple[str, ...]
    fm_clause: str
    general: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reader stands: the step shown, which are done, and whether the last one is."""

    position: int
    done: frozenset[int]
    finished: bool


@dataclass(frozen=True, slots=True)
class WalkView:
    """A walk as the reader sees it now; `exam` is None for a bare kind; `by_staff`: for staff."""

    algorithm: Algorithm
    place: Place
    exam: ExamBrief | None
    by_staff: bool = False
    told: tuple[Warned, ...] = ()
    """The warnings that the bot has given at this exam, as they were delivered."""

    prepares_until: dt.datetime | None = None
    """Until when its reader prepares an oral answer."""


WARNINGS = "warnings"
PREPARATION = "preparation"
EVIDENCE = (WARNINGS, PREPARATION)
START = Place(0, frozenset(), finished=False)
OPEN = frozenset({"student", "all"})
"""Actors whose walks everybody may read."""

_KINDS = tuple(ExamKind)
_FIRST = ("prep", "conduct", "after", "proctor", "secretary", "chair")
_LAST = ("take", "procedure", "etiquette")


def open_to(algorithm: Algorithm, roles: frozenset[str]) -> bool:
    """Whether a reader with these roles may see a walk; those of `staff` are for every role."""
    return algorithm.actor in OPEN or algorithm.actor in roles or (algorithm.actor == "staff" and bool(roles))


def offered(algorithms: Iterable[Algorithm], roles: frozenset[str]) -> list[Algorithm]:
    """The walks a reader may see, the kinds of exam in their order, walks without a kind after them."""
    seen = [algorithm for algorithm in algorithms if open_to(algorithm, roles)]
    return sorted(seen, key=lambda a: _KINDS.index(ExamKind(a.kind)) if a.kind else len(_KINDS))


def duties(algorithms: Iterable[Algorithm], roles: frozenset[str]) -> list[str]:
    """Phases that somebody with work of their own chooses from, that work first; none for all others."""
    seen = offered(algorithms, roles)
    if all(algorithm.actor in OPEN for algorithm in seen):
        return []
    return sorted({algorithm.phase for algorithm in seen}, key=_rank)


def at_exam(algorithms: Iterable[Algorithm], roles: frozenset[str], kind: str) -> list[Algorithm]:
    """What somebody with these roles may need at an exam of a kind, their own work first.

    A walk without a kind is among it when it is bound to the exam's clock.
    """
    seen = [
        algorithm
        for algorithm in offered(algorithms, roles)
        if algorithm.kind == kind or (not algorithm.kind and any(step.event for step in algorithm.steps))
    ]
    return sorted(seen, key=lambda algorithm: _rank(algorithm.phase))


def for_exam(algorithms: Iterable[Algorithm], roles: frozenset[str], kind: str) -> list[Algorithm]:
    """What a reader may open at an exam of a kind: several for staff to choose from, else the student's walk.

    Nothing where the sources describe no step of such an exam.
    """
    every = list(algorithms)
    own = at_exam(every, roles, kind) if duties(every, roles) else []
    return own or [a for a in every if a.kind == kind and a.phase == "take"][:1]


def procedures(algorithms: Iterable[Algorithm]) -> list[Algorithm]:
    """What everybody may read that belongs to no kind of exam: where a kind has no walk of its own."""
    return [algorithm for algorithm in offered(algorithms, frozenset()) if not algorithm.kind]


def _rank(phase: str) -> tuple[int, str]:
    if phase in _FIRST:
        return _FIRST.index(phase), ""
    if phase in _LAST:
        return 100 + _LAST.index(phase), ""
    return 50, phase


def clamp(position: int, length: int) -> int:
    """A position that exists: an old button may name one that no longer does."""
    return max(0, min(position, length - 1))


def mark_done(place: Place, position: int, length: int) -> Place:
    """Step `position` is done; the next one not done yet is shown. Doing it twice changes nothing."""
    if not 0 <= position < length:
        return place
    done = place.done | {position}
    ahead = [i for i in range(position + 1, length) if i not in done]
    behind = [i for i in range(position) if i not in done]
    nxt = ahead[0] if ahead else behind[0] if behind else position
    return Place(nxt, done, finished=len(done) == length)


def go(place: Place, position: int, length: int) -> Place:
    """Show another step without marking anything."""
    return Place(clamp(position, length), place.done, place.finished)


def step_time(step: Step, rules: KindRules, span: Span | None) -> dt.datetime | None:
    """The moment a clock-bound step falls on in a real exam, in UTC; None when it has none."""
    if span is None or not step.event:
        return None
    if step.event == "start":
        return span.start
    if step.event == "end":
        return span.end
    moment = rules.moments.get(step.event)
    return span.at(moment) if moment else None


def bound_to(steps: Sequence[Step], event: str) -> int | None:
    """Index of the first step bound to an event, None when no step is."""
    return next((index for index, step in enumerate(steps) if step.event == event), None)
