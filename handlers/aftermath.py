"""What is due after sittings: the chair's report, and taps that say that something is done."""

from bot.dialogue.context import Context, Handler
from bot.errors import Refusal
from bot.rules.aftermath import Aftermath
from bot.services import aftermath
from bot.views import aftermath as views


async def _show(ctx: Context, seen: Aftermath) -> None:
    await ctx.door.show(views.aftermath(ctx.voice, seen, ctx.desk.clock()))


def _case(ctx: Context) -> int:
    return ctx.must(0, Refusal("case_gone"))


async def look(ctx: Context) -> None:
    """What is due?"""
    await _show(ctx, await ctx.desk.do(aftermath.show, ctx.me, _case(ctx)))


async def report(ctx: Context) -> None:
    """The report's documents."""
    await _show(ctx, await ctx.desk.do(aftermath.report, ctx.me, _case(ctx), ctx.origin))


async def done(ctx: Context) -> None:
    """It is done."""
    what = ctx.args[1] if len(ctx.args) > 1 else ""
    await _show(ctx, await ctx.desk.do(aftermath.done, ctx.me, _case(ctx), what, ctx.origin))


TAPS: dict[str, Handler] = {"mo": look, "mp": report, "mq": done}
BEHIND = {"mo": "staff"}
