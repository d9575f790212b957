"""The pace of several machines, in virtual time: each draws its moments from one place."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from bot.delivery.shared import SharedPace
from bot.rules.notices import Rank
from bot.services import nodes
from bot.storage.engine import Unavailable
from bot.storage.tables import Notice
from bot.wire import ApiRefused
from tests.delivery.test_delivery_pace import MARGIN, RATE, loop, most_in_a_second
from tests.support.databases import Postgres
from tests.support.loops import run_virtually
from tests.support.room import FakeWire, Room

LINE = 0.003
"""Seconds to the database and back."""


class Row:
    """What the row of the database does; `away` makes it absent."""

    def __init__(self) -> None:
        self.free_at = 0.0
        self.away = False

    async def draw(self, moments: int, gap: float) -> float:
        await asyncio.sleep(LINE)
        if self.away:
            raise Unavailable("away")
        first = max(self.free_at, loop().time())
        self.free_at = first + moments * gap
        return first - loop().time()

    async def hold(self, seconds: float) -> None:
        await asyncio.sleep(LINE)
        if self.away:
            raise Unavailable("away")
        self.free_at = max(self.free_at, loop().time() + seconds)


def together(machines: int, messages: int, row: Row, urgency: int = Rank.WARNING) -> list[list[float]]:
    """When each machine sent."""

    async def main() -> list[list[float]]:
        async with asyncio.TaskGroup() as tasks:
            running, sending, logs = [], [], []
            for _ in range(machines):
                pace, log = SharedPace(RATE, MARGIN, loop().time, row.draw, row.hold), list[float]()
                running.append(tasks.create_task(pace.run()))
                logs.append(log)
                sending += [tasks.create_task(_send(pace, log, urgency)) for _ in range(messages)]
            await asyncio.gather(*sending)
            for task in running:
                task.cancel()
        return logs

    found: list[list[float]] = run_virtually(main())
    return found


async def _send(pace: SharedPace, log: list[float], urgency: int) -> None:
    assert await pace.turn(urgency)
    log.append(loop().time())


def test_shared__three_machines_together_keep_the_rate_and_use_it() -> None:
    logs = together(3, 60, Row())
    times = sorted(at for log in logs for at in log)
    assert len(times) == 180
    assert most_in_a_second(times) <= RATE
    assert times[-1] - times[0] < 180 / RATE * 1.1
    assert all(log for log in logs)


def test_shared__one_machine_alone_has_the_whole_rate() -> None:
    (times,) = together(1, 100, Row())
    assert most_in_a_second(times) <= RATE
    assert times[-1] - times[0] < 100 / RATE * 1.1


def test_shared__without_the_database_nothing_goes_out_and_then_it_does() -> None:
    row = Row()
    row.away = True
    turn: Callable[[SharedPace], Awaitable[object]] = lambda pace: pace.turn(Rank.WARNING, 3.5)  # noqa: E731

    async def main() -> tuple[object, object]:
        pace = SharedPace(RATE, MARGIN, loop().time, row.draw, row.hold)
        running = asyncio.ensure_future(pace.run())
        first = await turn(pace)
        row.away = False
        second = await turn(pace)
        running.cancel()
        return first, second

    first, second = run_virtually(main())
    assert first is None
    assert second is not None


def test_shared__what_one_machine_is_told_to_wait_all_wait() -> None:
    row = Row()

    async def main() -> list[list[float]]:
        began = [loop().time()]
        paces = [SharedPace(RATE, MARGIN, loop().time, row.draw, row.hold) for _ in range(2)]
        logs: list[list[float]] = [[], []]
        running = [asyncio.ensure_future(pace.run()) for pace in paces]
        pairs = zip(paces, logs, strict=True)
        sending = [
            asyncio.ensure_future(_send(pace, log, Rank.WARNING)) for pace, log in pairs for _ in range(40)
        ]
        await asyncio.sleep(0.5)
        row.away = True
        paces[0].pause(20)
        await asyncio.sleep(0.1)
        row.away = False
        await asyncio.gather(*sending)
        for task in running:
            task.cancel()
        return [began, *logs]

    began, *logs = run_virtually(main())
    for log in logs:
        after = [at - began[0] for at in log]
        assert [at for at in after if 1.8 < at < 20.4] == []
        assert max(after) > 20.4
        assert min(after) < 0.5


def test_shared__a_pause_is_told_though_nobody_waits_to_send() -> None:
    row = Row()

    async def main() -> None:
        pace = SharedPace(RATE, MARGIN, loop().time, row.draw, row.hold)
        running = asyncio.ensure_future(pace.run())
        until = loop().time() + 5
        pace.pause(5)
        await asyncio.sleep(1)
        assert row.free_at >= until
        running.cancel()

    run_virtually(main())


def test_shared__a_pause_that_comes_while_moments_are_drawn_is_told_at_once() -> None:
    row = Row()

    async def main() -> None:
        pace = SharedPace(RATE, MARGIN, loop().time, row.draw, row.hold)
        running = asyncio.ensure_future(pace.run())
        sending = asyncio.ensure_future(_send(pace, [], Rank.WARNING))
        await asyncio.sleep(LINE / 2)
        until = loop().time() + 5
        pace.pause(5)
        await asyncio.sleep(LINE * 3)
        assert row.free_at >= until, "nobody else waits, and all must know"
        for task in (running, sending):
            task.cancel()

    run_virtually(main())


class Strict(FakeWire):
    """Telegram as it counts: a chat that was written to less than `gap` seconds ago refuses."""

    def __init__(self, gap: float) -> None:
        super().__init__()
        self._gap = gap
        self.refused = 0

    async def call(self, method: str, payload: dict[str, Any], patience: float = 15) -> Any:
        last = max(self.times(payload["chat_id"]), default=float("-inf"))
        if time.monotonic() - last < self._gap:
            self.refused += 1
            raise ApiRefused(429, "Too Many Requests: retry after 1", 1)
        answer = await super().call(method, payload, patience)
        await asyncio.sleep(0.02)
        return answer


def test_two_senders__over_one_database_never_write_to_a_chat_twice_in_its_pause(postgres: Postgres) -> None:
    gap = 0.3
    with postgres.database() as url:
        rooms = [Room(url, per_chat=gap, wire=Strict(gap)) for _ in range(2)]
        try:
            first, second = rooms
            second.wire = second.sender._wire = first.wire
            for room in rooms:
                room.desk.office.node.id = room.desk.do_now(nodes.join, "here")
            chats = first.people(3)
            shared = asyncio.Runner()

            def wave(size: int) -> None:
                for chat in chats * size:
                    first.owe(chat, rank=Rank.WARNING)

            async def main() -> None:
                for room in rooms:
                    wave(1)
                    async with room._at_work():
                        await first.all_final()
                wave(2)
                async with first._at_work(), second._at_work():
                    await first.all_final()

            shared.run(main())
            shared.close()
            senders = first.sql(lambda uow: {row[0] for row in uow.session.query(Notice.leased_by)})
        finally:
            for room in rooms:
                room.close()
    assert first.wire.counts() == dict.fromkeys(chats, 4)
    assert first.wire.refused == 0
    assert len(senders) == 2, "both work"
