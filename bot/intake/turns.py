"""Who is answered next when more wait than can be: the urgent first, but nobody never."""

import asyncio
from collections import deque

from bot.services.inbox import OTHERS_EVERY


class Turns:
    """So many at once. Of a kind, whoever has waited longest goes first."""

    def __init__(self, at_once: int) -> None:
        self._free = at_once
        self._urgent: deque[asyncio.Future[None]] = deque()
        self._others: deque[asyncio.Future[None]] = deque()
        self._disputed = 0

    async def take(self, *, urgent: bool) -> None:
        """Wait for a turn. Whoever has it gives it back."""
        if self._free and not self._urgent and not self._others:
            self._free -= 1
            return
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        (self._urgent if urgent else self._others).append(mine)
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():
                self.give_back()
            raise

    def give_back(self) -> None:
        """The turn is over; the next begins."""
        self._free += 1
        while self._free and (self._urgent or self._others):
            following = self._next().popleft()
            if not following.done():
                self._free -= 1
                following.set_result(None)

    def _next(self) -> deque[asyncio.Future[None]]:
        if not self._urgent or not self._others:
            return self._urgent or self._others
        self._disputed += 1
        return self._others if self._disputed % OTHERS_EVERY == 0 else self._urgent
