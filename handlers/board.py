"""The way from the chat to the board."""

from bot.dialogue.context import Context, Handler
from bot.services import board
from bot.views.board.offer import offer


async def open_board(ctx: Context) -> None:
    """A link that opens the board once, soon."""
    await ctx.door.send(offer(ctx.voice, await ctx.desk.do(board.link, ctx.me)))


COMMANDS: dict[str, Handler] = {}
TAPS: dict[str, Handler] = {"bd": open_board}
BEHIND = {"bd": "staff"}
