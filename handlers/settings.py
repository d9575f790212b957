"""What comes by itself: chosen by its reader. Warnings always come."""

from bot.dialogue.context import Context, Handler
from bot.errors import Refusal
from bot.services import wishes
from bot.views import settings as views


async def look(ctx: Context) -> None:
    """My settings."""
    found = await ctx.desk.do(wishes.mine, ctx.me)
    await ctx.door.send(views.settings(ctx.voice, found))


async def switch(ctx: Context) -> None:
    """A class is switched on or off."""
    name, on = ctx.args[0] if ctx.args else "", ctx.number(1)
    found = await ctx.desk.do(wishes.switch, ctx.me, name, on == 1)
    await ctx.door.show(views.settings(ctx.voice, found))


async def quiet(ctx: Context) -> None:
    """Quiet hours are chosen."""
    since, until = ctx.number(0), ctx.number(1)
    if since is None or until is None:
        raise Refusal("unknown_setting")
    found = await ctx.desk.do(wishes.keep_quiet, ctx.me, since, until)
    await ctx.door.show(views.settings(ctx.voice, found))


TAPS: dict[str, Handler] = {"zs": look, "zo": switch, "zq": quiet}
BEHIND = dict.fromkeys(TAPS, "exams")
