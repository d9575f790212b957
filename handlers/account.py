"""/staff, account: how fast reports are taken and decided."""

from bot.dialogue.context import Context, Handler
from bot.services import account
from bot.views import account as views


async def overview(ctx: Context) -> None:
    """By faculty, in the median and at worst."""
    found = await ctx.desk.do(account.overview, ctx.me)
    await ctx.door.show(views.overview(ctx.voice, found, ctx.desk.clock()))


TAPS: dict[str, Handler] = {"yr": overview}
BEHIND = {"yr": "staff"}
