"""Updates on their way in: each is durable before its sender is answered, by as few commits as can be."""

import asyncio
from collections.abc import Sequence
from typing import Any

from bot.intake.gathering import Gathering
from bot.services import inbox
from bot.services.office import Desk
from bot.storage.engine import Unavailable
from bot.telemetry import log

CROWD, CROWDED_SECONDS = 5, 0.05
"""So many at the door at once are a crowd, and are one for so long."""

BEGIN_EVERY_SECONDS = 0.02
"""While there is a crowd at the door, the handling of what is in begins only so often."""


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
        self._letters: Gathering[dict[str, Any]] = Gathering(lambda updates: keep(desk, bot_id, updates))
        self._at_the_door = 0
        self._crowded_until = self._next_turn = 0.0

    async def put(self, update: dict[str, Any]) -> None:
        """Return when the update is durable. Raises `Unavailable`."""
        self._at_the_door += 1
        if self._at_the_door >= CROWD:
            now = _now()
            if now >= self._crowded_until:
                self._next_turn = now
            self._crowded_until = now + CROWDED_SECONDS
        try:
            await self._letters.put(update)
        finally:
            self._at_the_door -= 1

    async def lull(self) -> None:
        """While there is a crowd at the door, wait until it is gone or the caller's turn has come."""
        now = _now()
        if now >= self._crowded_until:
            return
        turn = self._next_turn = max(now, self._next_turn) + BEGIN_EVERY_SECONDS
        while now < min(turn, self._crowded_until):
            await asyncio.sleep(min(turn, self._crowded_until) - now)
            now = _now()


def _now() -> float:
    return asyncio.get_running_loop().time()
