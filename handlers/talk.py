"""What is written outside a form belongs to the open ticket first: asker and helper talk through the bot."""

from bot.dialogue.context import Context, Handler
from bot.services import talks
from bot.views import tickets as views

CARRIED = frozenset({"photo", "document", "voice", "video", "video_note", "audio", "animation", "sticker"})


ALBUMS = frozenset({"photo", "document", "video", "audio"})
"""What an album is made of."""


def before(otherwise: Handler) -> Handler:
    """The handler of messages: into the conversation, where there is one; else what it was before."""

    async def message(ctx: Context) -> None:
        ticket_id = await ctx.desk.do(talks.talk_of, ctx.me, ctx.answers)
        if ticket_id is None:
            await otherwise(ctx)
        else:
            await _carry(ctx, ticket_id)

    return message


def before_edit(otherwise: Handler) -> Handler:
    """The same for a message that was changed."""

    async def edited(ctx: Context) -> None:
        known, hidden = await ctx.desk.do(talks.edit, ctx.me, ctx.message_id, ctx.text)
        if not known:
            await otherwise(ctx)
        elif hidden:
            await ctx.door.send(views.hidden(ctx.voice))

    return edited


def _seen(text: str) -> bool:
    """Whether there is anything to see in it: Telegram refuses to carry spaces."""
    return any(letter.isprintable() and not letter.isspace() for letter in text)


async def _carry(ctx: Context, ticket_id: int) -> None:
    kind, text, file_id = "text", ctx.text if _seen(ctx.text) else "", ""
    if ctx.attachment is not None and ctx.attachment.kind in CARRIED:
        kind, file_id = ctx.attachment.kind, ctx.attachment.file_id
    elif ctx.place is not None:
        kind, text = "location", f"{ctx.place[0]:.6f},{ctx.place[1]:.6f}"
    elif not text:
        await ctx.door.send(views.not_carried(ctx.voice))
        return
    state, hidden = await ctx.desk.do(
        talks.say,
        ctx.me,
        ticket_id,
        ctx.origin,
        kind=kind,
        text=text,
        file_id=file_id,
        source_id=ctx.message_id,
        answers=ctx.answers,
        album=ctx.album if kind in ALBUMS else "",
    )
    if hidden:
        await ctx.door.send(views.hidden(ctx.voice))
    if state == "waiting" and not ctx.repeated:
        await ctx.door.send(views.kept(ctx.voice))
