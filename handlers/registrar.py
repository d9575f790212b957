"""The registrar's and the dean's offices: terms after exams, figures of marks, the week as a document."""

from bot.dialogue.context import Context, Handler
from bot.services import digests, registrar
from bot.views import registrar as views
from bot.views.digests import week as week_screen

MARKS = "figures"


async def week(ctx: Context) -> None:
    """The last seven days as a document."""
    await ctx.door.send(week_screen(ctx.voice, await ctx.desk.do(digests.week, ctx.me)))


async def entries(ctx: Context) -> None:
    """What is due after exams."""
    found = await ctx.desk.do(registrar.entries, ctx.me)
    await ctx.door.show(views.entries(ctx.voice, found, ctx.desk.clock()))


async def ask(ctx: Context) -> None:
    """Marks are to be sent."""
    await ctx.desk.do(registrar.entries, ctx.me)
    await ctx.form.open(MARKS)
    await ctx.door.send(views.ask(ctx.voice))


async def marks(ctx: Context) -> None:
    """They have come; what cannot be read leaves the question open."""
    found, clause = await ctx.desk.do(registrar.compute, ctx.me, ctx.text)
    await ctx.form.close()
    await ctx.door.send(views.figures(ctx.voice, found, clause))


COMMANDS: dict[str, Handler] = {}
TAPS: dict[str, Handler] = {"iz": week, "i1": entries, "if": ask}
BEHIND = dict.fromkeys(TAPS, "staff")
FORMS: dict[str, Handler] = {MARKS: marks}
