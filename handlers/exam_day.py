"""The exam day of whoever holds an exam: its live card, its students, the start, calls and results."""

from bot.dialogue.context import Context, Handler
from bot.errors import Refusal
from bot.rules import walk
from bot.rules.exam_cards import ExamCard
from bot.services import exam_cards, exam_day, exam_desk, exams, rehearsal, tickets, walks
from bot.views import exam_cards as views
from bot.views import rehearsal as rehearsal_views
from bot.views import tickets as ticket_views
from bot.views import timetable as timetable_views
from bot.views import walks as walk_views
from bot.views.screen import Screen

TOASTED = frozenset({"student_unreachable", "called_already", "start_early", "start_over"})
"""Refusals that are said over the card, which stays."""


async def open_card(ctx: Context) -> None:
    """The card, new in the chat; from now on it keeps itself current."""
    screen = views.card(ctx.voice, await _card(ctx), ctx.desk.clock())
    await _adopt(ctx, await ctx.door.send(screen))


async def card(ctx: Context) -> None:
    """The same in place of the message that was tapped."""
    screen = views.card(ctx.voice, await _card(ctx), ctx.desk.clock())
    await _adopt(ctx, await ctx.door.show(screen))


async def _card(ctx: Context) -> ExamCard:
    return await ctx.desk.do(exam_cards.show, ctx.me, _exam(ctx))


async def _adopt(ctx: Context, message_id: int) -> None:
    await ctx.desk.do(exam_cards.adopt, ctx.me, _exam(ctx), message_id)


def _exam(ctx: Context) -> int:
    exam_id = ctx.number(0)
    if exam_id is None:
        raise Refusal("exam_gone")
    return exam_id


async def begun(ctx: Context) -> None:
    """It began on time, or just now."""
    on_time = ctx.number(1) == views.ON_TIME
    try:
        await ctx.desk.do(exam_day.begun, ctx.me, _exam(ctx), on_time=on_time)
    except Refusal as refusal:
        if refusal.code not in TOASTED:
            raise
        await ctx.door.toast(ctx.voice.refusal(refusal, ctx.desk.clock()), alert=True)
        return
    await card(ctx)


async def students(ctx: Context) -> None:
    """The exam's students, below the card."""
    await ctx.door.send(views.students(ctx.voice, await _card(ctx), 0))


async def turn_page(ctx: Context) -> None:
    """Another page of the list, or back to it, in place."""
    await ctx.door.show(views.students(ctx.voice, await _card(ctx), ctx.number(1) or 0))


async def student(ctx: Context) -> None:
    """One student, in place of the list."""
    await ctx.door.show(await _student(ctx))


async def _student(ctx: Context) -> Screen:
    screen = views.student(ctx.voice, await _card(ctx), ctx.number(1) or 0, ctx.desk.clock())
    if screen is None:
        raise Refusal("student_gone")
    return screen


async def call(ctx: Context) -> None:
    """Ask a student to come."""
    try:
        await ctx.desk.do(exam_day.call, ctx.me, _exam(ctx), ctx.number(1) or 0, ctx.origin)
    except Refusal as refusal:
        if refusal.code not in TOASTED:
            raise
        await ctx.door.toast(ctx.voice.refusal(refusal, ctx.desk.clock()), alert=True)
        return
    await ctx.door.show(await _student(ctx))


async def call_helper(ctx: Context) -> None:
    """A helper is asked for: for one student, or for the whole exam."""
    student_id = ctx.number(1) or 0
    ticket, own = await ctx.desk.do(tickets.call_to_exam, ctx.me, _exam(ctx), student_id, ctx.origin)
    if not own:
        await ctx.door.show(await _student(ctx))
        return
    number = await ctx.door.send(ticket_views.opened(ctx.voice, ticket, ctx.desk.clock()))
    await ctx.desk.do(tickets.shown, ctx.me, ticket, number)


async def coming(ctx: Context) -> None:
    """The student answers the call."""
    await ctx.desk.do(exam_day.answer_call, ctx.me, _exam(ctx))
    exam = await ctx.desk.do(exams.one, ctx.me, _exam(ctx))
    await ctx.door.show(views.answered(ctx.voice, exam))


async def reports(ctx: Context) -> None:
    """Open reports of the exam, below the card."""
    await ctx.door.send(views.reports(ctx.voice, await _card(ctx), ctx.me.person_id))


async def steps(ctx: Context) -> None:
    """What the reader does at this exam, below the card."""
    found = await _card(ctx)
    mine = walk.at_exam(ctx.desk.office.algorithms.values(), ctx.me.roles, found.exam.kind)
    if not mine:
        raise Refusal("walk_gone")
    now = ctx.desk.clock()
    if len(mine) > 1:
        await ctx.door.send(walk_views.duties_at(ctx.voice, found.exam, mine, now))
        return
    view = await ctx.desk.do(walks.open_walk, ctx.me, mine[0].id, found.exam.id)
    await ctx.door.send(walk_views.step(ctx.voice, ctx.desk.office.policy, view, now))


async def ask_published(ctx: Context) -> None:
    """Are the results out?"""
    await ctx.door.send(views.ask_published(ctx.voice, (await _card(ctx)).exam))


async def published(ctx: Context) -> None:
    """They are: the window for appeals opens."""
    at = await ctx.desk.do(exam_day.publish, ctx.me, _exam(ctx))
    found = await _card(ctx)
    await ctx.door.show(views.published(ctx.voice, found.exam, at, ctx.desk.clock()))


async def change(ctx: Context) -> None:
    """What may be changed of the exam, below the card."""
    found = await ctx.desk.do(exam_desk.look, ctx.me, _exam(ctx))
    minutes = ctx.desk.office.policy.extend_minutes
    await ctx.door.send(timetable_views.menu(ctx.voice, found, minutes, ctx.desk.clock()))


async def gaps(ctx: Context) -> None:
    """Whom the bot cannot reach, as it stands now; another page."""
    check, key, number = ctx.args[0] if ctx.args else "", ctx.number(1), ctx.number(2)
    found = await ctx.desk.do(rehearsal.look, ctx.me, check, key or 0, number or 0)
    await ctx.door.show(rehearsal_views.gaps(ctx.voice, found, ctx.desk.clock()))


TAPS: dict[str, Handler] = {
    "do": open_card,
    "dc": card,
    "db": begun,
    "ds": students,
    "dt": turn_page,
    "dp": student,
    "dq": call,
    "dm": call_helper,
    "da": coming,
    "dr": reports,
    "dw": steps,
    "du": ask_published,
    "dv": published,
    "dk": gaps,
    "dx": change,
}
BEHIND = dict.fromkeys(("do", "dc", "ds", "dt", "dp", "dr", "dw", "du", "dk", "dx"), "staff")
