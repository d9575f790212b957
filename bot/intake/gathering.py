"""What comes one by one while a transaction runs goes into the next one together."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
TOGETHER = 100


@dataclass(slots=True, eq=False)
class _Entry(Generic[T]):
    item: T
    leads: "asyncio.Future[bool]"
    """Whether its giver is to carry the next round; else it has been carried."""


class Gathering(Generic[T]):
    """Nothing waits for a clock: what comes first goes at once, what comes meanwhile goes after it, together.

    One round is under way at a time, carried by one of those who wait. What it raises they all raise. An item
    may be carried again when its carrier is cancelled, so carrying must do no harm twice.
    """

    def __init__(self, carry: Callable[[Sequence[T]], Awaitable[None]]) -> None:
        self._carry = carry
        self._waiting: list[_Entry[T]] = []
        self._under_way = False

    async def put(self, item: T) -> None:
        """Return when the item has been carried. Raises what carrying raises."""
        mine = _Entry(item, asyncio.get_running_loop().create_future())
        self._waiting.append(mine)
        if not self._under_way or await self._told(mine):
            await self._lead(mine)

    async def _told(self, mine: _Entry[T]) -> bool:
        try:
            return await mine.leads
        except asyncio.CancelledError:
            if mine.leads.done() and not mine.leads.cancelled():
                self._hand_on()
            raise

    async def _lead(self, mine: _Entry[T]) -> None:
        self._under_way = True
        taken, self._waiting = self._waiting[:TOGETHER], self._waiting[TOGETHER:]
        others = [entry for entry in taken if entry is not mine]
        try:
            await self._carry([entry.item for entry in taken])
        except asyncio.CancelledError:
            self._waiting = others + self._waiting
            raise
        except Exception as failure:
            for entry in others:
                if not entry.leads.done():
                    entry.leads.set_exception(failure)
            raise
        else:
            for entry in others:
                if not entry.leads.done():
                    entry.leads.set_result(False)
        finally:
            self._hand_on()

    def _hand_on(self) -> None:
        """The first of those who wait carries the next round; who has gone meanwhile asks again, or never."""
        self._waiting = [entry for entry in self._waiting if not entry.leads.done()]
        self._under_way = bool(self._waiting)
        if self._waiting:
            self._waiting[0].leads.set_result(True)
