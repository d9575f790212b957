"""/steps: the algorithm of an exam or of a kind, one step at a time in one message."""

from bot.dialogue.context import Context, Handler
from bot.errors import Refusal
from bot.rules import walk
from bot.rules.walk import WalkView
from bot.services import exams, walks
from bot.views import walks as views


async def steps(ctx: Context) -> None:
    """My exam of today if there is one, else choose the kind; staff choose their work first."""
    today = await ctx.desk.do(exams.today, ctx.me)
    office = ctx.desk.office
    duties = _duties(ctx)
    if duties:
        await ctx.door.send(views.duties(ctx.voice, duties, today))
        return
    with_steps = [exam for exam in today if office.walk_of(exam.kind)]
    running = [exam for exam in with_steps if exam.span.phase(ctx.desk.clock()) == "running"]
    only = running if len(running) == 1 else with_steps
    if len(only) == 1 and not ctx.tapped:
        algorithm = walks.walk_for_exam(office, only[0])
        view = await ctx.desk.do(walks.open_walk, ctx.me, algorithm.id, only[0].id)
        await ctx.door.send(views.step(ctx.voice, office.policy, view, ctx.desk.clock()))
        return
    listed = walk.offered(office.algorithms.values(), frozenset())
    await ctx.door.send(views.kinds(ctx.voice, listed, with_steps))


def _duties(ctx: Context) -> list[str]:
    return walk.duties(ctx.desk.office.algorithms.values(), ctx.me.roles)


async def exam_steps(ctx: Context) -> None:
    """An exam of today was tapped: a student's walk, or what staff may do at it."""
    office = ctx.desk.office
    exam = await ctx.desk.do(exams.one, ctx.me, ctx.number(0) or 0)
    mine = walk.at_exam(office.algorithms.values(), ctx.me.roles, exam.kind) if _duties(ctx) else []
    if len(mine) > 1:
        await ctx.door.show(views.duties_at(ctx.voice, exam, mine, ctx.desk.clock()))
        return
    algorithm = mine[0] if mine else walks.walk_for_exam(office, exam)
    await _show(ctx, await ctx.desk.do(walks.open_walk, ctx.me, algorithm.id, exam.id))


async def duty(ctx: Context) -> None:
    """Staff: the choice of work, or the kinds of one; a duty without kinds opens at once."""
    duties = _duties(ctx)
    phase = ctx.args[0] if ctx.args else ""
    if not duties or (phase and phase not in duties):
        raise Refusal("walk_gone")
    if not phase:
        today = await ctx.desk.do(exams.today, ctx.me)
        await ctx.door.show(views.duties(ctx.voice, duties, today))
        return
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
    "wr": duty,
}
