"""Long polling: updates are stored, and only then confirmed to Telegram by the next offset."""

import asyncio
from collections.abc import Callable
from typing import Any

from bot.intake.letterbox import keep
from bot.services import inbox
from bot.services.office import Desk
from bot.storage.engine import Unavailable
from bot.telemetry import log
from bot.wire import CONFLICT, ApiRefused, ApiUnreachable, Wire

ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member", "chat_member", "inline_query")
POLL_SECONDS = 25
LIMIT = 100
PAUSES = (0.5, 1, 2, 5, 10)
UNAUTHORIZED = (401, 404)


class Poller:
    """Asks Telegram for updates until it is cancelled."""

    def __init__(self, wire: Wire, desk: Desk, bot_id: int, wake: Callable[[], None]) -> None:
        self._wire = wire
        self._desk = desk
        self._bot_id = bot_id
        self._wake = wake
        self._failures = 0
        self.last_answer: float = 0.0

    async def run(self) -> None:
        """Poll for ever; a broken line or an absent database is waited out, nothing is confirmed unstored."""
        offset: int | None = None
        while True:
            try:
                updates = await self._ask(offset)
                if updates:
                    await keep(self._desk, self._bot_id, updates)
                    offset = max(int(update["update_id"]) for update in updates) + 1
                    self._wake()
                self._failures = 0
                self.last_answer = asyncio.get_running_loop().time()
            except (ApiRefused, ApiUnreachable, Unavailable) as failure:
                await self._pause(failure)

    async def _ask(self, offset: int | None) -> list[dict[str, Any]]:
        asked = {"timeout": POLL_SECONDS, "limit": LIMIT, "allowed_updates": list(ALLOWED)}
        if offset is not None:
            asked["offset"] = offset
        answer = await self._wire.call("getUpdates", asked, patience=POLL_SECONDS + 10)
        if not isinstance(answer, list):
            raise ApiUnreachable("getUpdates: the answer is no list")
        return [update for update in answer if inbox.is_update(update)]

    async def _pause(self, failure: ApiRefused | ApiUnreachable | Unavailable) -> None:
        pause = PAUSES[min(self._failures, len(PAUSES) - 1)]
        self._failures += 1
        if isinstance(failure, ApiRefused):
            pause = max(pause, failure.retry_after or 0)
            if failure.code == CONFLICT:
                log.error("polling.conflict", reason="another process polls with this token", wait=pause)
            elif failure.code in UNAUTHORIZED:
                log.error("polling.token_refused", reason=failure.description, wait=pause)
        if self._failures in (1, 10) or self._failures % 60 == 0:
            log.warning("polling.interrupted", reason=str(failure), times=self._failures, wait=pause)
        await asyncio.sleep(pause)
