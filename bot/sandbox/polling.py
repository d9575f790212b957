"""getUpdates: confirmation by offset, long polling, and the quarrel of two pollers."""

import asyncio
from dataclasses import dataclass, field

from bot.sandbox.call import Call
from bot.sandbox.errors import ApiError, conflict
from bot.sandbox.updates import Update
from bot.sandbox.world import World

LONGEST_S = 50
REPEAT_S = 0.5
OTHER_POLL = "terminated by other getUpdates request; make sure that only one bot instance is running"
BY_WEBHOOK = "terminated by setWebhook request"
WEBHOOK_ACTIVE = (
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)


@dataclass(slots=True)
class _Waiter:
    """One long poll that waits; `verdict` is why it ended: "" for news or the text of a conflict."""

    ended: asyncio.Event = field(default_factory=asyncio.Event)
    verdict: str = ""

    def end(self, verdict: str) -> None:
        if not self.ended.is_set():
            self.verdict = verdict
            self.ended.set()


class Poller:
    """Serves getUpdates. At most one long poll waits: a second one ends the first with 409."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._waiter: _Waiter | None = None
        self._last_offset: int | None = None
        self._last_start = float("-inf")
        self._next_conflict = float("-inf")
        self._closed = False
        world.updates.on_new.append(self._wake)

    @property
    def waiting(self) -> bool:
        """Whether a long poll is held open now."""
        return self._waiter is not None

    def _wake(self) -> None:
        if self._waiter is not None:
            self._waiter.end("")

    def end_for_webhook(self) -> None:
        """setWebhook takes over: the waiting poll gets 409."""
        if self._waiter is not None:
            self._waiter.end(BY_WEBHOOK)

    def close(self) -> None:
        """The server stops: waiting polls answer with nothing."""
        self._closed = True
        self._wake()

    async def _refuse(self, verdict: str) -> ApiError:
        """The refusal; one that follows another within the window is delayed by it."""
        now = self._world.config.monotonic()
        window = self._world.config.poll_window_s
        if now >= self._next_conflict:
            self._next_conflict = now + window
        else:
            await asyncio.sleep(window)
        return conflict(verdict)

    async def get_updates(self, call: Call, webhook_active: bool) -> list[Update]:
        """The batch for this call, waiting up to its `timeout` (0 to 50 s) when there is none yet."""
        if webhook_active:
            raise await self._refuse(WEBHOOK_ACTIVE)
        offset = call.integer("offset")
        limit = call.integer("limit", 100, 1, 100)
        seconds: float = call.integer("timeout", 0, 0, LONGEST_S)
        self._world.updates.allow(_kinds(call))
        now = self._world.config.monotonic()
        window = self._world.config.poll_window_s
        if offset == self._last_offset:
            if seconds < window and now < self._last_start + window:
                seconds = window
            if now < self._last_start + min(REPEAT_S, window):
                limit = 1
        self._last_offset, self._last_start = offset, now
        batch = self._world.updates.take(offset, limit)
        if batch or seconds == 0 or self._closed:
            return batch
        return await self._wait(offset, limit, seconds)

    async def _wait(self, offset: int, limit: int, seconds: float) -> list[Update]:
        if self._waiter is not None:
            self._waiter.end(OTHER_POLL)
        waiter = self._waiter = _Waiter()
        try:
            async with asyncio.timeout(seconds):
                await waiter.ended.wait()
        except TimeoutError:
            pass
        finally:
            if self._waiter is waiter:
                self._waiter = None
        if waiter.verdict:
            raise await self._refuse(waiter.verdict)
        return self._world.updates.take(max(offset, 0), limit)


def _kinds(call: Call) -> object:
    """The list in `allowed_updates`; the server ignores what it cannot read."""
    try:
        return call.json("allowed_updates", "")
    except ApiError:
        return None
