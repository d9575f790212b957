"""One pace for everything that is sent: never more than the rate in any second, the most urgent first."""

import asyncio
import contextlib
import heapq
import itertools
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.rules.notices import Rank

SECOND = 1.0
LONGEST_FLIGHT = 0.5
"""A call that takes longer on its way than the others is waited for so long at most."""

CATCH_UP_SECONDS = 0.1
"""A moment missed by less than this is made up for, so that a busy machine does not slow a wave down."""


@dataclass(slots=True)
class Moment:
    """A moment taken at `at`; the call made at it got to the server between then and `late` seconds after."""

    at: float
    flying: bool = False
    late: float = 0.0


class Pace:
    """Hands out moments to send. Answers to taps pass ahead of notices, urgent notices ahead of others.

    `rate` is messages a second; `margin_percent` keeps below it, since a pace of exactly the rate exceeds it
    in some sliding second. Notices are spread evenly; answers only keep to the rate of the whole. `clock`
    gives seconds that never jump.
    """

    def __init__(self, rate: float, margin_percent: float, clock: Callable[[], float]) -> None:
        stretch = 1 + margin_percent / 100
        most = max(1, int(rate))
        self.now = clock
        self._gap = SECOND / rate * stretch
        self._span = max(SECOND, most / rate) * stretch
        self._taken: deque[Moment] = deque(maxlen=most)
        self._quickest = float("inf")
        self._next_notice = 0.0
        self._closed_until = 0.0
        self._last_flood: tuple[int, float] | None = None
        self._queue: list[tuple[int, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()
        self._timer: asyncio.TimerHandle | None = None
        self._granted: asyncio.Future[None] | None = None

    @property
    def per_second(self) -> float:
        """How many notices a second go out."""
        return SECOND / self._gap

    async def turn(self, urgency: int, patience: float | None = None) -> Moment | None:
        """Wait for the next moment; lower `urgency` goes first. None when `patience` seconds are over."""
        if not self._queue and self._granted is None and self._wait(urgency) <= 0:
            return self._take()
        moment: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._queue, (urgency, next(self._numbers), moment))
        self._hand_out()
        try:
            async with asyncio.timeout(patience):
                await moment
            return self._take()
        except TimeoutError:
            return None
        finally:
            if self._granted is moment:
                self._granted = None
            self._hand_out()

    @contextlib.contextmanager
    def flight(self, moment: Moment) -> Iterator[None]:
        """The call of a moment is on its way. One that was delayed there counts from when it arrived.

        The server counts arrivals: a message that was held up and the first of the next second would else be
        in one second together.
        """
        moment.flying = True
        try:
            yield
        finally:
            took, moment.flying = self.now() - moment.at, False
            self._quickest = min(self._quickest, took)
            moment.late = min(took - self._quickest, LONGEST_FLIGHT)
            self._hand_out()

    def pause(self, seconds: float) -> None:
        """Nothing goes out for a while."""
        self._closed_until = max(self._closed_until, self.now() + seconds)

    @property
    def paused_for(self) -> float:
        """Seconds for which nothing goes out."""
        return max(0.0, self._closed_until - self.now())

    def flooded(self, chat: int, seconds: float) -> bool:
        """A chat has answered 429. One chat waits alone; two within a second mean the whole bot: all wait.

        Returns whether all wait.
        """
        now, last = self.now(), self._last_flood
        self._last_flood = (chat, now)
        general = last is not None and last[0] != chat and now - last[1] <= SECOND
        if general:
            self.pause(seconds)
        return general

    def _hand_out(self) -> None:
        """Grant the next moment when it has come; one at a time, counted from when its owner has it."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._queue and self._granted is None:
            urgency, _, moment = self._queue[0]
            if not moment.done():
                wait = self._wait(urgency)
                if wait > 0:
                    self._timer = asyncio.get_running_loop().call_later(wait, self._hand_out)
                    return
                self._granted = moment
                moment.set_result(None)
            heapq.heappop(self._queue)

    def _wait(self, urgency: int) -> float:
        until = self._closed_until
        if len(self._taken) == self._taken.maxlen:
            oldest = self._taken[0]
            late = LONGEST_FLIGHT if oldest.flying else oldest.late
            until = max(until, oldest.at + late + self._span)
        if urgency > Rank.ANSWER:
            until = max(until, self._next_notice)
        return until - self.now()

    def _take(self) -> Moment:
        now = self.now()
        taken = Moment(now)
        self._taken.append(taken)
        self._next_notice = max(self._next_notice, now - CATCH_UP_SECONDS) + self._gap
        return taken
