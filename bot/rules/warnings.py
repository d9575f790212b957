"""Timed notices: when they are due, and whether they are still true at the moment of sending."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bot.rules.exams import Span
from bot.rules.policy import KindRules, Moment

LEFT = "left"
OFFER = "step:"
MINUTE = 60
COHORT = "+"
Verdict = Literal["send", "ended", "moved", "cancelled", "superseded", "not_yet"]


@dataclass(frozen=True, slots=True)
class Planned:
    """A timer named by `rule` and `minutes`: due at `due_at`, from `use_by` on not worth sending."""

    rule: str
    minutes: float
    due_at: dt.datetime
    use_by: dt.datetime


def plan(span: Span, rules: KindRules, extras: Iterable[int] = ()) -> Iterator[Planned]:
    """Every timed notice of an exam: minutes-left warnings and the offers of clock-bound steps.

    A warning that would come before the exam starts is left out (an exam shorter than the warning).
    A timer yields to the next one of its kind: its use-by is when that one is due; the last warning's is the
    exam's end, the last offer's is its moment (a mere reminder's: the exam's start or end, or as long as it
    is useful).
    `extras`: students with so many minutes more have their own timers of all that hangs on the end.
    """
    yield from _timers(span, rules.warnings_left, rules.moments.values())
    theirs = [moment for moment in rules.moments.values() if hangs_on_end(moment)]
    for minutes in sorted(set(extras)):
        for timer in _timers(span.longer(minutes), rules.warnings_left, theirs):
            yield replace(timer, rule=f"{timer.rule}{COHORT}{minutes}")


def hangs_on_end(moment: Moment) -> bool:
    """Whether a student with more time has this moment later than the others."""
    return moment.anchor == "end" and moment.for_students


def parted(rule: str) -> tuple[str, int]:
    """A timer's rule, and of how many minutes more its students are."""
    bare, _, minutes = rule.partition(COHORT)
    return bare, int(minutes or 0)


def _timers(span: Span, lefts: Iterable[float], moments: Iterable[Moment]) -> Iterator[Planned]:
    dues = [(left, span.end - dt.timedelta(minutes=left)) for left in _falling(lefts)]
    yield from _in_turn(LEFT, [(left, due) for left, due in dues if span.start <= due], span.end)
    for moment in moments:
        at = span.at(moment)
        last = at if moment.deadline else _last(span, at, moment.useful)
        offers = [(minutes, at - dt.timedelta(minutes=minutes)) for minutes in _falling(moment.offers)]
        yield from _in_turn(OFFER + moment.id, offers, last)


def _last(span: Span, at: dt.datetime, useful: dt.timedelta | None) -> dt.datetime:
    bounds = [span.start] if at <= span.start else [span.end] if at < span.end else []
    if useful is not None:
        bounds.append(at + useful)
    return min(bounds, default=at)


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

    Never after the exam's end what was due before it; never for a timetable that has moved; a late one
    yields to the next.
    """
    if cancelled:
        return "cancelled"
    if planned_revision != revision:
        return "moved"
    if due_at < end <= now:
        return "ended"
    if now >= use_by:
        return "superseded"
    return "send" if now >= due_at else "not_yet"


def still_ahead(planned: Sequence[Planned], now: dt.datetime) -> list[Planned]:
    """The timers of a newly laid exam that can still be of use: those not past their use-by."""
    return [timer for timer in planned if timer.use_by > now]
