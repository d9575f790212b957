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

BEGIN_EVERY_SECONDS = 0.025
"""While there is a crowd, the handling of what is in begins so often."""

PATIENCE_SECONDS = 10.0
"""A crowd that stays longer than this is let in and handled side by side: people wait for answers."""


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
        self._crowded_since = self._crowded_until = 0.0
        self._begun = 0.0

    async def put(self, update: dict[str, Any]) -> None:
        """Return when the update is durable. Raises `Unavailable`."""
        self._at_the_door += 1
        if self._at_the_door >= CROWD:
            now = _now()
            if now >= self._crowded_until:
                self._crowded_since = now
            self._crowded_until = now + CROWDED_SECONDS
        try:
            await self._letters.put(update)
        finally:
            self._at_the_door -= 1

    def hold_back(self) -> float:
        """Seconds to wait before another update is handled; 0: it may be now, and counts as begun."""
        now = _now()
        if now < self._crowded_until and now - self._crowded_since < PATIENCE_SECONDS:
            wait = self._begun + BEGIN_EVERY_SECONDS - now
            if wait > 0:
                return wait
        self._begun = now
        return 0.0


def _now() -> float:
    return asyncio.get_running_loop().time()
