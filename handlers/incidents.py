"""An incident on its card: take all of its reports, decide all alike, now or at a time of today."""

from bot.dialogue import typed
from bot.dialogue.context import Context, Handler
from bot.errors import Refusal
from bot.rules import decisions
from bot.rules.decisions import Ruling, Verdict
from bot.services import incident_desk
from bot.views import incidents as views

TIME_FOR_ALL = "time_for_all"


def _incident(ctx: Context) -> int:
    incident_id = ctx.number(0)
    if incident_id is None:
        raise Refusal("case_gone")
    return incident_id


async def incident(ctx: Context) -> None:
    """An incident as it stands."""
    shown = await ctx.desk.do(incident_desk.show, ctx.me, _incident(ctx))
    await ctx.door.show(views.card(ctx.voice, shown, ctx.desk.clock()))


async def end_incident(ctx: Context) -> None:
    """A declared incident is over; asked twice, since everybody hears of it."""
    incident_id = _incident(ctx)
    if ctx.args[1:] == ("y",):
        ended = await ctx.desk.do(incident_desk.end, ctx.me, incident_id)
        await ctx.door.show(views.card(ctx.voice, ended, ctx.desk.clock()))
        return
    shown = await ctx.desk.do(incident_desk.show, ctx.me, incident_id)
    if not shown.may_end:
        raise Refusal("not_yours")
    await ctx.door.show(views.ask_end(ctx.voice, shown))


async def take_all(ctx: Context) -> None:
    """Every report of the incident that waits for the reader, a few at a time: nobody else has to wait."""
    incident_id, did, after = _incident(ctx), 0, 0
    while True:
        went = await ctx.desk.do(incident_desk.take_some, ctx.me, incident_id, ctx.origin, after)
        did += went.did
        if went.after is None:
            break
        after = went.after
    await ctx.door.toast(views.done(ctx.voice, did, 0))
    await incident(ctx)


async def decide_menu(ctx: Context) -> None:
    """Which decision for all?"""
    shown = await ctx.desk.do(incident_desk.show, ctx.me, _incident(ctx))
    await ctx.door.show(views.decisions(ctx.voice, shown, incident_desk.FOR_ALL))


async def decide_all(ctx: Context) -> None:
    """One decision for all; a second sitting today needs its time first."""
    incident_id = _incident(ctx)
    try:
        made = Ruling(Verdict(ctx.args[1]))
    except (IndexError, ValueError):
        raise Refusal("not_now") from None
    if made.verdict is Verdict.SAME_DAY:
        shown = await ctx.desk.do(incident_desk.show, ctx.me, incident_id)
        moments = decisions.slots(ctx.desk.clock(), ctx.desk.office.zone)
        await ctx.form.open(TIME_FOR_ALL, incident=incident_id)
        await ctx.door.show(views.times(ctx.voice, shown, moments))
        return
    did, refused = await _decide(ctx, incident_id, made)
    await ctx.door.toast(views.done(ctx.voice, did, refused), alert=True)
    await incident(ctx)


async def at_time(ctx: Context) -> None:
    """The time of the second sitting today, by a tap, for all that are the reader's to decide."""
    incident_id, at = _incident(ctx), typed.stamped(ctx, 1)
    did, refused = await _decide(ctx, incident_id, Ruling(Verdict.SAME_DAY, at))
    await ctx.form.close()
    await ctx.door.toast(views.done(ctx.voice, did, refused), alert=True)
    await incident(ctx)


async def time_typed(ctx: Context) -> None:
    """The same, typed."""
    _, at = typed.words_and_time(ctx)
    if at is None:
        raise Refusal("time_unread")
    incident_id = int(ctx.form_data["incident"])
    did, refused = await _decide(ctx, incident_id, Ruling(Verdict.SAME_DAY, at))
    await ctx.form.close()
    shown = await ctx.desk.do(incident_desk.show, ctx.me, incident_id)
    await ctx.door.send(views.decided(ctx.voice, shown, did, refused, ctx.desk.clock()))


async def _decide(ctx: Context, incident_id: int, made: Ruling) -> tuple[int, int]:
    """A few at a time; each report keeps its own record and gets its own answer."""
    did, refused, after = 0, 0, 0
    while True:
        went = await ctx.desk.do(incident_desk.decide_some, ctx.me, incident_id, ctx.origin, made, after)
        did, refused = did + went.did, refused + went.refused
        if went.after is None:
            return did, refused
        after = went.after


TAPS: dict[str, Handler] = {
    "jn": incident,
    "qi": end_incident,
    "ji": take_all,
    "jj": decide_menu,
    "jz": decide_all,
    "zt": at_time,
}
FORMS: dict[str, Handler] = {TIME_FOR_ALL: time_typed}
