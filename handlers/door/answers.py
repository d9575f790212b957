"""The way back: messages, edits, files, toasts, and the question that is open in a chat."""

import asyncio
from html import unescape
from typing import Any

from bot.services import conversations
from bot.services.office import Desk
from bot.telemetry import log
from bot.views.commands import command_list
from bot.views.screen import TOAST_LIMIT, Html, Screen, api_call, safe
from bot.views.speech import Speech
from bot.wire import (
    BAD_REQUEST,
    FLOOD,
    FORBIDDEN,
    SERVER_ERROR,
    ApiRefused,
    ApiUnreachable,
    Line,
    Upload,
)

TOAST_PAUSES = (0.3, 1.0, 3.0)
LONGEST_TOAST_PAUSE = 5.0


class TelegramDoor:
    """Answers the person who acted. `message`: the number of the one that was tapped, if it is known."""

    def __init__(self, line: Line, user_id: int, tap: str | None = None, message: int | None = None) -> None:
        self._line = line
        self._user_id = user_id
        self._tap = tap
        self._message = message
        self._answered = False

    async def send(self, screen: Screen) -> int:
        return _number(await self._line.call(*api_call(self._user_id, screen)))

    async def show(self, screen: Screen) -> int:
        if self._message is None:
            return await self.send(screen)
        try:
            await self._line.call(*api_call(self._user_id, screen, edits=self._message))
        except ApiRefused as refused:
            if refused.code != BAD_REQUEST:
                raise
            if "message is not modified" not in refused.description:
                return await self.send(screen)
        return self._message

    async def toast(self, text: str, *, alert: bool = False) -> None:
        if self._tap is None:
            await self.send(Screen(safe(text)))
            return
        plain = unescape(text) if isinstance(text, Html) else text
        await self._answer(plain[:TOAST_LIMIT], alert=alert)

    async def document(self, name: str, content: bytes, caption: Html) -> None:
        await self.send(Screen(caption, upload=Upload(name, content)))

    async def picture(self, name: str, content: bytes, caption: Html) -> None:
        words = {"caption": caption, "parse_mode": "HTML"}
        await self._line.call(
            "sendPhoto", {"chat_id": self._user_id, "photo": Upload(name, content), **words}
        )

    async def speak(self, voice: Speech) -> None:
        """The menu is an ornament: that it could not be set must not stop anything."""
        commands = [{"command": name, "description": text} for name, text in command_list(voice)]
        scope = {"type": "chat", "chat_id": self._user_id}
        try:
            await self._line.call("setMyCommands", {"commands": commands, "scope": scope})
        except (ApiRefused, ApiUnreachable) as failure:
            log.warning("menu.not_set", reason=type(failure).__name__)

    async def close(self) -> None:
        """Stop the button's spinner, whatever happened."""
        if self._tap is not None and not self._answered:
            await self._answer(None, alert=False)

    async def _answer(self, text: str | None, *, alert: bool) -> None:
        """Answer the tap. What the tap did is done, so a failure here is tried again here, then let be."""
        if self._answered:
            return
        self._answered = True
        said = {"text": text, "show_alert": alert} if text is not None else {}
        for pause in TOAST_PAUSES:
            try:
                await self._line.call("answerCallbackQuery", {"callback_query_id": self._tap, **said})
            except ApiUnreachable:
                await asyncio.sleep(pause)
            except ApiRefused as refused:
                if refused.code in (BAD_REQUEST, FORBIDDEN):
                    return  # answered before, or too late: the spinner has stopped
                if refused.code != FLOOD and refused.code < SERVER_ERROR:
                    raise
                await asyncio.sleep(min(refused.retry_after or pause, LONGEST_TOAST_PAUSE))
            else:
                return
        log.warning("tap.unanswered")


def _number(sent: Any) -> int:
    """The number of the message that was sent."""
    return int(sent["message_id"]) if isinstance(sent, dict) and "message_id" in sent else 0


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
