"""Updates on their way in: each is durable before its sender is answered, by as few commits as can be."""

import asyncio
from collections.abc import Sequence
from typing import Any

from bot.services import inbox
from bot.services.office import Desk
from bot.storage.engine import Unavailable
from bot.storage.gathering import Gathering
from bot.telemetry import log

CROWD, CROWDED_SECONDS = 12, 0.05
"""So many at the door at once are a crowd, and are one for so long."""

PROBE_SECONDS, LATE_SECONDS = 0.002, 0.001
"""Whoever wakes from so short a sleep so late shares the processor with others."""

BEGIN_EVERY_SECONDS = 0.01
"""While there is a crowd and no processor to spare, the handling of what is in begins at least so often."""


async def keep(desk: Desk, bot_id: int, updates: Sequence[dict[str, Any]]) -> None:
    """Store all; one that cannot be stored is left out alone, else it would come for ever.

    Raises `Unavailable`: nothing was stored.
    """
    try:
        await desk.do(inbox.store, bot_id, updates)
    except Unavailable:
        raise
    except Exception as failure:
        if len(updates) == 1:
            number, reason = updates[0]["update_id"], type(failure).__name__
            log.error("update.unstorable", update=number, reason=reason)
            return
        for update in updates:
            await keep(desk, bot_id, [update])


class Letterbox:
    """What the webhook brings. Letting in goes before handling, so that Telegram is answered at once."""

    def __init__(self, desk: Desk, bot_id: int) -> None:

        async def kept(updates: Sequence[dict[str, Any]]) -> Sequence[None]:
            await keep(desk, bot_id, updates)
            return [None] * len(updates)

        self._letters: Gathering[dict[str, Any], None] = Gathering(kept)
        self._at_the_door = 0
        self._crowded_until = 0.0
        self._first = asyncio.Lock()

    async def put(self, update: dict[str, Any]) -> None:
        """Return when the update is durable. Raises `Unavailable`."""
        self._at_the_door += 1
        if self._at_the_door >= CROWD:
            self._crowded_until = _now() + CROWDED_SECONDS
        try:
            await self._letters.put(update)
        finally:
            self._at_the_door -= 1

    async def lull(self) -> None:
        """While there is a crowd at the door: wait, one after another, for a moment when nobody needs the
        processor, and no longer than the longest wait.
        """
        if not self._crowded():
            return
        async with self._first:
            end = _now() + BEGIN_EVERY_SECONDS
            while self._crowded() and (began := _now()) < end:
                await asyncio.sleep(PROBE_SECONDS)
                if _now() - began < PROBE_SECONDS + LATE_SECONDS:
                    return

    def _crowded(self) -> bool:
        return _now() < self._crowded_until


def _now() -> float:
    return asyncio.get_running_loop().time()
