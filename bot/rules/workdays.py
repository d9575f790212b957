"""Which days are working days, and the end of the n-th of them. Pure: the calendar is an argument."""

import datetime as dt
import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass

LONGEST_SEARCH_DAYS = 400


@dataclass(frozen=True, slots=True)
class Workdays:
    """A country's public holidays with an office's own moved days over them.

    `weekend`: ISO numbers of the days off each week. `days_off` and `days_on` win over everything else.
    """

    holidays: Callable[[int], frozenset[dt.date]]
    weekend: frozenset[int] = frozenset({6, 7})
    days_off: frozenset[dt.date] = frozenset()
    days_on: frozenset[dt.date] = frozenset()

    def works(self, day: dt.date) -> bool:
        """Whether people work on this day. One said to be both is off: so nobody misses a deadline."""
        if day in self.days_off:
            return False
        if day in self.days_on:
            return True
        if day.isoweekday() in self.weekend:
            return False
        return day not in self.holidays(day.year)

    def is_holiday(self, day: dt.date) -> bool:
        """Whether this day is off although it is no weekend by its weekday alone: a public or an office's."""
        return day in self.days_off or (day not in self.days_on and day in self.holidays(day.year))

    def after(self, day: dt.date, count: int) -> dt.date:
        """The `count`-th working day after a day. Raises `ValueError` when there is none within a year."""
        found = 0
        for ahead in range(1, LONGEST_SEARCH_DAYS):
            candidate = day + dt.timedelta(days=ahead)
            found += self.works(candidate)
            if found == count:
                return candidate
        raise ValueError("no working days")

    def end_of(self, moment: dt.datetime, count: int, zone: zoneinfo.ZoneInfo) -> dt.datetime:
        """Midnight that ends the `count`-th working day after the local day of a moment, in UTC."""
        return midnight(self.after(moment.astimezone(zone).date(), count) + dt.timedelta(days=1), zone)


def midnight(day: dt.date, zone: zoneinfo.ZoneInfo) -> dt.datetime:
    """When a local day begins, in UTC."""
    return dt.datetime.combine(day, dt.time(), zone).astimezone(dt.UTC)
