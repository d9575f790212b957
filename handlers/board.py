"""The way from the chat to the board."""

from bot.dialogue.context import Context, Handler
from bot.services import board
from bot.views.board.offer import offer, offer_tables


async def open_board(ctx: Context) -> None:
    """A link that opens the board once, soon; for an administrator also the tables."""
    to = ctx.args[0] if ctx.args else ""
    url = await ctx.desk.do(board.link, ctx.me, to)
    await ctx.door.send((offer_tables if to == board.TABLES else offer)(ctx.voice, url))


COMMANDS: dict[str, Handler] = {}
TAPS: dict[str, Handler] = {"bd": open_board}
BEHIND = {"bd": "staff"}
