"""The proctor's report of a day: opened, corrected, sent; the dean's view of them; the deanery's own."""

import datetime as dt

from bot.dialogue.context import Context, Handler
from bot.errors import Refusal
from bot.rules.day_reports import DayReport
from bot.services import day_again, day_reports, served
from bot.views import day_reports as views
from bot.views.screen import Html, Screen
from bot.wire import Upload

LINE, REMARKS, AGAIN = "day_line", "day_remarks", "day_again"


async def fill(ctx: Context) -> None:
    """Today's report, filled from the facts."""
    await _send(ctx, await ctx.desk.do(day_reports.fill, ctx.me))


async def _send(ctx: Context, seen: DayReport) -> None:
    await ctx.door.send(views.report(ctx.voice, seen, ctx.desk.clock()))


def _case(ctx: Context) -> int:
    found = ctx.number(0)
    if found is None:
        raise Refusal("case_gone")
    return found


async def open_one(ctx: Context) -> None:
    """A report as it stands."""
    await _send(ctx, await ctx.desk.do(day_reports.show, ctx.me, _case(ctx)))


async def ask_line(ctx: Context) -> None:
    """How many came to this exam?"""
    seen = await ctx.desk.do(day_reports.show, ctx.me, _case(ctx))
    line = next((line for line in seen.lines if line.exam.id == ctx.number(1)), None)
    if line is None or not seen.mine:
        raise Refusal("exam_gone")
    await ctx.form.open(LINE, case=seen.id, exam=line.exam.id)
    await ctx.door.send(views.ask_line(ctx.voice, line))


async def line(ctx: Context) -> None:
    """It was written."""
    case_id, exam_id = int(ctx.form_data["case"]), int(ctx.form_data["exam"])
    seen = await ctx.desk.do(day_reports.correct, ctx.me, case_id, exam_id, ctx.text)
    await ctx.form.close()
    await _send(ctx, seen)


async def ask_remarks(ctx: Context) -> None:
    """What else?"""
    seen = await ctx.desk.do(day_reports.show, ctx.me, _case(ctx))
    await ctx.form.open(REMARKS, case=seen.id)
    await ctx.door.send(views.ask_remarks(ctx.voice))


async def remarks(ctx: Context) -> None:
    """They were written."""
    seen = await ctx.desk.do(day_reports.remark, ctx.me, int(ctx.form_data["case"]), ctx.text)
    await ctx.form.close()
    await _send(ctx, seen)


async def ask_again(ctx: Context) -> None:
    """Why is it opened again?"""
    seen = await ctx.desk.do(day_reports.show, ctx.me, _case(ctx))
    if not seen.own:
        raise Refusal("day_not_sent")
    await ctx.form.open(AGAIN, case=seen.id)
    await ctx.door.send(views.ask_again(ctx.voice))


async def again(ctx: Context) -> None:
    """The reason was written."""
    seen = await ctx.desk.do(day_again.reopen, ctx.me, int(ctx.form_data["case"]), ctx.text, ctx.origin)
    await ctx.form.close()
    await _send(ctx, seen)


async def send(ctx: Context) -> None:
    """To the dean."""
    revision = ctx.number(1)
    if revision is None:
        raise Refusal("case_gone")
    seen = await ctx.desk.do(day_reports.send, ctx.me, _case(ctx), revision, ctx.origin)
    await ctx.door.show(views.report(ctx.voice, seen, ctx.desk.clock()))


async def centre(ctx: Context) -> None:
    """The deanery's report on a day."""
    try:
        day = dt.date.fromisoformat(ctx.args[0])
    except (IndexError, ValueError):
        raise Refusal("day_no_exams") from None
    await _send(ctx, await ctx.desk.do(day_reports.centre, ctx.me, day, ctx.origin))


async def documents(ctx: Context) -> None:
    """The report as files."""
    found = await ctx.desk.do(served.of_case, ctx.me, _case(ctx))
    if not found:
        await ctx.door.toast(ctx.voice.label("appeal.no_documents"), alert=True)
    for one in found:
        if one.content is not None:
            await ctx.door.send(Screen(Html(""), upload=Upload(one.name, one.content)))


TAPS: dict[str, Handler] = {
    "qa": fill,
    "qg": open_one,
    "qb": ask_line,
    "qc": ask_remarks,
    "qd": send,
    "qe": centre,
    "qf": documents,
    "qh": ask_again,
}
BEHIND = dict.fromkeys(("qa", "qg", "qe"), "staff")
FORMS: dict[str, Handler] = {LINE: line, REMARKS: remarks, AGAIN: again}
