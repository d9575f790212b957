"""A decision is looked at once more before it is stored; its date can be mended afterwards."""

from bot.dialogue import typed
from bot.dialogue.context import Context, Handler
from bot.errors import Refusal
from bot.rules.casework import Kind
from bot.services import applications, commissions, proposals
from bot.views import appeals as appeal_views
from bot.views import applications as application_views
from bot.views import proposals as views

MENDED = "mended_date"


async def confirm(ctx: Context) -> None:
    """«Right, store it». A second tap shows the same."""
    gone = Refusal("proposal_gone")
    draft_id, turn = ctx.must(0, gone), ctx.must(1, gone)
    case_id, kind = await ctx.desk.do(proposals.confirm, ctx.me, draft_id, turn, ctx.origin)
    await ctx.form.close()
    now = ctx.desk.clock()
    if kind == Kind.APPEAL:
        appeal = await ctx.desk.do(commissions.show, ctx.me, case_id)
        await ctx.door.show(appeal_views.card(ctx.voice, appeal, now))
    else:
        application = await ctx.desk.do(applications.show, ctx.me, case_id)
        await ctx.door.show(application_views.card(ctx.voice, application, now))


async def ask(ctx: Context) -> None:
    """The date was mistyped: which is right?"""
    case_id = ctx.must(0, Refusal("case_gone"))
    number, at = await ctx.desk.do(proposals.standing, ctx.me, case_id)
    await ctx.form.open(MENDED, case=case_id)
    await ctx.door.send(views.ask(ctx.voice, number, at))


async def mended(ctx: Context) -> None:
    """The right date was written; it is looked at once more."""
    case_id = int(ctx.form_data["case"])
    seen = await ctx.desk.do(proposals.correction, ctx.me, case_id, typed.moment(ctx))
    await ctx.door.send(views.review(ctx.voice, seen, ctx.desk.clock()))


TAPS: dict[str, Handler] = {"an": confirm, "az": ask}
BEHIND = {"az": "staff"}
FORMS: dict[str, Handler] = {MENDED: mended}
