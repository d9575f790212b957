"""Telegram's side of a conversation: an update becomes a context, an answer becomes calls of the Bot API."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from aiogram import Bot, Router
from aiogram.types import CallbackQuery, ChatMemberUpdated, InlineQuery, Message, User

from bot.dialogue.context import Context, Handler
from bot.dialogue.enquiries import Enquiries
from bot.errors import Refusal
from bot.rules import access, rights
from bot.rules.people import Me
from bot.rules.rights import Right
from bot.services import chats, conversations, people
from bot.services.office import Desk
from bot.telemetry import log
from bot.views import home
from bot.views.screen import Html, Screen
from bot.views.speech import Speakers
from bot.wire import Line
from handlers.door import inline, reading
from handlers.door.answers import TelegramDoor, TelegramForm
from handlers.door.crowd import Crowd

PRIVATE = "private"
BLOCKED = "kicked"
HOME = "start"
NEVER_LATE = frozenset({"sos", "cancel"})
"""Commands that are carried out however much somebody sends."""

STAYS_OPEN = frozenset({"lang"})
"""Commands after which the question that is open still waits for its answer."""

ALBUMS_REMEMBERED = 1_000


@dataclass(frozen=True, slots=True)
class Table:
    """Everything that can be asked for. `behind`: taps that wait for what their command waits for.

    `groups`, `group_taps`: commands and buttons of a group's chat.
    """

    commands: Mapping[str, Handler]
    taps: Mapping[str, Handler]
    behind: Mapping[str, str]
    forms: Mapping[str, Handler]
    groups: Mapping[str, Handler]
    group_taps: Mapping[str, Handler]
    text: Handler
    command: Handler
    media: Handler
    edited: Handler
    old_button: Handler


def build(table: Table) -> Router:
    """The aiogram router: one observer a kind of update, each routed by dictionary."""
    router = Router(name="emtihan")
    front = _Front(table)
    router.message.register(front.message)
    router.edited_message.register(front.edited)
    router.callback_query.register(front.tap)
    router.my_chat_member.register(front.membership)
    router.chat_member.register(front.member)
    router.inline_query.register(front.inline)
    return router


class _Front:
    """Turns updates into contexts and sees that every one is answered."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._crowd = Crowd()
        self._albums: OrderedDict[str, None] = OrderedDict()

    async def message(
        self,
        message: Message,
        bot: Bot,
        line: Line,
        desk: Desk,
        voices: Speakers,
        enquiries: Enquiries,
        origin: int,
    ) -> None:
        if message.from_user is None or message.chat.type != PRIVATE:
            await self._in_group(message, bot, line, desk, voices, enquiries, origin)
            return
        if not reading.is_written(message) or reading.is_ours(message, bot.id):
            return
        arrival, form = await _meet(desk, bot, message.chat.id, message.from_user)
        ctx = self._context(line, desk, voices, enquiries, form, origin, arrival.me)
        ctx.text, ctx.sent_at = reading.plain(message.text or message.caption), int(message.date.timestamp())
        ctx.attachment, ctx.album = reading.attachment(message), message.media_group_id or ""
        ctx.message_id, ctx.place = message.message_id, reading.place(message)
        ctx.answers = message.reply_to_message.message_id if message.reply_to_message else None
        command, args = reading.command(reading.plain(message.text))
        known = self._table.commands.get(command)
        if arrival.form in self._table.forms and not command:
            ctx.form_name, ctx.form_data = arrival.form, arrival.answers
            await self._run(ctx, self._table.forms[arrival.form], "")
            return
        if command not in NEVER_LATE and not await self._admitted(ctx):
            return
        ctx.form_name = arrival.form
        if known is not None:
            ctx.args = args
            if arrival.form and command != "cancel" and command not in STAYS_OPEN:
                await form.leave()
            await self._run(ctx, known, command, rights.COMMANDS.get(command))
        elif command:
            await self._run(ctx, self._table.command, command)
        elif message.text:
            await self._run(ctx, self._table.text, "text")
        else:
            ctx.repeated = self._seen(ctx.album)
            await self._run(ctx, self._table.media, "media")

    def _seen(self, album: str) -> bool:
        """Whether another picture of this album has been answered already."""
        if not album:
            return False
        known = album in self._albums
        self._albums[album] = None
        if len(self._albums) > ALBUMS_REMEMBERED:
            self._albums.popitem(last=False)
        return known

    async def _admitted(self, ctx: Context) -> bool:
        verdict = self._crowd.admits(ctx.me.user_id, asyncio.get_running_loop().time())
        if verdict == "warn":
            log.info("crowd.warned", user=ctx.me.user_id)
            await ctx.door.send(home.too_much(ctx.voice, self._crowd.seconds()))
        return verdict == "open"

    async def edited(
        self,
        message: Message,
        bot: Bot,
        line: Line,
        desk: Desk,
        voices: Speakers,
        enquiries: Enquiries,
        origin: int,
    ) -> None:
        if message.from_user is None or message.chat.type != PRIVATE:
            return
        if reading.is_moving(message):
            return
        arrival, form = await _meet(desk, bot, message.chat.id, message.from_user)
        ctx = self._context(line, desk, voices, enquiries, form, origin, arrival.me)
        ctx.text, ctx.message_id = reading.plain(message.text or message.caption), message.message_id
        ctx.form_name, ctx.form_data = arrival.form, arrival.answers
        if await self._admitted(ctx):
            await self._run(ctx, self._table.edited, "")

    async def tap(
        self,
        query: CallbackQuery,
        bot: Bot,
        line: Line,
        desk: Desk,
        voices: Speakers,
        enquiries: Enquiries,
        origin: int,
    ) -> None:
        chat = query.message.chat if query.message else None
        group = chat.id if chat is not None and chat.type != PRIVATE else None
        where = group or query.from_user.id
        arrival, form = await _meet(desk, bot, where, query.from_user)
        door = TelegramDoor(line, where, query.id, query.message.message_id if query.message else None)
        ctx = self._context(line, desk, voices, enquiries, form, origin, arrival.me, door)
        prefix, *args = reading.plain(query.data).split(":")
        ctx.args, ctx.tapped, ctx.chat = tuple(args), True, group
        ctx.form_name = arrival.form
        handler = self._table.taps.get(prefix)
        try:
            if group is not None:
                await self._tap_in_group(ctx, prefix)
            elif handler is None:
                await self._run(ctx, self._table.old_button, "")
            else:
                behind = self._table.behind.get(prefix, "")
                await self._run(ctx, handler, behind, rights.TAPS.get(prefix))
        finally:
            await door.close()

    async def _tap_in_group(self, ctx: Context, prefix: str) -> None:
        """A button below a post in a group's chat: the answer is a toast, nobody else there is disturbed."""
        handler = self._table.group_taps.get(prefix)
        try:
            if handler is None:
                await ctx.door.toast(ctx.voice.t("fallback.group"), alert=True)
            else:
                access.admit(ctx.me.actor, rights.GROUP_TAPS.get(prefix))
                await handler(ctx)
        except Refusal as refusal:
            if refusal.code in access.DENIALS:
                await ctx.desk.do(people.note_denied, ctx.me, refusal.code)
            await ctx.door.toast(ctx.voice.refusal(refusal, ctx.desk.clock()), alert=True)

    async def inline(
        self, query: InlineQuery, line: Line, desk: Desk, voices: Speakers, enquiries: Enquiries
    ) -> None:
        asker = query.from_user
        language = await desk.do(people.language_of, asker.id, asker.language_code or "")
        await inline.answer(query, line, voices[language], enquiries)

    async def membership(self, change: ChatMemberUpdated, desk: Desk) -> None:
        if change.chat.type == PRIVATE:
            blocked = change.new_chat_member.status == BLOCKED
            await desk.do(people.set_blocked, change.from_user.id, blocked)
            return
        present, rings = reading.standing(change.new_chat_member)
        await desk.do(chats.bot_is, change.chat.id, present, rings)

    async def member(self, change: ChatMemberUpdated, desk: Desk) -> None:
        """Somebody has come into a group, or left it; only an administrator hears of it."""
        user = change.new_chat_member.user.id
        present, _ = reading.standing(change.new_chat_member)
        await desk.do(chats.seen, change.chat.id, [(user, present)])

    def _context(
        self,
        line: Line,
        desk: Desk,
        voices: Speakers,
        enquiries: Enquiries,
        form: TelegramForm,
        origin: int,
        me: Me,
        door: TelegramDoor | None = None,
    ) -> Context:
        return Context(
            desk=desk,
            voices=voices,
            enquiries=enquiries,
            door=door or TelegramDoor(line, me.user_id),
            form=form,
            me=me,
            origin=origin,
            follow=self._follow,
        )

    async def _follow(self, ctx: Context, command: str) -> None:
        """Carry out a command by another way than its own; the menu for one that is not there."""
        name = command if command in self._table.commands else HOME
        await self._run(ctx, self._table.commands[name], name, rights.COMMANDS.get(name))

    async def _run(
        self, ctx: Context, handler: Handler, asked: str, right: Right | None = rights.OPEN
    ) -> None:
        """`right`: who may ask for this at all; None for what stands in no row of the table."""
        gate = access.gate(ctx.me.actor, asked, chosen=ctx.me.chosen, consented=ctx.me.consented)
        following = asked if asked in self._table.commands else HOME
        if gate == "language":
            await ctx.door.send(home.choose_language(ctx.voices.all(), following))
            return
        if gate == "consent":
            await ctx.door.send(home.consent(ctx.voice, ctx.me, following))
            return
        try:
            access.admit(ctx.me.actor, right)
            await handler(ctx)
        except Refusal as refusal:
            await self._refuse(ctx, refusal)
        await ctx.form.settle()

    async def _refuse(self, ctx: Context, refusal: Refusal) -> None:
        if refusal.code in access.DENIALS:
            await ctx.desk.do(people.note_denied, ctx.me, refusal.code)
        text = ctx.voice.refusal(refusal, ctx.desk.clock())
        await ctx.door.send(home.refused(ctx.voice, ctx.me, text, refusal.params.get("phones")))

    async def _in_group(
        self,
        message: Message,
        bot: Bot,
        line: Line,
        desk: Desk,
        voices: Speakers,
        enquiries: Enquiries,
        origin: int,
    ) -> None:
        """A group's chat: who comes and goes, its new number, and the few commands that are meant for it."""
        if message.migrate_to_chat_id is not None:
            await desk.do(chats.migrate, message.chat.id, message.migrate_to_chat_id)
            return
        moves = reading.moves(message)
        if moves:
            await desk.do(chats.seen, message.chat.id, moves)
            return
        command, args = reading.command(reading.plain(message.text))
        if command and await self._is_anothers(message, desk):
            return
        handler = self._table.groups.get(command)
        writer = message.from_user
        if handler is not None and writer is not None and not writer.is_bot:
            arrival, form = await _meet(desk, bot, message.chat.id, writer)
            me, door = arrival.me, TelegramDoor(line, message.chat.id)
            ctx = self._context(line, desk, voices, enquiries, form, origin, me, door)
            ctx.args, ctx.chat = args, message.chat.id
            try:
                access.admit(me.actor, rights.GROUPS.get(command))
                await handler(ctx)
            except Refusal as refusal:
                await ctx.door.send(Screen(ctx.voice.refusal(refusal, desk.clock())))
        elif command in self._table.commands or handler is not None:
            text = Html("\n".join(voice.t("fallback.group") for voice in voices.all()))
            await TelegramDoor(line, message.chat.id).send(Screen(text))

    @staticmethod
    async def _is_anothers(message: Message, desk: Desk) -> bool:
        """Whether a command names another bot of the group."""
        named = reading.addressee(reading.plain(message.text))
        return bool(named) and named != (await desk.do(people.bot_username)).lower()


async def _meet(desk: Desk, bot: Bot, chat_id: int, user: User) -> tuple[people.Arrival, TelegramForm]:
    chat = conversations.key(bot.id, chat_id, user.id)
    asked = (user.id, user.language_code or "", chat)
    arrival = await desk.look_together(people.recognize, asked)
    if arrival is None:
        arrival = await desk.do(people.arrive, *asked)
    return arrival, TelegramForm(desk, chat)
