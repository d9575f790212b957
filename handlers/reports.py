"""/sos, /my and /staff: a report is filed in two taps, followed, added to and taken."""

from bot.dialogue.context import Context, Handler
from bot.errors import Refusal
from bot.rules import access, rights
from bot.rules.cases import CaseView, Filing
from bot.rules.rights import DEANS
from bot.rules.vocabulary import PersonKind, Role
from bot.services import (
    act_cases,
    acts,
    aftermath,
    appealed,
    applications,
    behalf,
    cases,
    casework,
    commissions,
    day_reports,
    exams,
    sittings,
    tickets,
)
from bot.views import acts as act_views
from bot.views import aftermath as after_views
from bot.views import appeals as appeal_views
from bot.views import applications as application_views
from bot.views import cases as views
from bot.views import day_reports as day_views
from bot.views import sittings as sitting_views
from bot.views import tickets as ticket_views
from bot.views.administration import with_administration
from bot.views.board.offer import with_board
from bot.views.broadcasts import with_news
from bot.views.digests import with_week
from bot.views.registrar import with_registrar
from bot.views.screen import TEXT_LIMIT, Screen

NOTE, FOR = "note", "sos_for"
NO_EXAM = "-"
STALE = frozenset({"taken_by", "case_over", "case_moved", "not_holder"})
"""The case is elsewhere by now: said in short, and shown as it is."""

NOT_NOTED = frozenset({"sticker"})
MENDABLE = frozenset({"note_too_long"})
CUT_SECONDS = 3
CUT_SLACK = 100
"""A program cuts a long text at its limit, or at the last space before it."""


async def sos(ctx: Context) -> None:
    """What has happened? One more tap files the report."""
    try:
        choice = await ctx.desk.look(cases.prepare, ctx.me)
    except Refusal as refusal:
        if refusal.code != "link_first":
            raise
        raise Refusal("link_first_urgent", phones=ctx.desk.office.policy.phones) from None
    await ctx.door.send(views.filing(ctx.voice, choice, ctx.desk.clock()))


async def for_another(ctx: Context) -> None:
    """Somebody has only a phone call left: whose report is it?"""
    await ctx.form.open(FOR)
    await ctx.door.send(views.ask_student(ctx.voice))


async def whose(ctx: Context) -> None:
    """The student's id."""
    await _for(ctx, ctx.text.strip())
    await ctx.form.close()


async def _for(ctx: Context, ext_id: str) -> None:
    name, choice = await ctx.desk.do(behalf.prepare, ctx.me, ext_id)
    await ctx.door.send(views.filing_for(ctx.voice, name, ext_id, choice))


async def file_for(ctx: Context) -> None:
    """The tap that names the trouble files the report for the student."""
    if len(ctx.args) != 3:
        raise Refusal("unknown_trouble")
    trouble, exam_id, ext_id = ctx.args[0], ctx.number(1), ctx.args[2]
    case = await ctx.desk.do(behalf.file, ctx.me, ext_id, trouble, exam_id, ctx.origin)
    await ctx.door.show(views.filed_for(ctx.voice, case, ctx.desk.office.policy.phones, ctx.desk.clock()))


async def about_exam(ctx: Context) -> None:
    """The red button of an exam, of a warning, or of the choice between several."""
    exam_id = ctx.number(0)
    if exam_id is None:
        await sos(ctx)
        return
    choice = await ctx.desk.look(cases.prepare, ctx.me)
    exam = await ctx.desk.look(exams.one, ctx.me, exam_id)
    await ctx.door.send(views.filing(ctx.voice, Filing(choice.troubles, (exam,)), ctx.desk.clock()))


async def file(ctx: Context) -> None:
    """The tap that names the trouble files the report."""
    exam_id = ctx.number(1)
    if len(ctx.args) != 2 or (exam_id is None and ctx.args[1] != NO_EXAM):
        raise Refusal("unknown_trouble")
    case = await ctx.desk.do(cases.file, ctx.me, ctx.args[0], exam_id, ctx.origin)
    office = ctx.desk.office
    algorithm = office.walk_of(case.exam.kind) if case.exam and ctx.me.kind is PersonKind.STUDENT else None
    screen = views.filed(ctx.voice, case, office.policy.phones, ctx.desk.clock(), algorithm)
    await _keep_current(ctx, case.id, await ctx.door.show(screen))


async def _keep_current(ctx: Context, case_id: int, message_id: int) -> None:
    """The screen just shown is the message that keeps itself current from now on."""
    await ctx.desk.do(casework.shown, ctx.me, case_id, message_id)


async def follow(ctx: Context) -> None:
    """A report as it stands, for its reporter."""
    case = await ctx.desk.do(cases.show, ctx.me, _case_id(ctx))
    screen = views.status(ctx.voice, case, ctx.desk.office.policy.phones, ctx.desk.clock())
    shown = await ctx.door.show(screen)
    if ctx.me.person_id == case.reporter_id:
        await _keep_current(ctx, case.id, shown)


async def card(ctx: Context) -> None:
    """A report as it stands, for somebody who was told of it."""
    case = await ctx.desk.do(cases.show, ctx.me, _case_id(ctx))
    await ctx.door.show(_card(ctx, case))


def _card(ctx: Context, case: CaseView) -> Screen:
    promises = ctx.desk.office.policy.force_majeure.promised(case.stage)
    return views.card(ctx.voice, case, ctx.desk.clock(), promises, ctx.me.person_id)


async def open_card(ctx: Context) -> None:
    """The same below a message that stays as it is."""
    case = await ctx.desk.do(cases.show, ctx.me, _case_id(ctx))
    await ctx.door.send(_card(ctx, case))


async def read_notes(ctx: Context) -> None:
    """All that the reporter has added, whole."""
    case = await ctx.desk.do(cases.show, ctx.me, _case_id(ctx))
    for screen in views.all_notes(ctx.voice, case, ctx.desk.clock()):
        await ctx.door.send(screen)


async def take(ctx: Context) -> None:
    """«I take it», with a promise: the first tap wins; the loser learns who was first."""
    case_id, promise = _case_id(ctx), ctx.args[2] if len(ctx.args) > 2 else ""
    try:
        case = await ctx.desk.do(cases.take, ctx.me, case_id, ctx.origin, promise, ctx.number(1))
    except Refusal as refusal:
        if refusal.code not in STALE:
            raise
        await ctx.door.toast(ctx.voice.refusal(refusal, ctx.desk.clock()), alert=True)
        case = await ctx.desk.do(cases.show, ctx.me, case_id)
    await ctx.door.show(_card(ctx, case))


async def ask_note(ctx: Context) -> None:
    """Open the form: the next message goes to the report."""
    case = await ctx.desk.do(cases.for_note, ctx.me, _case_id(ctx))
    await ctx.form.open(NOTE, case=case.id)
    await ctx.door.send(views.ask_note(ctx.voice, case))


async def note(ctx: Context) -> None:
    """Words or a file for the report. An album is one answer, and so is a text cut in two for its length."""
    follows = _follows(ctx)
    if ctx.form_data.get("begun") and not follows:
        await ctx.form.close()
        raise Refusal("note_closed")
    if not ctx.text and (ctx.attachment is None or ctx.attachment.kind in NOT_NOTED):
        raise Refusal("note_kind")
    case_id = int(ctx.form_data["case"])
    try:
        case = await ctx.desk.do(
            cases.add_note,
            ctx.me,
            case_id,
            ctx.origin,
            text=ctx.text,
            file_id=ctx.attachment.file_id if ctx.attachment else "",
            file_kind=ctx.attachment.kind if ctx.attachment else "",
        )
    except Refusal as refusal:
        if refusal.code not in MENDABLE:
            await ctx.form.close()
        raise
    if not follows:
        phones = ctx.desk.office.policy.phones
        await ctx.door.send(views.note_added(ctx.voice, case, phones, ctx.desk.clock()))
    if ctx.album or _is_full(ctx.text):
        await ctx.form.open(NOTE, case=case_id, begun=True, album=ctx.album, at=ctx.sent_at)
    else:
        await ctx.form.close()


def _follows(ctx: Context) -> bool:
    """Whether this is the rest of the answer that came before it."""
    if not ctx.form_data.get("begun"):
        return False
    if ctx.album or ctx.form_data.get("album"):
        return ctx.album == ctx.form_data.get("album")
    return bool(ctx.text) and ctx.sent_at - int(ctx.form_data.get("at", 0)) <= CUT_SECONDS


def _is_full(text: str) -> bool:
    """Whether the sender's program may have cut the text here."""
    return len(text) >= TEXT_LIMIT - CUT_SLACK


async def mine(ctx: Context) -> None:
    """/my: all that is mine, with its state."""
    found = await ctx.desk.do(cases.mine, ctx.me)
    now = ctx.desk.clock()
    others = (
        appeal_views.mine(ctx.voice, await ctx.desk.do(appealed.sent_by, ctx.me), now),
        application_views.mine(ctx.voice, await ctx.desk.do(applications.mine, ctx.me), now),
        ticket_views.mine(ctx.voice, await ctx.desk.do(tickets.mine, ctx.me), now),
        act_views.waiting(ctx.voice, await ctx.desk.do(act_cases.waiting_for, ctx.me), now),
    )
    screens = [screen for screen in others if screen is not None]
    if found or not screens:
        screens.insert(0, views.my_cases(ctx.voice, found, now))
    for screen in screens:
        await ctx.door.send(screen)


async def desk(ctx: Context) -> None:
    """/staff: what waits for me."""
    waiting = await ctx.desk.do(cases.waiting_for, ctx.me)
    today = await ctx.desk.look(exams.today, ctx.me, over=True)
    screen = views.staff_desk(ctx.voice, waiting, today, ctx.desk.clock())
    if access.sees_board(ctx.me.actor):
        screen = with_board(ctx.voice, screen)
    if ctx.me.roles & rights.REGISTRARS:
        screen = with_registrar(ctx.voice, screen)
    if ctx.me.roles & rights.BOARD:
        screen = with_week(ctx.voice, screen)
    if ctx.me.roles & DEANS and Role.ADMIN not in ctx.me.roles:
        screen = with_news(ctx.voice, screen)
    if access.may(ctx.me.actor, access.Action.ADMINISTER):
        screen = with_administration(ctx.voice, screen)
    await ctx.door.send(screen)
    await _others_waiting(ctx)


async def _others_waiting(ctx: Context) -> None:
    """Appeals, applications and acts that wait for the reader; papers that need no exam."""
    now = ctx.desk.clock()
    papers = await ctx.desk.do(acts.offered, ctx.me, None)
    titled = [(spec, ctx.desk.office.acts.words(spec.id)[ctx.voice.language].title) for spec in papers]
    others = (
        appeal_views.waiting(ctx.voice, await ctx.desk.do(commissions.waiting_for, ctx.me), now),
        application_views.waiting(ctx.voice, await ctx.desk.do(applications.waiting_for, ctx.me), now),
        act_views.waiting(ctx.voice, await ctx.desk.do(act_cases.waiting_for, ctx.me), now),
        act_views.without_exam(ctx.voice, titled),
        await _day(ctx),
        sitting_views.entries(ctx.voice, await ctx.desk.do(sittings.listed, ctx.me), now),
        after_views.waiting(ctx.voice, await ctx.desk.do(aftermath.waiting_for, ctx.me), now),
    )
    for screen in others:
        if screen is not None:
            await ctx.door.send(screen)


async def _day(ctx: Context) -> Screen | None:
    """The report of the day: the reader's own to send, and who has sent theirs."""
    author, state = await ctx.desk.do(day_reports.offered, ctx.me)
    return day_views.offer(ctx.voice, author=author, state=state)


def _case_id(ctx: Context) -> int:
    case_id = ctx.number(0)
    if case_id is None:
        raise Refusal("case_gone")
    return case_id


COMMANDS: dict[str, Handler] = {"sos": sos, "my": mine, "staff": desk}
TAPS: dict[str, Handler] = {
    "sx": about_exam,
    "sf": for_another,
    "sg": file_for,
    "st": file,
    "cv": follow,
    "cc": card,
    "co": open_card,
    "cf": read_notes,
    "ct": take,
    "cn": ask_note,
}
BEHIND = {"cv": "my", "cc": "staff", "co": "staff", "cf": "staff"}
FORMS: dict[str, Handler] = {NOTE: note, FOR: whose}
