"""The clock of an appeal: when a published result may be appealed against, and what comes after."""

import datetime as dt
import zoneinfo
from dataclasses import dataclass, replace
from typing import Literal

from bot.errors import Refusal
from bot.rules.workdays import Workdays, midnight

Reading = Literal["moment", "day_start", "next_day"]
Entry = Literal["in_time", "begun", "outage", "least"]


@dataclass(frozen=True, slots=True)
class Term:
    """How long something may take: hours from a reading of "from the day", or whole working days after it.

    Where both are set the working days count; where neither is, the source is silent. `least`: the source
    names the shortest that it may be, so nobody may be called too late by it.
    """

    hours: float | None
    working_days: int | None
    reading: Reading = "moment"
    clause: str | None = None
    least: bool = False

    @property
    def silent(self) -> bool:
        """Whether no source says how long."""
        return self.hours is None and self.working_days is None

    def end(self, start: dt.datetime, zone: zoneinfo.ZoneInfo, days: Workdays) -> dt.datetime | None:
        """The first moment that is too late, in UTC; None where the source is silent."""
        if self.working_days is not None:
            return days.end_of(start, self.working_days, zone)
        if self.hours is None:
            return None
        return _read(start, self.reading, zone) + dt.timedelta(hours=self.hours)


def _read(start: dt.datetime, reading: Reading, zone: zoneinfo.ZoneInfo) -> dt.datetime:
    """From when "from the day of" counts: the moment itself, that day's beginning, or the next day's."""
    if reading == "moment":
        return start.astimezone(dt.UTC)
    day = start.astimezone(zone).date()
    return midnight(day if reading == "day_start" else day + dt.timedelta(days=1), zone)


@dataclass(frozen=True, slots=True)
class Window:
    """When a result was published, the first moment too late to appeal, and that of the strictest reading.

    `said`: the end as it is shown. All are None where the source is silent: nobody may then call it too late.
    """

    published_at: dt.datetime
    closes: dt.datetime | None
    said: dt.datetime | None
    strictest: dt.datetime | None
    clause: str | None
    least: bool = False

    def open_at(self, moment: dt.datetime) -> bool:
        """Whether an appeal that came at this moment is in time."""
        return self.closes is None or moment < self.closes

    def takes(self, moment: dt.datetime) -> bool:
        """Whether an appeal that came at this moment is let through, late as it may be to its commission."""
        return self.least or self.open_at(moment)


@dataclass(frozen=True, slots=True)
class Leniency:
    """What a university grants beyond the window, in minutes and hours; 0 grants nothing."""

    begun_minutes: float = 0
    outage_hours: float = 0


def window(
    published_at: dt.datetime, term: Term, strict: Reading, zone: zoneinfo.ZoneInfo, days: Workdays
) -> Window:
    """The window of a result. Where working days count, every reading is the same."""
    strictest = replace(term, reading=strict)
    closes, earliest = term.end(published_at, zone, days), strictest.end(published_at, zone, days)
    return Window(
        published_at,
        closes,
        said(closes, zone) if closes else None,
        said(earliest, zone) if earliest else None,
        term.clause,
        term.least,
    )


def admit(
    found: Window,
    at: dt.datetime,
    granted: Leniency,
    begun_at: dt.datetime | None = None,
    outage_at: dt.datetime | None = None,
) -> Entry:
    """How an appeal that came at `at` enters: in time, begun in time, late by a registered outage, after the
    least term (its commission says whether it is too late).

    `begun_at`: when its draft was. `outage_at`: when a report of force majeure was filed inside the window.
    Raises `Refusal`: `appeal_closed` with the exact end and the clause.
    """
    if found.closes is None or at < found.closes:
        return "in_time"
    late = at - found.closes
    if (
        begun_at is not None
        and begun_at < found.closes
        and late < dt.timedelta(minutes=granted.begun_minutes)
    ):
        return "begun"
    if outage_at is not None and late < dt.timedelta(hours=granted.outage_hours):
        return "outage"
    if found.least:
        return "least"
    raise Refusal("appeal_closed", at=found.said or found.closes, clause=found.clause or "—")


def said(end: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    """An end as people say it: a day that ends at midnight ends at 23:59; 14:00 stays 14:00."""
    return end - dt.timedelta(minutes=1) if end.astimezone(zone).time() == dt.time() else end


def reminders(found: Window, minutes: tuple[float, ...], now: dt.datetime) -> list[tuple[float, dt.datetime]]:
    """(minutes before the end, when) of what is still ahead, the earliest first."""
    if found.closes is None:
        return []
    planned = [(before, found.closes - dt.timedelta(minutes=before)) for before in minutes]
    return sorted((before, at) for before, at in planned if at > max(now, found.published_at))[::-1]
