"""Telegram's side of a conversation: an update becomes a context, an answer becomes calls of the Bot API."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiogram import Bot, Router
from aiogram.exceptions import TelegramBadRequest
from aiogram.fsm.context import FSMContext
from aiogram.types import (
    BotCommand,
    BotCommandScopeChat,
    BufferedInputFile,
    CallbackQuery,
    ChatMemberUpdated,
    InlineKeyboardMarkup,
    InlineQuery,
    LinkPreviewOptions,
    Message,
)

from bot.dialogue.context import Attachment, Context, Handler
from bot.errors import Refusal
from bot.rules import access
from bot.rules.people import Me
from bot.services import people
from bot.services.office import Desk
from bot.views import home
from bot.views.commands import command_list
from bot.views.screen import TOAST_LIMIT, Html, Screen
from bot.views.speech import Speakers, Speech

PRIVATE = "private"
BLOCKED, PRESENT = "kicked", "member"
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


@dataclass(frozen=True, slots=True)
class Table:
    """Everything that can be asked for."""

    commands: Mapping[str, Handler]
    taps: Mapping[str, Handler]
    forms: Mapping[str, Handler]
    text: Handler
    command: Handler
    media: Handler
    edited: Handler
    old_button: Handler


class TelegramDoor:
    """Answers the person who acted, over aiogram's bot."""

    def __init__(self, bot: Bot, user_id: int, query: CallbackQuery | None = None) -> None:
        self._bot = bot
        self._user_id = user_id
        self._query = query
        self._answered = False

    async def send(self, screen: Screen) -> None:
        await self._bot.send_message(
            self._user_id, screen.text, reply_markup=_markup(screen), link_preview_options=NO_PREVIEW
        )

    async def show(self, screen: Screen) -> None:
        message = self._query.message if self._query else None
        if message is None:
            await self.send(screen)
            return
        try:
            await self._bot.edit_message_text(
                screen.text,
                chat_id=self._user_id,
                message_id=message.message_id,
                reply_markup=_markup(screen),
                link_preview_options=NO_PREVIEW,
            )
        except TelegramBadRequest as refused:
            if "message is not modified" not in refused.message:
                await self.send(screen)

    async def toast(self, text: str, *, alert: bool = False) -> None:
        if self._query is None:
            await self.send(Screen(Html(text)))
        else:
            await self._answer(text[:TOAST_LIMIT], alert=alert)

    async def document(self, name: str, content: bytes, caption: Html) -> None:
        await self._bot.send_document(self._user_id, BufferedInputFile(content, name), caption=caption)

    async def speak(self, voice: Speech) -> None:
        commands = [BotCommand(command=name, description=text) for name, text in command_list(voice)]
        await self._bot.set_my_commands(commands, scope=BotCommandScopeChat(chat_id=self._user_id))

    async def close(self) -> None:
        """Stop the button's spinner, whatever happened."""
        if self._query is not None and not self._answered:
            await self._answer(None, alert=False)

    async def _answer(self, text: str | None, *, alert: bool) -> None:
        assert self._query is not None
        if self._answered:
            return
        self._answered = True
        try:
            await self._bot.answer_callback_query(self._query.id, text=text, show_alert=alert)
        except TelegramBadRequest as refused:
            if "query is too old" not in refused.message and "QUERY_ID_INVALID" not in refused.message:
                raise


def _markup(screen: Screen) -> InlineKeyboardMarkup | None:
    keyboard = screen.keyboard()
    return InlineKeyboardMarkup.model_validate({"inline_keyboard": keyboard}) if keyboard else None


class TelegramForm:
    """The open question of a chat, kept by aiogram's FSM in our own storage."""

    def __init__(self, state: FSMContext) -> None:
        self._state = state

    async def open(self, name: str, **data: Any) -> None:
        await self._state.set_state(name)
        await self._state.set_data(data)

    async def close(self) -> bool:
        was_open = await self._state.get_state() is not None
        if was_open:
            await self._state.clear()
        return was_open


def build(table: Table) -> Router:
    """The aiogram router: one observer a kind of update, each routed by dictionary."""
    router = Router(name="emtihan")
    front = _Front(table)
    router.message.register(front.message)
    router.edited_message.register(front.edited)
    router.callback_query.register(front.tap)
    router.my_chat_member.register(front.membership)
    router.inline_query.register(front.inline)
    return router


class _Front:
    """Turns updates into contexts and sees that every one is answered."""

    def __init__(self, table: Table) -> None:
        self._table = table

    async def message(
        self,
        message: Message,
        bot: Bot,
        desk: Desk,
        voices: Speakers,
        state: FSMContext,
        raw_state: str | None,
        origin: int,
    ) -> None:
        if message.from_user is None or message.chat.type != PRIVATE:
            await self._in_group(message, bot, voices)
            return
        me = await _meet(desk, message.from_user.id, message.from_user.language_code)
        ctx = self._context(bot, desk, voices, state, origin, me)
        text = message.text or message.caption or ""
        ctx.attachment, ctx.album = _attachment(message), message.media_group_id or ""
        command, args = _command(message.text or "")
        if command:
            ctx.args = args
            if raw_state and command != "cancel":
                await state.clear()
            await self._run(ctx, self._table.commands.get(command, self._table.command), command)
        elif raw_state is not None and raw_state in self._table.forms:
            ctx.text, ctx.form_data = text, await state.get_data()
            await self._run(ctx, self._table.forms[raw_state], "")
        elif message.text:
            ctx.text = text
            await self._run(ctx, self._table.text, "text")
        elif not _is_service(message):
            await self._run(ctx, self._table.media, "media")

    async def edited(
        self, message: Message, bot: Bot, desk: Desk, voices: Speakers, state: FSMContext, origin: int
    ) -> None:
        if message.from_user is None or message.chat.type != PRIVATE:
            return
        me = await _meet(desk, message.from_user.id, message.from_user.language_code)
        await self._run(self._context(bot, desk, voices, state, origin, me), self._table.edited, "")

    async def tap(
        self, query: CallbackQuery, bot: Bot, desk: Desk, voices: Speakers, state: FSMContext, origin: int
    ) -> None:
        me = await _meet(desk, query.from_user.id, query.from_user.language_code)
        door = TelegramDoor(bot, query.from_user.id, query)
        ctx = self._context(bot, desk, voices, state, origin, me, door)
        prefix, *args = (query.data or "").split(":")
        ctx.args, ctx.tapped = tuple(args), True
        command = args[0] if prefix == "menu" and args else ""
        try:
            await self._run(ctx, self._table.taps.get(prefix, self._table.old_button), command)
        finally:
            await door.close()

    async def inline(self, query: InlineQuery, bot: Bot) -> None:
        await bot.answer_inline_query(query.id, results=[], cache_time=1)

    async def membership(self, change: ChatMemberUpdated, desk: Desk) -> None:
        if change.chat.type == PRIVATE:
            blocked = change.new_chat_member.status == BLOCKED
            await desk.do(people.set_blocked, change.from_user.id, blocked)

    def _context(
        self,
        bot: Bot,
        desk: Desk,
        voices: Speakers,
        state: FSMContext,
        origin: int,
        me: Me,
        door: TelegramDoor | None = None,
    ) -> Context:
        return Context(
            desk=desk,
            voices=voices,
            door=door or TelegramDoor(bot, me.user_id),
            form=TelegramForm(state),
            me=me,
            origin=origin,
            commands=self._table.commands,
        )

    async def _run(self, ctx: Context, handler: Handler, asked: str) -> None:
        gate = access.gate(ctx.me.actor, asked, chosen=ctx.me.chosen, consented=ctx.me.consented)
        if gate == "language":
            following = asked if asked in self._table.commands else "start"
            await ctx.door.send(home.choose_language(ctx.voices.all(), following))
            return
        if gate == "consent":
            await ctx.door.send(home.consent(ctx.voice, ctx.me, asked))
            return
        try:
            await handler(ctx)
        except Refusal as refusal:
            await self._refuse(ctx, refusal)

    async def _refuse(self, ctx: Context, refusal: Refusal) -> None:
        text = ctx.voice.refusal(refusal, ctx.desk.clock())
        await ctx.door.send(home.refused(ctx.voice, ctx.me, text, refusal.params.get("phones")))

    async def _in_group(self, message: Message, bot: Bot, voices: Speakers) -> None:
        command, _ = _command(message.text or "")
        if command in self._table.commands:
            text = Html("\n".join(voice.t("fallback.group") for voice in voices.all()))
            await bot.send_message(message.chat.id, text)


async def _meet(desk: Desk, user_id: int, language: str | None) -> Me:
    return await desk.do(people.meet, user_id, language or "")


def _command(text: str) -> tuple[str, tuple[str, ...]]:
    """The command of a message (`/start@name CODE`) and its words, ('', ()) when it is none."""
    if not text.startswith("/"):
        return "", ()
    head, *rest = text.split()
    return head[1:].split("@")[0].lower(), tuple(rest)


FILES = ("document", "voice", "video", "video_note", "audio")


def _attachment(message: Message) -> Attachment | None:
    if message.photo:
        return Attachment("photo", message.photo[-1].file_id)
    for kind in FILES:
        file = getattr(message, kind)
        if file is not None:
            return Attachment(kind, file.file_id)
    return None


def _is_service(message: Message) -> bool:
    """Something the chat itself says (a pinned message, a joined member): nobody waits for an answer."""
    return bool(message.pinned_message or message.new_chat_members or message.left_chat_member)
