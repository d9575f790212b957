"""Anything that makes no sense gets a helpful answer. Last in the list."""

from bot.dialogue.context import Context
from bot.views import home


async def command(ctx: Context) -> None:
    """A command that does not exist."""
    await ctx.door.send(home.not_understood(ctx.voice, ctx.me, "command"))


async def media(ctx: Context) -> None:
    """A sticker, a photo, a place …: nothing was asked for. An album is answered once."""
    if ctx.repeated:
        return
    await ctx.door.send(home.not_understood(ctx.voice, ctx.me, "media"))


async def edited(ctx: Context) -> None:
    """An edited message is not read again."""
    await ctx.door.send(home.not_understood(ctx.voice, ctx.me, "edited"))


async def old_button(ctx: Context) -> None:
    """A button of another time, or a forged one."""
    await ctx.door.toast(ctx.voice.label("toast.old_button"), alert=True)
    await ctx.door.send(home.menu(ctx.voice, ctx.me))
