"""/ask, and free text outside a form: a question to the rules, answered with its clause."""

from bot.dialogue.context import Context, Handler
from bot.errors import Refusal
from bot.library.rulebook import Entry
from bot.rules.trees import OWN
from bot.rules.vocabulary import PersonKind
from bot.services import helping
from bot.views import help as help_
from bot.views import home, rules

QUESTION = "question"


async def ask(ctx: Context) -> None:
    """/ask TEXT answers; /ask alone asks for the question."""
    question = " ".join(ctx.args)
    if question:
        await _answer(ctx, question)
    else:
        await ctx.form.open(QUESTION)
        await ctx.door.send(rules.question(ctx.voice))


async def asked(ctx: Context) -> None:
    """The question that was asked for."""
    if not ctx.text.strip():
        await ctx.door.send(rules.in_words(ctx.voice))
        return
    await _answer(ctx, ctx.text)
    await ctx.form.close()


async def free_text(ctx: Context) -> None:
    """Words outside a form are a question too; the menu where no rule is near them."""
    await _answer(ctx, ctx.text, otherwise_menu=True)


async def show(ctx: Context) -> None:
    """A rule was chosen among the nearest or the related."""
    entry = await _entry(ctx)
    ctx.enquiries.count("opened", ctx.voice.language, entry)
    await ctx.door.send(rules.answer(ctx.voice, await ctx.enquiries.rulebook(), entry))


async def no_help(ctx: Context) -> None:
    """«This did not help»: a person then."""
    entry = await _entry(ctx) if ctx.args and ctx.args[0] != "-" else None
    ctx.enquiries.count("no_help", ctx.voice.language, entry)
    await ctx.door.send(rules.person(ctx.voice, ctx.desk.office.policy.phones))


async def _answer(ctx: Context, question: str, *, otherwise_menu: bool = False) -> None:
    by_staff = ctx.me.kind is PersonKind.STAFF
    found = await ctx.enquiries.find(question, ctx.voice.language, by_staff=by_staff)
    rulebook = await ctx.enquiries.rulebook()
    if found.sure and not found.trouble:
        ctx.enquiries.count("sure", ctx.voice.language, found.entries[0])
        screen = rules.answer(ctx.voice, rulebook, found.entries[0])
        await ctx.door.send(help_.also(ctx.voice, screen, found.troubles))
    elif found.trouble:
        ctx.enquiries.count("trouble", ctx.voice.language)
        desk = await ctx.desk.do(helping.desk, ctx.me, OWN)
        near = found.entries[:1] if found.meant else ()
        screen = help_.found(ctx.voice, desk, found.troubles, ctx.desk.clock())
        await ctx.door.send(rules.besides(ctx.voice, rulebook, screen, near))
    elif found.entries and (found.meant or not otherwise_menu):
        ctx.enquiries.count("unsure", ctx.voice.language)
        screen = rules.nearest(ctx.voice, rulebook, found.entries)
        await ctx.door.send(help_.also(ctx.voice, screen, found.troubles))
    else:
        ctx.enquiries.count("nothing", ctx.voice.language)
        nothing = (
            home.not_understood(ctx.voice, ctx.me, "text") if otherwise_menu else rules.nothing(ctx.voice)
        )
        await ctx.door.send(nothing)


async def _entry(ctx: Context) -> Entry:
    rulebook = await ctx.enquiries.rulebook()
    found = rulebook.entries.get(ctx.args[0] if ctx.args else "")
    if found is None:
        raise Refusal("rule_gone")
    return found


COMMANDS: dict[str, Handler] = {"ask": ask}
TAPS: dict[str, Handler] = {rules.SHOW: show, rules.NO_HELP: no_help}
FORMS: dict[str, Handler] = {QUESTION: asked}
