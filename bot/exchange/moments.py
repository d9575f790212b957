"""Dates, times and moments in cells; local times of a zone become aware UTC."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from bot.exchange.cells import Cell, shown, text_of
from bot.exchange.findings import CellRefused

FIRST_YEAR, LAST_YEAR = 2000, 2100
FARTHEST_OFFSET = timedelta(hours=14)

_ISO_DAY = r"(?P<y>[0-9]{4})-(?P<m>[0-9]{1,2})-(?P<d>[0-9]{1,2})"
_DOTTED_DAY = r"(?P<d2>[0-9]{1,2})\.(?P<m2>[0-9]{1,2})\.(?P<y2>[0-9]{4})"
_DAY = f"(?:{_ISO_DAY}|{_DOTTED_DAY})"
_CLOCK = r"(?P<h>[0-9]{1,2}):(?P<min>[0-9]{2})(?::(?P<s>[0-9]{2})(?:\.0+)?)?"
_DATE = re.compile(_DAY + r"(?:[ T]00?:00(?::00)?)?")
_TIME = re.compile(_CLOCK)
_ZONE = r"(?P<zone>[zZ]|(?P<sign>[+-])(?P<oh>[0-9]{2}):?(?P<om>[0-9]{2}))"
_MOMENT = re.compile(f"{_DAY}[Tt ]{_CLOCK} ?{_ZONE}?")


def day(cell: Cell) -> date:
    """The date of `2026-12-21`, `21.12.2026` or a date cell; years 2000 to 2100."""
    if isinstance(cell, datetime):
        if cell.time() != time():
            raise CellRefused("date_time", "The cell holds a time too: leave only the date.")
        return _sane(cell.date())
    if isinstance(cell, date):
        return _sane(cell)
    text = _text(cell)
    match = _DATE.fullmatch(text)
    if match is None:
        raise CellRefused("date", f"{shown(text)} is not a date: write it like 2026-12-21.")
    return _day(match, text)


def clock(cell: Cell) -> time:
    """The time of day of `09:00` or a time cell, in whole minutes."""
    if isinstance(cell, datetime) and cell.year <= 1900:
        cell = cell.time()
    if isinstance(cell, timedelta) and timedelta() <= cell < timedelta(days=1):
        cell = (datetime(FIRST_YEAR, 1, 1, tzinfo=UTC) + cell).time()
    if isinstance(cell, datetime):
        raise CellRefused("time_date", "The cell holds a date too: leave only the time, like 09:00.")
    if isinstance(cell, time):
        return _to_minute(cell)
    text = _text(cell)
    match = _TIME.fullmatch(text)
    if match is None:
        raise CellRefused("time", f"{shown(text)} is not a time: write it like 09:00.")
    return _to_minute(_clock(match, text))


def moment(cell: Cell) -> datetime:
    """The moment of `2026-12-22T14:00` or a date-time cell: aware when it has an offset, else naive local."""
    if isinstance(cell, datetime):
        _sane(cell.date())
        return (cell + timedelta(microseconds=500_000)).replace(microsecond=0)
    if isinstance(cell, date):
        raise CellRefused("moment_time", "The time is missing: write it too, like 2026-12-22T14:00.")
    text = _text(cell)
    match = _MOMENT.fullmatch(text)
    if match is None:
        raise CellRefused(
            "moment", f"{shown(text)} is not a date with a time: write it like 2026-12-22T14:00."
        )
    naive = datetime.combine(_day(match, text), _clock(match, text))
    if match["zone"] is None:
        return naive
    return naive.replace(tzinfo=_offset(match, text))


def to_utc(local: datetime, zone: tzinfo) -> tuple[datetime, bool]:
    """The UTC moment of a naive local time, and whether the clock shows that time twice.

    Of two such moments the earlier is taken. A time that the clocks jump over is refused.
    """
    first = local.replace(tzinfo=zone, fold=0)
    moment_utc = first.astimezone(UTC)
    if moment_utc.astimezone(zone).replace(tzinfo=None) != local:
        raise CellRefused(
            "time_skipped", f"The clocks jump over {local:%Y-%m-%d %H:%M} in this zone: write another time."
        )
    twice = first.utcoffset() != local.replace(tzinfo=zone, fold=1).utcoffset()
    return moment_utc, twice


def _text(cell: Cell) -> str:
    if isinstance(cell, time | timedelta | date):
        return str(cell)
    return text_of(cell)


def _day(match: re.Match[str], text: str) -> date:
    year, month, number = (int(match[a] or match[b]) for a, b in (("y", "y2"), ("m", "m2"), ("d", "d2")))
    try:
        return _sane(date(year, month, number))
    except ValueError:
        raise CellRefused(
            "date", f"{shown(text)} is not in the calendar: write a date like 2026-12-21."
        ) from None


def _clock(match: re.Match[str], text: str) -> time:
    try:
        return time(int(match["h"]), int(match["min"]), int(match["s"] or 0))
    except ValueError:
        raise CellRefused(
            "time", f"{shown(text)} is not a time of day: write it from 00:00 to 23:59."
        ) from None


def _offset(match: re.Match[str], text: str) -> tzinfo:
    if match["sign"] is None:
        return UTC
    size = timedelta(hours=int(match["oh"]), minutes=int(match["om"]))
    if size > FARTHEST_OFFSET or int(match["om"]) > 59:
        raise CellRefused("offset", f"{shown(text)} has an impossible offset: write it like +05:00.")
    return timezone(size if match["sign"] == "+" else -size)


def _sane(found: date) -> date:
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise CellRefused(
            "date_year", f"The year {found.year} cannot be right: use {FIRST_YEAR} to {LAST_YEAR}."
        )
    return found


def _to_minute(found: time) -> time:
    """Spreadsheets keep times as fractions of a day: a second off a whole minute is that minute."""
    seconds = found.hour * 3600 + found.minute * 60 + found.second + found.microsecond / 1_000_000
    whole = round(seconds / 60)
    if abs(seconds - whole * 60) > 1 or whole == 24 * 60:
        raise CellRefused("time_seconds", f"{shown(found)} has seconds: write hours and minutes, like 09:00.")
    return time(whole // 60, whole % 60)
