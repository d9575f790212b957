"""A draft that takes whatever is sent to it: shown, filled by words and files, an album answered once."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.dialogue.context import Context
from bot.errors import Refusal
from bot.services.files import Sent
from bot.views import home
from bot.views.screen import Screen

View = TypeVar("View")
Reword = Callable[..., View | None]
"""A use-case that puts a message's new words into a draft; None where the draft holds nothing of it."""

PAST = frozenset({"draft_gone", "form_gone", "appeal_again", "appeal_closed"})
"""Refusals after which nothing more can be sent to the draft."""


async def show(ctx: Context, form: str, draft_id: int, screen: Screen, *, anew: bool = False) -> None:
    """The draft as it stands; the next message belongs to it. `anew`: below what was sent."""
    await ctx.form.open(form, draft=draft_id, album=ctx.album)
    await (ctx.door.send(screen) if anew else ctx.door.show(screen))


def sent(ctx: Context) -> Sent:
    """The file of this message. Raises `Refusal` (`file_kind`) where there is none."""
    file = ctx.attachment
    if file is None:
        raise Refusal("file_kind")
    return Sent(file.file_id, file.kind, file.name, file.size, file.order)


def answered(ctx: Context) -> bool:
    """Whether an earlier part of the same album has had its answer."""
    return bool(ctx.album) and ctx.form_data.get("album") == ctx.album


async def reworded(ctx: Context, work: Reword[View], show: Callable[[View], Screen]) -> None:
    """A message of the draft was edited: its new words count. One of no words there is only answered."""
    view = await ctx.desk.do(work, ctx.me, int(ctx.form_data["draft"]), ctx.message_id, ctx.text)
    await ctx.door.send(home.not_understood(ctx.voice, ctx.me, "edited") if view is None else show(view))


async def take(ctx: Context, form: str, add: Callable[[int], Awaitable[View]]) -> View | None:
    """What `add` makes of this message for the open draft; None where its album was answered already.

    Raises what `add` refuses, once an album; the form is closed where the draft takes nothing any more.
    """
    draft_id = int(ctx.form_data["draft"])
    try:
        if ctx.attachment is None and not ctx.text:
            raise Refusal("file_kind")
        view = await add(draft_id)
    except Refusal as refusal:
        if refusal.code in PAST:
            await ctx.form.close()
        elif ctx.album and ctx.form_data.get("refused") == ctx.album:
            return None
        elif ctx.album:
            await ctx.form.open(form, draft=draft_id, album=ctx.album, refused=ctx.album)
        raise
    return None if answered(ctx) else view
