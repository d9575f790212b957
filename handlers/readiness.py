"""Readiness: the check of a student, the overview of an examiner."""

from bot.dialogue.context import Context, Handler
from bot.errors import Refusal
from bot.rules.readiness import Readiness
from bot.services import readiness
from bot.views import readiness as views
from bot.views.screen import Screen


async def look(ctx: Context) -> None:
    """The next open question, the one the button names, or the examiner's overview."""
    exam_id, index = ctx.number(0), ctx.number(1)
    if exam_id is None:
        raise Refusal("exam_gone")
    if readiness.is_holder(ctx.me):
        found = await ctx.desk.do(readiness.of_group, ctx.me, exam_id)
        await ctx.door.show(views.group(ctx.voice, found))
        return
    check = await ctx.desk.do(readiness.open_check, ctx.me, exam_id)
    if index is not None and index < len(check.answers):
        await ctx.door.show(views.question(ctx.voice, check, index))
    else:
        await _go_on(ctx, check)


async def begin(ctx: Context) -> None:
    """The same below a notice or a card, which stays as it is."""
    exam_id = ctx.number(0)
    if exam_id is None:
        raise Refusal("exam_gone")
    if readiness.is_holder(ctx.me):
        found = await ctx.desk.do(readiness.of_group, ctx.me, exam_id)
        await ctx.door.send(views.group(ctx.voice, found))
        return
    check = await ctx.desk.do(readiness.open_check, ctx.me, exam_id)
    await ctx.door.send(_screen(ctx, check))


async def answer(ctx: Context) -> None:
    """Yes goes on, no shows what to do."""
    exam_id, index = ctx.number(0), ctx.number(1)
    if exam_id is None or index is None:
        raise Refusal("exam_gone")
    ok = ctx.args[2:] == ("1",)
    check = await ctx.desk.do(readiness.answer, ctx.me, exam_id, index, ok=ok)
    if ok:
        await _go_on(ctx, check)
    else:
        await ctx.door.show(views.fix(ctx.voice, check, index))


async def _go_on(ctx: Context, check: Readiness) -> None:
    await ctx.door.show(_screen(ctx, check))


def _screen(ctx: Context, check: Readiness) -> Screen:
    upcoming = check.next_item
    if upcoming is None:
        return views.result(ctx.voice, check, ctx.desk.office.policy.phones)
    return views.question(ctx.voice, check, upcoming)


TAPS: dict[str, Handler] = {"ry": look, "rb": begin, "ra": answer}
