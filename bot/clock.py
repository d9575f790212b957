"""The only place that asks what time it is."""

import datetime as dt
import time
import zoneinfo
from collections.abc import Callable

zoneinfo.reset_tzpath(to=())  # zones come from the tzdata package, not from the machine

Clock = Callable[[], dt.datetime]
"""Returns the present moment, aware, in UTC."""


def system_clock() -> dt.datetime:
    """The machine's present moment, aware, in UTC."""
    return dt.datetime.now(dt.UTC)


def monotonic() -> float:
    """Seconds that never jump; only differences mean anything."""
    return time.monotonic()


def zone(name: str) -> zoneinfo.ZoneInfo:
    """The named time zone. Raises `ZoneInfoNotFoundError` for an unknown name."""
    return zoneinfo.ZoneInfo(name)
