"""Who is answered next when more wait than can be: the urgent first, but nobody never."""

import asyncio
from collections import deque
from collections.abc import Callable

from bot.services.inbox import OTHERS_EVERY


class Turns:
    """So many chats at once. Of a kind, whoever has waited longest goes first.

    A chat that waits is a number here and nothing else: thousands may.
    """

    def __init__(self, at_once: int, begin: Callable[[int], None], hold_back: Callable[[], float]) -> None:
        """`begin` is called with a chat whose turn it is; whoever has it gives it back. `hold_back` says how
        many seconds the next turn is to wait, 0 for none.
        """
        self._free = at_once
        self._begin = begin
        self._hold_back = hold_back
        self._held: asyncio.TimerHandle | None = None
        self._urgent: deque[int] = deque()
        self._others: deque[int] = deque()
        self._disputed = 0

    def ask(self, chat: int, *, urgent: bool) -> None:
        """A chat waits for a turn."""
        (self._urgent if urgent else self._others).append(chat)
        self._go_on()

    def give_back(self) -> None:
        """A turn is over; the next begins."""
        self._free += 1
        self._go_on()

    def end(self) -> list[int]:
        """Nobody waits any more. Returns who did."""
        waited = [*self._urgent, *self._others]
        self._urgent.clear()
        self._others.clear()
        if self._held is not None:
            self._held.cancel()
            self._held = None
        return waited

    def _go_on(self) -> None:
        while self._held is None and self._free and (self._urgent or self._others):
            wait = self._hold_back()
            if wait:
                self._held = asyncio.get_running_loop().call_later(wait, self._released)
                return
            self._free -= 1
            self._begin(self._next().popleft())

    def _released(self) -> None:
        self._held = None
        self._go_on()

    def _next(self) -> deque[int]:
        if not self._urgent or not self._others:
            return self._urgent or self._others
        self._disputed += 1
        return self._others if self._disputed % OTHERS_EVERY == 0 else self._urgent
