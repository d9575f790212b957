"""What comes while a transaction runs goes into the next together; letting in goes before handling."""

import asyncio
from collections.abc import Sequence
from itertools import count as count_from

import pytest

from bot.intake.letterbox import BEGIN_EVERY_SECONDS, CROWD, CROWDED_SECONDS, PATIENCE_SECONDS, Letterbox
from bot.storage.engine import Unavailable
from bot.storage.gathering import TOGETHER, Gathering
from tests.support.hall import Hall
from tests.support.loops import run_virtually

pytestmark = pytest.mark.anyio
MOMENT = 0.001


class Carrier:
    """Carries rounds one after another; each takes until it is let go."""

    def __init__(self) -> None:
        self.rounds: list[list[int]] = []
        self.carried: list[int] = []
        self.under_way = 0
        self.failures: list[Exception] = []
        self.go_on = asyncio.Event()

    async def carry(self, items: Sequence[int]) -> list[str]:
        self.rounds.append(list(items))
        self.under_way += 1
        assert self.under_way == 1
        try:
            await self.go_on.wait()
            await asyncio.sleep(0)
            if self.failures:
                raise self.failures.pop()
            self.carried += items
            return [f"carried {item}" for item in items]
        finally:
            self.under_way -= 1


async def started(gathering: Gathering[int, str], items: range) -> list[asyncio.Task[str]]:
    """One giver an item, each waiting by now."""
    tasks = []
    for item in items:
        tasks.append(asyncio.ensure_future(gathering.put(item)))
        await asyncio.sleep(0)
    return tasks


async def under_way(number: int) -> tuple[Carrier, Gathering[int, str], list[asyncio.Task[str]]]:
    """So many givers wait, the first of them carries."""
    carrier = Carrier()
    gathering = Gathering(carrier.carry)
    return carrier, gathering, await started(gathering, range(number))


async def test_the_first_goes_at_once_and_the_rest_together() -> None:
    carrier = Carrier()
    gathering = Gathering(carrier.carry)
    tasks = await started(gathering, range(2 + TOGETHER + 5))
    assert carrier.rounds == [[0]]
    carrier.go_on.set()
    said = await asyncio.gather(*tasks)
    assert said == [f"carried {item}" for item in range(len(tasks))]
    assert [len(items) for items in carrier.rounds] == [1, TOGETHER, 6]
    assert carrier.carried == list(range(2 + TOGETHER + 5))


async def test_all_of_a_round_hear_that_it_failed_and_the_next_goes_on() -> None:
    carrier = Carrier()
    carrier.failures = [Unavailable("away")]
    gathering = Gathering(carrier.carry)
    first = await started(gathering, range(3))
    carrier.go_on.set()
    assert isinstance((await asyncio.gather(*first, return_exceptions=True))[0], Unavailable)
    assert carrier.carried == [1, 2]
    carrier.failures = [Unavailable("away")]
    carrier.go_on.clear()
    alone, *others = await started(gathering, range(10, 13))
    carrier.failures.insert(0, Unavailable("away again"))
    carrier.go_on.set()
    said = await asyncio.gather(alone, *others, return_exceptions=True)
    assert [str(failure) for failure in said] == ["away", "away again", "away again"]
    carrier.failures.clear()
    await gathering.put(20)
    assert carrier.carried == [1, 2, 20]


NEXT = 999


async def cancelled(
    carrier: Carrier, gathering: Gathering[int, str], tasks: list[asyncio.Task[str]]
) -> list[int]:
    """All are let go: who of them was cancelled, by number; whoever comes next is carried."""
    carrier.go_on.set()
    said = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 5)
    await asyncio.wait_for(gathering.put(NEXT), 5)
    return [number for number, one in enumerate(said) if isinstance(one, asyncio.CancelledError)]


def cancel_at_handing_on(
    monkeypatch: pytest.MonkeyPatch,
    gathering: Gathering[int, str],
    tasks: list[asyncio.Task[str]],
    *,
    handing: int,
    whose: int,
) -> None:
    """One is cancelled just after the turn was handed on for the so manieth time."""
    hand_on, count = gathering._hand_on, count_from(1)

    def hand_on_and_cancel() -> None:
        now = next(count)
        if now == handing:
            monkeypatch.undo()
        hand_on()
        if now == handing:
            tasks[whose].cancel()

    monkeypatch.setattr(gathering, "_hand_on", hand_on_and_cancel)


@pytest.mark.parametrize("gone", [0, 1, 2])
async def test_who_is_cancelled_leaves_nobody_waiting(gone: int) -> None:
    carrier, gathering, tasks = await under_way(4)
    tasks[gone].cancel()
    assert await cancelled(carrier, gathering, tasks) == [gone]
    assert {0, 1, 2, 3} - {gone} <= set(carrier.carried)


async def test_a_carrier_cancelled_at_the_moment_of_its_turn_hands_it_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """After it was told that it leads, before it has heard it."""
    carrier, gathering, tasks = await under_way(3)
    cancel_at_handing_on(monkeypatch, gathering, tasks, handing=1, whose=1)
    assert await cancelled(carrier, gathering, tasks) == [1]
    assert carrier.carried == [0, 2, NEXT]


async def test_who_is_cancelled_with_the_answer_on_its_way_takes_nobodys_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its item was carried; somebody else leads the next round, and that one's item goes with it."""
    carrier, gathering, tasks = await under_way(1)
    cancel_at_handing_on(monkeypatch, gathering, tasks, handing=2, whose=2)
    tasks += await started(gathering, range(1, 1 + TOGETHER + 2))
    assert await cancelled(carrier, gathering, tasks) == [2]
    assert carrier.carried == [*range(1 + TOGETHER + 2), NEXT]


async def test_a_carrier_cancelled_in_its_round_leaves_its_fellows_to_the_next() -> None:
    carrier, gathering, tasks = await under_way(3)
    tasks[0].add_done_callback(lambda _: tasks[1].cancel())
    await cancelled(carrier, gathering, tasks)
    assert 2 in carrier.carried


class SlowDesk:
    """Stores when it is let."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()
        self.stored: list[int] = []

    async def do(self, work: object, bot_id: int, updates: Sequence[dict[str, int]]) -> None:
        await self.go_on.wait()
        self.stored += [update["update_id"] for update in updates]


async def begun_each_second(crowded: float, seconds: int) -> list[int]:
    """How many are begun in each second, when there is work without end and a crowd comes for so long."""
    desk, loop = SlowDesk(), asyncio.get_running_loop()
    letterbox = Letterbox(desk, 42)  # type: ignore[arg-type]
    coming = [asyncio.ensure_future(letterbox.put({"update_id": number})) for number in range(CROWD - 1)]
    await asyncio.sleep(0)
    assert not any(letterbox.hold_back() for _ in range(100)), "so few are no crowd"
    start, begun = loop.time(), [0] * seconds
    while (second := int(loop.time() - start)) < seconds:
        if loop.time() - start < crowded:
            coming.append(asyncio.ensure_future(letterbox.put({"update_id": len(coming)})))
        await asyncio.sleep(MOMENT)
        begun[second] += not letterbox.hold_back()
    desk.go_on.set()
    await asyncio.gather(*coming)
    assert desk.stored == list(range(len(coming)))
    return begun


def test_while_a_crowd_is_let_in_handling_goes_on_slowly_and_then_at_once() -> None:
    before, after = run_virtually(begun_each_second(1 - CROWDED_SECONDS, 2))
    assert before == pytest.approx(1 / BEGIN_EVERY_SECONDS, rel=0.3)
    assert after == pytest.approx(1 / MOMENT, rel=0.01)


def test_a_crowd_that_stays_is_handled_while_it_is_let_in() -> None:
    seconds = run_virtually(begun_each_second(60, int(PATIENCE_SECONDS) + 3))
    slow, between, *fast = seconds[: int(PATIENCE_SECONDS)], *seconds[int(PATIENCE_SECONDS) :]
    assert all(begun == pytest.approx(1 / BEGIN_EVERY_SECONDS, rel=0.3) for begun in slow)
    assert between > 1 / BEGIN_EVERY_SECONDS
    assert fast == pytest.approx([1 / MOMENT] * 2, rel=0.01)


async def test_a_work_that_only_looks_stores_nothing(hall: Hall) -> None:
    def meddles(uow, office, now) -> None:  # type: ignore[no-untyped-def]
        uow.inbox.store(42, now, [(1, 7, {})])

    with pytest.raises(RuntimeError, match="only looks"):
        await hall.desk.look(meddles)
    assert await hall.desk.look(lambda uow, _, __: uow.inbox.waiting(42, 0, 50)) == []
