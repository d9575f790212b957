"""The timetable changed from the phone: move, extend, cancel, one student's minutes; asked, then done."""

import datetime as dt

from bot.dialogue.context import Context, Handler
from bot.errors import Refusal
from bot.rules import timetable as rules
from bot.rules.exams import ExamBrief
from bot.rules.timetable import Changeable, Student
from bot.services import exam_desk
from bot.views import timetable as views
from bot.views.screen import Screen

MOVE = "move_exam"


async def listed(ctx: Context) -> None:
    """Exams that the reader may change."""
    found = await ctx.desk.do(exam_desk.mine, ctx.me)
    await ctx.door.show(views.listed(ctx.voice, found, ctx.number(0) or 0, ctx.desk.clock()))


async def menu(ctx: Context) -> None:
    """What may be changed of an exam."""
    await _close(ctx)
    found = await _look(ctx)
    minutes = ctx.desk.office.policy.extend_minutes
    await ctx.door.show(views.menu(ctx.voice, found, minutes, ctx.desk.clock()))


async def ask_more(ctx: Context) -> None:
    """So many minutes more?"""
    found = await _current(ctx)
    await ctx.door.show(views.confirm_more(ctx.voice, found.exam, _arg(ctx, 2), ctx.desk.clock()))


async def extend(ctx: Context) -> None:
    """Yes: for everybody."""
    args = _arg(ctx, 0), _arg(ctx, 1), _arg(ctx, 2)
    exam = await ctx.desk.do(exam_desk.extend, ctx.me, *args, ctx.origin)
    await ctx.door.show(views.changed(ctx.voice, exam, ctx.desk.clock()))


async def ask_day(ctx: Context) -> None:
    """To which day? The next message may name day and hour."""
    found = await _current(ctx)
    await ctx.form.open(MOVE, exam=found.exam.id, revision=found.exam.revision)
    screen = views.choose_day(ctx.voice, found.exam, ctx.desk.clock(), ctx.desk.office.zone)
    await ctx.door.show(screen)


async def ask_hour(ctx: Context) -> None:
    """At which hour?"""
    found = await _current(ctx)
    try:
        day = dt.date.fromordinal(_arg(ctx, 2))
        zone = ctx.desk.office.zone
        dt.datetime.combine(day, dt.time(), zone).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise Refusal("exam_changed") from None
    await ctx.door.show(views.choose_hour(ctx.voice, found.exam, day, ctx.desk.clock(), zone))


async def ask_move(ctx: Context) -> None:
    """To that time?"""
    await _close(ctx)
    found = await _current(ctx)
    await ctx.door.show(_asked(ctx, found.exam, _moment(ctx)))


async def typed(ctx: Context) -> None:
    """Day and hour were typed: asked before they are taken."""
    exam_id, revision = int(ctx.form_data["exam"]), int(ctx.form_data["revision"])
    found = await ctx.desk.do(exam_desk.look, ctx.me, exam_id)
    rules.require_current(found.exam.revision, revision)
    starts_at = rules.typed(ctx.text, ctx.desk.clock(), ctx.desk.office.zone)
    await ctx.door.send(_asked(ctx, found.exam, starts_at))
    await ctx.form.close()


async def move(ctx: Context) -> None:
    """Yes: to that time."""
    await _close(ctx)
    args = _arg(ctx, 0), _arg(ctx, 1), _moment(ctx)
    exam = await ctx.desk.do(exam_desk.move, ctx.me, *args, ctx.origin)
    await ctx.door.show(views.changed(ctx.voice, exam, ctx.desk.clock()))


async def ask_cancel(ctx: Context) -> None:
    """Call it off?"""
    found = await _current(ctx)
    await ctx.door.show(views.confirm_cancel(ctx.voice, found.exam, ctx.desk.clock()))


async def cancel(ctx: Context) -> None:
    """Yes: called off."""
    exam = await ctx.desk.do(exam_desk.cancel, ctx.me, _arg(ctx, 0), _arg(ctx, 1), ctx.origin)
    await ctx.door.show(views.changed(ctx.voice, exam, ctx.desk.clock()))


async def ask_whom(ctx: Context) -> None:
    """Which student?"""
    found = await _current(ctx)
    await ctx.door.show(views.choose_student(ctx.voice, found, _arg(ctx, 2), ctx.desk.clock()))


async def ask_minutes(ctx: Context) -> None:
    """How many minutes?"""
    found = await _current(ctx)
    minutes = ctx.desk.office.policy.extend_minutes
    screen = views.choose_minutes(ctx.voice, found.exam, _student(ctx, found), minutes, ctx.desk.clock())
    await ctx.door.show(screen)


async def ask_give(ctx: Context) -> None:
    """So many minutes for this one?"""
    found = await _current(ctx)
    student, minutes = _student(ctx, found), _arg(ctx, 3)
    await ctx.door.show(views.confirm_give(ctx.voice, found.exam, student, minutes, ctx.desk.clock()))


async def give(ctx: Context) -> None:
    """Yes: for this one."""
    exam_id, revision, student_id, minutes, had = (_arg(ctx, index) for index in range(5))
    exam, student = await ctx.desk.do(
        exam_desk.give, ctx.me, exam_id, revision, student_id, minutes, had, ctx.origin
    )
    await ctx.door.show(views.given(ctx.voice, exam, student, ctx.desk.clock()))


async def _look(ctx: Context) -> Changeable:
    return await ctx.desk.do(exam_desk.look, ctx.me, _arg(ctx, 0))


async def _current(ctx: Context) -> Changeable:
    found = await _look(ctx)
    rules.require_current(found.exam.revision, _arg(ctx, 1))
    return found


async def _close(ctx: Context) -> None:
    if ctx.form_name == MOVE:
        await ctx.form.close()


def _asked(ctx: Context, exam: ExamBrief, starts_at: dt.datetime) -> Screen:
    rules.moved(exam.span, starts_at, ctx.desk.clock())
    return views.confirm_move(ctx.voice, exam, starts_at, ctx.desk.clock())


def _moment(ctx: Context) -> dt.datetime:
    try:
        return dt.datetime.fromtimestamp(_arg(ctx, 2) * 60, dt.UTC)
    except (ValueError, OverflowError, OSError):
        raise Refusal("exam_changed") from None


def _student(ctx: Context, found: Changeable) -> Student:
    asked = _arg(ctx, 2)
    student = next((student for student in found.students if student.person_id == asked), None)
    if student is None:
        raise Refusal("not_in_exam")
    return student


def _arg(ctx: Context, index: int) -> int:
    number = ctx.number(index)
    if number is None:
        raise Refusal("exam_gone")
    return number


TAPS: dict[str, Handler] = {
    "xl": listed,
    "xc": menu,
    "xe": ask_more,
    "xf": extend,
    "xm": ask_day,
    "xn": ask_hour,
    "xo": ask_move,
    "xp": move,
    "xk": ask_cancel,
    "xq": cancel,
    "xg": ask_whom,
    "xh": ask_minutes,
    "xi": ask_give,
    "xj": give,
}
BEHIND = dict.fromkeys(TAPS, "staff")
FORMS: dict[str, Handler] = {MOVE: typed}
