"""Claims due notices, renders them as things stand now, sends them at the pace, writes down what happened."""

import asyncio
from typing import Any

from bot.delivery.pace import Pace
from bot.rules.notices import Outcome
from bot.rules.parcels import Parcel, Sent
from bot.services import outbox
from bot.services.office import Desk
from bot.storage.engine import Unavailable
from bot.telemetry import Metrics, log
from bot.views.notices import Notices
from bot.views.screen import TEXT_LIMIT, Screen
from bot.views.speech import Speakers
from bot.wire import FLOOD, FORBIDDEN, SERVER_ERROR, ApiRefused, ApiUnreachable, Wire

IDLE_SECONDS = 0.25
SETTLE_AGAIN_SECONDS = 1.0
SIDE_BY_SIDE = 32
CHATS_REMEMBERED = 10_000
CLAIM_SECONDS = 1.0
"""So many seconds of the pace are claimed at once: more would be rendered too early to be true."""

GONE = ("chat not found", "user is deactivated", "bot can't initiate conversation", "PEER_ID_INVALID")


class Sender:
    """The only way out to people who did not act. Runs until it is cancelled."""

    def __init__(
        self,
        desk: Desk,
        wire: Wire,
        notices: Notices,
        voices: Speakers,
        pace: Pace,
        metrics: Metrics,
        rate: float,
    ) -> None:
        self._desk = desk
        self._wire = wire
        self._notices = notices
        self._voices = voices
        self._pace = pace
        self._metrics = metrics
        self._batch = max(1, int(rate * CLAIM_SECONDS))
        self._chats: dict[int, float] = {}
        self._news = asyncio.Event()
        self._slots = asyncio.Semaphore(SIDE_BY_SIDE)
        self._results: asyncio.Queue[Sent] = asyncio.Queue()
        self._flying = 0

    def wake(self) -> None:
        """Something is owed."""
        self._news.set()

    async def run(self) -> None:
        """Send for ever. An absent database is waited out; what was claimed goes back by its lease."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._write_down())
            while True:
                self._news.clear()
                parcels = await self._claim(self._batch - self._flying)
                for parcel in parcels:
                    tasks.create_task(self._fly(parcel))
                if not parcels or self._flying >= self._batch:
                    await self._idle()

    async def _claim(self, limit: int) -> list[Parcel]:
        if limit <= 0:
            return []
        try:
            parcels = await self._desk.do(outbox.claim, limit)
        except Unavailable as failure:
            log.error("outbox.unavailable", reason=str(failure))
            return []
        self._flying += len(parcels)
        return parcels

    async def _fly(self, parcel: Parcel) -> None:
        self._results.put_nowait(await self._deliver(parcel))
        self._flying -= 1
        self._news.set()

    async def _write_down(self) -> None:
        """Write down results as they come, all that are there in one transaction."""
        while True:
            results = [await self._results.get()]
            while not self._results.empty():
                results.append(self._results.get_nowait())
            await self._settle(results)

    async def _settle(self, results: list[Sent]) -> None:
        while True:
            try:
                await self._desk.do(outbox.settle, results)
                break
            except Unavailable as failure:
                log.error("outbox.unavailable", reason=str(failure), results=len(results))
                await asyncio.sleep(SETTLE_AGAIN_SECONDS)
        for result in results:
            self._metrics.sent.labels(result.outcome).inc()

    async def _idle(self) -> None:
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                await self._news.wait()
        except TimeoutError:
            return

    async def drain(self) -> int:
        """Send all that is due now and return how many were claimed; for a clock that is moved by hand."""
        total = 0
        while parcels := await self._claim(self._batch):
            results = await asyncio.gather(*(self._deliver(parcel) for parcel in parcels))
            self._flying -= len(parcels)
            await self._settle(list(results))
            total += len(parcels)
        return total

    async def _deliver(self, parcel: Parcel) -> Sent:
        async with self._slots:
            await self._chat_turn(parcel.user_id)
            await self._pace.turn()
            return await self._send(parcel)

    async def _chat_turn(self, chat: int) -> None:
        """One message a second to a chat: reserve the next free second, then wait for it."""
        loop = asyncio.get_running_loop()
        if len(self._chats) > CHATS_REMEMBERED:
            self._chats = {known: free for known, free in self._chats.items() if free > loop.time()}
        free = self._chats.get(chat, 0.0)
        gap = self._desk.office.policy.delivery.per_chat.total_seconds()
        self._chats[chat] = max(free, loop.time()) + gap
        if free > loop.time():
            await asyncio.sleep(free - loop.time())

    async def _send(self, parcel: Parcel) -> Sent:
        now = self._desk.clock()
        try:
            screen = self._notices.render(self._voices[parcel.language], parcel, now)
        except Exception:
            log.exception("notice.unrenderable", notice=parcel.notice_id, kind=parcel.kind)
            return Sent(parcel.notice_id, "refused", reason="could not be rendered")
        try:
            message = await self._wire.call("sendMessage", _payload(parcel.user_id, screen))
        except ApiUnreachable as failure:
            return Sent(parcel.notice_id, "trouble", reason=str(failure))
        except ApiRefused as refused:
            return self._refused(parcel, refused)
        self._metrics.lateness.observe(max(0.0, (now - parcel.due_at).total_seconds()))
        return Sent(parcel.notice_id, "sent", message_id=int(message["message_id"]))

    def _refused(self, parcel: Parcel, refused: ApiRefused) -> Sent:
        outcome = classify(refused)
        if outcome == "flood":
            wait = refused.retry_after or 1.0
            self._chats[parcel.user_id] = asyncio.get_running_loop().time() + wait
            log.warning("delivery.flood", notice=parcel.notice_id, wait=wait)
            return Sent(parcel.notice_id, outcome, retry_after=wait)
        if outcome == "refused":
            log.error(
                "delivery.refused", notice=parcel.notice_id, kind=parcel.kind, reason=refused.description
            )
        return Sent(parcel.notice_id, outcome, reason=refused.description)


def classify(refused: ApiRefused) -> Outcome:
    """What a refusal of the Bot API means for a notice."""
    if refused.code == FLOOD:
        return "flood"
    if refused.code == FORBIDDEN or any(mark in refused.description for mark in GONE):
        return "blocked"
    return "trouble" if refused.code >= SERVER_ERROR else "refused"


def _payload(chat: int, screen: Screen) -> dict[str, Any]:
    payload: dict[str, Any] = {
        "chat_id": chat,
        "text": screen.text[:TEXT_LIMIT],
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
    }
    keyboard = screen.keyboard()
    if keyboard:
        payload["reply_markup"] = {"inline_keyboard": keyboard}
    return payload
