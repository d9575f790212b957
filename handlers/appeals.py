"""/appeal: a draft that takes whatever is sent to it, review, submission; the commission's desk."""

from bot.dialogue import drafts, typed
from bot.dialogue.context import Context, Handler
from bot.errors import Refusal
from bot.rules.appeals import GRANTED, AppealView, DraftView
from bot.services import appeal_cards, appealed, appeals, commissions, proposals, rewording, served, verdicts
from bot.views import appeals as views
from bot.views import proposals as proposal_views
from bot.views.screen import Html, Screen, pack
from bot.wire import Upload

DRAFT, FILES, SITTING, REASON, FOLLOWS = (
    "appeal",
    "appeal_files",
    "appeal_sitting",
    "appeal_reason",
    "appeal_next",
)
GRADE_LETTERS = 20


async def start(ctx: Context) -> None:
    """Which result? Those still open, each with its end."""
    found = await ctx.desk.do(appeals.mine, ctx.me)
    await ctx.door.send(views.results(ctx.voice, found, ctx.desk.clock()))


async def begin(ctx: Context) -> None:
    """A result was tapped: its draft opens, or the one that is there."""
    view = await ctx.desk.do(appeals.begin, ctx.me, ctx.must(0, Refusal("exam_gone")), ctx.origin)
    await _show_draft(ctx, view, anew=True)


async def _show_draft(ctx: Context, view: DraftView, *, anew: bool = False) -> None:
    await drafts.show(ctx, DRAFT, view.id, views.draft(ctx.voice, view, ctx.desk.clock()), anew=anew)


def _draft(ctx: Context) -> int:
    return ctx.must(0, Refusal("draft_gone"))


async def draft(ctx: Context) -> None:
    """Back to the draft."""
    await _show_draft(ctx, await ctx.desk.do(appeals.draft_of, ctx.me, _draft(ctx)))


async def ask_ground(ctx: Context) -> None:
    """Why?"""
    view = await ctx.desk.do(appeals.draft_of, ctx.me, _draft(ctx))
    await ctx.door.show(views.grounds(ctx.voice, view))


async def set_ground(ctx: Context) -> None:
    """The ground was tapped."""
    ground = ctx.args[1] if len(ctx.args) > 1 else ""
    await _show_draft(ctx, await ctx.desk.do(appeals.set_ground, ctx.me, _draft(ctx), ground))


async def clear_text(ctx: Context) -> None:
    """The words begin anew."""
    await _show_draft(ctx, await ctx.desk.do(appeals.clear_text, ctx.me, _draft(ctx)))


async def list_files(ctx: Context) -> None:
    """Which file is to be taken out?"""
    view = await ctx.desk.do(appeals.draft_of, ctx.me, _draft(ctx))
    await ctx.door.show(views.file_list(ctx.voice, view))


async def remove_file(ctx: Context) -> None:
    """This one."""
    file_id = ctx.must(1, Refusal("file_gone"))
    await _show_draft(ctx, await ctx.desk.do(appeals.remove_file, ctx.me, _draft(ctx), file_id))


async def material(ctx: Context) -> None:
    """Words or a file for the draft."""

    async def add(draft_id: int) -> DraftView:
        view = None
        if ctx.attachment is not None:
            view = await ctx.desk.do(appeals.add_file, ctx.me, draft_id, drafts.sent(ctx), ctx.origin)
        if ctx.text or view is None:
            said = (ctx.text, ctx.origin, ctx.message_id)
            view = await ctx.desk.do(appeals.add_text, ctx.me, draft_id, *said)
        return view

    view = await drafts.take(ctx, DRAFT, add)
    if view is not None:
        await _show_draft(ctx, view, anew=True)


async def reworded(ctx: Context) -> None:
    """A message of the draft was edited."""
    await drafts.reworded(
        ctx, rewording.in_appeal, lambda view: views.draft(ctx.voice, view, ctx.desk.clock())
    )


async def paper(ctx: Context) -> None:
    """The filled application to print and sign."""
    kind = ctx.args[1] if len(ctx.args) > 1 else ""
    made = await ctx.desk.do(appeals.form, ctx.me, _draft(ctx), kind, ctx.voice.language)
    await ctx.door.send(Screen(ctx.voice.t("appeal.print"), upload=Upload(made.name, made.content)))


async def review(ctx: Context) -> None:
    """The whole of it before it is sent."""
    view = await ctx.desk.do(appeals.review, ctx.me, _draft(ctx))
    await ctx.door.show(views.review(ctx.voice, view, ctx.desk.clock()))


async def submit(ctx: Context) -> None:
    """Send it: numbered, to the commission. A second tap shows the same."""
    stamp = ctx.must(1, Refusal("draft_moved"))
    case_id = await ctx.desk.do(appeals.submit, ctx.me, _draft(ctx), stamp, ctx.origin)
    await ctx.form.close()
    await _follow(ctx, case_id)


async def _follow(ctx: Context, case_id: int) -> None:
    view = await ctx.desk.do(commissions.show, ctx.me, case_id)
    shown = await ctx.door.show(views.status(ctx.voice, view, ctx.desk.clock()))
    await ctx.desk.do(appeal_cards.shown, ctx.me, case_id, shown)


async def drop(ctx: Context) -> None:
    """Throw the draft away, once that is confirmed."""
    if ctx.number(1) is None:
        kept = await ctx.desk.do(appeals.draft_of, ctx.me, _draft(ctx))
        sure, keep = pack("aq", kept.id, 1), pack("ad", kept.id)
        await ctx.door.show(views.drop_ask(ctx.voice, sure, keep))
        return
    await ctx.desk.do(appeals.drop, ctx.me, _draft(ctx))
    await ctx.form.close()
    await ctx.door.show(views.dropped(ctx.voice))


def _case(ctx: Context) -> int:
    return ctx.must(0, Refusal("case_gone"))


async def follow(ctx: Context) -> None:
    """My appeal as it stands."""
    view = await ctx.desk.do(commissions.show, ctx.me, _case(ctx))
    if view.part != "student":
        raise Refusal("not_yours")
    await _follow(ctx, view.id)


async def withdraw(ctx: Context) -> None:
    """Take it back."""
    revision = ctx.must(1, Refusal("case_gone"))
    await ctx.desk.do(appealed.withdraw, ctx.me, _case(ctx), revision, ctx.origin)
    await _follow(ctx, _case(ctx))


async def ask_files(ctx: Context) -> None:
    """The next files go to the appeal, or the application."""
    number = await ctx.desk.do(appealed.taking_files, ctx.me, _case(ctx))
    await ctx.form.open(FILES, case=_case(ctx))
    await ctx.door.send(Screen(ctx.voice.t("appeal.send_files", number=number)))


async def more_files(ctx: Context) -> None:
    """A file for what has been sent. An album is answered once."""
    case_id = int(ctx.form_data["case"])
    number = await ctx.desk.do(appealed.add_to_case, ctx.me, case_id, drafts.sent(ctx), ctx.origin)
    if not drafts.answered(ctx):
        await ctx.form.open(FILES, case=case_id, album=ctx.album)
        await ctx.door.send(Screen(ctx.voice.t("appeal.file_noted", number=number)))


async def documents(ctx: Context) -> None:
    """All files and documents of an appeal, for those who may see it."""
    found = await ctx.desk.do(served.of_case, ctx.me, _case(ctx))
    if not found:
        await ctx.door.toast(ctx.voice.label("appeal.no_documents"), alert=True)
    for one in found:
        upload = Upload(one.name, one.content) if one.content is not None else None
        file = None if upload else (one.kind, one.file_id)
        await ctx.door.send(Screen(Html(""), file=file, upload=upload))


async def card(ctx: Context) -> None:
    """An appeal as it stands, for its commission."""
    await _card(ctx, await ctx.desk.do(commissions.show, ctx.me, _case(ctx)))


async def _card(ctx: Context, view: AppealView) -> None:
    await ctx.door.show(views.card(ctx.voice, view, ctx.desk.clock()))


async def ask_sitting(ctx: Context) -> None:
    """When does the commission sit?"""
    view = await ctx.desk.do(commissions.show, ctx.me, _case(ctx))
    await ctx.form.open(SITTING, case=view.id)
    due = ctx.voice.moment(view.sitting_by) if view.sitting_by else "—"
    await ctx.door.send(Screen(ctx.voice.t("appeal.ask_sitting", number=view.number, time=due)))


async def sitting(ctx: Context) -> None:
    """The moment was written."""
    at = typed.moment(ctx)
    case = await ctx.desk.do(commissions.call, ctx.me, int(ctx.form_data["case"]), at, ctx.origin)
    await _card(ctx, await ctx.desk.do(commissions.show, ctx.me, case.id))
    await ctx.form.close()


async def vote(ctx: Context) -> None:
    """A member's vote."""
    said = ctx.args[1] if len(ctx.args) > 1 else ""
    await _card(ctx, await ctx.desk.do(commissions.vote, ctx.me, _case(ctx), said, ctx.origin))


async def reseat(ctx: Context) -> None:
    """The commission is composed anew."""
    await _card(ctx, await ctx.desk.do(commissions.reseat, ctx.me, _case(ctx), ctx.origin))


async def ask_reason(ctx: Context) -> None:
    """The votes decide; why, is written by the chair."""
    said = await ctx.desk.do(commissions.to_decide, ctx.me, _case(ctx))
    await ctx.form.open(REASON, case=_case(ctx), said=said)
    outcome = ctx.voice.t(f"appeal.outcome.{said}")
    await ctx.door.send(Screen(ctx.voice.t("appeal.ask_reason", outcome=outcome)))


async def reason(ctx: Context) -> None:
    """The reason was written; a granted appeal needs a grade or a date too."""
    if ctx.form_data["said"] == GRANTED:
        if not any(letter.isalpha() for letter in ctx.text):
            raise Refusal("reason_empty")
        await ctx.door.send(Screen(ctx.voice.t("appeal.ask_follows")))
        await ctx.form.open(FOLLOWS, case=ctx.form_data["case"], reason=ctx.text, origin=ctx.origin)
        return
    await _decide(ctx, ctx.text)


async def follows(ctx: Context) -> None:
    """The new grade, or the new date, to be looked at once more; the reason, handled again, is neither."""
    if ctx.form_data.get("origin") == ctx.origin:
        await ctx.door.send(Screen(ctx.voice.t("appeal.ask_follows")))
        return
    text = ctx.text.strip()
    graded = text.isdecimal() or (text and len(text) <= GRADE_LETTERS and not any(map(str.isdigit, text)))
    case_id, why = int(ctx.form_data["case"]), str(ctx.form_data["reason"])
    grade, at = (text, None) if graded else ("", typed.moment(ctx))
    seen = await ctx.desk.do(proposals.decision, ctx.me, case_id, why, grade, at)
    await ctx.door.send(proposal_views.review(ctx.voice, seen, ctx.desk.clock()))


async def _decide(ctx: Context, why: str) -> None:
    case_id = int(ctx.form_data["case"])
    await ctx.desk.do(verdicts.decide, ctx.me, case_id, ctx.origin, reason=why)
    await _card(ctx, await ctx.desk.do(commissions.show, ctx.me, case_id))
    await ctx.form.close()


COMMANDS: dict[str, Handler] = {"appeal": start}
TAPS: dict[str, Handler] = {
    "ap": begin,
    "ad": draft,
    "ag": ask_ground,
    "as": set_ground,
    "ac": clear_text,
    "ai": list_files,
    "ar": remove_file,
    "af": paper,
    "av": review,
    "ay": submit,
    "aq": drop,
    "al": follow,
    "aw": withdraw,
    "aa": ask_files,
    "ao": documents,
    "ak": card,
    "au": ask_sitting,
    "at": vote,
    "ax": reseat,
    "ae": ask_reason,
}
BEHIND = {"ap": "appeal", "ad": "appeal", "al": "my", "ak": "staff"}
FORMS: dict[str, Handler] = {
    DRAFT: material,
    FILES: more_files,
    SITTING: sitting,
    REASON: reason,
    FOLLOWS: follows,
}
EDITS: dict[str, Handler] = {DRAFT: reworded}
