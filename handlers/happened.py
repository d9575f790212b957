"""«It happened at …»: for those who come back later; both times are kept, as claimed and as received."""

import datetime as dt
import re

from bot.dialogue.context import Context, Handler
from bot.errors import Refusal
from bot.services import cases, casework, outages
from bot.views import cases as case_views
from bot.views import outages as views

WHEN = "happened"
MOMENTS = 4_000_000_000
"""Beyond this no tap of ours points."""

_TYPED = re.compile(r"(?:(\d{1,2})[.](\d{1,2})(?:[.](\d{4}))?\s+)?(\d{1,2})[:.](\d{2})$")
"""`10:05`, `20.12 23:50` or `20.12.2026 23:50`."""


async def ask(ctx: Context) -> None:
    """When did it happen?"""
    case = await ctx.desk.do(cases.for_note, ctx.me, _case_id(ctx))
    await ctx.form.open(WHEN, case=case.id)
    await ctx.door.send(views.happened(ctx.voice, case, ctx.desk.clock()))


async def tapped(ctx: Context) -> None:
    """One of the offered moments."""
    stamp = ctx.number(1)
    if stamp is None or stamp > MOMENTS:
        raise Refusal("time_wrong")
    await _happened(ctx, _case_id(ctx), dt.datetime.fromtimestamp(stamp, dt.UTC))


async def typed(ctx: Context) -> None:
    """A time was typed; without a day it is the last such time."""
    at = _moment(ctx)
    if at is None:
        raise Refusal("time_unread")
    await _happened(ctx, int(ctx.form_data["case"]), at)


async def _happened(ctx: Context, case_id: int, at: dt.datetime) -> None:
    await ctx.desk.do(outages.happened, ctx.me, case_id, ctx.origin, at)
    case = await ctx.desk.do(cases.show, ctx.me, case_id)
    screen = case_views.status(ctx.voice, case, ctx.desk.office.policy.phones, ctx.desk.clock())
    await ctx.desk.do(casework.shown, ctx.me, case_id, await ctx.door.show(screen))
    await ctx.form.close()


def _moment(ctx: Context) -> dt.datetime | None:
    found = _TYPED.match(ctx.text.strip())
    if found is None:
        return None
    day, month, year, hour, minute = found.groups()
    zone = ctx.desk.office.zone
    now = ctx.desk.clock().astimezone(zone)
    try:
        time = dt.time(int(hour), int(minute))
        date = dt.date(int(year) if year else now.year, int(month), int(day)) if day else now.date()
    except ValueError:
        return None
    local = dt.datetime.combine(date, time, zone)
    if not day and local > now:
        local -= dt.timedelta(days=1)
    return local.astimezone(dt.UTC)


def _case_id(ctx: Context) -> int:
    case_id = ctx.number(0)
    if case_id is None:
        raise Refusal("case_gone")
    return case_id


TAPS: dict[str, Handler] = {"jy": ask, "js": tapped}
FORMS: dict[str, Handler] = {WHEN: typed}
