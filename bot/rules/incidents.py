"""Many reports of one cause: when they are one incident, and of what."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

EXAM, FACULTY, PLATFORM = "exam", "faculty", "platform"
NARROW_FIRST = (EXAM, FACULTY, PLATFORM)
WIDE_FIRST = (PLATFORM, FACULTY, EXAM)


@dataclass(frozen=True, slots=True)
class Scope:
    """What reports have in common: an exam (its id), a faculty (its name) or a platform (the trouble)."""

    scope: str
    key: str


@dataclass(frozen=True, slots=True)
class Member:
    """A report of an incident as its card shows it."""

    case_id: int
    number: str
    name: str
    group: str
    state: str
    holder: str


@dataclass(frozen=True, slots=True)
class IncidentView:
    """An incident with its reports; `key` names the faculty, `subjects` the exam's by language.

    `may_end`: its reader may say that it is over.
    """

    id: int
    number: str
    scope: str
    key: str
    opened_at: dt.datetime
    closed_at: dt.datetime | None
    members: tuple[Member, ...]
    counts: dict[str, int]
    subjects: dict[str, str]
    declared: bool = False
    ended_by: str = ""
    may_end: bool = False

    @property
    def total(self) -> int:
        """How many reports belong to it."""
        return sum(self.counts.values())


def scopes(exam_id: int | None, faculty: str, trouble: str, platforms: Sequence[str]) -> dict[str, Scope]:
    """What a report could have in common with others."""
    found = {}
    if exam_id is not None:
        found[EXAM] = Scope(EXAM, str(exam_id))
    if faculty:
        found[FACULTY] = Scope(FACULTY, faculty)
    if trouble in platforms:
        found[PLATFORM] = Scope(PLATFORM, trouble)
    return found


def concerns_dean(faculty: str, busy: Collection[str]) -> bool:
    """Whether a platform's trouble concerns a dean of `faculty` ('' for the whole university).

    `busy` are the faculties of exams that it may spoil; an exam of no faculty is everybody's.
    """
    return bool(busy) and (not faculty or faculty in busy or "" in busy)


def is_mass(reporters: Iterable[int], least: int) -> bool:
    """Whether so many different people report that it is one incident."""
    return len(set(reporters)) >= least
