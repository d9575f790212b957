"""Claims due notices, renders them as things stand now, sends them at the pace, writes down what happened."""

import asyncio
import contextlib
import datetime as dt
from collections.abc import Callable
from dataclasses import replace

from bot.config import PAID_RATE
from bot.delivery.chats import Chats
from bot.delivery.pace import Pace
from bot.delivery.silence import Silence
from bot.rules.chats import GroupPost
from bot.rules.notices import Outcome
from bot.rules.parcels import Parcel, Sent
from bot.rules.policy import Delivery
from bot.services import outbox
from bot.services.office import Desk
from bot.storage.engine import Unavailable
from bot.telemetry import Metrics, log
from bot.views.notices import Notices
from bot.views.screen import api_call
from bot.views.speech import Speakers
from bot.wire import FLOOD, FORBIDDEN, SERVER_ERROR, ApiDown, ApiRefused, ApiUnreachable, Wire

IDLE_SECONDS = 0.25
AGAIN_SECONDS = 1.0
SIDE_BY_SIDE = 64
WARNING = "warning"
CLAIM_SECONDS = 0.5
"""So many seconds of the pace are claimed at once: more would be judged too early to be true when sent."""
FRESH_SECONDS = 2.0
"""What has waited longer for its moment goes back to be judged anew."""
CHAT_WAIT_SECONDS = 1.5
"""A chat that must wait longer gives its place to others."""
NEWER_SECONDS = 3.0
"""What only a newer program can say is left to it, and looked at again after so long."""

GONE = ("chat not found", "user is deactivated", "bot can't initiate conversation", "PEER_ID_INVALID")

UNCHANGED = "message is not modified"
NOT_THERE = ("message to edit not found", "message can't be edited", "MESSAGE_ID_INVALID")
"""The message was removed by its reader, or is too old: it is sent anew."""


class Sender:
    """The only way out to people who did not act. Runs until it is cancelled, whatever goes wrong.

    With a `paid` pace the time-critical warnings go out as paid broadcast, at that pace. While this node is
    not `trusted` (others may have taken over) nothing is begun.
    """

    def __init__(
        self,
        desk: Desk,
        wire: Wire,
        notices: Notices,
        voices: Speakers,
        pace: Pace,
        metrics: Metrics,
        rate: float,
        paid: Pace | None = None,
        chats: Chats | None = None,
        trusted: Callable[[], bool] = lambda: True,
    ) -> None:
        self._desk = desk
        self._wire = wire
        self._notices = notices
        self._voices = voices
        self._pace = pace
        self._metrics = metrics
        self._paid = paid
        self._trusted = trusted
        self._batch = max(1, round((PAID_RATE if paid else rate) * CLAIM_SECONDS))
        self._silence = Silence(desk.office.policy.delivery, pace.now)
        self._chats = chats or chats_of(desk.office.policy.delivery, pace)
        self._news = asyncio.Event()
        self._landed = asyncio.Event()
        self._slots = asyncio.Semaphore(SIDE_BY_SIDE)
        self._results: asyncio.Queue[Sent] = asyncio.Queue()
        self._waiting: set[int] = set()
        self._held: set[int] = set()
        self._away = False
        self._stopping = False

    def wake(self) -> None:
        """Something is owed."""
        self._news.set()

    async def run(self) -> None:
        """Send for ever. An absent database is waited out; what was claimed goes back by its lease."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._write_down())
            while True:
                self._news.clear()
                looked, room = self._desk.clock(), self._room()
                parcels = await self._claim(room)
                for parcel in parcels:
                    tasks.create_task(self._fly(parcel))
                if not parcels:
                    await self._idle(looked if room > 0 else None)

    async def finish(self) -> None:
        """Take up nothing more and wait until what is on its way has arrived and is written down."""
        self._stopping = True
        while self._held:
            self._landed.clear()
            await self._landed.wait()

    async def drain(self) -> int:
        """Send all that is due now and return how many were claimed; for a clock that is moved by hand."""
        total = 0
        while parcels := await self._claim(self._room()):
            await asyncio.gather(*(self._fly(parcel) for parcel in parcels))
            await self._settle([self._results.get_nowait() for _ in parcels])
            total += len(parcels)
        return total

    def _room(self) -> int:
        if self._stopping or self._pace.paused_for or not self._trusted():
            return 0
        room, probes = self._batch - len(self._waiting), self._silence.room
        return room if probes is None else min(room, probes)

    async def _claim(self, limit: int) -> list[Parcel]:
        """Take up due notices. One still in this process's hands is not taken twice, whatever its lease."""
        if limit <= 0:
            return []
        try:
            claimed = await self._desk.do(outbox.claim, limit)
        except Unavailable as failure:
            await self._database_away(failure)
            return []
        except Exception:
            log.exception("outbox.claim_crashed")
            await asyncio.sleep(AGAIN_SECONDS)
            return []
        self._away = False
        parcels = [parcel for parcel in claimed if parcel.notice_id not in self._held]
        fresh = {parcel.notice_id for parcel in parcels}
        self._held |= fresh
        self._waiting |= fresh
        return parcels

    async def _database_away(self, failure: Unavailable) -> None:
        if not self._away:
            self._away = True
            log.error("outbox.unavailable", reason=str(failure))
        await asyncio.sleep(AGAIN_SECONDS)

    async def _idle(self, looked: dt.datetime | None) -> None:
        """Wait for news, for the next notice to be due, or for the next look.

        What has fallen due since it was `looked` for is not waited for.
        """
        wait = max(self._pace.paused_for, self._silence.wait)
        if not wait and not self._stopping and not self._away:
            try:
                wait = await self._desk.do(outbox.next_due_in, IDLE_SECONDS, looked)
                if wait == 0:
                    return
            except Unavailable as failure:
                await self._database_away(failure)
        try:
            async with asyncio.timeout(min(wait or IDLE_SECONDS, IDLE_SECONDS)):
                await self._news.wait()
        except TimeoutError:
            return

    async def _write_down(self) -> None:
        """Write down results as they come, all that are there in one transaction."""
        while True:
            results = [await self._results.get()]
            while not self._results.empty():
                results.append(self._results.get_nowait())
            await self._settle(results)

    async def _settle(self, results: list[Sent]) -> None:
        """Store results, however long the database is away: until then nobody is sent the same again."""
        while True:
            try:
                await self._desk.do(outbox.settle, results)
                break
            except Unavailable as failure:
                await self._database_away(failure)
            except Exception:
                log.exception("outbox.settle_crashed", results=len(results))
                if len(results) > 1:
                    for result in results:
                        await self._settle([result])
                return
        for result in results:
            self._metrics.sent.labels(result.outcome).inc()
            self._held.discard(result.notice_id)
        self._landed.set()

    async def _fly(self, parcel: Parcel) -> None:
        try:
            result = await self._deliver(parcel)
        except Exception as failure:
            log.exception("delivery.crashed", notice=parcel.notice_id, kind=parcel.kind)
            result = Sent(parcel.notice_id, "trouble", reason=type(failure).__name__)
        self._leave(parcel)
        self._results.put_nowait(result)

    def _leave(self, parcel: Parcel) -> None:
        """The parcel waits for its moment no longer: there is room for another."""
        self._waiting.discard(parcel.notice_id)
        if len(self._waiting) <= self._batch // 2:
            self._news.set()

    async def _deliver(self, parcel: Parcel) -> Sent:
        if not self._notices.knows(parcel.kind):
            log.warning("notice.of_a_newer_program", notice=parcel.notice_id, kind=parcel.kind)
            return Sent(parcel.notice_id, "held", retry_after=NEWER_SECONDS)
        claimed_at, chat = self._pace.now(), parcel.user_id
        wait = self._chats.wait(chat)
        if wait > CHAT_WAIT_SECONDS:
            return Sent(parcel.notice_id, "held", retry_after=wait)
        await self._chats.turn(chat)
        async with self._slots:
            pace = self._pace_of(parcel)
            if pace.paused_for > FRESH_SECONDS:
                return Sent(parcel.notice_id, "held")
            moment = await pace.turn(parcel.rank, FRESH_SECONDS)
            if moment is None or self._stale(parcel, claimed_at):
                return Sent(parcel.notice_id, "held")
            if not self._silence.admits(parcel.notice_id):
                return Sent(parcel.notice_id, "held")
            self._leave(parcel)
            self._chats.goes(chat)
            try:
                with pace.flight(moment):
                    sent = await self._send(parcel)
            finally:
                self._silence.given_up(parcel.notice_id)
                self._chats.goes(chat)  # a busy machine may hold up a call that it has begun
            return await self._pinned(parcel, sent)

    def _pace_of(self, parcel: Parcel) -> Pace:
        return self._paid if self._paid and parcel.kind == WARNING else self._pace

    def _stale(self, parcel: Parcel, claimed_at: float) -> bool:
        if (
            self._stopping
            or not self._trusted()
            or (parcel.use_by is not None and self._desk.clock() >= parcel.use_by)
        ):
            return True
        return self._pace.now() - claimed_at > CHAT_WAIT_SECONDS + FRESH_SECONDS

    async def _send(self, parcel: Parcel) -> Sent:
        now = self._desk.clock()
        try:
            screen = self._notices.render(self._voices[parcel.language], parcel, now)
            method, payload = api_call(parcel.user_id, screen, parcel.edits)
            if self._pace_of(parcel) is self._paid:
                payload["allow_paid_broadcast"] = True
        except Exception as failure:
            log.exception("notice.unrenderable", notice=parcel.notice_id, kind=parcel.kind)
            return Sent(
                parcel.notice_id, "refused", reason=f"could not be rendered: {type(failure).__name__}"
            )
        try:
            message = await self._wire.call(method, payload)
        except ApiDown as failure:
            return self._down(parcel, str(failure))
        except ApiUnreachable as failure:
            return Sent(parcel.notice_id, "trouble", reason=str(failure))
        except ApiRefused as refused:
            if parcel.edits is not None and any(mark in refused.description for mark in NOT_THERE):
                return await self._send(replace(parcel, edits=None))
            return self._refused(parcel, refused)
        self._heard()
        self._metrics.lateness.observe(max(0.0, (now - parcel.due_at).total_seconds()))
        return Sent(parcel.notice_id, "sent", message_id=_message_id(message), parts=_parts(message))

    async def _pinned(self, parcel: Parcel, sent: Sent) -> Sent:
        """A chat's post is pinned, so that it rings in a muted chat too; the one before is unpinned."""
        if sent.message_id is None or not isinstance(parcel.about, GroupPost):
            return sent
        return replace(sent, pinned=await self._pin(parcel.user_id, sent.message_id, parcel.about))

    async def _pin(self, chat: int, number: int, post: GroupPost) -> bool:
        try:
            await self._wire.call("pinChatMessage", {"chat_id": chat, "message_id": number})
        except (ApiRefused, ApiUnreachable) as failure:
            log.warning("post.not_pinned", reason=str(failure))
            return False
        if post.unpins is not None:
            with contextlib.suppress(ApiRefused, ApiUnreachable):
                await self._wire.call("unpinChatMessage", {"chat_id": chat, "message_id": post.unpins})
        return True

    def _down(self, parcel: Parcel, reason: str, share: int = 1) -> Sent:
        """It certainly did not arrive. While nothing does, it waits for `share` tries of the line."""
        was = self._silence.away
        wait = self._silence.failed(parcel.notice_id)
        if wait is not None and not was:
            log.warning("delivery.telegram_away", reason=reason)
        pause = wait.total_seconds() * share if wait is not None else None
        return Sent(parcel.notice_id, "down", reason=reason, retry_after=pause)

    def _heard(self) -> None:
        if self._silence.arrived():
            log.info("delivery.telegram_back")
            self._news.set()

    def _refused(self, parcel: Parcel, refused: ApiRefused) -> Sent:
        if refused.code >= SERVER_ERROR:
            # The server is there, so the message may be the trouble: another one tries before it.
            return self._down(parcel, refused.description, share=2)
        self._heard()
        if parcel.edits is not None and UNCHANGED in refused.description:
            return Sent(parcel.notice_id, "sent", message_id=parcel.edits)
        if refused.moved_to is not None:
            return Sent(parcel.notice_id, "moved", reason="moved", moved_to=refused.moved_to)
        outcome = classify(refused)
        if outcome == "flood":
            wait = refused.retry_after or 1.0
            self._chats.flooded(parcel.user_id, wait)
            general = self._pace_of(parcel).flooded(parcel.user_id, wait)
            log.warning("delivery.flood", notice=parcel.notice_id, wait=wait, everybody=general)
            return Sent(parcel.notice_id, outcome, retry_after=wait)
        if outcome == "refused":
            log.error(
                "delivery.refused", notice=parcel.notice_id, kind=parcel.kind, reason=refused.description
            )
        return Sent(parcel.notice_id, outcome, reason=refused.description)


def chats_of(limits: Delivery, pace: Pace, machines: Callable[[], int] = lambda: 1) -> Chats:
    """The pauses of chats that a policy asks for, measured by the pace's own clock."""
    return Chats(limits.per_chat.total_seconds(), pace.now, limits.group_per_minute, machines)


def classify(refused: ApiRefused) -> Outcome:
    """What a refusal of the Bot API means for a notice."""
    if refused.code == FLOOD:
        return "flood"
    if refused.code == FORBIDDEN or any(mark in refused.description for mark in GONE):
        return "blocked"
    return "down" if refused.code >= SERVER_ERROR else "refused"


def _parts(answer: object) -> tuple[int, ...]:
    """The numbers of an album's messages; none for anything else."""
    numbers = [_message_id(one) for one in answer] if isinstance(answer, list) else []
    return tuple(number for number in numbers if number is not None)


def _message_id(message: object) -> int | None:
    """The number of the message (an album's first); an answer of another shape is an answer all the same."""
    if isinstance(message, list):
        message = message[0] if message else None
    number = message.get("message_id") if isinstance(message, dict) else None
    return number if isinstance(number, int) else None
