"""The sender over HTTP against the sandbox, which counts, refuses, hangs and breaks off as Telegram does."""

import asyncio
import contextlib
import datetime as dt
import socket
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from bot.clock import system_clock
from bot.rules.notices import Rank
from bot.sandbox.config import SandboxConfig
from bot.sandbox.server import Sandbox
from bot.sandbox.thread import SandboxThread
from bot.services import timetable
from bot.telemetry import Metrics
from bot.wire import ApiUnreachable, Wire
from scheduler.duties import keepers
from scheduler.engine import Engine
from scheduler.keeper import Watch
from tests.support.people import exam
from tests.support.room import Room

RoomOf = Callable[..., Room]


class ShortWire(Wire):
    """A wire that waits a moment only for the first answer in the chats that are in trouble.

    For any other it waits longer than a busy machine may take: given up too early, a message comes twice.
    """

    moment, long = 0.4, 30.0

    def __init__(self, url: str, token: str) -> None:
        super().__init__(url, token)
        self.hasty: set[int] = set()
        self.given_up: asyncio.Event | None = None
        """When set, the moment is over; where there is none, it is over by the clock."""

    async def call(self, method: str, payload: dict[str, Any], patience: float = 0.4) -> Any:
        if payload.get("chat_id") not in self.hasty:
            return await super().call(method, payload, self.long)
        self.hasty.discard(payload["chat_id"])
        if self.given_up is None:
            return await super().call(method, payload, self.moment)
        asking = asyncio.ensure_future(super().call(method, payload, self.long))
        await self.given_up.wait()
        asking.cancel()
        raise ApiUnreachable(f"{method}: given up")


class Line:
    """A sandbox, and rooms that send to it."""

    wire: ShortWire

    def __init__(self, config: SandboxConfig, room_of: RoomOf) -> None:
        self.thread = SandboxThread(config)
        self.thread.start()
        self._room_of = room_of

    def room(self, people: int, **wishes: Any) -> tuple[Room, list[int]]:
        """A room whose people have all started the bot."""
        self.wire = ShortWire(self.thread.url, self.thread.sandbox.config.token)
        room = self._room_of(wire=self.wire, **wishes)
        users = room.people(people)

        def enter(sandbox: Sandbox) -> None:
            for user in users:
                sandbox.world.add_person({"id": user}).started = True

        self.thread.ask(enter)
        return room, users

    def fault(self, kind: str, **wish: Any) -> None:
        self.wire.hasty.add(wish.get("chat_id", 0))
        self.thread.ask(lambda sandbox: sandbox.world.faults.add({"kind": kind, **wish}))

    def calls(self) -> list[dict[str, Any]]:
        """Every sendMessage with its answer."""
        found = self.thread.ask(lambda sandbox: sandbox.world.calls.after(0, "sendMessage"))
        return [{**call, "chat": int(call["params"]["chat_id"])} for call in found]

    def got(self) -> Counter[int]:
        """How many messages lie in each chat."""
        return Counter(
            self.thread.ask(
                lambda sandbox: {chat: len(messages) for chat, messages in sandbox.world.chats.items()}
            )
        )


@contextlib.asynccontextmanager
async def opened(room: Room) -> AsyncIterator[None]:
    """The room's wire, open as long as the scenario runs."""
    await room.wire.open()
    try:
        yield
    finally:
        await room.wire.close()


async def delivered(room: Room) -> Counter[str]:
    async with opened(room):
        return await room.all_final()


@pytest.fixture
def line(room_of: RoomOf) -> Iterator[Line]:
    line = Line(SandboxConfig(), room_of)
    yield line
    line.thread.stop()


@pytest.fixture
def strict(room_of: RoomOf, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    """Thirty a sliding second, three at once to a chat and then one a second, as Telegram has it.

    Sender and sandbox share a machine that may be busy: a call that stands still for long is waited for.
    """
    monkeypatch.setattr("bot.delivery.pace.LONGEST_FLIGHT", 30.0)
    line = Line(SandboxConfig(send_rate=30, per_chat_rate=1.0), room_of)
    yield line
    line.thread.stop()


def test_limits__of_telegram_are_kept_without_one_refusal(strict: Line) -> None:
    room, users = strict.room(60, rate=28, per_chat=1.0)
    for user in users:
        room.owe(user, rank=Rank.WARNING)
    for _ in range(2):
        room.owe(users[0], rank=Rank.WARNING)
    assert room.run(delivered(room)) == {"sent": 62}
    assert {call["status"] for call in strict.calls()} == {200}
    assert strict.got() == {**dict.fromkeys(users, 1), users[0]: 3}


def test_paid__broadcast_carries_warnings_past_the_free_limit_and_nothing_else(strict: Line) -> None:
    room, users = strict.room(80, rate=28, paid=True)
    reminder = room.sql(lambda uow: next(iter(uow.reminders.of_exam(room.exam_id()).values())).id)
    for n, user in enumerate(users):
        key = f"reminder:{reminder}:1:{n}"
        room.owe(user, kind="warning", rank=Rank.WARNING, reminder_id=reminder, key=key)
    news = room.owe(users[0], rank=Rank.NEWS)
    assert room.run(delivered(room)) == {"sent": 81}
    assert room.notice(news).state == "sent"
    paid = [call["params"].get("allow_paid_broadcast") for call in strict.calls()]
    assert set(paid) == {"true", None}
    assert paid.count("true") == 80
    assert {call["status"] for call in strict.calls()} == {200}


@pytest.mark.parametrize("kind", ["500", "502_html", "reset_before", "hang"])
def test_fault__before_the_work_is_retried_once_and_arrives_once(line: Line, kind: str) -> None:
    room, users = line.room(12)
    line.fault(kind, method="sendMessage", chat_id=users[0])
    for user in users:
        room.owe(user)
    assert room.run(delivered(room)) == {"sent": 12}
    assert line.got() == dict.fromkeys(users, 1)


@pytest.mark.parametrize("kind", ["wrong_json", "reset_after", "drop_answer", "slow_body"])
def test_fault__after_the_work_arrives_at_least_once_and_twice_at_most(line: Line, kind: str) -> None:
    room, users = line.room(12)
    line.fault(kind, method="sendMessage", chat_id=users[0], seconds=5)
    for user in users:
        room.owe(user)
    assert room.run(delivered(room)) == {"sent": 12}
    assert line.got() == {**dict.fromkeys(users, 1), users[0]: 2}


def test_hang__of_some_does_not_hold_the_others(line: Line) -> None:
    """Everybody else has theirs while twenty still hang: those are given up only then."""
    room, users = line.room(50)
    line.wire.given_up = asyncio.Event()
    for user in users[:20]:
        line.fault("hang", method="sendMessage", chat_id=user)
    for user in users:
        room.owe(user, rank=Rank.WARNING)

    async def scenario() -> Counter[str]:
        async with opened(room):
            await room.until(lambda: room.states() == {"sent": 30, "sending": 20})
            assert line.got() == Counter(users[20:])
            line.wire.given_up.set()
            return await room.all_final()

    assert room.run(scenario()) == {"sent": 50}
    assert line.got() == dict.fromkeys(users, 1)


def test_flood__of_one_chat_by_telegram_is_obeyed(line: Line) -> None:
    room, users = line.room(10)
    line.fault("429", method="sendMessage", chat_id=users[0], retry_after=1)
    for user in users:
        room.owe(user)
    assert room.run(delivered(room)) == {"sent": 10}
    calls = line.calls()
    mine = [call["at"] for call in calls if call["chat"] == users[0]]
    assert len(mine) == 2
    assert mine[1] - mine[0] >= 1
    assert max(call["at"] for call in calls if call["chat"] != users[0]) < mine[1]


def test_storm__of_floods_and_errors_loses_nobody(line: Line) -> None:
    room, users = line.room(60)
    line.fault("429", method="sendMessage", times=8, probability=0.2, retry_after=1)
    line.fault("500", method="sendMessage", times=12, probability=0.3)
    line.fault("reset_before", method="sendMessage", times=6, probability=0.3)
    for user in users:
        room.owe(user, rank=Rank.WARNING)
    assert room.run(delivered(room)) == {"sent": 60}
    assert line.got() == dict.fromkeys(users, 1)


def test_telegram__away_then_back_gets_everything_once(room_of: RoomOf) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    thread = SandboxThread(SandboxConfig(), port=port)
    wire = ShortWire(f"http://127.0.0.1:{port}", thread.sandbox.config.token)
    room = room_of(wire=wire, retry=0.01)
    users = room.people(5)
    numbers = [room.owe(user) for user in users]

    async def scenario() -> Counter[str]:
        async with opened(room):
            await room.until(lambda: min(room.notice(number).attempts for number in numbers) > 8)
            for user in users:
                thread.sandbox.world.add_person({"id": user}).started = True
            await asyncio.to_thread(thread.start)
            return await room.all_final()

    try:
        assert room.run(scenario()) == {"sent": 5}
        inbox = thread.ask(lambda sandbox: {c: len(m) for c, m in sandbox.world.chats.items()})
        assert inbox == dict.fromkeys(users, 1)
    finally:
        thread.stop()


@pytest.mark.slow
def test_idle__system_sends_at_the_moment_and_not_before(
    line: Line, record_property: Callable[[str, object], None]
) -> None:
    room, _ = line.room(3)
    due = system_clock() + dt.timedelta(seconds=3)
    # Thirty minutes before its end a written exam warns: that moment is three seconds from now.
    row = exam("E1", due + dt.timedelta(minutes=30 - 120))
    room.desk.do_now(timetable.timetable, [row])
    room.sql(lambda uow: uow.notices.release_all())
    watch = Watch(system_clock, Metrics(), room.sender.wake)

    async def scenario() -> None:
        engine = Engine(keepers(room.desk), watch)
        engine.start()
        try:
            async with opened(room):
                await room.until(lambda: room.states().get("sent", 0) >= 6)
        finally:
            engine.stop()

    began, wall = time.time(), due.timestamp()
    room.run(scenario())
    assert wall > began, "the machine was too slow to begin"
    warned = sorted(call["at"] for call in line.calls())[-3:]
    late = [at - wall for at in warned]
    record_property("lateness_seconds", [round(value, 3) for value in late])
    assert min(late) >= 0
    assert max(late) < 5, "beyond what a busy machine explains; the bench measures a quiet one"
