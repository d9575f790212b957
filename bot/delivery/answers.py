"""Answers to taps keep to the one pace of everything that is sent, ahead of every notice."""

from collections.abc import Callable
from typing import Any

from aiogram.exceptions import TelegramRetryAfter

from bot.delivery.chats import Chats
from bot.delivery.pace import Pace
from bot.rules.notices import Rank
from bot.storage.engine import Unavailable

COUNTED = ("send", "edit", "copy", "forward")


class Paced:
    """Middleware of aiogram's session: a message of a handler takes its moment like any other.

    It is not held back by what its chat got lately; the chat's next notice waits for it. Nothing is said by
    a node that others may have given up (`trusted` is false): who took over says it.
    """

    def __init__(
        self, pace: Pace, chats: Chats | None = None, trusted: Callable[[], bool] = lambda: True
    ) -> None:
        self._pace = pace
        self._chats = chats
        self._trusted = trusted

    async def __call__(self, make_request: Any, bot: Any, method: Any) -> Any:
        if not method.__api_method__.startswith(COUNTED):
            return await self._tried(make_request, bot, method)
        moment = await self._pace.turn(Rank.ANSWER)
        assert moment is not None, "an answer waits for its moment however long"
        if not self._trusted():
            raise Unavailable("this node was silent for too long")
        chat = getattr(method, "chat_id", None)
        if self._chats is not None and isinstance(chat, int):
            self._chats.note(chat)
        with self._pace.flight(moment):
            return await self._tried(make_request, bot, method)

    async def _tried(self, make_request: Any, bot: Any, method: Any) -> Any:
        try:
            return await make_request(bot, method)
        except TelegramRetryAfter as flood:
            self._pace.flooded(getattr(method, "chat_id", None) or 0, flood.retry_after)
            raise
