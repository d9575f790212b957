"""/link and /unlink in a group's chat; an examiner's yes or no to a student who asked."""

from bot.dialogue.context import Context, Handler
from bot.errors import Refusal
from bot.services import chats
from bot.views import chats as views
from bot.views.screen import Screen


async def link(ctx: Context) -> None:
    """The chat is a study group's from now on, or its examiner is asked."""
    assert ctx.chat is not None, "a group's command comes from a group"
    view = await ctx.desk.do(chats.link, ctx.me, ctx.chat, " ".join(ctx.args))
    await ctx.door.send(views.linked(ctx.voice, view))


async def unlink(ctx: Context) -> None:
    """The chat is nobody's again."""
    assert ctx.chat is not None, "a group's command comes from a group"
    group = await ctx.desk.do(chats.unlink, ctx.me, ctx.chat)
    await ctx.door.send(Screen(ctx.voice.t("chat.unlinked", group=group)))


async def private(ctx: Context) -> None:
    """/link here, where there is no group: how it is done."""
    await ctx.door.send(Screen(ctx.voice.t("chat.how")))


async def confirmed(ctx: Context) -> None:
    """The examiner says yes."""
    view = await ctx.desk.do(chats.confirm, ctx.me, _chat(ctx))
    await ctx.door.show(Screen(ctx.voice.t("chat.confirmed", group=view.group)))


async def refused(ctx: Context) -> None:
    """The examiner says no."""
    view = await ctx.desk.do(chats.refuse, ctx.me, _chat(ctx))
    await ctx.door.show(Screen(ctx.voice.t("chat.refused", group=view.group)))


def _chat(ctx: Context) -> int:
    chat_id = ctx.number(0)
    if chat_id is None:
        raise Refusal("chat_gone")
    return chat_id


COMMANDS: dict[str, Handler] = {"link": private}
GROUPS: dict[str, Handler] = {"link": link, "unlink": unlink}
TAPS: dict[str, Handler] = {"gy": confirmed, "gn": refused}
