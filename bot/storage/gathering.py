"""What comes one by one while a transaction runs goes into the next one together."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")
TOGETHER = 100


class _Next(Enum):
    LEADS = "leads"


@dataclass(slots=True, eq=False)
class _Entry(Generic[T, R]):
    item: T
    told: "asyncio.Future[R | _Next]"
    """What carrying it brought, or that its giver is to carry the next round."""


class Gathering(Generic[T, R]):
    """Nothing waits for a clock: what comes first goes at once, what comes meanwhile goes after it, together.

    One round is under way at a time, carried by one of those who wait; carrying brings one result an item.
    What it raises they all raise. An item may be carried again when its carrier is cancelled, so carrying
    must do no harm twice.
    """

    def __init__(self, carry: Callable[[Sequence[T]], Awaitable[Sequence[R]]]) -> None:
        self._carry = carry
        self._waiting: list[_Entry[T, R]] = []
        self._under_way = False

    async def put(self, item: T) -> R:
        """The item's result, when it has been carried. Raises what carrying raises."""
        mine: _Entry[T, R] = _Entry(item, asyncio.get_running_loop().create_future())
        self._waiting.append(mine)
        if self._under_way:
            told = await self._told(mine)
            if not isinstance(told, _Next):
                return told
        return await self._lead(mine)

    async def _told(self, mine: _Entry[T, R]) -> R | _Next:
        try:
            return await mine.told
        except asyncio.CancelledError:
            if _leads(mine):
                self._hand_on()
            raise

    async def _lead(self, mine: _Entry[T, R]) -> R:
        self._under_way = True
        taken, self._waiting = self._waiting[:TOGETHER], self._waiting[TOGETHER:]
        others = [entry for entry in taken if entry is not mine]
        try:
            results = await self._carry([mine.item, *(entry.item for entry in others)])
        except asyncio.CancelledError:
            self._waiting = others + self._waiting
            raise
        except Exception as failure:
            for entry in others:
                if not entry.told.done():
                    entry.told.set_exception(failure)
            raise
        else:
            for entry, result in zip(others, results[1:], strict=True):
                if not entry.told.done():
                    entry.told.set_result(result)
            return results[0]
        finally:
            self._hand_on()

    def _hand_on(self) -> None:
        """The first of those who wait carries the next round; who has gone meanwhile asks again, or never."""
        self._waiting = [entry for entry in self._waiting if not entry.told.done()]
        self._under_way = bool(self._waiting)
        if self._waiting:
            self._waiting[0].told.set_result(_Next.LEADS)


def _leads(entry: _Entry[T, R]) -> bool:
    """Whether somebody was told to carry the next round; who was told a result leads nothing."""
    told = entry.told
    return told.done() and not told.cancelled() and not told.exception() and told.result() is _Next.LEADS
