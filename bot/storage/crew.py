"""Threads over PostgreSQL: few at once, as they share one interpreter; nobody waits for a long work."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from weakref import WeakKeyDictionary

R = TypeVar("R")

AT_ONCE, THREADS = 3, 12
"""More short works at once only take the interpreter from each other: each costs half as much again."""

GIVES_WAY_SECONDS = 0.05
"""A work that takes longer waits for the database: another may begin beside it."""


class _Place:
    def __init__(self, places: asyncio.Semaphore) -> None:
        self._places: asyncio.Semaphore | None = places

    def leave(self) -> None:
        """Once, whoever says it."""
        if self._places is not None:
            self._places.release()
            self._places = None


class Crew:
    """Carries out works in threads, in the order they came."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="storage")
        self._places: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()

    async def run(self, work: Callable[[], R]) -> R:
        """Carry out `work` in a thread. Raises what it raises."""
        loop = asyncio.get_running_loop()
        places = self._places.setdefault(loop, asyncio.Semaphore(AT_ONCE))
        await places.acquire()
        place = _Place(places)
        gives_way = loop.call_later(GIVES_WAY_SECONDS, place.leave)
        try:
            return await loop.run_in_executor(self._threads, work)
        finally:
            gives_way.cancel()
            place.leave()

    def close(self) -> None:
        """Let running works finish."""
        self._threads.shutdown(wait=True)
