"""/duty and /queue: a helper's work with tickets."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from bot.dialogue.context import Context, Handler
from bot.errors import Refusal
from bot.exchange import charts
from bot.rules.tickets import TicketView
from bot.rules.trees import CALL
from bot.services import desk, helpdesk, helping, spikes, supervision, talks, tickets
from bot.views import desk as views
from bot.views import desk_load as load_views

NOTE = "desk_note"
NOBODY = "-"
CARD = "ticket_card"
ASKED = {"kh": "note", "kl": "note", "kb": "reason", "tc": "caller"}


async def duty(ctx: Context) -> None:
    """/duty, /duty on, /duty off."""
    await ctx.door.send(await _turned(ctx, ctx.args[0] if ctx.args else ""))


async def turn(ctx: Context) -> None:
    """On, off, a language, a group of platforms."""
    await ctx.door.show(await _turned(ctx, ctx.args[0] if ctx.args else ""))


async def _turned(ctx: Context, what: str) -> Any:
    if what == "on":
        shift = await ctx.desk.do(helpdesk.go_on_duty, ctx.me)
    elif what == "off":
        shift = await ctx.desk.do(helpdesk.go_off_duty, ctx.me)
    elif what:
        shift = await ctx.desk.do(helpdesk.choose, ctx.me, what)
    else:
        shift = await ctx.desk.do(helpdesk.duty, ctx.me)
    return views.duty(ctx.voice, shift, ctx.desk.office.languages)


async def queue(ctx: Context) -> None:
    """/queue: own tickets, the line, the figures."""
    await ctx.enquiries.trees()
    found = await ctx.desk.do(supervision.queue, ctx.me)
    await ctx.door.send(views.queue(ctx.voice, found, ctx.desk.clock()))


async def claim(ctx: Context) -> None:
    """«I take it»: the first tap wins; somebody whose exam runs goes before all others."""
    await ctx.enquiries.trees()
    ticket_id = _ticket_id(ctx)
    try:
        ticket = await ctx.desk.do(helpdesk.claim, ctx.me, ticket_id)
    except Refusal as refusal:
        if refusal.code not in ("urgent_first", "ticket_taken", "ticket_over"):
            raise
        await ctx.door.toast(ctx.voice.refusal(refusal, ctx.desk.clock()), alert=True)
        urgent = refusal.params.get("ticket")
        shown = urgent if isinstance(urgent, int) else ticket_id
        ticket = await ctx.desk.do(helpdesk.open_card, ctx.me, shown)
    await _show(ctx, ticket)


async def look(ctx: Context) -> None:
    """A ticket's card, below the line."""
    await ctx.enquiries.trees()
    ticket = await ctx.desk.do(helpdesk.open_card, ctx.me, _ticket_id(ctx))
    number = await ctx.door.send(views.card(ctx.voice, ticket, ctx.desk.clock()))
    await ctx.desk.do(desk.adopt, ctx.me, CARD, ticket.id, number)


async def card(ctx: Context) -> None:
    """Back to the card."""
    await ctx.enquiries.trees()
    await _show(ctx, await ctx.desk.do(helpdesk.open_card, ctx.me, _ticket_id(ctx)))


async def _show(ctx: Context, ticket: TicketView) -> None:
    number = await ctx.door.show(views.card(ctx.voice, ticket, ctx.desk.clock()))
    await ctx.desk.do(desk.adopt, ctx.me, CARD, ticket.id, number)


def _does(work: Callable[..., TicketView]) -> Handler:
    """A tap that does one thing to a ticket and shows its card."""

    async def tap(ctx: Context) -> None:
        await ctx.enquiries.trees()
        await _show(ctx, await ctx.desk.do(work, ctx.me, _ticket_id(ctx)))

    return tap


def _lists(screen: Callable[..., Any]) -> Handler:
    """A tap that shows what may be done with a held ticket."""

    async def tap(ctx: Context) -> None:
        await ctx.enquiries.trees()
        ticket = await ctx.desk.do(helpdesk.open_card, ctx.me, _ticket_id(ctx))
        if not ticket.mine:
            raise Refusal("ticket_not_held", number=ticket.number)
        await ctx.door.show(screen(ctx.voice, ticket))

    return tap


async def more(ctx: Context) -> None:
    """What is done more seldom."""
    await ctx.enquiries.trees()
    ticket = await ctx.desk.do(helpdesk.open_card, ctx.me, _ticket_id(ctx))
    if not ticket.mine:
        raise Refusal("ticket_not_held", number=ticket.number)
    await ctx.door.show(views.more(ctx.voice, ticket, ctx.desk.clock()))


def _says(kind: str) -> Handler:
    """A tap that sends a ready answer or a fix, said in the asker's language."""

    async def tap(ctx: Context) -> None:
        trees = await ctx.enquiries.trees()
        ticket_id, name = _ticket_id(ctx), ctx.args[1] if len(ctx.args) > 1 else ""
        if not (name in views.CANNED if kind == "canned" else trees.has_fix(name)):
            raise Refusal("help_gone")
        await ctx.desk.do(talks.say, ctx.me, ticket_id, ctx.origin, kind=kind, text=name)
        await ctx.door.toast(ctx.voice.label("toast.sent"))
        await _show(ctx, await ctx.desk.do(helpdesk.open_card, ctx.me, ticket_id))

    return tap


async def report(ctx: Context) -> None:
    """The asker's force-majeure report, with the ticket's history, by one tap."""
    await ctx.enquiries.trees()
    held = await ctx.desk.do(helpdesk.open_card, ctx.me, _ticket_id(ctx))
    history = views.history(ctx.voices[held.language], held)
    ticket = await ctx.desk.do(helpdesk.report, ctx.me, held.id, ctx.origin, history)
    await ctx.door.toast(ctx.voice.label("toast.reported", number=ticket.case), alert=True)
    await _show(ctx, ticket)


def _asks(tap: str) -> Handler:
    """A tap that needs words first: a note, a reason, a student's id."""

    async def ask(ctx: Context) -> None:
        if tap == "tc":
            await ctx.desk.do(helping.desk, ctx.me, CALL)
            await ctx.form.open(NOTE, tap=tap, ticket=0)
        else:
            ticket = await ctx.desk.do(helpdesk.open_card, ctx.me, _ticket_id(ctx))
            if not ticket.mine:
                raise Refusal("ticket_not_held", number=ticket.number)
            await ctx.form.open(NOTE, tap=tap, ticket=ticket.id)
        await ctx.door.send(views.ask_note(ctx.voice, ASKED[tap]))

    return ask


async def noted(ctx: Context) -> None:
    """The words have come."""
    await ctx.form.close()
    await ctx.enquiries.trees()
    tap, ticket_id = str(ctx.form_data["tap"]), int(ctx.form_data["ticket"])
    if tap == "tc":
        await _for_caller(ctx)
        return
    if tap == "kb":
        ticket = await ctx.desk.do(helpdesk.block, ctx.me, ticket_id, ctx.text)
    else:
        ticket = await ctx.desk.do(helpdesk.hand_over, ctx.me, ticket_id, ctx.text, lead=tap == "kl")
    number = await ctx.door.send(views.card(ctx.voice, ticket, ctx.desk.clock()))
    await ctx.desk.do(desk.adopt, ctx.me, CARD, ticket.id, number)


async def _for_caller(ctx: Context) -> None:
    trees = await ctx.enquiries.trees()
    problem = trees.problems.get(await ctx.desk.do(helping.open_problem, ctx.me, CALL))
    group = trees.platforms[problem.platform].group if problem else ""
    ext_id = "" if ctx.text.strip() == NOBODY else ctx.text.strip()
    ticket = await ctx.desk.do(tickets.open_for_caller, ctx.me, group, ext_id, ctx.origin)
    await ctx.door.send(views.caller_ticket(ctx.voice, ticket, ctx.desk.clock()))


async def chart(ctx: Context) -> None:
    """What troubled most in the last day, as a picture."""
    await ctx.enquiries.trees()
    found = await ctx.desk.do(supervision.frequent, ctx.me)
    picture = await asyncio.to_thread(charts.drawn, load_views.chart(ctx.voice, found))
    await ctx.door.picture("help-desk.png", picture, load_views.caption(ctx.voice, found).words())


async def declare(ctx: Context) -> None:
    """A spike becomes a mass incident."""
    await ctx.enquiries.trees()
    found = await ctx.desk.do(spikes.declare, ctx.me, _spike_id(ctx))
    await ctx.door.show(load_views.spike(ctx.voice, found))


async def dismiss(ctx: Context) -> None:
    """A spike is nothing of the kind."""
    await ctx.enquiries.trees()
    found = await ctx.desk.do(spikes.dismiss, ctx.me, _spike_id(ctx))
    await ctx.door.show(load_views.spike(ctx.voice, found))


async def here(ctx: Context) -> None:
    """«I am here»: the shift goes on."""
    shift = await ctx.desk.do(helpdesk.here, ctx.me)
    await ctx.door.show(views.duty(ctx.voice, shift, ctx.desk.office.languages))


async def blocks(ctx: Context) -> None:
    """Blocks that wait for the call centre's look."""
    found = await ctx.desk.do(supervision.blocks, ctx.me)
    await ctx.door.show(views.blocks(ctx.voice, found, ctx.desk.clock()))


async def review(ctx: Context) -> None:
    """Keep or lift a block; the next one comes."""
    lift = ctx.args[1:] == ("l",)
    await ctx.desk.do(helpdesk.review, ctx.me, _ticket_id(ctx), lift=lift)
    await blocks(ctx)


def _spike_id(ctx: Context) -> int:
    number = ctx.number(0)
    if number is None:
        raise Refusal("spike_gone")
    return number


def _ticket_id(ctx: Context) -> int:
    number = ctx.number(0)
    if number is None:
        raise Refusal("ticket_gone")
    return number


Tap = Callable[[Context], Awaitable[None]]
COMMANDS: dict[str, Handler] = {"duty": duty, "queue": queue}
TAPS: dict[str, Tap] = {
    "dy": turn,
    "kc": claim,
    "kv": look,
    "k0": card,
    "kr": _does(helpdesk.resolve),
    "kp": _does(helpdesk.pause),
    "ki": _does(helpdesk.invite),
    "kn": _does(helpdesk.not_found),
    "kg": _does(helpdesk.give_back),
    "ka": _lists(views.canned),
    "kf": _lists(views.fixes),
    "km": more,
    "kt": _says("canned"),
    "kx": _says("fix"),
    "ks": report,
    "kh": _asks("kh"),
    "kl": _asks("kl"),
    "kb": _asks("kb"),
    "tc": _asks("tc"),
    "kw": chart,
    "sd": declare,
    "sn": dismiss,
    "dh": here,
    "kz": blocks,
    "ku": review,
}
FORMS: dict[str, Handler] = {NOTE: noted}
