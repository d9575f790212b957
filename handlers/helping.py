"""/help: troubleshooting, one fix at a time; the same trees as scripts for a helper on the phone."""

from bot.dialogue.context import Context, Handler
from bot.errors import Refusal
from bot.rules.trees import CALL, OUTCOMES, OWN, Outcome, Problem
from bot.services import helping
from bot.views import help as views
from bot.views import home

SEARCH = "script_search"
SHORT: dict[str, Outcome] = {outcome[0]: outcome for outcome in OUTCOMES}
FOUND = 4


async def help_(ctx: Context) -> None:
    """/help offers the groups; /help WORDS the problems that the words may mean."""
    await ctx.enquiries.trees()
    if ctx.args:
        await _search(ctx, OWN, " ".join(ctx.args))
        return
    desk = await ctx.desk.do(helping.desk, ctx.me, OWN)
    await ctx.door.send(views.home(ctx.voice, desk, ctx.desk.office.policy.phones, ctx.desk.clock()))


async def about(ctx: Context) -> None:
    """What the bot does, whom to call."""
    await ctx.door.show(home.help_screen(ctx.voice, ctx.me, ctx.desk.office.policy.phones))


async def groups(ctx: Context) -> None:
    """Back to where one begins, for oneself or for a caller."""
    desk = await ctx.desk.do(helping.desk, ctx.me, await _scope(ctx, 0))
    await ctx.door.show(views.home(ctx.voice, desk, ctx.desk.office.policy.phones, ctx.desk.clock()))


async def group(ctx: Context) -> None:
    """The platforms of a group."""
    desk = await ctx.desk.do(helping.desk, ctx.me, await _scope(ctx, 1))
    if ctx.args[0] not in ctx.voice.trees.groups():
        raise Refusal("help_gone")
    await ctx.door.show(views.platforms(ctx.voice, desk, ctx.args[0], ctx.desk.clock()))


async def platform(ctx: Context) -> None:
    """The problems of a platform."""
    desk = await ctx.desk.do(helping.desk, ctx.me, await _scope(ctx, 1))
    if ctx.args[0] not in ctx.voice.trees.platforms:
        raise Refusal("help_gone")
    await ctx.door.show(views.problems(ctx.voice, desk, ctx.args[0], ctx.desk.clock()))


async def problem(ctx: Context) -> None:
    """A problem: its first fix, after the device where that matters."""
    scope = await _scope(ctx, 1)
    await _go_on(ctx, scope, _known(ctx, ctx.args[0]))


async def device(ctx: Context) -> None:
    """The device was named; it is remembered."""
    scope = await _scope(ctx, 1)
    desk = await ctx.desk.do(helping.use_device, ctx.me, scope, ctx.args[0])
    name = await ctx.desk.do(helping.open_problem, ctx.me, scope)
    if name in ctx.voice.trees.problems:
        await _go_on(ctx, scope, ctx.voice.trees.problems[name])
    else:
        await ctx.door.show(views.home(ctx.voice, desk, ctx.desk.office.policy.phones, ctx.desk.clock()))


async def other_device(ctx: Context) -> None:
    """Another device is used now."""
    desk = await ctx.desk.do(helping.desk, ctx.me, await _scope(ctx, 0))
    await ctx.door.show(views.which_device(ctx.voice, desk))


async def language(ctx: Context) -> None:
    """The caller speaks another language."""
    await ctx.enquiries.trees()
    chosen = ctx.args[0] if ctx.args else ""
    desk = await ctx.desk.do(helping.use_language, ctx.me, CALL, chosen)
    await ctx.door.show(views.home(ctx.voice, desk, ctx.desk.office.policy.phones, ctx.desk.clock()))


async def outcome(ctx: Context) -> None:
    """How the fix went; the next one comes."""
    scope = await _scope(ctx, 2)
    said = SHORT.get(ctx.args[1])
    if said is None:
        raise Refusal("help_gone")
    tree = await _open(ctx, scope)
    where = await ctx.desk.do(helping.answer, ctx.me, scope, tree, ctx.args[0], said)
    await ctx.door.show(views.stand(ctx.voice, where, ctx.desk.clock()))


async def back(ctx: Context) -> None:
    """The fix before this one; from the first one to the problems."""
    scope = await _scope(ctx, 0)
    tree = await _open(ctx, scope)
    try:
        where = await ctx.desk.do(helping.back, ctx.me, scope, tree)
    except Refusal as refusal:
        if refusal.code != "help_first":
            raise
        desk = await ctx.desk.do(helping.desk, ctx.me, scope)
        await ctx.door.show(views.problems(ctx.voice, desk, tree.platform, ctx.desk.clock()))
        return
    await ctx.door.show(views.stand(ctx.voice, where, ctx.desk.clock()))


async def ask_words(ctx: Context) -> None:
    """A helper searches by the caller's words."""
    await ctx.desk.do(helping.desk, ctx.me, CALL)
    await ctx.form.open(SEARCH)
    await ctx.door.send(views.search_words(ctx.voice))


async def searched(ctx: Context) -> None:
    """The caller's words came."""
    await ctx.form.close()
    await ctx.enquiries.trees()
    await _search(ctx, CALL, ctx.text)


async def _search(ctx: Context, scope: str, words: str) -> None:
    desk = await ctx.desk.do(helping.desk, ctx.me, scope)
    hits = await ctx.enquiries.troubles(words, desk.language or ctx.voice.language, FOUND)
    await ctx.door.send(views.found(ctx.voice, desk, [hit.entry_id for hit in hits], ctx.desk.clock()))


async def _go_on(ctx: Context, scope: str, tree: Problem) -> None:
    where = await ctx.desk.do(helping.begin, ctx.me, scope, tree)
    if not where.device and ctx.voice.trees.needs_device(ctx.voice.language, tree):
        desk = await ctx.desk.do(helping.desk, ctx.me, scope)
        await ctx.door.show(views.which_device(ctx.voice, desk))
    else:
        await ctx.door.show(views.stand(ctx.voice, where, ctx.desk.clock()))


async def _open(ctx: Context, scope: str) -> Problem:
    return _known(ctx, await ctx.desk.do(helping.open_problem, ctx.me, scope))


def _known(ctx: Context, name: str) -> Problem:
    found = ctx.voice.trees.problems.get(name)
    if found is None:
        raise Refusal("help_gone")
    return found


async def _scope(ctx: Context, index: int) -> str:
    """Whose trouble a button speaks of; the trees are read by then."""
    await ctx.enquiries.trees()
    if len(ctx.args) <= index or ctx.args[index] not in (OWN, CALL):
        raise Refusal("help_gone")
    return ctx.args[index]


COMMANDS: dict[str, Handler] = {"help": help_}
TAPS: dict[str, Handler] = {
    "ha": about,
    "hh": groups,
    "hg": group,
    "hp": platform,
    "hq": problem,
    "hd": device,
    "hx": other_device,
    "hl": language,
    "ho": outcome,
    "hb": back,
    "hs": ask_words,
}
FORMS: dict[str, Handler] = {SEARCH: searched}
