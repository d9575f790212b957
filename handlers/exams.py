"""/exams: my exams, one exam, its calendar file."""

from bot.dialogue.context import Context, Handler
from bot.errors import Refusal
from bot.exchange.calendar import Entry, calendar_file
from bot.rules.exams import ExamBrief
from bot.rules.vocabulary import PersonKind
from bot.services import exam_desk, exams, walks
from bot.views import exams as views


async def mine(ctx: Context) -> None:
    """My exams, nearest first."""
    found = await ctx.desk.look(exams.mine, ctx.me)
    await ctx.door.send(views.exam_list(ctx.voice, found, ctx.desk.clock()))


async def one(ctx: Context) -> None:
    """An exam was tapped."""
    exam = await ctx.desk.look(exams.one, ctx.me, _exam_id(ctx))
    algorithm = ctx.desk.office.walk_of(exam.kind)
    view = None
    if algorithm is not None and ctx.me.kind is PersonKind.STUDENT:
        view = await ctx.desk.do(walks.open_walk, ctx.me, algorithm.id, exam.id)
    changeable = await ctx.desk.do(exam_desk.may_change, ctx.me, exam.id)
    screen = views.exam_card(ctx.voice, exam, view, ctx.desk.clock(), changeable=changeable)
    await ctx.door.send(screen)


async def calendar(ctx: Context) -> None:
    """The exam as a calendar file."""
    await _calendar(ctx, _exam_id(ctx))


async def whole_calendar(ctx: Context) -> None:
    """All my exams as one calendar file."""
    await _calendar(ctx, None)


async def _calendar(ctx: Context, exam_id: int | None) -> None:
    found = await ctx.desk.do(exams.for_calendar, ctx.me, exam_id)
    entries = [_entry(ctx, exam) for exam in found]
    name = ctx.voice.label("exams.title") if exam_id is None else ""
    gone = all(entry.cancelled for entry in entries)
    caption = ctx.voice.t("exams.calendar_gone" if gone else "exams.calendar")
    file = "exams.ics" if exam_id is None else "exam.ics"
    await ctx.door.document(file, calendar_file(entries, ctx.desk.clock(), name), caption)


def _entry(ctx: Context, exam: ExamBrief) -> Entry:
    kind = ctx.voice.label(f"kind.{exam.kind}")
    return Entry(
        uid=exam.ext_id,
        title=f"{exam.subject(ctx.voice.language)} ({kind})",
        start=exam.span.start,
        end=exam.span.end,
        url=exam.meeting_url or exam.lms_url,
        sequence=exam.revision + exam.extra,
        cancelled=exam.cancelled,
        alarms=exams.alarms(ctx.desk.office, exam.kind),
    )


def _exam_id(ctx: Context) -> int:
    exam_id = ctx.number(0)
    if exam_id is None:
        raise Refusal("exam_gone")
    return exam_id


COMMANDS: dict[str, Handler] = {"exams": mine}
TAPS: dict[str, Handler] = {"ex": one, "ics": calendar, "cal": whole_calendar}
BEHIND = {"ex": "exams", "ics": "exams", "cal": "exams"}
