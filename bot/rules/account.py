"""How fast reports are taken and decided, by faculty."""

import datetime as dt
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Times:
    """One report: when it was filed, first taken and decided (None: not, or not yet)."""

    faculty: str
    filed: dt.datetime
    taken: dt.datetime | None
    decided: dt.datetime | None
    open: bool


@dataclass(frozen=True, slots=True)
class Span:
    """Minutes that something took: in the median and at worst; None where it never happened."""

    count: int
    median: float | None
    worst: float | None


@dataclass(frozen=True, slots=True)
class Pace:
    """A faculty's account ('': all together): how many reports, how many open, minutes to take and decide."""

    faculty: str
    reports: int
    open: int
    to_take: Span
    to_decide: Span


def paces(reports: Iterable[Times]) -> list[Pace]:
    """Every faculty by name, after them all together; nothing without reports."""
    every = list(reports)
    by_faculty: dict[str, list[Times]] = {}
    for one in every:
        by_faculty.setdefault(one.faculty, []).append(one)
    found = [_pace(faculty, theirs) for faculty, theirs in sorted(by_faculty.items())]
    return [*found, _pace("", every)] if len(found) > 1 else found


def _pace(faculty: str, reports: Sequence[Times]) -> Pace:
    return Pace(
        faculty,
        len(reports),
        sum(one.open for one in reports),
        _span([(one.taken - one.filed).total_seconds() / 60 for one in reports if one.taken]),
        _span([(one.decided - one.filed).total_seconds() / 60 for one in reports if one.decided]),
    )


def _span(minutes: Sequence[float]) -> Span:
    if not minutes:
        return Span(0, None, None)
    return Span(len(minutes), round(statistics.median(minutes), 1), round(max(minutes), 1))
