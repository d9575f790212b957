"""The queue of all cases for staff, and a case's history for staff and student."""

from bot.dialogue.context import Context, Handler
from bot.errors import Refusal
from bot.rules.worklist import EVERY, Asked
from bot.services import worklist
from bot.views import worklist as views


async def queue(ctx: Context) -> None:
    """The queue, or another page or filter of it."""
    kind, everybodys, late, page = (*ctx.args, "", "", "", "")[:4]
    asked = Asked(
        kind or EVERY, everybodys == views.YES, late == views.YES, (ctx.number(3) or 0) if page else 0
    )
    found = await ctx.desk.do(worklist.queue, ctx.me, asked)
    await ctx.door.show(views.queue(ctx.voice, found, ctx.desk.clock()))


async def timeline(ctx: Context) -> None:
    """What happened with a case."""
    found = await ctx.desk.do(worklist.timeline, ctx.me, ctx.must(0, Refusal("case_gone")))
    await ctx.door.show(views.timeline(ctx.voice, found, ctx.desk.clock()))


TAPS: dict[str, Handler] = {"wq": queue, "wt": timeline}
BEHIND = {"wq": "staff"}
