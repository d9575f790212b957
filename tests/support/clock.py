"""A clock that stands still until it is moved."""

import datetime as dt
from zoneinfo import ZoneInfo

ALMATY = ZoneInfo("Asia/Almaty")


class HandClock:
    """Callable like `bot.clock.system_clock`."""

    def __init__(self, start: dt.datetime) -> None:
        self.now = start

    def __call__(self) -> dt.datetime:
        return self.now

    def move(self, **delta: float) -> None:
        """`move(minutes=5)`."""
        self.now += dt.timedelta(**delta)


def local(text: str) -> dt.datetime:
    """`2026-12-21 09:00` in Almaty, as an aware moment in UTC."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=ALMATY).astimezone(dt.UTC)
