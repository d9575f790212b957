"""The sample university's timetable, laid around the present minute."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta, tzinfo

from bot.errors import EmtihanError

_DAYS = re.compile(r"\+([0-9]{1,3})")
_MINUTES = re.compile(r"([+-][0-9]{1,5})")


def lay_timetable(text: str, now: datetime, zone: tzinfo) -> str:
    """Turns relative dates and starts of a timetable CSV into ordinary ones, local to `zone`.

    `now` is aware and is rounded up to a whole minute. A date `+2` is two days after it. A start
    `+90` or `-75` is that many minutes after or before it; a start like `09:00` is that hour of the
    day. Rows with ordinary dates stay as they are.
    Raises EmtihanError when the text has no columns date and start, or a relative date has another start.
    """
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    heading = [cell.strip().casefold() for cell in rows[0]] if rows else []
    if "date" not in heading or "start" not in heading:
        raise EmtihanError("The sample timetable needs the columns date and start.")
    date_at, start_at = heading.index("date"), heading.index("start")
    present = _whole_minute(now)
    for row in rows[1:]:
        if len(row) > max(date_at, start_at):
            row[date_at], row[start_at] = _laid(row[date_at].strip(), row[start_at].strip(), present, zone)
    laid = io.StringIO(newline="")
    csv.writer(laid, lineterminator="\n").writerows(rows)
    return laid.getvalue()


def _whole_minute(now: datetime) -> datetime:
    moment = now.astimezone(UTC)
    minute = moment.replace(second=0, microsecond=0)
    return minute if minute == moment else minute + timedelta(minutes=1)


def _laid(date: str, start: str, present: datetime, zone: tzinfo) -> tuple[str, str]:
    days = _DAYS.fullmatch(date)
    if days is None:
        return date, start
    day = timedelta(days=int(days[1]))
    if ":" in start:
        return f"{present.astimezone(zone) + day:%Y-%m-%d}", start
    minutes = _MINUTES.fullmatch(start)
    if minutes is None:
        raise EmtihanError(f"The sample timetable has the start {start!r}: write +90, -75 or 09:00.")
    moment = (present + day + timedelta(minutes=int(minutes[1]))).astimezone(zone)
    return f"{moment:%Y-%m-%d}", f"{moment:%H:%M}"
