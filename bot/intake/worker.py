"""Handles stored updates: different chats side by side, one chat strictly in order, each once."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from aiogram import Bot, Dispatcher
from aiogram.exceptions import (
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.types import Update
from aiogram.types.update import UpdateTypeLookupError
from pydantic import ValidationError

from bot.services import inbox
from bot.services.inbox import Waiting
from bot.services.office import Desk
from bot.storage.engine import Unavailable
from bot.telemetry import Metrics, log

SIDE_BY_SIDE = 64
BATCH = 500
IDLE_SECONDS = 1.0
PAUSES = (0.2, 0.5, 1, 2, 5, 10, 20)
Apology = Callable[[Waiting], Awaitable[None]]


class Worker:
    """Drains the inbox into aiogram's dispatcher until it is cancelled."""

    def __init__(
        self,
        desk: Desk,
        dispatcher: Dispatcher,
        bot: Bot,
        metrics: Metrics,
        apologize: Apology,
        handled: Callable[[], None],
    ) -> None:
        self._desk = desk
        self._dispatcher = dispatcher
        self._bot = bot
        self._metrics = metrics
        self._apologize = apologize
        self._handled = handled
        self._news = asyncio.Event()
        self._lanes: dict[int, deque[Waiting]] = {}
        self._slots = asyncio.Semaphore(SIDE_BY_SIDE)
        self._held: set[int] = set()
        self._highest = 0
        self._tasks: asyncio.TaskGroup | None = None

    def wake(self) -> None:
        """There is something new in the inbox."""
        self._news.set()

    @property
    def busy(self) -> bool:
        """Whether any update is being handled."""
        return bool(self._lanes)

    async def run(self) -> None:
        """Handle updates for ever; everything waiting at the start first."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            while True:
                self._news.clear()
                if not await self._load(self._highest) and await self._idle():
                    await self._load(0)

    async def _idle(self) -> bool:
        """Wait for news. Returns whether none came: then a straggler of another process may wait."""
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                await self._news.wait()
        except TimeoutError:
            return True
        return False

    async def _load(self, after: int) -> bool:
        """Take up the waiting rows beyond an id. Returns whether there may be more."""
        try:
            rows = await self._desk.do(inbox.waiting, self._bot.id, after, BATCH)
        except Unavailable as failure:
            log.error("inbox.unavailable", reason=str(failure))
            return False
        for row in rows:
            self._highest = max(self._highest, row.row_id)
            if row.row_id not in self._held:
                self._held.add(row.row_id)
                self._enqueue(row)
        return len(rows) == BATCH

    def _enqueue(self, row: Waiting) -> None:
        lane = self._lanes.get(row.chat_key)
        if lane is not None:
            lane.append(row)
            return
        assert self._tasks is not None
        self._lanes[row.chat_key] = deque([row])
        self._tasks.create_task(self._drive(row.chat_key))

    async def _drive(self, chat_key: int) -> None:
        lane = self._lanes[chat_key]
        while lane:
            row = lane[0]
            async with self._slots:
                await self._carry(row)
            lane.popleft()
            self._held.discard(row.row_id)
        del self._lanes[chat_key]

    async def _carry(self, row: Waiting) -> None:
        """Handle a row until it is done or given up; waits out what is only a passing trouble."""
        tries = 0
        while True:
            try:
                with self._metrics.handling.time():
                    await self._handle(row)
                await self._desk.do(inbox.done, row.row_id)
                self._metrics.updates.labels("done").inc()
                self._handled()
                return
            except (TelegramRetryAfter, TelegramNetworkError, TelegramServerError, Unavailable) as trouble:
                pause = getattr(trouble, "retry_after", None) or PAUSES[min(tries, len(PAUSES) - 1)]
                log.warning("update.postponed", row=row.row_id, reason=type(trouble).__name__, wait=pause)
                await asyncio.sleep(pause)
            except Exception as failure:
                log.exception("update.failed", row=row.row_id, update=row.update_id)
                if await self._give_up(row, failure):
                    return
                await asyncio.sleep(PAUSES[min(tries, len(PAUSES) - 1)])
            tries += 1

    async def _handle(self, row: Waiting) -> None:
        try:
            update = Update.model_validate(row.payload, context={"bot": self._bot})
            await self._dispatcher.feed_update(self._bot, update, origin=row.row_id)
        except UpdateTypeLookupError:
            log.info("update.unknown_kind", row=row.row_id)
        except ValidationError as failure:
            log.warning("update.unreadable", row=row.row_id, fields=failure.error_count())
        except TelegramForbiddenError:
            log.info("update.answer_blocked", row=row.row_id)

    async def _give_up(self, row: Waiting, failure: Exception) -> bool:
        try:
            gives_up = await self._desk.do(inbox.failed, row.row_id, type(failure).__name__)
        except Unavailable:
            return False
        if gives_up:
            self._metrics.updates.labels("quarantined").inc()
            await self._apologize(row)
        return gives_up
