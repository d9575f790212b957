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


class SharedPace(Pace):
    """A pace that grants no moment of its own making. `run` has to run beside it."""

    def __init__(self, rate: float, margin_percent: float, clock: Callable[[], float], draw: Draw) -> None:
        super().__init__(rate, margin_percent, clock)
        self._draw = draw
        self._block = max(1, round(rate * BLOCK_SECONDS))
        self._drawn: deque[float] = deque()
        self._thirst = asyncio.Event()

    async def run(self) -> None:
        """Draw moments whenever somebody waits for one; without the database nothing is granted."""
        while True:
            await self._thirst.wait()
            asked = self.now()
            try:
                wait = await self._draw(self._block, self._gap)
            except Unavailable:
                await asyncio.sleep(AGAIN_SECONDS)
                continue
            self._thirst.clear()
            first = max(self.now(), asked + wait)
            self._drawn.extend(first + number * self._gap for number in range(self._block))
            self._hand_out()

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
