"""/sos, /my and /staff: a report is filed in two taps, followed, added to and taken."""

from bot.dialogue.context import Context, Handler
from bot.errors import Refusal
from bot.services import cases
from bot.views import cases as views

NOTE = "note"


async def sos(ctx: Context) -> None:
    """What has happened? One more tap files the report."""
    choice = await ctx.desk.do(cases.prepare, ctx.me)
    await ctx.door.send(views.filing(ctx.voice, choice, ctx.desk.clock()))


async def about_exam(ctx: Context) -> None:
    """The red button of an exam, of a warning, or of the choice between several."""
    choice = await ctx.desk.do(cases.prepare, ctx.me)
    screen = views.filing(ctx.voice, choice, ctx.desk.clock(), chosen=ctx.number(0))
    await ctx.door.send(screen)


async def file(ctx: Context) -> None:
    """The tap that names the trouble files the report."""
    trouble = ctx.args[0] if ctx.args else ""
    case = await ctx.desk.do(cases.file, ctx.me, trouble, ctx.number(1), ctx.origin)
    screen = views.filed(ctx.voice, case, ctx.desk.office.policy.phones, ctx.desk.clock())
    await ctx.door.show(screen)


async def follow(ctx: Context) -> None:
    """A report as it stands, for its reporter."""
    case = await ctx.desk.do(cases.show, ctx.me, _case_id(ctx))
    await ctx.door.show(views.status(ctx.voice, case, ctx.desk.office.policy.phones, ctx.desk.clock()))


async def card(ctx: Context) -> None:
    """A report as it stands, for somebody who was told of it."""
    case = await ctx.desk.do(cases.show, ctx.me, _case_id(ctx))
    await ctx.door.show(views.card(ctx.voice, case, ctx.desk.clock()))


async def take(ctx: Context) -> None:
    """«I take it»: the first tap wins; the loser learns who was first."""
    case_id = _case_id(ctx)
    try:
        case = await ctx.desk.do(cases.take, ctx.me, case_id, ctx.origin)
    except Refusal as refusal:
        if refusal.code not in ("taken_by", "case_over"):
            raise
        await ctx.door.toast(ctx.voice.refusal(refusal, ctx.desk.clock()), alert=True)
        case = await ctx.desk.do(cases.show, ctx.me, case_id)
    await ctx.door.show(views.card(ctx.voice, case, ctx.desk.clock()))


async def ask_note(ctx: Context) -> None:
    """Open the form: the next message goes to the report."""
    case = await ctx.desk.do(cases.show, ctx.me, _case_id(ctx))
    await ctx.form.open(NOTE, case=case.id)
    await ctx.door.send(views.ask_note(ctx.voice, case))


async def note(ctx: Context) -> None:
    """Words or a file for the report; the pictures of one album are one answer."""
    case_id = int(ctx.form_data["case"])
    if not ctx.text and ctx.attachment is None:
        raise Refusal("note_kind")
    follows = bool(ctx.album) and ctx.form_data.get("album") == ctx.album
    if ctx.form_data.get("album") and not follows:
        await ctx.form.close()
        raise Refusal("note_closed")
    case = await ctx.desk.do(
        cases.add_note,
        ctx.me,
        case_id,
        ctx.origin,
        text=ctx.text,
        file_id=ctx.attachment.file_id if ctx.attachment else "",
        file_kind=ctx.attachment.kind if ctx.attachment else "",
    )
    if ctx.album:
        await ctx.form.open(NOTE, case=case_id, album=ctx.album)
    else:
        await ctx.form.close()
    if not follows:
        await ctx.door.send(views.note_added(ctx.voice, case, ctx.desk.clock()))


async def mine(ctx: Context) -> None:
    """/my: all my reports with their state."""
    found = await ctx.desk.do(cases.mine, ctx.me)
    await ctx.door.send(views.my_cases(ctx.voice, found, ctx.desk.clock()))


async def desk(ctx: Context) -> None:
    """/staff: what waits for me."""
    waiting = await ctx.desk.do(cases.waiting_for, ctx.me)
    await ctx.door.send(views.staff_desk(ctx.voice, waiting, ctx.desk.clock()))


def _case_id(ctx: Context) -> int:
    case_id = ctx.number(0)
    if case_id is None:
        raise Refusal("case_gone")
    return case_id


COMMANDS: dict[str, Handler] = {"sos": sos, "my": mine, "staff": desk}
TAPS: dict[str, Handler] = {
    "sx": about_exam,
    "st": file,
    "cv": follow,
    "cc": card,
    "ct": take,
    "cn": ask_note,
}
FORMS: dict[str, Handler] = {NOTE: note}
