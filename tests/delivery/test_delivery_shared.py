"""The pace of several machines, in virtual time: each draws its moments from one place."""

import asyncio
from collections.abc import Awaitable, Callable

from bot.delivery.shared import SharedPace
from bot.rules.notices import Rank
from bot.storage.engine import Unavailable
from tests.delivery.test_delivery_pace import MARGIN, RATE, loop, most_in_a_second
from tests.support.loops import run_virtually

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


def together(machines: int, messages: int, row: Row, urgency: int = Rank.WARNING) -> list[list[float]]:
    """When each machine sent."""

    async def main() -> list[list[float]]:
        async with asyncio.TaskGroup() as tasks:
            running, sending, logs = [], [], []
            for _ in range(machines):
                pace, log = SharedPace(RATE, MARGIN, loop().time, row.draw), list[float]()
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
        pace = SharedPace(RATE, MARGIN, loop().time, row.draw)
        running = asyncio.ensure_future(pace.run())
        first = await turn(pace)
        row.away = False
        second = await turn(pace)
        running.cancel()
        return first, second

    first, second = run_virtually(main())
    assert first is None
    assert second is not None
