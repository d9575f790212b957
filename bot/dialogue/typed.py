"""What people type where a form asks for a moment."""

import datetime as dt
import re

from bot.dialogue.context import Context
from bot.errors import Refusal
from bot.exchange import moments
from bot.exchange.findings import CellRefused

_WHEN = re.compile(r"(?:(\d{1,2})[.](\d{1,2})[.](\d{4})\s+)?(\d{1,2})[:.](\d{2})\s*$")
"""`21.12.2026 10:00` or `10:00`, at the end of what was typed."""

LATEST = 4_000_000_000
"""Beyond this no tap of ours points."""


def moment(ctx: Context) -> dt.datetime:
    """A local moment as it was written, in UTC. Raises `Refusal` (`moment_unreadable`)."""
    try:
        found = moments.moment(ctx.text.strip())
        return found if found.tzinfo else moments.to_utc(found, ctx.desk.office.zone)[0]
    except CellRefused:
        raise Refusal("moment_unreadable") from None


def words_and_time(ctx: Context) -> tuple[str, dt.datetime | None]:
    """What stands before a local time, and that time in UTC, of today where no date is given; None: none."""
    text = ctx.text.strip()
    found = _WHEN.search(text)
    if found is None:
        return text, None
    day, month, year, hour, minute = found.groups()
    zone = ctx.desk.office.zone
    today = ctx.desk.clock().astimezone(zone).date()
    words = text[: found.start()].strip()
    try:
        date = dt.date(int(year), int(month), int(day)) if year else today
        local = dt.datetime.combine(date, dt.time(int(hour), int(minute)), zone)
    except ValueError:
        return words, None
    return words, local.astimezone(dt.UTC)


def stamped(ctx: Context, index: int) -> dt.datetime:
    """The moment that a tap names. Raises `Refusal` (`time_past`) for none of ours."""
    stamp = ctx.number(index)
    if stamp is None or stamp > LATEST:
        raise Refusal("time_past")
    return dt.datetime.fromtimestamp(stamp, dt.UTC)
