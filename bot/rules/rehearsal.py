"""The rehearsal of an exam: whom the bot cannot reach, told in time to whoever can reach them."""

import datetime as dt
import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bot.rules.conduct import Conduct
from bot.rules.exams import ExamBrief

Check = Literal["day", "soon"]
DAY: Check = "day"
SOON: Check = "soon"
PAGE = 10
REASONS = ("not_linked", "blocked", "away", "nobody")


@dataclass(frozen=True, slots=True)
class Gap:
    """Somebody whom the bot cannot reach before an exam; `role` is '' for students, else a step of a chain.

    `reason`: `not_linked`, `blocked`, `away` (without a substitute), or `nobody` (no one holds the role).
    `alone`: nobody else of the role can be reached either. `link` (or `code`) joins somebody not linked.
    """

    exam: ExamBrief | None
    person_id: int | None
    name: str
    group: str
    reason: str
    role: str = ""
    alone: bool = False
    code: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What one reader is told: a page of the gaps that are their business."""

    check: Check
    key: int
    gaps: tuple[Gap, ...]
    total: int
    number: int
    pages: int


def day_key(starts_at: dt.datetime, zone: zoneinfo.ZoneInfo) -> int:
    """The local day of an exam, as a number."""
    return starts_at.astimezone(zone).date().toordinal()


def soon_key(starts_at: dt.datetime) -> int:
    """The very start of an exam, as a number: its minute."""
    return int(starts_at.timestamp()) // 60


def span_of(check: Check, key: int, zone: zoneinfo.ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
    """The starts of a rehearsal: from, up to but not including. Raises `ValueError` for no such key."""
    try:
        if check == SOON:
            start = dt.datetime.fromtimestamp(key * 60, dt.UTC)
            return start, start + dt.timedelta(minutes=1)
        day = dt.date.fromordinal(key)
        first = dt.datetime.combine(day, dt.time(), zone)
        end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), zone)
        return first.astimezone(dt.UTC), end.astimezone(dt.UTC)
    except (OverflowError, OSError) as failure:
        raise ValueError(f"no day {key}") from failure


def horizon(check: Check, now: dt.datetime, rules: Conduct, zone: zoneinfo.ZoneInfo) -> dt.datetime | None:
    """Exams that start before this moment are to be probed now; None: this rehearsal is switched off.

    `day`: from the policy's hour on, less the time for probes, it is for tomorrow's exams; before, today's.
    """
    if check == SOON:
        before = rules.rehearsal_before
        return None if before is None else now + before + rules.probe_before
    if rules.rehearsal_hour is None:
        return None
    local = (now + rules.probe_before).astimezone(zone)
    days = 2 if local.hour >= rules.rehearsal_hour else 1
    today = now.astimezone(zone).date()
    return dt.datetime.combine(today + dt.timedelta(days=days), dt.time(), zone)


def due(probed: Sequence[dt.datetime], first_start: dt.datetime, rules: Conduct) -> dt.datetime:
    """When a rehearsal is told: its probes had their time, or an exam is as near as that."""
    return min(max(probed) + rules.probe_before, first_start - rules.probe_before)
