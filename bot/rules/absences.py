"""Who is away until when, and who stands in."""

import datetime as dt
from dataclasses import dataclass

from bot.errors import Refusal

LONGEST = dt.timedelta(days=92)
DAYS = (0, 1, 3, 7, 14)
"""Offered: the end of today, of tomorrow, and so on."""


@dataclass(frozen=True, slots=True)
class Colleague:
    """A member of staff who may be away or stand in."""

    id: int
    name: str
    department: str = ""


@dataclass(frozen=True, slots=True)
class Away:
    """Somebody is away; `stands_in` is '' where nobody does. `idle`: the stand-in cannot be told now."""

    id: int
    person: Colleague
    until: dt.datetime
    stands_in: str = ""
    idle: bool = False


@dataclass(frozen=True, slots=True)
class Absences:
    """What the reader sees of absences: the own one, and those of colleagues they may speak for."""

    me: Colleague
    own: Away | None
    others: tuple[Away, ...]
    speaks_for_others: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """Who may stand in for somebody, found by the words that were typed ('' for all)."""

    person: Colleague
    until: dt.datetime
    candidates: tuple[Colleague, ...]


def ends(now: dt.datetime, zone: dt.tzinfo) -> list[dt.datetime]:
    """Ends to offer: local midnights."""
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return [(midnight + dt.timedelta(days=days + 1)).astimezone(dt.UTC) for days in DAYS]


def check(until: dt.datetime, now: dt.datetime) -> None:
    """Raises `Refusal`: `time_past`, `away_too_long` beyond three months."""
    if until <= now:
        raise Refusal("time_past")
    if until - now > LONGEST:
        raise Refusal("away_too_long", days=LONGEST.days)
