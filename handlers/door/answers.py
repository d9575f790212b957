"""The way back over aiogram: messages, edits, files, toasts, and the question that is open in a chat."""

import asyncio
from html import unescape
from typing import Any

from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.types import (
    BotCommand,
    BotCommandScopeChat,
    BufferedInputFile,
    CallbackQuery,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
)

from bot.rules.notes import WITHOUT_CAPTION
from bot.services import conversations
from bot.services.office import Desk
from bot.telemetry import log
from bot.views.commands import command_list
from bot.views.screen import TOAST_LIMIT, Html, Screen, safe
from bot.views.speech import Speech

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
TOAST_PAUSES = (0.3, 1.0, 3.0)
LONGEST_TOAST_PAUSE = 5.0


class TelegramDoor:
    """Answers the person who acted."""

    def __init__(self, bot: Bot, user_id: int, query: CallbackQuery | None = None) -> None:
        self._bot = bot
        self._user_id = user_id
        self._query = query
        self._answered = False

    async def send(self, screen: Screen) -> int:
        if screen.upload is not None:
            file = BufferedInputFile(screen.upload.content, screen.upload.name)
            sent = await self._bot.send_document(
                self._user_id, file, caption=screen.words(), reply_markup=_markup(screen)
            )
            return sent.message_id
        if screen.file is None:
            message = await self._bot.send_message(
                self._user_id, screen.words(), reply_markup=_markup(screen), link_preview_options=NO_PREVIEW
            )
            return message.message_id
        kind, file_id = screen.file
        caption = {} if kind in WITHOUT_CAPTION else {"caption": screen.words()}
        send = getattr(self._bot, f"send_{kind}")
        message = await send(self._user_id, file_id, reply_markup=_markup(screen), **caption)
        return int(message.message_id)

    async def show(self, screen: Screen) -> int:
        message = self._query.message if self._query else None
        if message is None:
            return await self.send(screen)
        try:
            await self._bot.edit_message_text(
                screen.words(),
                chat_id=self._user_id,
                message_id=message.message_id,
                reply_markup=_markup(screen),
                link_preview_options=NO_PREVIEW,
            )
        except TelegramBadRequest as refused:
            if "message is not modified" not in refused.message:
                return await self.send(screen)
        return message.message_id

    async def toast(self, text: str, *, alert: bool = False) -> None:
        if self._query is None:
            await self.send(Screen(safe(text)))
            return
        plain = unescape(text) if isinstance(text, Html) else text
        await self._answer(plain[:TOAST_LIMIT], alert=alert)

    async def document(self, name: str, content: bytes, caption: Html) -> None:
        await self._bot.send_document(self._user_id, BufferedInputFile(content, name), caption=caption)

    async def picture(self, name: str, content: bytes, caption: Html) -> None:
        await self._bot.send_photo(self._user_id, BufferedInputFile(content, name), caption=caption)

    async def speak(self, voice: Speech) -> None:
        """The menu is an ornament: that it could not be set must not stop anything."""
        commands = [BotCommand(command=name, description=text) for name, text in command_list(voice)]
        try:
            await self._bot.set_my_commands(commands, scope=BotCommandScopeChat(chat_id=self._user_id))
        except TelegramAPIError as failure:
            log.warning("menu.not_set", reason=type(failure).__name__)

    async def close(self) -> None:
        """Stop the button's spinner, whatever happened."""
        if self._query is not None and not self._answered:
            await self._answer(None, alert=False)

    async def _answer(self, text: str | None, *, alert: bool) -> None:
        """Answer the tap. What the tap did is done, so a failure here is tried again here, then let be."""
        assert self._query is not None
        if self._answered:
            return
        self._answered = True
        for pause in TOAST_PAUSES:
            try:
                await self._bot.answer_callback_query(self._query.id, text=text, show_alert=alert)
            except TelegramRetryAfter as flood:
                await asyncio.sleep(min(flood.retry_after, LONGEST_TOAST_PAUSE))
            except (TelegramNetworkError, TelegramServerError, ClientDecodeError):
                await asyncio.sleep(pause)
            except (TelegramBadRequest, TelegramForbiddenError):
                return  # answered before, or too late: the spinner has stopped
            else:
                return
        log.warning("tap.unanswered")


def _markup(screen: Screen) -> InlineKeyboardMarkup | None:
    keyboard = screen.keyboard()
    return InlineKeyboardMarkup.model_validate({"inline_keyboard": keyboard}) if keyboard else None


class TelegramForm:
    """The open question of a chat, kept in our own database.

    It opens and closes only after the update was answered: one that is handled once more after a kill finds
    the question that it answers.
    """

    def __init__(self, desk: Desk, chat: str) -> None:
        self._desk = desk
        self._chat = chat
        self._next: tuple[str, dict[str, Any]] | None = None

    async def open(self, name: str, **data: Any) -> None:
        self._next = (name, data)

    async def close(self) -> None:
        self._next = ("", {})

    async def leave(self) -> None:
        """Another command was given: the question is open no more, whatever comes of that."""
        await self._desk.do(conversations.put, self._chat, "", {})

    async def settle(self) -> None:
        """The update was answered: the question that is to be open now is open."""
        if self._next is not None:
            state, data = self._next
            self._next = None
            await self._desk.do(conversations.put, self._chat, state, data)
