"""Several machines over one inbox: each takes what it can handle now, a chat at a time is one machine's."""

import asyncio
from collections.abc import Callable

from bot.clock import monotonic
from bot.intake.worker import Means, Worker
from bot.services import inbox
from bot.services.inbox import Waiting
from bot.storage.engine import Unavailable
from bot.telemetry import log

CHATS_AT_ONCE = 32
"""So many a machine has in hand: the rest stays where any other can take it, and the urgent first."""

LOOK_SECONDS = 0.25
"""So often what other machines have stored, or left, is looked for."""

CLAIM_EVERY_SECONDS = 0.02
"""What comes within so little is claimed together."""

TRUST_SECONDS = 0.1


class Sharing(Worker):
    """Handles what this node has claimed. A row that others may have taken over is not begun.

    `trusted`: whether this node was heard of just now.
    """

    def __init__(self, means: Means, trusted: Callable[[], bool]) -> None:
        super().__init__(means)
        self._trusted = trusted
        self._unheard = False
        self._doubtful: set[int] = set()

    async def _take_in(self) -> None:
        while True:
            self._news.clear()
            began = monotonic()
            await self._claim()
            await self._look_again()
            await asyncio.sleep(began + CLAIM_EVERY_SECONDS - monotonic())

    async def _claim(self) -> None:
        """Take more when half of what may be in hand is done: many at once cost little more than one."""
        room = CHATS_AT_ONCE - len(self._lanes)
        if self._stopping or room < CHATS_AT_ONCE // 2 or not self._trusted():
            return
        again, self._unheard = self._unheard, True
        try:
            rows = await self._desk.do(inbox.claim, self._bot.id, room, again=again)
        except Unavailable as failure:
            log.error("inbox.unavailable", reason=str(failure))
            return
        self._unheard = False
        for row in rows:
            if row.row_id in self._held and not self._has(row):
                self._doubtful.add(row.row_id)
            self._take_up(row)

    async def _look_again(self) -> None:
        """Wait until something was stored here or there is room again, but not for long."""
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                await self._news.wait()
        except TimeoutError:
            return

    def _rest(self) -> None:
        super()._rest()
        if len(self._lanes) <= CHATS_AT_ONCE // 2:
            self._news.set()

    async def _may(self, row: Waiting) -> bool:
        while not self._trusted():
            if self._stopping:
                return False
            await asyncio.sleep(TRUST_SECONDS)
        if row.holder != self._desk.office.node.id:
            return False
        if row.row_id in self._doubtful:
            self._doubtful.discard(row.row_id)
            return await self._ours(row)
        return True
