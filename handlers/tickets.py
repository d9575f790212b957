"""A person, please: the ticket, its place in the line, the end of it."""

from bot.dialogue.context import Context, Handler
from bot.errors import Refusal
from bot.rules.tickets import TicketView
from bot.rules.trees import OWN
from bot.services import helping, tickets
from bot.views import tickets as views
from bot.views.screen import Screen


async def open_own(ctx: Context) -> None:
    """Ask for a person; what was tried goes with it."""
    trees = await ctx.enquiries.trees()
    name = await ctx.desk.do(helping.open_problem, ctx.me, OWN)
    problem = trees.problems.get(name)
    group = trees.platforms[problem.platform].group if problem else ""
    ticket = await ctx.desk.do(tickets.open_own, ctx.me, group, ctx.origin)
    await _show(ctx, ticket, views.opened(ctx.voice, ticket, ctx.desk.clock()))


async def _show(ctx: Context, ticket: TicketView, screen: Screen) -> None:
    """A screen with the place in the line, which is kept current from now on."""
    number = await ctx.door.show(screen)
    await ctx.desk.do(tickets.shown, ctx.me, ticket, number)


async def follow(ctx: Context) -> None:
    """The ticket as it stands."""
    ticket = await ctx.desk.do(tickets.show, ctx.me, _ticket_id(ctx))
    await _show(ctx, ticket, views.status(ctx.voice, ticket, ctx.desk.clock()))


async def not_needed(ctx: Context) -> None:
    """It works again, or help is not needed any more."""
    ticket = await ctx.desk.do(tickets.not_needed, ctx.me, _ticket_id(ctx))
    await ctx.door.show(views.done(ctx.voice, ticket, ctx.desk.clock()))


async def rate(ctx: Context) -> None:
    """How was it?"""
    stars = ctx.number(1)
    ticket = await ctx.desk.do(tickets.rate, ctx.me, _ticket_id(ctx), stars or 0)
    await ctx.door.show(views.done(ctx.voice, ticket, ctx.desk.clock()))


async def reopen(ctx: Context) -> None:
    """The trouble is back."""
    ticket = await ctx.desk.do(tickets.reopen, ctx.me, _ticket_id(ctx))
    await _show(ctx, ticket, views.opened(ctx.voice, ticket, ctx.desk.clock()))


def _ticket_id(ctx: Context) -> int:
    number = ctx.number(0)
    if number is None:
        raise Refusal("ticket_gone")
    return number


TAPS: dict[str, Handler] = {"tn": open_own, "tv": follow, "tx": not_needed, "tr": rate, "to": reopen}
