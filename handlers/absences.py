"""/staff, absences: away until …, who stands in; for oneself, or for a colleague of the faculty."""

import datetime as dt
import re

from bot.dialogue.context import Context, Handler
from bot.errors import Refusal
from bot.rules.absences import Colleague
from bot.services import absences
from bot.views import absences as views

WHOM, UNTIL, WHO = "away_whom", "away_until", "away_who"
MOMENTS = 4_000_000_000
"""Beyond this no tap of ours points."""

_DAY = re.compile(r"(\d{1,2})[.](\d{1,2})(?:[.](\d{4}))?(?:\s+(\d{1,2})[:.](\d{2}))?$")
"""`25.12`, `25.12.2026` or `25.12.2026 14:00`."""


async def overview(ctx: Context) -> None:
    """Who is away."""
    await ctx.form.close()
    await ctx.door.show(
        views.overview(ctx.voice, await ctx.desk.do(absences.overview, ctx.me), ctx.desk.clock())
    )


async def ask_whom(ctx: Context) -> None:
    """Which colleague?"""
    await ctx.form.open(WHOM)
    await ctx.door.send(views.whom(ctx.voice))


async def whom(ctx: Context) -> None:
    """A name or an id was typed."""
    found = await ctx.desk.do(absences.colleagues, ctx.me, ctx.text)
    await ctx.form.close()
    await ctx.door.send(views.found(ctx.voice, found))


async def ask_until(ctx: Context) -> None:
    """Until when?"""
    person = await _person(ctx)
    await ctx.form.open(UNTIL, person=person.id)
    await ctx.door.show(views.until(ctx.voice, person, ctx.desk.clock()))


async def _person(ctx: Context) -> Colleague:
    found: Colleague = await ctx.desk.do(absences.about, ctx.me, ctx.number(0) or 0)
    return found


async def until_typed(ctx: Context) -> None:
    """A day was typed."""
    until = _end(ctx)
    if until is None:
        raise Refusal("time_unread")
    await _ask_who(ctx, int(ctx.form_data["person"]), until)


def _end(ctx: Context) -> dt.datetime | None:
    """The local moment that was typed; a day alone means its end. Without a year: the next such day."""
    found = _DAY.match(ctx.text.strip())
    if found is None:
        return None
    day, month, year, hour, minute = found.groups()
    zone = ctx.desk.office.zone
    now = ctx.desk.clock().astimezone(zone)
    try:
        date = dt.date(int(year) if year else now.year, int(month), int(day))
        if not year and date < now.date():
            date = date.replace(year=now.year + 1)
        if hour is None:
            return dt.datetime.combine(date + dt.timedelta(days=1), dt.time(), zone).astimezone(dt.UTC)
        return dt.datetime.combine(date, dt.time(int(hour), int(minute)), zone).astimezone(dt.UTC)
    except ValueError:
        return None


async def ask_who(ctx: Context) -> None:
    """Who stands in?"""
    stamp = ctx.number(1)
    if stamp is None or stamp > MOMENTS:
        raise Refusal("time_past")
    await _ask_who(ctx, ctx.number(0) or 0, dt.datetime.fromtimestamp(stamp, dt.UTC))


async def _ask_who(ctx: Context, person_id: int, until: dt.datetime) -> None:
    choice = await ctx.desk.do(absences.choice, ctx.me, person_id, until)
    await ctx.form.open(WHO, person=person_id, until=int(until.timestamp()))
    await ctx.door.show(views.stand_in(ctx.voice, choice, ctx.desk.clock()))


async def who_typed(ctx: Context) -> None:
    """The stand-in's name or id was typed."""
    until = dt.datetime.fromtimestamp(int(ctx.form_data["until"]), dt.UTC)
    person = int(ctx.form_data["person"])
    choice = await ctx.desk.do(absences.choice, ctx.me, person, until, ctx.text)
    await ctx.door.send(views.stand_in(ctx.voice, choice, ctx.desk.clock()))


async def declare(ctx: Context) -> None:
    """It is said."""
    stamp = ctx.number(1)
    if stamp is None or stamp > MOMENTS:
        raise Refusal("time_past")
    until = dt.datetime.fromtimestamp(stamp, dt.UTC)
    await ctx.desk.do(absences.declare, ctx.me, ctx.number(0) or 0, until, ctx.number(2))
    await overview(ctx)


async def cancel(ctx: Context) -> None:
    """They are back."""
    await ctx.desk.do(absences.cancel, ctx.me, ctx.number(0) or 0)
    await overview(ctx)


TAPS: dict[str, Handler] = {
    "yz": overview,
    "yf": ask_whom,
    "yw": ask_until,
    "yu": ask_who,
    "ys": declare,
    "yc": cancel,
}
BEHIND = {"yz": "staff"}
FORMS: dict[str, Handler] = {WHOM: whom, UNTIL: until_typed, WHO: who_typed}
