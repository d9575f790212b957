"""News for many: whom for, the words in each language, preview, send, stop."""

from bot.dialogue.context import Context, Handler
from bot.errors import Refusal
from bot.rules.broadcasts import BroadcastView
from bot.services import broadcasts
from bot.views import broadcasts as views

GROUP, WORDS = "news_group", "news_words"


async def start(ctx: Context) -> None:
    """Whom for?"""
    found = await ctx.desk.do(broadcasts.recent, ctx.me)
    await ctx.door.show(views.start(ctx.voice, found, ctx.desk.clock()))


async def choose(ctx: Context) -> None:
    """Everybody at once; else which faculty, group, role or language."""
    what = ctx.args[0] if ctx.args else ""
    found = await ctx.desk.do(broadcasts.choices, ctx.me, what)
    if what == "all":
        await _begin(ctx, what, "")
    elif what == "group":
        await ctx.form.open(GROUP)
        await ctx.door.send(views.ask_group(ctx.voice))
    else:
        await ctx.door.show(views.choose(ctx.voice, what, found))


async def chosen(ctx: Context) -> None:
    """This one."""
    what, at = ctx.args[0] if ctx.args else "", ctx.number(1)
    found = await ctx.desk.do(broadcasts.choices, ctx.me, what)
    if at is None or at >= len(found):
        raise Refusal("news_audience")
    await _begin(ctx, what, found[at])


async def group(ctx: Context) -> None:
    """The group was named."""
    await _begin(ctx, "group", ctx.text.strip())


async def _begin(ctx: Context, what: str, which: str) -> None:
    shown = await ctx.desk.do(broadcasts.draft, ctx.me, what, which, ctx.origin)
    await _ask(ctx, shown, broadcasts.missing(ctx.desk.office, shown, ctx.voice.language))


async def _ask(ctx: Context, shown: BroadcastView, language: str) -> None:
    await ctx.form.open(WORDS, news=shown.id, language=language)
    await ctx.door.send(views.ask_words(ctx.voice, shown, language))


async def words(ctx: Context) -> None:
    """The words of one language have come; then the next language, at last the preview."""
    news, language = int(ctx.form_data["news"]), str(ctx.form_data["language"])
    shown = await ctx.desk.do(broadcasts.write, ctx.me, news, language, ctx.text)
    following = broadcasts.missing(ctx.desk.office, shown, ctx.voice.language)
    if following:
        await _ask(ctx, shown, following)
        return
    await ctx.form.close()
    await ctx.door.send(views.preview(ctx.voice, shown))


async def same(ctx: Context) -> None:
    """The words there are do for everybody."""
    shown = await ctx.desk.do(broadcasts.look, ctx.me, _number(ctx))
    if not shown.texts or shown.state != "draft":
        raise Refusal("news_gone")
    await ctx.form.close()
    await ctx.door.show(views.preview(ctx.voice, shown))


async def anew(ctx: Context) -> None:
    """Other words."""
    shown = await ctx.desk.do(broadcasts.look, ctx.me, _number(ctx))
    if shown.state != "draft":
        raise Refusal("news_gone")
    await _ask(ctx, shown, ctx.voice.language)


async def send(ctx: Context) -> None:
    """Confirmed: it goes out, and its account keeps itself current."""
    await _account(ctx, await ctx.desk.do(broadcasts.confirm, ctx.me, _number(ctx)))


async def stop(ctx: Context) -> None:
    """What has not gone out yet will not."""
    await _account(ctx, await ctx.desk.do(broadcasts.cancel, ctx.me, _number(ctx)))


async def look(ctx: Context) -> None:
    """How it stands."""
    shown = await ctx.desk.do(broadcasts.look, ctx.me, _number(ctx))
    if shown.state == "draft":
        await ctx.door.show(views.preview(ctx.voice, shown))
        return
    await _account(ctx, shown)


async def _account(ctx: Context, shown: BroadcastView) -> None:
    number = await ctx.door.show(views.account(ctx.voice, shown, ctx.desk.clock()))
    await ctx.desk.do(broadcasts.adopt, ctx.me, shown.id, number)


async def drop(ctx: Context) -> None:
    """No news after all."""
    await ctx.desk.do(broadcasts.cancel, ctx.me, _number(ctx))
    await ctx.form.close()
    await ctx.door.show(views.dropped(ctx.voice))


def _number(ctx: Context) -> int:
    found = ctx.number(0)
    if found is None:
        raise Refusal("news_gone")
    return found


COMMANDS: dict[str, Handler] = {}
TAPS: dict[str, Handler] = {
    "n0": start,
    "na": choose,
    "nb": chosen,
    "nt": same,
    "nw": anew,
    "ng": send,
    "nc": stop,
    "ns": look,
    "nx": drop,
}
BEHIND = dict.fromkeys(TAPS, "staff")
FORMS: dict[str, Handler] = {GROUP: group, WORDS: words}
