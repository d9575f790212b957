"""/desk in a group: the helpers' chat. What waits is posted there, whoever is on duty takes it there."""

from bot.dialogue.context import Context, Handler
from bot.errors import Refusal
from bot.services import deskchats, helpdesk
from bot.views.screen import Screen

OFF = "off"


async def link(ctx: Context) -> None:
    """/desk makes the group the helpers' chat, /desk off ends it."""
    assert ctx.chat is not None, "a group's command comes from a group"
    if ctx.args == (OFF,):
        await ctx.desk.do(deskchats.unlink, ctx.me, ctx.chat)
        await ctx.door.send(Screen(ctx.voice.t("desk.chat_off")))
        return
    await ctx.desk.do(deskchats.link, ctx.me, ctx.chat)
    await ctx.door.send(Screen(ctx.voice.t("desk.chat_on")))


async def private(ctx: Context) -> None:
    """/desk here, where there is no group: how it is done."""
    await ctx.door.send(Screen(ctx.voice.t("desk.chat_how")))


async def claim(ctx: Context) -> None:
    """«I take it», below a post."""
    ticket_id = ctx.number(0)
    if ticket_id is None or ctx.chat is None:
        raise Refusal("ticket_gone")
    ticket = await ctx.desk.do(helpdesk.claim_in_chat, ctx.me, ticket_id, ctx.chat)
    await ctx.door.toast(ctx.voice.label("toast.claimed", number=ticket.number), alert=True)


COMMANDS: dict[str, Handler] = {"desk": private}
GROUPS: dict[str, Handler] = {"desk": link}
GROUP_TAPS: dict[str, Handler] = {"gc": claim}
