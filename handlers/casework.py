"""A report on its way to a decision: promises, handing over, decisions, outages, the student's taps."""

from collections.abc import Callable
from typing import Any

from bot.dialogue import typed
from bot.dialogue.context import Context, Handler
from bot.errors import Refusal
from bot.rules import decisions as rules
from bot.rules.cases import CaseView
from bot.rules.decisions import Ruling, Verdict
from bot.services import behalf, case_papers, cases, casework, decisions, holding, outages
from bot.views import cases as views
from bot.views import holding as menus

RULING = "ruling"
STALE = frozenset({"taken_by", "case_over", "case_moved", "not_holder"})
"""The case is elsewhere by now: said in short, and shown as it is."""

TYPED = frozenset({Verdict.ORDER, Verdict.REFUSED})
"""Decisions that need words."""


def _key(ctx: Context) -> tuple[int, int | None]:
    case_id = ctx.number(0)
    if case_id is None:
        raise Refusal("case_gone")
    return case_id, ctx.number(1)


async def _shown(ctx: Context, case_id: int) -> CaseView:
    return await ctx.desk.do(cases.show, ctx.me, case_id)


async def _card(ctx: Context, case_id: int) -> None:
    """The case as it stands, in place of the message whose button was tapped."""
    case = await _shown(ctx, case_id)
    promises = ctx.desk.office.policy.force_majeure.promised(case.stage)
    await ctx.door.show(views.card(ctx.voice, case, ctx.desk.clock(), promises, ctx.me.person_id))


async def _status(ctx: Context, case_id: int) -> None:
    case = await _shown(ctx, case_id)
    phones = ctx.desk.office.policy.phones
    number = await ctx.door.show(views.status(ctx.voice, case, phones, ctx.desk.clock()))
    await ctx.desk.do(casework.shown, ctx.me, case_id, number)


async def _late(ctx: Context, case_id: int, refusal: Refusal) -> None:
    """Somebody else was first: said in short, then the case as it is."""
    if refusal.code not in STALE:
        raise refusal
    await ctx.door.toast(ctx.voice.refusal(refusal, ctx.desk.clock()), alert=True)
    await _card(ctx, case_id)


async def choose(ctx: Context) -> None:
    """Which decision?"""
    case_id, revision = _key(ctx)
    try:
        offered = await ctx.desk.do(decisions.choices, ctx.me, case_id, revision)
    except Refusal as refusal:
        await _late(ctx, case_id, refusal)
        return
    await ctx.door.show(
        menus.decisions(ctx.voice, await ctx.desk.do(decisions.shown, ctx.me, case_id), offered)
    )


async def verdict(ctx: Context) -> None:
    """A decision, or what it still needs: a time, an order's number and date, a reason."""
    case_id, revision = _key(ctx)
    try:
        chosen = Verdict(ctx.args[2])
    except (IndexError, ValueError):
        raise Refusal("not_now") from None
    if chosen is Verdict.SAME_DAY:
        case = await ctx.desk.do(decisions.shown, ctx.me, case_id)
        moments = rules.slots(ctx.desk.clock(), ctx.desk.office.zone)
        await ctx.form.open(RULING, case=case_id, revision=revision, verdict=chosen.value)
        await ctx.door.show(menus.times(ctx.voice, case, moments))
        return
    if chosen in TYPED:
        case = await ctx.desk.do(decisions.shown, ctx.me, case_id)
        await ctx.form.open(RULING, case=case_id, revision=revision, verdict=chosen.value)
        await ctx.door.send(menus.ask(ctx.voice, case, chosen))
        return
    await _decide(ctx, case_id, revision, Ruling(chosen))


async def at_time(ctx: Context) -> None:
    """The time of the second sitting today, by a tap."""
    case_id, revision = _key(ctx)
    at = typed.stamped(ctx, 2)
    await ctx.form.close()
    await _decide(ctx, case_id, revision, Ruling(Verdict.SAME_DAY, at))


async def _decide(ctx: Context, case_id: int, revision: int | None, ruling: Ruling) -> None:
    try:
        await ctx.desk.do(decisions.decide, ctx.me, case_id, ctx.origin, ruling, revision)
    except Refusal as refusal:
        await _late(ctx, case_id, refusal)
        return
    await _after(ctx, case_id)


async def _after(ctx: Context, case_id: int) -> None:
    """The card after an act of whoever may no longer see it (handed on) is a plain confirmation."""
    case = await ctx.desk.do(decisions.shown, ctx.me, case_id)
    promises = ctx.desk.office.policy.force_majeure.promised(case.stage)
    await ctx.door.show(views.card(ctx.voice, case, ctx.desk.clock(), promises, ctx.me.person_id))


async def ruling(ctx: Context) -> None:
    """What a decision still needed, typed: `№ 12 28.12.2026 10:00`, a reason, or a time of today."""
    chosen = Verdict(ctx.form_data["verdict"])
    case_id, revision = int(ctx.form_data["case"]), ctx.form_data.get("revision")
    if chosen is Verdict.REFUSED:
        made = Ruling(chosen, reason=ctx.text.strip())
    else:
        number, at = typed.words_and_time(ctx)
        made = Ruling(chosen, at=at, number=number if chosen is Verdict.ORDER else "")
        if at is None:
            raise Refusal("time_unread")
    await ctx.desk.do(decisions.decide, ctx.me, case_id, ctx.origin, made, revision)
    await _after(ctx, case_id)
    await ctx.form.close()


async def promise_menu(ctx: Context) -> None:
    """What do you promise now?"""
    case_id, _ = _key(ctx)
    case = await _shown(ctx, case_id)
    await ctx.door.show(
        menus.promises(ctx.voice, case, ctx.desk.office.policy.force_majeure.promised(case.stage))
    )


def _does(work: Callable[..., Any], *, stays: bool = True) -> Handler:
    """A tap that moves a report; without `stays` it may be the reader's no more."""

    async def tap(ctx: Context) -> None:
        case_id, revision = _key(ctx)
        try:
            await ctx.desk.do(work, ctx.me, case_id, ctx.origin, revision=revision, **_more(ctx, work))
        except Refusal as refusal:
            await _late(ctx, case_id, refusal)
            return
        await (_card if stays else _after)(ctx, case_id)

    return tap


def _more(ctx: Context, work: Callable[..., Any]) -> dict[str, Any]:
    """What else the tap says: the promise; the step of the chain, and the person of it."""
    if work is holding.promise:
        return {"what": ctx.args[2] if len(ctx.args) > 2 else ""}
    if work is not holding.hand_over:
        return {}
    step = ctx.number(2)
    if step is None:
        raise Refusal("not_now")
    return {"step": step, "person_id": ctx.number(3)}


async def hand_menu(ctx: Context) -> None:
    """To whom does it go?"""
    case_id, revision = _key(ctx)
    try:
        number, seats = await ctx.desk.do(holding.seats, ctx.me, case_id, revision)
    except Refusal as refusal:
        await _late(ctx, case_id, refusal)
        return
    case = await _shown(ctx, case_id)
    await ctx.door.show(menus.hand_over(ctx.voice, number, seats, (case_id, case.revision)))


async def minutes(ctx: Context) -> None:
    """The examiner gives the lost minutes back."""
    case_id, revision = _key(ctx)
    await ctx.desk.do(outages.give_back, ctx.me, case_id, ctx.origin, revision)
    await _card(ctx, case_id)


async def send_act(ctx: Context) -> None:
    """The secretary's act goes to every member."""
    case_id, revision = _key(ctx)
    await ctx.desk.do(decisions.send_act, ctx.me, case_id, ctx.origin, revision)
    await _after(ctx, case_id)


async def history(ctx: Context) -> None:
    """Who did what, and when."""
    case_id, _ = _key(ctx)
    case, lines = await ctx.desk.do(cases.history, ctx.me, case_id)
    await ctx.door.show(menus.history(ctx.voice, case, lines, ctx.desk.clock()))


async def back(ctx: Context) -> None:
    """«It is back»."""
    case_id, _ = _key(ctx)
    await ctx.desk.do(outages.back, ctx.me, case_id, ctx.origin)
    await _status(ctx, case_id)


async def gone(ctx: Context) -> None:
    """«It is gone again»."""
    case_id, _ = _key(ctx)
    await ctx.desk.do(outages.gone, ctx.me, case_id, ctx.origin, None)
    await _status(ctx, case_id)


async def withdraw(ctx: Context) -> None:
    """«It works again, I went on»."""
    case_id, _ = _key(ctx)
    await ctx.desk.do(decisions.withdraw, ctx.me, case_id, ctx.origin)
    await _status(ctx, case_id)


async def apply(ctx: Context) -> None:
    """The application for an admission on another day."""
    case_id, _ = _key(ctx)
    await ctx.desk.do(decisions.apply, ctx.me, case_id, ctx.origin)
    await _status(ctx, case_id)


async def confirm(ctx: Context) -> None:
    """A report that somebody else filed for me is true."""
    case_id, _ = _key(ctx)
    await ctx.desk.do(behalf.confirm, ctx.me, case_id, ctx.origin)
    await _status(ctx, case_id)


async def certificate(ctx: Context) -> None:
    """A certificate of the interruption, as a document."""
    await ctx.desk.do(case_papers.on_request, ctx.me, _key(ctx)[0], case_papers.CERTIFICATE)
    await ctx.door.toast(ctx.voice.t("paper.coming"))


async def history_paper(ctx: Context) -> None:
    """The history, as a document."""
    await ctx.desk.do(case_papers.on_request, ctx.me, _key(ctx)[0], case_papers.HISTORY)
    await ctx.door.toast(ctx.voice.t("paper.coming"))


TAPS: dict[str, Handler] = {
    "je": certificate,
    "jf": history_paper,
    "jd": choose,
    "jv": verdict,
    "jt": at_time,
    "jp": promise_menu,
    "jq": _does(holding.promise),
    "jk": _does(holding.keep),
    "jh": hand_menu,
    "jx": _does(holding.hand_over, stays=False),
    "jg": _does(holding.give_back),
    "ju": _does(holding.take_over),
    "jm": minutes,
    "ja": send_act,
    "jl": history,
    "jb": back,
    "jo": gone,
    "jw": withdraw,
    "jr": apply,
    "jc": confirm,
}
BEHIND = {"jd": "staff", "jh": "staff", "jl": "staff", "jp": "staff"}
FORMS: dict[str, Handler] = {RULING: ruling}
