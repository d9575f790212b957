"""The commission of an appeal changed by hand: who goes, who comes."""

from bot.dialogue.context import Context, Handler
from bot.errors import Refusal
from bot.services import seats
from bot.views import seats as views

SEAT = "seat"
AGAIN = frozenset({"seat_conflict", "seat_even", "seat_few", "seat_taken", "case_moved"})
"""Said over the chat; then the commission is shown as it is."""


async def show(ctx: Context) -> None:
    """Who sits."""
    await ctx.form.close()
    await _show(ctx, ctx.must(0, Refusal("case_gone")))


async def _show(ctx: Context, case_id: int) -> None:
    await ctx.door.show(views.seats(ctx.voice, await ctx.desk.do(seats.shown, ctx.me, case_id)))


async def ask(ctx: Context) -> None:
    """Somebody was tapped, or «add»: who comes?"""
    await _choose(ctx, ctx.must(0, Refusal("case_gone")), ctx.number(2) or views.NOBODY, views.NOBODY)


async def _choose(ctx: Context, case_id: int, out: int, first: int, words: str = "") -> None:
    found = await ctx.desk.do(seats.shown, ctx.me, case_id, words)
    await ctx.form.open(SEAT, case=case_id, out=out, first=first)
    await ctx.door.show(views.choose(ctx.voice, found, out, first))


async def typed(ctx: Context) -> None:
    """A name or an id was typed."""
    if not ctx.text.strip():
        raise Refusal("seat_type")
    data = ctx.form_data
    await _choose(ctx, int(data["case"]), int(data["out"]), int(data["first"]), ctx.text.strip())


async def change(ctx: Context) -> None:
    """Who comes was tapped. Where the number must be odd, two come at once."""
    case_id, revision = ctx.must(0, Refusal("case_gone")), ctx.must(1, Refusal("case_gone"))
    out, chosen = ctx.number(2) or views.NOBODY, [ctx.number(place) for place in (3, 4)]
    into = [person for person in chosen if person]
    found = await ctx.desk.do(seats.shown, ctx.me, case_id)
    if found.odd and not out and len(into) == 1 and len(found.seated) % 2:
        await _choose(ctx, case_id, out, into[0])
        return
    await ctx.form.close()
    try:
        gone = [out] if out else []
        await ctx.desk.do(seats.change, ctx.me, case_id, revision, ctx.origin, out=gone, into=into)
    except Refusal as refusal:
        if refusal.code not in AGAIN:
            raise
        await ctx.door.toast(ctx.voice.refusal(refusal, ctx.desk.clock()), alert=True)
    await _after(ctx, case_id)


async def _after(ctx: Context, case_id: int) -> None:
    """The commission as it is; a chair who has gone sees no more than that it is done."""
    try:
        await _show(ctx, case_id)
    except Refusal as refusal:
        if refusal.code != "not_yours":
            raise
        await ctx.door.show(views.done(ctx.voice))


TAPS: dict[str, Handler] = {"ah": show, "aj": ask, "am": change}
BEHIND = {"ah": "staff", "aj": "staff"}
FORMS: dict[str, Handler] = {SEAT: typed}
