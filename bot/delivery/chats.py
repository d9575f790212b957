"""One message a second to a chat; a chat that asked for a pause gets it, and nobody else waits for it."""

import asyncio
from collections.abc import Callable

REMEMBERED = 10_000


class Chats:
    """When each chat may get its next message. `gap` and every other figure are seconds."""

    def __init__(self, gap: float, clock: Callable[[], float]) -> None:
        self._gap = gap
        self._now = clock
        self._free: dict[int, float] = {}

    def wait(self, chat: int) -> float:
        """How long the chat has to wait."""
        return max(0.0, self._free.get(chat, 0.0) - self._now())

    async def turn(self, chat: int) -> None:
        """Reserve the chat's next free moment, then wait for it."""
        wait = self.wait(chat)
        if len(self._free) > REMEMBERED:
            self._free = {known: free for known, free in self._free.items() if free > self._now()}
        self._free[chat] = self._now() + wait + self._gap
        if wait:
            await asyncio.sleep(wait)

    def flooded(self, chat: int, seconds: float) -> None:
        """The chat answered 429 and named its pause."""
        self._free[chat] = max(self._free.get(chat, 0.0), self._now() + seconds)
