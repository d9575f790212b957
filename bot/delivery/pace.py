"""One pace for everything that is sent: never more than the rate in any second, one a second to a chat."""

import asyncio
from collections.abc import Callable
from typing import Any

SECOND = 1.0


class Pace:
    """Hands out moments to send. Answers to taps pass ahead of what waits here.

    `rate` is messages a second; `margin_percent` keeps below it, since a pace of exactly the rate exceeds it
    in some sliding second. `pause` stops everything (flood control of the whole bot).
    """

    def __init__(self, rate: float, margin_percent: float, clock: Callable[[], float]) -> None:
        self._gap = SECOND / rate * (1 + margin_percent / 100)
        self._clock = clock
        self._next = 0.0

    async def turn(self) -> None:
        """Wait for the next moment at which a notice may go out."""
        while True:
            wait = self._next - self._clock()
            if wait <= 0:
                break
            await asyncio.sleep(wait)
        self._take()

    def answer(self) -> None:
        """An answer to a tap goes out now: it uses up a moment, but waits for none."""
        self._take()

    def _take(self) -> None:
        now = self._clock()
        self._next = max(self._next, now) + self._gap

    def pause(self, seconds: float) -> None:
        """Nothing goes out for a while."""
        self._next = max(self._next, self._clock() + seconds)

    @property
    def ready_in(self) -> float:
        """Seconds until the next free moment."""
        return max(0.0, self._next - self._clock())


class Paced:
    """Counts an answer to a tap against the one pace of all senders, without making it wait."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace

    async def __call__(self, make_request: Any, bot: Any, method: Any) -> Any:
        if method.__api_method__.startswith(("send", "edit", "copy", "forward")):
            self._pace.answer()
        return await make_request(bot, method)
