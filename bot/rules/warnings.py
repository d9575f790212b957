"""Timed notices: when they are due, and whether they are still true at the moment of sending."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.rules.exams import Span
from bot.rules.policy import KindRules

LEFT = "left"
OFFER = "step:"
Verdict = Literal["send", "ended", "moved", "cancelled", "superseded", "not_yet"]


@dataclass(frozen=True, slots=True)
class Planned:
    """A timer named by `rule` and `minutes`: due at `due_at`, from `use_by` on not worth sending."""

    rule: str
    minutes: float
    due_at: dt.datetime
    use_by: dt.datetime


def plan(span: Span, rules: KindRules) -> Iterator[Planned]:
    """Every timed notice of an exam: minutes-left warnings and the offers of clock-bound steps.

    A warning that would come before the exam starts is left out (an exam shorter than the warning).
    A warning yields to the next one: its use-by is when the next is due, the last one's the end.
    """
    lefts = sorted(rules.warnings_left, reverse=True)
    dues = [(left, span.end - dt.timedelta(minutes=left)) for left in lefts]
    dues = [(left, due) for left, due in dues if span.start <= due < span.end]
    for index, (left, due) in enumerate(dues):
        use_by = dues[index + 1][1] if index + 1 < len(dues) else span.end
        yield Planned(LEFT, left, due, use_by)
    for moment in rules.moments.values():
        at = span.at(moment)
        for minutes in moment.offers:
            due = at - dt.timedelta(minutes=minutes)
            use_by = at if moment.deadline else span.start if at < span.start else span.end
            if due < use_by:
                yield Planned(OFFER + moment.id, minutes, due, use_by)


def minutes_left(end: dt.datetime, now: dt.datetime) -> int:
    """Whole minutes to the end, rounded to the nearest, never less than one while the exam runs."""
    return max(1, int((end - now).total_seconds() / 60 + 0.5))


def verdict(
    *,
    due_at: dt.datetime,
    use_by: dt.datetime,
    planned_revision: int,
    revision: int,
    end: dt.datetime,
    cancelled: bool,
    now: dt.datetime,
) -> Verdict:
    """Whether a timed notice is still true, checked again when it is about to go out.

    Never after the exam's end; never for a timetable that has moved; a late one yields to the next.
    """
    if cancelled:
        return "cancelled"
    if planned_revision != revision:
        return "moved"
    if now >= end:
        return "ended"
    if now >= use_by:
        return "superseded"
    return "send" if now >= due_at else "not_yet"


def still_ahead(planned: Sequence[Planned], now: dt.datetime) -> list[Planned]:
    """The timers of a newly laid exam that can still be of use: those not past their use-by."""
    return [timer for timer in planned if timer.use_by > now]
