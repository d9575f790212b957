"""One pace for several machines: its moments are drawn from the database, a few at a time."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from bot.delivery.pace import CATCH_UP_SECONDS, Moment, Pace
from bot.storage.engine import Unavailable

BLOCK_SECONDS = 0.1
"""So much of the pace is drawn at once: what is not used of it is lost to the others too."""
AGAIN_SECONDS = 1.0
LONG = 3600.0
Draw = Callable[[int, float], Awaitable[float]]
"""Takes so many moments, so many seconds apart. Returns seconds until the first."""

Hold = Callable[[float], Awaitable[None]]
"""Keeps every machine from sending for so many seconds."""


class SharedPace(Pace):
    """A pace that grants no moment of its own making. `run` has to run beside it."""

    def __init__(
        self, rate: float, margin_percent: float, clock: Callable[[], float], draw: Draw, hold: Hold
    ) -> None:
        super().__init__(rate, margin_percent, clock)
        self._draw = draw
        self._hold = hold
        self._told_until = 0.0
        self._block = max(1, round(rate * BLOCK_SECONDS))
        self._drawn: deque[float] = deque()
        self._thirst = asyncio.Event()

    async def run(self) -> None:
        """Draw moments whenever somebody waits for one, and tell the others of a pause.

        Without the database nothing is granted.
        """
        while True:
            await self._thirst.wait()
            try:
                await self._tell()
                asked = self.now()
                wait = await self._draw(self._block, self._gap)
            except Unavailable:
                await asyncio.sleep(AGAIN_SECONDS)
                continue
            if not self._untold:
                self._thirst.clear()
            first = max(self.now(), asked + wait)
            self._drawn.extend(first + number * self._gap for number in range(self._block))
            self._hand_out()

    def pause(self, seconds: float) -> None:
        """Nothing goes out for a while, from no machine."""
        super().pause(seconds)
        self._thirst.set()

    @property
    def _untold(self) -> bool:
        return self._closed_until > max(self._told_until, self.now())

    async def _tell(self) -> None:
        if self._untold:
            until = self._closed_until
            await self._hold(until - self.now())
            self._told_until = until

    def _wait(self, urgency: int) -> float:
        while self._drawn and self._drawn[0] < self.now() - CATCH_UP_SECONDS:
            self._drawn.popleft()
        if not self._drawn:
            self._thirst.set()
            return LONG
        return max(super()._wait(urgency), self._drawn[0] - self.now())

    def _take(self) -> Moment:
        if self._drawn:
            self._drawn.popleft()
        return super()._take()
