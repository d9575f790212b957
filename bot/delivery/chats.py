"""One message a second to a chat, some a minute to a group; a chat that asked for a pause gets it alone."""

import asyncio
from collections import deque
from collections.abc import Callable

REMEMBERED = 10_000
MINUTE = 60.0


class Chats:
    """When each chat may get its next message. `gap` and every other figure are seconds.

    A group (its number is negative) gets at most `group_per_minute` messages in any sliding minute; of that
    each of `machines` that send side by side takes its part.
    """

    def __init__(
        self,
        gap: float,
        clock: Callable[[], float],
        group_per_minute: int = 20,
        machines: Callable[[], int] = lambda: 1,
    ) -> None:
        self._machines = machines
        self._gap = gap
        self._now = clock
        self._per_minute = group_per_minute
        self._free: dict[int, float] = {}
        self._went: dict[int, float] = {}
        self._groups: dict[int, deque[float]] = {}

    def wait(self, chat: int) -> float:
        """How long the chat has to wait."""
        free = max(self._free.get(chat, 0.0), self._went.get(chat, float("-inf")) + self._gap)
        lately = self._groups.get(chat)
        if lately is not None:
            mine = max(1, self._per_minute // self._machines())
            if len(lately) >= mine:
                free = max(free, lately[-mine] + MINUTE + self._gap)
        return max(0.0, free - self._now())

    async def turn(self, chat: int) -> None:
        """Reserve the chat's next free moment, then wait for it.

        Who wakes late, on a busy machine, still leaves the one before its second.
        """
        wait = self.wait(chat)
        self._take(chat, self._now() + wait)
        while wait > 0:
            await asyncio.sleep(wait)
            wait = self._went.get(chat, float("-inf")) + self._gap - self._now()
        self.goes(chat)

    def goes(self, chat: int) -> None:
        """A message leaves for the chat now, or has just arrived there."""
        self._went[chat] = self._now()

    def _take(self, chat: int, moment: float) -> None:
        if len(self._free) > REMEMBERED:
            now = self._now()
            self._free = {known: free for known, free in self._free.items() if free > now}
            self._went = {known: went for known, went in self._went.items() if went + self._gap > now}
        self._free[chat] = moment + self._gap
        if chat < 0:
            self._groups.setdefault(chat, deque(maxlen=self._per_minute)).append(moment)

    def note(self, chat: int) -> None:
        """Something else was sent there: the next one waits for it, that one waits for nobody."""
        self._take(chat, max(self._now(), self._free.get(chat, 0.0) - self._gap))
        self.goes(chat)

    def flooded(self, chat: int, seconds: float) -> None:
        """The chat answered 429 and named its pause."""
        self._free[chat] = max(self._free.get(chat, 0.0), self._now() + seconds)
