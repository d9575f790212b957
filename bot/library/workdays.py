"""The working days of a country: public holidays from the `holidays` package, the office's days over them.

The package's dates are taken, not its names; days moved by a government's order stand in the policy.
"""

import datetime as dt
import functools

from bot.errors import ContentError
from bot.rules.policy import Policy
from bot.rules.workdays import Workdays

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@functools.cache
def public_holidays(country: str, year: int) -> frozenset[dt.date]:
    """The public holidays of a year, days in lieu included; the religious ones as estimated."""
    from holidays import country_holidays  # heavy, and most commands do not need it

    return frozenset(country_holidays(country, years=year))


def workdays(policy: Policy) -> Workdays:
    """The calendar of a policy. Raises `ContentError` for a moved day that is no date."""
    country = str(policy.leaves["calendar.country"].value).upper()
    return Workdays(
        functools.partial(public_holidays, country),
        frozenset(WEEK.index(day) + 1 for day in policy.leaves["calendar.weekend"].value),
        _dates(policy, "calendar.days_off"),
        _dates(policy, "calendar.days_on"),
    )


def _dates(policy: Policy, path: str) -> frozenset[dt.date]:
    try:
        return frozenset(dt.date.fromisoformat(day) for day in policy.leaves[path].value)
    except ValueError:
        raise ContentError([f"{path}: every day is written like 2026-12-21"]) from None
