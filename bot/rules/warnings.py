"""Timed notices: when they are due, and whether they are still true at the moment of sending."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.rules.exams import Span
from bot.rules.policy import KindRules

LEFT = "left"
OFFER = "step:"
MINUTE = 60
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
    A timer yields to the next one of its kind: its use-by is when that one is due; the last warning's is the
    exam's end, the last offer's is its moment (a mere reminder's: the exam's start or end).
    """
    lefts = [(left, span.end - dt.timedelta(minutes=left)) for left in _falling(rules.warnings_left)]
    yield from _in_turn(LEFT, [(left, due) for left, due in lefts if span.start <= due], span.end)
    for moment in rules.moments.values():
        at = span.at(moment)
        last = at if moment.deadline else span.start if at < span.start else span.end
        offers = [(minutes, at - dt.timedelta(minutes=minutes)) for minutes in _falling(moment.offers)]
        yield from _in_turn(OFFER + moment.id, offers, last)


def _falling(minutes: Iterable[float]) -> list[float]:
    return sorted(set(minutes), reverse=True)


def _in_turn(rule: str, dues: Sequence[tuple[float, dt.datetime]], last: dt.datetime) -> Iterator[Planned]:
    for index, (minutes, due) in enumerate(dues):
        use_by = min(last, dues[index + 1][1]) if index + 1 < len(dues) else last
        if due < use_by:
            yield Planned(rule, minutes, due, use_by)


def minutes_left(end: dt.datetime, now: dt.datetime, planned: float | None = None) -> int:
    """Whole minutes to the end, rounded to the nearest, never less than one while the exam runs.

    A warning of `planned` minutes that goes out less than a minute early says those minutes: so many whole
    minutes are left, and a hurried reader errs to the safe side.
    """
    left = (end - now).total_seconds() / MINUTE
    if planned is not None and planned >= 1 and planned == int(planned) and planned <= left < planned + 1:
        return int(planned)
    return max(1, int(left + 0.5))


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
