"""Handles stored updates: different chats side by side, one chat strictly in order, each once."""

import asyncio
import traceback
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from aiogram import Bot, Dispatcher
from aiogram.types import Update
from aiogram.types.update import UpdateTypeLookupError
from pydantic import ValidationError

from bot.errors import EmtihanError
from bot.intake.turns import Turns
from bot.services import inbox
from bot.services.inbox import Waiting
from bot.services.office import Desk
from bot.storage.engine import Unavailable
from bot.storage.gathering import Gathering
from bot.telemetry import Metrics, log
from bot.wire import FLOOD, FORBIDDEN, SERVER_ERROR, ApiGarbled, ApiRefused, ApiUnreachable

SIDE_BY_SIDE = 64
BATCH = 500
IDLE_SECONDS = 1.0
LOAD_EVERY_SECONDS = 0.02
"""While more chats wait than have a turn, what is new is looked for so often: many at once cost little."""

PAUSES = (0.2, 0.5, 1, 2, 5, 10, 20)
NONSENSE_TRIES = 8
FRAMES = 8
Apology = Callable[[Waiting], Awaitable[None]]


class Unreadable(EmtihanError):
    """An update that is no update: it is kept as it came."""


@dataclass(frozen=True, slots=True)
class Means:
    """What a worker works with. `handled` is called after each update; `hold_back` says how many seconds
    the next one is to wait before it is begun.
    """

    desk: Desk
    dispatcher: Dispatcher
    bot: Bot
    metrics: Metrics
    apologize: Apology
    handled: Callable[[], None]
    hold_back: Callable[[], float]


class Worker:
    """Drains the inbox into aiogram's dispatcher until it is cancelled."""

    def __init__(self, means: Means) -> None:
        self._desk = means.desk
        self._dispatcher = means.dispatcher
        self._bot = means.bot
        self._metrics = means.metrics
        self._apologize = means.apologize
        self._handled = means.handled
        self._done: Gathering[int, None] = Gathering(lambda rows: means.desk.do(inbox.done, rows))
        self._news = asyncio.Event()
        self._lanes: dict[int, deque[Waiting]] = {}
        self._turns = Turns(SIDE_BY_SIDE, self._begin, means.hold_back)
        self._tries: dict[int, int] = {}
        self._held: dict[int, int | None] = {}
        self._unknown: set[int] = set()
        self._pressing: set[int] = set()
        self._highest = 0
        self._tasks: asyncio.TaskGroup | None = None
        self._stopping = False
        self._rested = asyncio.Event()

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
            try:
                await self._take_in()
            finally:
                self._turns.end()

    async def _take_in(self) -> None:
        while True:
            self._news.clear()
            if await self._load(self._highest):
                continue
            if await self._idle():
                await self._load(0)
            elif len(self._lanes) > SIDE_BY_SIDE:
                await asyncio.sleep(LOAD_EVERY_SECONDS)

    async def finish(self) -> None:
        """Begin nothing more and wait until what is being handled is done; the rest waits in the inbox."""
        self._stopping = True
        for chat_key in self._turns.end():
            self._leave(chat_key)
        while self._lanes:
            self._rested.clear()
            await self._rested.wait()

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
        if self._stopping:
            return False
        in_hand = frozenset(self._held)  # one that is done meanwhile is in the answer, and waits no more
        try:
            found = await self._desk.do(inbox.waiting, self._bot.id, after, BATCH)
            rows = [row for row in found if row.row_id not in in_hand]
            await self._rank(rows)
        except Unavailable as failure:
            log.error("inbox.unavailable", reason=str(failure))
            return False
        for row in rows:
            self._highest = max(self._highest, row.row_id)
            self._take_up(row)
        return len(found) == BATCH

    def _has(self, row: Waiting) -> bool:
        """Whether a row is in hand already, and nobody else's meanwhile."""
        return row.row_id in self._held and self._held[row.row_id] == row.holder

    def _take_up(self, row: Waiting) -> None:
        if not self._has(row):
            self._held[row.row_id] = row.holder
            self._enqueue(row)

    async def _rank(self, rows: Sequence[Waiting]) -> None:
        """Ask whose updates go first, once a batch; not while there is a turn for every chat at once."""
        self._unknown.update(row.chat_key for row in rows)
        if len(self._lanes) + len(rows) > SIDE_BY_SIDE and self._unknown:
            self._pressing |= await self._desk.do(inbox.pressing, sorted(self._unknown))
            self._unknown.clear()

    def _enqueue(self, row: Waiting) -> None:
        lane = self._lanes.get(row.chat_key)
        if lane is not None:
            lane.append(row)
            return
        self._lanes[row.chat_key] = deque([row])
        self._ask(row.chat_key)

    def _ask(self, chat_key: int) -> None:
        """A chat goes on with its first update when it has a turn."""
        self._turns.ask(chat_key, urgent=chat_key in self._pressing)

    def _begin(self, chat_key: int) -> None:
        assert self._tasks is not None
        self._tasks.create_task(self._turn(chat_key))

    async def _turn(self, chat_key: int) -> None:
        """A chat's turn: one try at its first update. What is to be tried again waits without a turn."""
        lane = self._lanes[chat_key]
        row = lane[0]
        pause = await self._attempt(row)
        self._turns.give_back()
        if pause is None:
            lane.popleft()
            self._tries.pop(row.row_id, None)
            if self._has(row):
                del self._held[row.row_id]
        else:
            await asyncio.sleep(pause)
        if lane and not self._stopping:
            self._ask(chat_key)
        else:
            self._leave(chat_key)

    def _leave(self, chat_key: int) -> None:
        """A chat has nothing waiting any more, or nothing that we begin."""
        del self._lanes[chat_key]
        self._unknown.discard(chat_key)
        self._pressing.discard(chat_key)
        self._rest()

    def _rest(self) -> None:
        """There is room for another chat."""
        self._rested.set()

    async def _may(self, row: Waiting) -> bool:
        """Whether a row is to be handled by us still."""
        return True

    async def _attempt(self, row: Waiting) -> float | None:
        """Handle a row. Returns None when it is done, given up or another's; else seconds until the next try.

        Before another try it is asked whether the row is still ours: another node may have taken over.
        """
        tries = self._tries.get(row.row_id, 0)
        if not await self._may(row) or (tries and not await self._ours(row)):
            return None
        try:
            with self._metrics.handling.time():
                await self._handle(row)
            await self._done.put(row.row_id)
        except Exception as failure:
            self._tries[row.row_id] = tries + 1
            pause: float = PAUSES[min(tries, len(PAUSES) - 1)]
            if _passes(failure, tries):
                pause = getattr(failure, "retry_after", None) or pause
                log.warning("update.postponed", row=row.row_id, reason=type(failure).__name__, wait=pause)
            elif await self._failed(row, failure):
                return None
            return pause
        self._metrics.updates.labels("done").inc()
        self._handled()
        return None

    async def _ours(self, row: Waiting) -> bool:
        try:
            return await self._desk.do(inbox.still_ours, row.row_id)
        except Unavailable:
            return True

    async def _handle(self, row: Waiting) -> None:
        try:
            update = Update.model_validate(row.payload, context={"bot": self._bot})
        except ValidationError as failure:
            raise Unreadable(failure.error_count()) from None
        if not _is_known(update):
            log.info("update.unknown_kind", row=row.row_id)
            return
        try:
            await self._dispatcher.feed_update(self._bot, update, origin=row.row_id)
        except ApiRefused as refused:
            if refused.code != FORBIDDEN:
                raise
            log.info("update.answer_blocked", row=row.row_id)

    async def _failed(self, row: Waiting, failure: Exception) -> bool:
        """Count a failure that is ours. Returns whether the row is quarantined, and its sender told."""
        name, final = type(failure).__name__, isinstance(failure, Unreadable)
        log.error("update.failed", row=row.row_id, update=row.update_id, error=name, at=_where(failure))
        try:
            gives_up = await self._desk.do(inbox.failed, row.row_id, name, final=final)
        except Unavailable:
            return False
        if gives_up:
            self._metrics.updates.labels("quarantined").inc()
            await self._apologize(row)
        return gives_up


def _is_known(update: Update) -> bool:
    """Whether the dispatcher knows this kind; it would print one that it does not, words and all."""
    try:
        return bool(update.event_type)
    except UpdateTypeLookupError:
        return False


def _passes(failure: Exception, tries: int) -> bool:
    """Whether trying again is all there is to do: Telegram or the database is away, or makes no sense now."""
    if isinstance(failure, ApiGarbled):
        return tries < NONSENSE_TRIES
    if isinstance(failure, ApiRefused):
        return failure.retry_after is not None or failure.code == FLOOD or failure.code >= SERVER_ERROR
    return isinstance(failure, (ApiUnreachable, Unavailable))


def _where(failure: Exception) -> list[str]:
    """The last calls before a failure. Its words stay out of the log: they may be a person's."""
    frames = traceback.extract_tb(failure.__traceback__)[-FRAMES:]
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
