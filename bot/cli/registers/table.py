"""What every register is made of."""

import datetime as dt
from typing import Any

from bot.wiring import Base

Table = tuple[tuple[str, ...], list[tuple[Any, ...]]]
"""Headings and rows."""


def local(base: Base, moment: dt.datetime | None) -> str:
    """A moment in the university's zone, to the second; '' for none."""
    return moment.astimezone(base.desk.office.zone).strftime("%Y-%m-%d %H:%M:%S") if moment else ""


def minutes(since: dt.datetime, until: dt.datetime | None) -> float | str:
    """How long something took, to a tenth of a minute; '' while it has not happened."""
    return round((until - since).total_seconds() / 60, 1) if until else ""
