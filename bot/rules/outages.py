"""An outage on the clock: breaks with a beginning and an end, the minutes lost inside the exam."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.errors import Refusal
from bot.rules.vocabulary import ExamKind

TESTS = (ExamKind.TEST, ExamKind.TEST_COMPLEX, ExamKind.TEST_CYCLIC)
CLAIM = dt.timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Outage:
    """Breaks in their order (UTC); the last one may have no end yet. `given`: minutes given back so far."""

    breaks: tuple[tuple[dt.datetime, dt.datetime | None], ...] = ()
    given: int = 0
    resume_by: dt.datetime | None = None

    @property
    def running(self) -> dt.datetime | None:
        """Since when it is gone, None while it is not."""
        return self.breaks[-1][0] if self.breaks and self.breaks[-1][1] is None else None


def read(data: Mapping[str, Any]) -> Outage:
    """The clock as a case keeps it."""
    pairs = [(_moment(begun), _moment(ended) if ended else None) for begun, ended in data.get("breaks", [])]
    by = data.get("resume_by")
    return Outage(tuple(pairs), int(data.get("given", 0)), _moment(by) if by else None)


def _moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def lost(outage: Outage, now: dt.datetime, bounds: tuple[dt.datetime, dt.datetime] | None) -> int:
    """Whole minutes lost inside the exam's time, rounded up, a running break up to now; no overlap twice."""
    total, until = dt.timedelta(), None
    for begun, ended in sorted(outage.breaks, key=lambda pair: pair[0]):
        first, last = begun, ended or now
        if bounds is not None:
            first, last = max(first, bounds[0]), min(last, bounds[1])
        if until is not None:
            first = max(first, until)
        if last > first:
            total += last - first
            until = last
    return -(-int(total.total_seconds()) // 60)


def left_of_test(outage: Outage, span: tuple[dt.datetime, dt.datetime], now: dt.datetime) -> int:
    """Whole minutes of the test's own time that are left: what was spent outside breaks is spent."""
    start, end = span
    spent, at = dt.timedelta(), start
    for begun, ended in sorted(outage.breaks, key=lambda pair: pair[0]):
        spent += max(begun - at, dt.timedelta())
        at = max(at, ended or now)
    spent += max(now - at, dt.timedelta()) if outage.running is None else dt.timedelta()
    return max(int((end - start - spent).total_seconds()) // 60, 0)


def resume_until(at: dt.datetime, hours: float, *, same_day: bool, zone: dt.tzinfo) -> dt.datetime:
    """Until when an interrupted test may be gone on with: hours from the break, not beyond its local day."""
    until = at + dt.timedelta(hours=hours)
    if not same_day:
        return until
    midnight = at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0) + dt.timedelta(days=1)
    return min(until, midnight.astimezone(dt.UTC))


def claimed(at: dt.datetime | None, filed_at: dt.datetime, now: dt.datetime) -> dt.datetime:
    """The moment that a reporter names, now when they name none.

    Raises `Refusal` (`time_wrong`) for one that is ahead, or more than a day before the report.
    """
    if at is None:
        return now
    if at > now or at < filed_at - CLAIM:
        raise Refusal("time_wrong")
    return at
