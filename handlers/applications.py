"""/apply: a form is chosen, filled, reviewed and sent; whoever decides answers with words."""

from bot.dialogue import drafts, typed
from bot.dialogue.context import Context, Handler
from bot.errors import Refusal
from bot.rules.applications import GRANTED, FormDraft
from bot.services import applications, forms, proposals, rewording
from bot.views import appeals as appeal_views
from bot.views import applications as views
from bot.views import proposals as proposal_views
from bot.views.screen import Screen, pack
from bot.wire import Upload

DRAFT, ANSWER, DATE = "application", "application_answer", "application_date"
NONE = frozenset({"-", "–", "—"})
MENDABLE = frozenset({"reason_empty", "reason_long", "sitting_past", "date_beyond", "moment_unreadable"})
"""Refusals after which the same question still stands."""


async def start(ctx: Context) -> None:
    """Which form?"""
    found = await ctx.desk.do(forms.offered, ctx.me)
    worded = [(spec.id, ctx.desk.office.forms.words(spec.id, ctx.voice.language)) for spec in found]
    await ctx.door.send(views.offered(ctx.voice, worded))


async def begin(ctx: Context) -> None:
    """A form was tapped: its draft opens, or the one that is there."""
    view = await ctx.desk.do(forms.begin, ctx.me, ctx.args[0] if ctx.args else "")
    await _show(ctx, view, anew=True)


async def _show(ctx: Context, view: FormDraft, *, anew: bool = False) -> None:
    await drafts.show(ctx, DRAFT, view.id, views.draft(ctx.voice, view, ctx.desk.clock()), anew=anew)


def _draft(ctx: Context) -> int:
    return ctx.must(0, Refusal("draft_gone"))


def _case(ctx: Context) -> int:
    return ctx.must(0, Refusal("case_gone"))


async def draft(ctx: Context) -> None:
    """Back to the draft."""
    await _show(ctx, await ctx.desk.do(forms.draft_of, ctx.me, _draft(ctx)))


async def ask_reason(ctx: Context) -> None:
    """Why?"""
    view = await ctx.desk.do(forms.draft_of, ctx.me, _draft(ctx))
    await ctx.door.show(views.reasons(ctx.voice, view))


async def set_reason(ctx: Context) -> None:
    """The reason was tapped."""
    reason = ctx.args[1] if len(ctx.args) > 1 else "-"
    await _show(ctx, await ctx.desk.do(forms.choose, ctx.me, _draft(ctx), reason=reason))


async def ask_exam(ctx: Context) -> None:
    """Which exam?"""
    view = await ctx.desk.do(forms.draft_of, ctx.me, _draft(ctx))
    await ctx.door.show(views.which_exam(ctx.voice, view, ctx.desk.clock()))


async def set_exam(ctx: Context) -> None:
    """The exam was tapped."""
    exam_id = ctx.must(1, Refusal("exam_gone"))
    await _show(ctx, await ctx.desk.do(forms.choose, ctx.me, _draft(ctx), exam_id=exam_id))


async def material(ctx: Context) -> None:
    """Words or a file for the draft."""

    async def add(draft_id: int) -> FormDraft:
        file = drafts.sent(ctx) if ctx.attachment is not None else None
        source = ctx.message_id
        return await ctx.desk.do(
            forms.add, ctx.me, draft_id, ctx.origin, text=ctx.text, sent=file, source=source
        )

    view = await drafts.take(ctx, DRAFT, add)
    if view is not None:
        await _show(ctx, view, anew=True)


async def reworded(ctx: Context) -> None:
    """A message of the draft was edited."""
    await drafts.reworded(
        ctx, rewording.in_application, lambda view: views.draft(ctx.voice, view, ctx.desk.clock())
    )


async def paper(ctx: Context) -> None:
    """The application as a document to print and sign."""
    kind = ctx.args[1] if len(ctx.args) > 1 else ""
    made = await ctx.desk.do(forms.paper, ctx.me, _draft(ctx), kind, ctx.voice.language)
    await ctx.door.send(Screen(ctx.voice.t("appeal.print"), upload=Upload(made.name, made.content)))


async def review(ctx: Context) -> None:
    """The whole of it before it is sent."""
    view = await ctx.desk.do(forms.review, ctx.me, _draft(ctx))
    await ctx.door.show(views.review(ctx.voice, view, ctx.desk.clock()))


async def submit(ctx: Context) -> None:
    """Send it. A second tap shows the same."""
    stamp = ctx.must(1, Refusal("draft_moved"))
    case_id = await ctx.desk.do(applications.submit, ctx.me, _draft(ctx), stamp, ctx.origin)
    await ctx.form.close()
    await _follow(ctx, case_id)


async def _follow(ctx: Context, case_id: int) -> None:
    view = await ctx.desk.do(applications.show, ctx.me, case_id)
    if not view.mine:
        raise Refusal("not_yours")
    shown = await ctx.door.show(views.status(ctx.voice, view, ctx.desk.clock()))
    await ctx.desk.do(applications.shown, ctx.me, case_id, shown)


async def drop(ctx: Context) -> None:
    """Throw the draft away, once that is confirmed."""
    if ctx.number(1) is None:
        kept = await ctx.desk.do(forms.draft_of, ctx.me, _draft(ctx))
        sure, keep = pack("fq", kept.id, 1), pack("fd", kept.id)
        await ctx.door.show(appeal_views.drop_ask(ctx.voice, sure, keep))
        return
    await ctx.desk.do(forms.drop, ctx.me, _draft(ctx))
    await ctx.form.close()
    await ctx.door.show(appeal_views.dropped(ctx.voice))


async def follow(ctx: Context) -> None:
    """My application as it stands."""
    await _follow(ctx, _case(ctx))


async def withdraw(ctx: Context) -> None:
    """Take it back."""
    revision = ctx.must(1, Refusal("case_gone"))
    await ctx.desk.do(applications.withdraw, ctx.me, _case(ctx), revision, ctx.origin)
    await _follow(ctx, _case(ctx))


async def card(ctx: Context) -> None:
    """An application as it stands, for whoever decides."""
    view = await ctx.desk.do(applications.show, ctx.me, _case(ctx))
    await ctx.door.show(views.card(ctx.voice, view, ctx.desk.clock()))


async def ask_answer(ctx: Context) -> None:
    """Granted or refused: the words are asked for."""
    outcome = ctx.args[1] if len(ctx.args) > 1 else ""
    case = await ctx.desk.do(applications.to_answer, ctx.me, _case(ctx))
    await ctx.form.open(ANSWER, case=case.id, outcome=outcome)
    await ctx.door.send(Screen(ctx.voice.t("apply.ask_answer", number=case.number)))


async def answer(ctx: Context) -> None:
    """The words were written; who grants a form about an exam may name its new date."""
    case_id, outcome = int(ctx.form_data["case"]), str(ctx.form_data["outcome"])
    view = await ctx.desk.do(applications.show, ctx.me, case_id)
    if outcome == GRANTED and view.form.new_date and view.exam is not None:
        if not any(letter.isalpha() for letter in ctx.text):
            raise Refusal("reason_empty")
        await ctx.door.send(Screen(ctx.voice.t("apply.ask_date", number=view.number)))
        await ctx.form.open(DATE, case=case_id, words=ctx.text, origin=ctx.origin, number=view.number)
        return
    await _answer(ctx, case_id, outcome, ctx.text)


async def date(ctx: Context) -> None:
    """The new date, to be looked at once more, or a dash: none; the words, handled again, are neither."""
    if ctx.form_data.get("origin") == ctx.origin:
        await ctx.door.send(Screen(ctx.voice.t("apply.ask_date", number=str(ctx.form_data["number"]))))
        return
    case_id, words = int(ctx.form_data["case"]), str(ctx.form_data["words"])
    if ctx.text.strip() in NONE:
        await _answer(ctx, case_id, GRANTED, words)
        return
    try:
        seen = await ctx.desk.do(proposals.decision, ctx.me, case_id, words, "", typed.moment(ctx))
    except Refusal as refusal:
        if refusal.code not in MENDABLE:
            await ctx.form.close()
        raise
    await ctx.door.send(proposal_views.review(ctx.voice, seen, ctx.desk.clock()))


async def _answer(ctx: Context, case_id: int, outcome: str, words: str) -> None:
    try:
        await ctx.desk.do(applications.answer, ctx.me, case_id, ctx.origin, outcome=outcome, words=words)
    except Refusal as refusal:
        if refusal.code not in MENDABLE:
            await ctx.form.close()
        raise
    view = await ctx.desk.do(applications.show, ctx.me, case_id)
    await ctx.door.send(views.card(ctx.voice, view, ctx.desk.clock()))
    await ctx.form.close()


COMMANDS: dict[str, Handler] = {"apply": start}
TAPS: dict[str, Handler] = {
    "fo": begin,
    "fd": draft,
    "fr": ask_reason,
    "fs": set_reason,
    "fe": ask_exam,
    "fx": set_exam,
    "fp": paper,
    "fv": review,
    "fy": submit,
    "fq": drop,
    "fl": follow,
    "fw": withdraw,
    "fk": card,
    "fg": ask_answer,
}
BEHIND = {"fo": "apply", "fd": "apply", "fl": "my", "fk": "staff"}
FORMS: dict[str, Handler] = {DRAFT: material, ANSWER: answer, DATE: date}
EDITS: dict[str, Handler] = {DRAFT: reworded}
