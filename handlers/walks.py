"""/steps: the algorithm of an exam or of a kind, one step at a time in one message."""

from collections.abc import Sequence

from bot.dialogue.context import Context, Handler
from bot.errors import Refusal
from bot.rules import walk
from bot.rules.exams import ExamBrief
from bot.rules.vocabulary import PersonKind
from bot.rules.walk import WalkView
from bot.services import exams, preparation, walks
from bot.views import walks as views
from bot.views.screen import Screen


async def steps(ctx: Context) -> None:
    """My exam of today if there is one, else choose: staff their work, everybody else the kind."""
    today = await ctx.desk.look(exams.today, ctx.me)
    running = [exam for exam in today if exam.span.phase(ctx.desk.clock()) == "running"]
    only = running if len(running) == 1 else today
    if len(only) == 1:
        await ctx.door.send(await _at_exam(ctx, only[0]))
    else:
        await ctx.door.send(_choice(ctx, today))


def _duties(ctx: Context) -> list[str]:
    return walk.duties(ctx.desk.office.algorithms.values(), ctx.me.roles)


def _choice(ctx: Context, today: Sequence[ExamBrief]) -> Screen:
    """Everything the reader may choose from, exams of today first."""
    duties = _duties(ctx)
    if duties:
        return views.duties(ctx.voice, duties, today)
    listed = walk.offered(ctx.desk.office.algorithms.values(), frozenset())
    return views.kinds(ctx.voice, listed, today, by_staff=ctx.me.kind is PersonKind.STAFF)


async def _at_exam(ctx: Context, exam: ExamBrief) -> Screen:
    """One exam: a student's walk, what staff may do there, or whom to ask where the source is silent."""
    office, now = ctx.desk.office, ctx.desk.clock()
    mine = walk.for_exam(office.algorithms.values(), ctx.me.roles, exam.kind)
    if len(mine) > 1:
        return views.duties_at(ctx.voice, exam, mine, now)
    if not mine:
        rules = walk.procedures(office.algorithms.values())
        return views.silent(ctx.voice, office.policy.phones, exam, rules, now)
    view = await ctx.desk.do(walks.open_walk, ctx.me, mine[0].id, exam.id)
    return views.step(ctx.voice, office.policy, view, now)


async def exam_steps(ctx: Context) -> None:
    """An exam was tapped among the steps: its steps in place of the choice."""
    exam = await ctx.desk.look(exams.one, ctx.me, ctx.number(0) or 0)
    await ctx.door.show(await _at_exam(ctx, exam))


async def exam_steps_new(ctx: Context) -> None:
    """The same below a card, which stays as it is."""
    exam = await ctx.desk.look(exams.one, ctx.me, ctx.number(0) or 0)
    await ctx.door.send(await _at_exam(ctx, exam))


async def duty(ctx: Context) -> None:
    """The choice again; staff: the kinds of one work, and work without kinds opens at once."""
    duties = _duties(ctx)
    phase = ctx.args[0] if ctx.args else ""
    if not phase:
        await ctx.door.show(_choice(ctx, await ctx.desk.look(exams.today, ctx.me)))
        return
    if phase not in duties:
        raise Refusal("walk_gone")
    seen = walk.offered(ctx.desk.office.algorithms.values(), ctx.me.roles)
    found = [algorithm for algorithm in seen if algorithm.phase == phase]
    if len(found) > 1:
        await ctx.door.show(views.duty(ctx.voice, phase, found))
    else:
        await _show(ctx, await ctx.desk.do(walks.open_walk, ctx.me, found[0].id, None))


async def go(ctx: Context) -> None:
    """Show a step: the reader's own place, or the one the button names."""
    await _show(ctx, await _seen(ctx))


async def _seen(ctx: Context) -> WalkView:
    algorithm_id, exam_id, position = _where(ctx)
    if position is None:
        return await ctx.desk.do(walks.open_walk, ctx.me, algorithm_id, exam_id)
    return await ctx.desk.do(walks.step, ctx.me, algorithm_id, exam_id, position, done=False)


async def open_new(ctx: Context) -> None:
    """Open a walk below a notice or a card, which stays as it is."""
    await _show(ctx, await _seen(ctx), fresh=True)


async def done(ctx: Context) -> None:
    """A step is done; the next one comes."""
    algorithm_id, exam_id, position = _where(ctx)
    if position is None:
        raise Refusal("walk_gone")
    view = await ctx.desk.do(walks.step, ctx.me, algorithm_id, exam_id, position, done=True)
    await _show(ctx, view)


async def prepare(ctx: Context) -> None:
    """The student begins to prepare: the clock runs."""
    algorithm_id, exam_id, position = _where(ctx)
    if exam_id is None or position is None:
        raise Refusal("walk_gone")
    await ctx.desk.do(preparation.begin, ctx.me, exam_id, ctx.origin)
    await _show(ctx, await ctx.desk.do(walks.step, ctx.me, algorithm_id, exam_id, position, done=False))


async def whole(ctx: Context) -> None:
    """All steps in one list."""
    algorithm_id, exam_id, _ = _where(ctx)
    view = await ctx.desk.do(walks.open_walk, ctx.me, algorithm_id, exam_id)
    await ctx.door.show(views.whole_list(ctx.voice, view))


async def problem(ctx: Context) -> None:
    """«I have a problem» at a step."""
    algorithm_id, exam_id, _ = _where(ctx)
    view = await ctx.desk.do(walks.open_walk, ctx.me, algorithm_id, exam_id)
    if not view.algorithm.kind and view.exam is None:
        raise Refusal("walk_gone")
    await ctx.door.show(views.problem(ctx.voice, ctx.desk.office.policy, view))


async def _show(ctx: Context, view: WalkView, *, fresh: bool = False) -> None:
    screen = views.step(ctx.voice, ctx.desk.office.policy, view, ctx.desk.clock())
    await (ctx.door.send(screen) if fresh else ctx.door.show(screen))


def _where(ctx: Context) -> tuple[str, int | None, int | None]:
    return (ctx.args[0] if ctx.args else ""), ctx.number(1), ctx.number(2)


COMMANDS: dict[str, Handler] = {"steps": steps}
TAPS: dict[str, Handler] = {
    "wk": go,
    "wo": open_new,
    "wd": done,
    "wl": whole,
    "wp": problem,
    "wx": exam_steps,
    "wn": exam_steps_new,
    "wr": duty,
    "wy": prepare,
}
