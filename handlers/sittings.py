"""A sitting of the attestation commission: the secretary's taps, the members' votes, the end."""

from bot.dialogue.context import Context, Handler
from bot.errors import Refusal
from bot.rules.sittings import SittingView
from bot.services import ballots, defences, sitting_papers, sittings
from bot.views import sittings as views

FAILURE = "sitting_failure"
CLOCK = {"pause": defences.pause, "on": defences.go_on, "end": defences.end}


async def open_sitting(ctx: Context) -> None:
    """The day's list of an exam."""
    exam_id = ctx.number(0)
    if exam_id is None:
        raise Refusal("exam_gone")
    await _show(ctx, await ctx.desk.do(sittings.open_sitting, ctx.me, exam_id))


async def _show(ctx: Context, seen: SittingView) -> None:
    await ctx.door.show(views.sitting(ctx.voice, seen, ctx.desk.clock()))


def _case(ctx: Context) -> int:
    found = ctx.number(0)
    if found is None:
        raise Refusal("case_gone")
    return found


def _person(ctx: Context) -> int:
    return ctx.number(1) or 0


def _word(ctx: Context, index: int = 2) -> str:
    return ctx.args[index] if len(ctx.args) > index else ""


async def _student(ctx: Context, seen: SittingView, person_id: int) -> None:
    one = seen.defender(person_id)
    if one is None:
        raise Refusal("student_gone")
    await ctx.door.show(views.student(ctx.voice, seen, one, ctx.desk.clock()))


async def student(ctx: Context) -> None:
    """One student."""
    await _student(ctx, await ctx.desk.do(ballots.look, ctx.me, _case(ctx)), _person(ctx))


async def commission(ctx: Context) -> None:
    """Who is there?"""
    await ctx.door.show(views.commission(ctx.voice, await ctx.desk.do(ballots.look, ctx.me, _case(ctx))))


async def attend(ctx: Context) -> None:
    """One of them is, or is not any more."""
    seen = await ctx.desk.do(sittings.attend, ctx.me, _case(ctx), _person(ctx), ctx.origin)
    await ctx.door.show(views.commission(ctx.voice, seen))


async def identify(ctx: Context) -> None:
    """One thing was looked at."""
    seen = await ctx.desk.do(sittings.identify, ctx.me, _case(ctx), _person(ctx), _word(ctx), ctx.origin)
    await _student(ctx, seen, _person(ctx))


async def begin(ctx: Context) -> None:
    """The clock runs."""
    seen = await ctx.desk.do(defences.begin, ctx.me, _case(ctx), _person(ctx), ctx.origin)
    await _student(ctx, seen, _person(ctx))


async def earlier(ctx: Context) -> None:
    """One place earlier."""
    await _show(ctx, await ctx.desk.do(sittings.earlier, ctx.me, _case(ctx), _person(ctx), ctx.origin))


async def absent(ctx: Context) -> None:
    """Has not come, or has after all."""
    await _show(ctx, await ctx.desk.do(sittings.absent, ctx.me, _case(ctx), _person(ctx), ctx.origin))


async def ask_failure(ctx: Context) -> None:
    """What has failed?"""
    seen = await ctx.desk.do(ballots.look, ctx.me, _case(ctx))
    await ctx.form.open(FAILURE, case=seen.id)
    await ctx.door.send(views.ask_failure(ctx.voice))


async def failure(ctx: Context) -> None:
    """It was written: the act goes to the whole commission."""
    case_id = int(ctx.form_data["case"])
    seen = await ctx.desk.do(defences.failure, ctx.me, case_id, ctx.text, ctx.origin)
    await ctx.form.close()
    await ctx.door.send(views.failure_sent(ctx.voice, seen))


async def announce(ctx: Context) -> None:
    """Protocol and results."""
    await _show(ctx, await ctx.desk.do(sitting_papers.announce, ctx.me, _case(ctx), ctx.origin))


async def clock(ctx: Context) -> None:
    """A break, on again, or the end."""
    work = CLOCK.get(_word(ctx, 1))
    if work is None:
        raise Refusal("act_moved")
    await _show(ctx, await ctx.desk.do(work, ctx.me, _case(ctx), ctx.origin))


async def open_ballot(ctx: Context) -> None:
    """The commission is asked."""
    what, secret = _word(ctx), _word(ctx, 3) == "1"
    seen = await ctx.desk.do(
        ballots.open_ballot, ctx.me, _case(ctx), _person(ctx), what, ctx.origin, secret=secret
    )
    await _student(ctx, seen, _person(ctx))


async def vote(ctx: Context) -> None:
    """One vote."""
    what = _word(ctx)
    seen = await ctx.desk.do(ballots.vote, ctx.me, _case(ctx), _person(ctx), what, _word(ctx, 3), ctx.origin)
    await ctx.door.show(views.ballot(ctx.voice, seen, f"{_person(ctx)}:{what}", ctx.desk.clock()))


async def settle(ctx: Context) -> None:
    """The chair's word on equal votes."""
    what = _word(ctx)
    seen = await ctx.desk.do(
        ballots.settle, ctx.me, _case(ctx), _person(ctx), what, _word(ctx, 3), ctx.origin
    )
    await ctx.door.show(views.ballot(ctx.voice, seen, f"{_person(ctx)}:{what}", ctx.desk.clock()))


TAPS: dict[str, Handler] = {
    "ma": open_sitting,
    "mb": student,
    "mc": commission,
    "md": attend,
    "me": identify,
    "mf": begin,
    "mg": earlier,
    "mh": absent,
    "mi": ask_failure,
    "mj": announce,
    "mk": clock,
    "ml": open_ballot,
    "mm": vote,
    "mn": settle,
}
BEHIND = {"ma": "staff", "mb": "staff"}
FORMS: dict[str, Handler] = {FAILURE: failure}
