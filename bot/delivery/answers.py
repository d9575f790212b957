"""Answers to taps keep to the one pace of everything that is sent, ahead of every notice."""

from collections.abc import Callable
from typing import Any

from bot.delivery.chats import Chats
from bot.delivery.pace import Pace
from bot.rules.notices import Rank
from bot.storage.engine import Unavailable
from bot.wire import ApiRefused, Line

COUNTED = ("send", "edit", "copy", "forward")


class Answers:
    """The line on which handlers speak: a message of theirs takes its moment like any other.

    It is not held back by what its chat got lately; the chat's next notice waits for it. Nothing is said by
    a node that others may have given up (`trusted` is false): who took over says it.
    """

    def __init__(
        self,
        line: Line,
        pace: Pace,
        chats: Chats | None = None,
        trusted: Callable[[], bool] = lambda: True,
    ) -> None:
        self._line = line
        self._pace = pace
        self._chats = chats
        self._trusted = trusted

    async def call(self, method: str, payload: dict[str, Any], patience: float | None = None) -> Any:
        """The `result` of a call. Raises `ApiRefused`, `ApiUnreachable`, `Unavailable`."""
        if not method.startswith(COUNTED):
            return await self._tried(method, payload, patience)
        moment = await self._pace.turn(Rank.ANSWER)
        assert moment is not None, "an answer waits for its moment however long"
        if not self._trusted():
            raise Unavailable("this node was silent for too long")
        chat = payload.get("chat_id")
        if self._chats is not None and isinstance(chat, int):
            self._chats.note(chat)
        with self._pace.flight(moment):
            return await self._tried(method, payload, patience)

    async def _tried(self, method: str, payload: dict[str, Any], patience: float | None) -> Any:
        try:
            return await self._line.call(method, payload, patience)
        except ApiRefused as refused:
            if refused.retry_after is not None:
                self._pace.flooded(payload.get("chat_id") or 0, refused.retry_after)
            raise
