"""/steps: the algorithm of an exam or of a kind, one step at a time in one message."""

from bot.dialogue.context import Context, Handler
from bot.rules.walk import WalkView
from bot.services import exams, walks
from bot.views import walks as views


async def steps(ctx: Context) -> None:
    """My exam of today if there is one, else choose the kind."""
    today = await ctx.desk.do(exams.today, ctx.me)
    office = ctx.desk.office
    with_steps = [exam for exam in today if office.walk_of(exam.kind)]
    running = [exam for exam in with_steps if exam.span.phase(ctx.desk.clock()) == "running"]
    only = running if len(running) == 1 else with_steps
    if len(only) == 1 and not ctx.tapped:
        algorithm = walks.walk_for_exam(office, only[0])
        view = await ctx.desk.do(walks.open_walk, ctx.me, algorithm.id, only[0].id)
        await ctx.door.send(views.step(ctx.voice, office.policy, view, ctx.desk.clock()))
        return
    listed = [a for a in office.algorithms.values() if a.phase in ("take", "etiquette")]
    await ctx.door.send(views.kinds(ctx.voice, listed, with_steps))


async def exam_steps(ctx: Context) -> None:
    """An exam of today was tapped in the list of kinds."""
    exam = await ctx.desk.do(exams.one, ctx.me, ctx.number(0) or 0)
    algorithm = walks.walk_for_exam(ctx.desk.office, exam)
    view = await ctx.desk.do(walks.open_walk, ctx.me, algorithm.id, exam.id)
    await _show(ctx, view)


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
    view = await ctx.desk.do(walks.step, ctx.me, algorithm_id, exam_id, position or 0, done=True)
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
}
