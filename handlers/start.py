"""First contact: /start with or without a code, language, consent, /privacy, /cancel."""

from bot.dialogue.context import Context, Handler
from bot.errors import Refusal
from bot.services import people
from bot.services import privacy as privacy_of
from bot.views import home
from bot.views.screen import Screen

HOME = "start"


async def start(ctx: Context) -> None:
    """Language at first contact, then consent for linked people, then the menu."""
    code = ctx.args[0] if ctx.args else ""
    if code:
        await _link(ctx, code)
    if not ctx.me.chosen:
        await ctx.door.send(home.choose_language(ctx.voices.all(), HOME))
        return
    await _menu_or_consent(ctx)


async def _link(ctx: Context, code: str) -> None:
    try:
        ctx.me = await ctx.desk.do(people.link, ctx.me, code, ctx.origin)
    except Refusal as refusal:
        if refusal.code in ("code_wrong", "code_used"):
            await ctx.desk.do(people.note_wrong_code, ctx.me, ctx.origin)
        await ctx.door.send(Screen(ctx.voice.refusal(refusal, ctx.desk.clock())))
        return
    await ctx.door.send(Screen(home.linked(ctx.voice, ctx.me)))


async def _menu_or_consent(ctx: Context) -> None:
    if ctx.me.person_id is not None and not ctx.me.consented:
        await ctx.door.send(home.consent(ctx.voice, ctx.me, HOME))
    else:
        await ctx.door.send(home.menu(ctx.voice, ctx.me))


async def choose(ctx: Context) -> None:
    """/lang: the same question again."""
    await ctx.door.send(home.choose_language(ctx.voices.all(), HOME))


async def chosen(ctx: Context) -> None:
    """A language was tapped: it holds from now on; what was asked before, or an open form, goes on."""
    language = ctx.args[0] if ctx.args else ""
    following = ctx.args[1] if len(ctx.args) > 1 else HOME
    ctx.me = await ctx.desk.do(people.choose_language, ctx.me, language)
    await ctx.door.show(Screen(home.language_chosen(ctx.voice, waits=bool(ctx.form_name))))
    await ctx.door.speak(ctx.voice)
    if ctx.form_name:
        return
    ctx.args = ()
    await ctx.go_on(following)


async def agreed(ctx: Context) -> None:
    """Consent was given: keep the proof, go on."""
    following = ctx.args[0] if ctx.args else HOME
    ctx.me = await ctx.desk.do(people.consent, ctx.me, ctx.origin)
    await ctx.door.show(Screen(ctx.voice.t("consent.thanks")))
    ctx.args = ()
    await ctx.go_on(following)


async def menu(ctx: Context) -> None:
    """A menu button is the command of its name."""
    following = ctx.args[0] if ctx.args else HOME
    ctx.args = ()
    await ctx.go_on(following)


async def privacy(ctx: Context) -> None:
    """/privacy: what is stored, why, and how to have it erased."""
    found = await ctx.desk.do(privacy_of.kept, ctx.me)
    await ctx.door.send(home.privacy(ctx.voice, ctx.me, found))


async def own_data(ctx: Context) -> None:
    """A copy of all that is kept about me."""
    content = await ctx.desk.do(privacy_of.copy, ctx.me)
    await ctx.door.send(home.own_data(ctx.voice, content))


async def cancel(ctx: Context) -> None:
    """/cancel: leave the open form; what was sent already stays."""
    await ctx.door.send(home.cancelled(ctx.voice, ctx.me, was_open=bool(ctx.form_name)))
    await ctx.form.close()


COMMANDS: dict[str, Handler] = {
    "start": start,
    "lang": choose,
    "privacy": privacy,
    "cancel": cancel,
}
TAPS: dict[str, Handler] = {"lang": chosen, "agree": agreed, "menu": menu, home.COPY: own_data}
