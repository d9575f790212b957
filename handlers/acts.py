"""Acts: drawn up in a few taps, confirmed, answered, signed; from the exam's card and from /staff."""

from bot.dialogue.context import Context, Handler
from bot.errors import Refusal
from bot.rules.acts import DISAGREE, RETURNED, ActDraft, ActView
from bot.services import act_cases, acts, served
from bot.services.files import Sent
from bot.views import acts as views
from bot.views import appeals as appeal_views
from bot.views.screen import Html, Screen, pack
from bot.wire import Upload

DRAFT, REASON, WORDS = "act", "act_reason", "act_words"
PAST_DRAFT = frozenset({"draft_gone", "act_not_yours"})


async def begin_at(ctx: Context) -> None:
    """Which form, at this exam? The only one opens at once."""
    exam_id = ctx.number(0)
    if exam_id is None:
        raise Refusal("exam_gone")
    found = await ctx.desk.do(acts.offered, ctx.me, exam_id)
    if len(found) == 1:
        await _show(ctx, await ctx.desk.do(acts.begin, ctx.me, found[0].id, exam_id, ctx.origin), anew=True)
        return
    if not found:
        raise Refusal("act_not_yours")
    titled = [(spec, ctx.desk.office.acts.words(spec.id)[ctx.voice.language].title) for spec in found]
    await ctx.door.send(views.forms(ctx.voice, titled, exam_id))


async def begin(ctx: Context) -> None:
    """A form was tapped: its draft opens."""
    act_id = ctx.args[0] if ctx.args else ""
    await _show(ctx, await ctx.desk.do(acts.begin, ctx.me, act_id, ctx.number(1), ctx.origin))


async def _show(ctx: Context, view: ActDraft, *, anew: bool = False) -> None:
    await ctx.form.open(DRAFT, draft=view.id, album=ctx.album)
    screen = views.draft(ctx.voice, view, ctx.desk.clock())
    await (ctx.door.send(screen) if anew else ctx.door.show(screen))


def _draft(ctx: Context) -> int:
    found = ctx.number(0)
    if found is None:
        raise Refusal("draft_gone")
    return found


def _case(ctx: Context) -> int:
    found = ctx.number(0)
    if found is None:
        raise Refusal("case_gone")
    return found


def _word(ctx: Context) -> str:
    return ctx.args[1] if len(ctx.args) > 1 else ""


async def draft(ctx: Context) -> None:
    """Back to the draft."""
    await _show(ctx, await ctx.desk.do(acts.draft_of, ctx.me, _draft(ctx)))


async def ask_student(ctx: Context) -> None:
    """Whom is it about?"""
    view = await ctx.desk.do(acts.draft_of, ctx.me, _draft(ctx))
    await ctx.door.show(views.students(ctx.voice, view, ctx.number(1) or 0))


async def set_student(ctx: Context) -> None:
    """The student was tapped; what happened comes next."""
    view = await ctx.desk.do(acts.choose_student, ctx.me, _draft(ctx), ctx.number(1) or 0)
    if view.spec.offences and not view.offences:
        await ctx.door.show(views.offences(ctx.voice, view))
    else:
        await _show(ctx, view)


async def ask_offence(ctx: Context) -> None:
    """What happened?"""
    await ctx.door.show(views.offences(ctx.voice, await ctx.desk.do(acts.draft_of, ctx.me, _draft(ctx))))


async def set_offence(ctx: Context) -> None:
    """Chosen, or taken back."""
    view = await ctx.desk.do(acts.toggle_offence, ctx.me, _draft(ctx), _word(ctx))
    if view.spec.many:
        await ctx.door.show(views.offences(ctx.voice, view))
    else:
        await _show(ctx, view)


async def ask_members(ctx: Context) -> None:
    """Who signs?"""
    await ctx.door.show(views.members(ctx.voice, await ctx.desk.do(acts.draft_of, ctx.me, _draft(ctx))))


async def set_member(ctx: Context) -> None:
    """Chosen, or taken out."""
    view = await ctx.desk.do(acts.toggle_member, ctx.me, _draft(ctx), ctx.number(1) or 0)
    await ctx.door.show(views.members(ctx.voice, view))


async def set_field(ctx: Context) -> None:
    """The next words take the place of this text."""
    await _show(ctx, await ctx.desk.do(acts.choose_field, ctx.me, _draft(ctx), _word(ctx)))


async def material(ctx: Context) -> None:
    """Words, a photo or a file for the draft. An album is answered once."""
    draft_id = int(ctx.form_data["draft"])
    if ctx.attachment is None and not ctx.text:
        raise Refusal("file_kind")
    try:
        if ctx.attachment is not None:
            file = ctx.attachment
            sent = Sent(file.file_id, file.kind, file.name, file.size, file.order)
            view = await ctx.desk.do(acts.add_file, ctx.me, draft_id, sent, ctx.origin)
        if ctx.text:
            view = await ctx.desk.do(acts.add_text, ctx.me, draft_id, ctx.text, ctx.origin)
    except Refusal as refusal:
        if refusal.code in PAST_DRAFT:
            await ctx.form.close()
        raise
    if not ctx.album or ctx.form_data.get("album") != ctx.album:
        await _show(ctx, view, anew=True)


async def submit(ctx: Context) -> None:
    """The act is drawn up. A second tap shows the same."""
    stamp = ctx.number(1)
    if stamp is None:
        raise Refusal("draft_moved")
    case_id = await ctx.desk.do(act_cases.submit, ctx.me, _draft(ctx), stamp, ctx.origin)
    await ctx.form.close()
    await _card(ctx, await ctx.desk.do(act_cases.show, ctx.me, case_id))


async def drop(ctx: Context) -> None:
    """Throw the draft away, once that is confirmed."""
    if ctx.number(1) is None:
        kept = await ctx.desk.do(acts.draft_of, ctx.me, _draft(ctx))
        sure, keep = pack("pq", kept.id, 1), pack("po", kept.id)
        await ctx.door.show(appeal_views.drop_ask(ctx.voice, sure, keep))
        return
    await ctx.desk.do(acts.drop, ctx.me, _draft(ctx))
    await ctx.form.close()
    await ctx.door.show(views.dropped(ctx.voice))


async def card(ctx: Context) -> None:
    """An act as it stands; from now on it keeps itself current."""
    await _card(ctx, await ctx.desk.do(act_cases.show, ctx.me, _case(ctx)))


async def _card(ctx: Context, view: ActView) -> None:
    number = await ctx.door.show(views.for_reader(ctx.voice, view, ctx.desk.clock()))
    await ctx.desk.do(act_cases.shown, ctx.me, view.id, number)


async def confirm(ctx: Context) -> None:
    """One of the commission confirms, or does not."""
    await ctx.desk.do(act_cases.confirm, ctx.me, _case(ctx), _word(ctx), ctx.origin)
    await card(ctx)


async def seat(ctx: Context) -> None:
    """Another member is chosen."""
    await ctx.desk.do(act_cases.seat, ctx.me, _case(ctx), ctx.number(1) or 0, ctx.origin)
    await card(ctx)


async def answer(ctx: Context) -> None:
    """The student answers; who disagrees is asked why. The drawer may write a refusal down."""
    view = await ctx.desk.do(act_cases.answer, ctx.me, _case(ctx), _word(ctx), ctx.origin)
    await card(ctx)
    if view.part == "student" and view.answer == DISAGREE:
        await ask_words(ctx)


async def ask_words(ctx: Context) -> None:
    """The student's own words."""
    view = await ctx.desk.do(act_cases.show, ctx.me, _case(ctx))
    await ctx.form.open(WORDS, case=view.id)
    await ctx.door.send(views.ask_words(ctx.voice))


async def words(ctx: Context) -> None:
    """They were written."""
    case_id = int(ctx.form_data["case"])
    view = await ctx.desk.do(act_cases.explain, ctx.me, case_id, ctx.text, ctx.origin)
    await ctx.form.close()
    await _card(ctx, view)


async def sign(ctx: Context) -> None:
    """Signed, or returned: then the reason is asked for."""
    if _word(ctx) == RETURNED:
        view = await ctx.desk.do(act_cases.show, ctx.me, _case(ctx))
        await ctx.form.open(REASON, case=view.id)
        await ctx.door.send(views.ask_reason(ctx.voice))
        return
    await ctx.desk.do(act_cases.sign, ctx.me, _case(ctx), _word(ctx), ctx.origin)
    await card(ctx)


async def reason(ctx: Context) -> None:
    """Why it is returned."""
    case_id = int(ctx.form_data["case"])
    view = await ctx.desk.do(act_cases.sign, ctx.me, case_id, RETURNED, ctx.origin, ctx.text)
    await ctx.form.close()
    await _card(ctx, view)


async def documents(ctx: Context) -> None:
    """The act and its evidence as files."""
    found = await ctx.desk.do(served.of_case, ctx.me, _case(ctx))
    if not found:
        await ctx.door.toast(ctx.voice.label("appeal.no_documents"), alert=True)
    for one in found:
        upload = Upload(one.name, one.content) if one.content is not None else None
        await ctx.door.send(Screen(Html(""), file=None if upload else (one.kind, one.file_id), upload=upload))


TAPS: dict[str, Handler] = {
    "pa": begin_at,
    "pb": begin,
    "po": draft,
    "pc": ask_student,
    "pd": set_student,
    "pe": ask_offence,
    "pf": set_offence,
    "pg": ask_members,
    "ph": set_member,
    "pi": set_field,
    "ps": submit,
    "pq": drop,
    "pv": card,
    "pk": confirm,
    "pl": seat,
    "pn": answer,
    "pp": ask_words,
    "pt": sign,
    "pu": documents,
}
BEHIND = {"pa": "staff", "pb": "staff", "po": "staff"}
FORMS: dict[str, Handler] = {DRAFT: material, REASON: reason, WORDS: words}
