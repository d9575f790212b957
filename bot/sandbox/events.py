"""What pages are told: a numbered, bounded log of events and the streams that follow it."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator

from bot.sandbox.model import JsonDict


class Hub:
    """Numbers events, keeps the newest `keep` of them and wakes every stream."""

    def __init__(self, keep: int) -> None:
        self._log: deque[tuple[int, str]] = deque(maxlen=keep)
        self._seq = 0
        self._waiters: set[asyncio.Event] = set()
        self._closed = False

    @property
    def seq(self) -> int:
        """Number of the newest event; 0 before the first."""
        return self._seq

    def emit(self, event: JsonDict) -> None:
        """Append `event`; its place in the stream is added as `seq`."""
        self._seq += 1
        self._log.append((self._seq, json.dumps({**event, "seq": self._seq}, ensure_ascii=False)))
        for waiter in self._waiters:
            waiter.set()

    def close(self) -> None:
        """End every stream."""
        self._closed = True
        for waiter in self._waiters:
            waiter.set()

    def _after(self, seq: int) -> list[tuple[int, str]]:
        missed = self._seq - seq
        if missed <= 0:
            return []
        if missed >= len(self._log):
            return list(self._log)
        return [self._log[index] for index in range(len(self._log) - missed, len(self._log))]

    async def follow(self, since: int | None, heartbeat_s: float) -> AsyncIterator[bytes]:
        """Server-sent events after number `since` (None: only new ones), with idle heartbeats.

        A stream that asks for events already forgotten, or for numbers this sandbox has not given yet
        (it was restarted), first gets `{"type": "reset"}`: the page must read the state again.
        """
        waiter = asyncio.Event()
        self._waiters.add(waiter)
        seen = self._seq if since is None else since
        oldest = self._log[0][0] if self._log else self._seq + 1
        try:
            yield b"retry: 1000\n\n"
            if seen > self._seq or (seen < self._seq and seen < oldest - 1):
                seen = self._seq
                yield f'id: {seen}\ndata: {{"type": "reset", "seq": {seen}}}\n\n'.encode()
            while not self._closed:
                waiter.clear()
                for number, text in self._after(seen):
                    seen = number
                    yield f"id: {number}\ndata: {text}\n\n".encode()
                if waiter.is_set():
                    continue
                try:
                    async with asyncio.timeout(heartbeat_s):
                        await waiter.wait()
                except TimeoutError:
                    yield b": still here\n\n"
        finally:
            self._waiters.discard(waiter)
