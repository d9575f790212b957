"""The pace of everything that is sent, in virtual time."""

import asyncio
import itertools
from collections.abc import Callable, Sequence

import pytest

from bot.delivery.chats import Chats
from bot.delivery.pace import Pace
from bot.rules.notices import Rank
from tests.support.loops import VirtualLoop, run_virtually

RATE = 28
MARGIN = 2
GAP = 1 / RATE * 1.02


def loop() -> VirtualLoop:
    running = asyncio.get_running_loop()
    assert isinstance(running, VirtualLoop)
    return running


def pace(rate: float = RATE) -> Pace:
    return Pace(rate, MARGIN, loop().time)


async def takes(pace: Pace, urgency: int, log: list[tuple[float, int]]) -> None:
    assert await pace.turn(urgency)
    log.append((loop().time(), urgency))


def most_in_a_second(times: Sequence[float]) -> int:
    """The fullest window of one second, its end not included."""
    return max(sum(1 for other in times if start <= other < start + 1) for start in times)


@pytest.mark.parametrize("rate", [28, 30, 5, 0.5, 1000])
def test_pace__never_more_than_the_rate_in_any_second(rate: float) -> None:
    async def wave() -> list[tuple[float, int]]:
        log: list[tuple[float, int]] = []
        its = pace(rate)
        count = int(rate * 4) + 3
        await asyncio.gather(*(takes(its, Rank.WARNING, log) for _ in range(count)))
        return log

    times = [at for at, _ in run_virtually(wave())]
    assert most_in_a_second(times) <= max(1, rate)
    if rate < 1:
        assert min(b - a for a, b in itertools.pairwise(times)) >= 1 / rate


def test_pace__a_wave_takes_what_physics_asks() -> None:
    async def wave() -> float:
        log: list[tuple[float, int]] = []
        its = pace()
        began = loop().time()
        await asyncio.gather(*(takes(its, Rank.WARNING, log) for _ in range(500)))
        return log[-1][0] - began

    assert 0.97 < run_virtually(wave()) / (499 / RATE) < 1.03


def test_pace__answers_and_notices_together_keep_to_the_rate() -> None:
    async def mixed() -> list[tuple[float, int]]:
        log: list[tuple[float, int]] = []
        its = pace()
        async with asyncio.TaskGroup() as tasks:
            for _ in range(100):
                tasks.create_task(takes(its, Rank.WARNING, log))
            for _ in range(10):
                await asyncio.sleep(0.31)
                for _ in range(9):
                    tasks.create_task(takes(its, Rank.ANSWER, log))
        return log

    log = run_virtually(mixed())
    assert len(log) == 190
    assert most_in_a_second([at for at, _ in log]) <= RATE


def test_pace__an_answer_passes_ahead_of_a_wave() -> None:
    async def tap() -> float:
        its = pace()
        async with asyncio.TaskGroup() as tasks:
            log: list[tuple[float, int]] = []
            for _ in range(100):
                tasks.create_task(takes(its, Rank.WARNING, log))
            await asyncio.sleep(1.51)
            asked = loop().time()
            assert await its.turn(Rank.ANSWER)
            return loop().time() - asked

    assert run_virtually(tap()) <= 2 * GAP


def test_pace__answers_alone_go_at_once() -> None:
    async def taps() -> list[float]:
        log: list[tuple[float, int]] = []
        its, began = pace(), loop().time()
        await asyncio.gather(*(takes(its, Rank.ANSWER, log) for _ in range(RATE + 1)))
        return [at - began for at, _ in log]

    waits = run_virtually(taps())
    assert waits[RATE - 1] == 0
    assert 1.0 <= waits[RATE] < 1.1


def test_pace__a_moment_held_up_before_its_call_counts_from_the_call() -> None:
    async def scenario() -> list[float]:
        its, arrivals = pace(), []
        for number in range(2 * RATE):
            moment = await its.turn(Rank.ANSWER)
            assert moment
            if number == 1:
                loop().skip(0.3)
            with its.flight(moment):
                arrivals.append(loop().time())
        return arrivals

    assert most_in_a_second(run_virtually(scenario())) <= RATE


def test_pace__the_urgent_go_first_whatever_came_first() -> None:
    async def crowd() -> list[int]:
        log: list[tuple[float, int]] = []
        its = pace()
        ranks = [Rank.NEWS, Rank.REMINDER, Rank.WARNING, Rank.ESCALATION] * 4
        async with asyncio.TaskGroup() as tasks:
            await its.turn(Rank.NEWS)
            its.pause(1)
            for rank in ranks:
                tasks.create_task(takes(its, rank, log))
        return [urgency for _, urgency in log]

    order = run_virtually(crowd())
    assert order == sorted(order)


def test_pace__a_pause_holds_everything_and_answers_come_first_after_it() -> None:
    async def flood() -> tuple[list[tuple[float, int]], float]:
        log: list[tuple[float, int]] = []
        its = pace()
        its.pause(30)
        until = loop().time() + 30
        async with asyncio.TaskGroup() as tasks:
            for _ in range(3):
                tasks.create_task(takes(its, Rank.WARNING, log))
            await asyncio.sleep(10)
            assert its.paused_for == pytest.approx(20)
            for _ in range(3):
                tasks.create_task(takes(its, Rank.ANSWER, log))
        return log, until

    log, until = run_virtually(flood())
    assert min(at for at, _ in log) >= until
    assert [urgency for _, urgency in log] == [Rank.ANSWER] * 3 + [Rank.WARNING] * 3


@pytest.mark.parametrize(
    ("floods", "paused"),
    [
        ([(0, 1)], False),
        ([(0, 1), (0.2, 1)], False),
        ([(0, 1), (0.9, 2)], True),
        ([(0, 1), (1.2, 2)], False),
        ([(0, 1), (0.5, 1), (0.6, 2)], True),
    ],
)
def test_flood__two_chats_within_a_second_pause_everybody(
    floods: list[tuple[float, int]], paused: bool
) -> None:
    async def happens() -> float:
        its, began = pace(), loop().time()
        for at, chat in floods:
            loop().skip(began + at - loop().time())
            its.flooded(chat, 7)
        return its.paused_for

    assert run_virtually(happens()) == pytest.approx(7 if paused else 0)


def test_patience__gives_up_and_leaves_the_moment_to_others() -> None:
    async def impatient() -> tuple[bool, list[tuple[float, int]], float]:
        log: list[tuple[float, int]] = []
        its = pace()
        its.pause(5)
        until = loop().time() + 5
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(takes(its, Rank.NEWS, log))
            got = await its.turn(Rank.WARNING, 2)
        return got, log, until

    got, log, until = run_virtually(impatient())
    assert not got
    assert [at for at, _ in log] == [pytest.approx(until)]


def test_patience__a_cancelled_waiter_stands_in_nobodys_way() -> None:
    async def leaves() -> list[float]:
        its, log = pace(), list[tuple[float, int]]()
        its.pause(1)
        first = asyncio.ensure_future(its.turn(Rank.WARNING))
        second = asyncio.ensure_future(takes(its, Rank.WARNING, log))
        await asyncio.sleep(0.5)
        first.cancel()
        began = loop().time()
        await second
        return [at - began for at, _ in log]

    assert run_virtually(leaves()) == [pytest.approx(0.5)]


def test_pace__a_busy_machine_does_not_slow_the_wave() -> None:
    async def stutters() -> float:
        its, log = pace(), list[tuple[float, int]]()
        began = loop().time()

        async def hiccups() -> None:
            for _ in range(60):
                await asyncio.sleep(0.1)
                loop().skip(0.05)

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(hiccups())
            for _ in range(200):
                tasks.create_task(takes(its, Rank.WARNING, log))
        times = [at for at, _ in log]
        assert most_in_a_second(times) <= RATE
        return times[-1] - began

    assert run_virtually(stutters()) / (199 / RATE) < 1.06


def in_chats(scenario: Callable[[Chats], object]) -> Callable[[], object]:
    async def run() -> object:
        result = scenario(Chats(1.0, loop().time))
        assert asyncio.iscoroutine(result)
        return await result

    return lambda: run_virtually(run())


def test_chats__one_a_second_to_each_and_none_waits_for_another() -> None:
    async def scenario(chats: Chats) -> dict[int, list[float]]:
        began = loop().time()
        got: dict[int, list[float]] = {1: [], 2: []}

        async def write(chat: int) -> None:
            await chats.turn(chat)
            got[chat].append(loop().time() - began)

        await asyncio.gather(*(write(chat) for chat in (1, 1, 1, 2, 2)))
        return got

    got = in_chats(scenario)()
    assert got == {1: pytest.approx([0, 1, 2]), 2: pytest.approx([0, 1])}


def test_chats__a_flooded_chat_waits_alone() -> None:
    async def scenario(chats: Chats) -> tuple[float, float]:
        chats.flooded(1, 7)
        return chats.wait(1), chats.wait(2)

    assert in_chats(scenario)() == (pytest.approx(7), 0)


def test_chats__a_shorter_flood_does_not_shorten_a_longer_one() -> None:
    async def scenario(chats: Chats) -> float:
        chats.flooded(1, 30)
        chats.flooded(1, 2)
        return chats.wait(1)

    assert in_chats(scenario)() == pytest.approx(30)


def test_chats__a_group_gets_twenty_in_any_minute() -> None:
    async def scenario(chats: Chats) -> list[float]:
        began, times = loop().time(), []
        for _ in range(45):
            await chats.turn(-100)
            times.append(loop().time() - began)
        assert chats.wait(-200) == 0
        return times

    times = in_chats(scenario)()
    assert isinstance(times, list)
    assert times[19] == pytest.approx(19)
    assert all(later - earlier > 60 for earlier, later in zip(times, times[20:], strict=False))
    assert times[-1] < 128


def test_chats__several_machines_share_a_groups_minute() -> None:
    """Each takes its part: together they stay below twenty, and a machine that is left alone has them all."""
    machines = [3]

    async def scenario(_: Chats) -> list[float]:
        chats = Chats(1.0, loop().time, 20, lambda: machines[0])
        began, times = loop().time(), []
        for _ in range(13):
            await chats.turn(-100)
            times.append(loop().time() - began)
        machines[0] = 1
        await chats.turn(-100)
        return [*times, loop().time() - began]

    times = in_chats(scenario)()
    assert isinstance(times, list)
    assert all(later - earlier > 60 for earlier, later in zip(times, times[6:-1], strict=False))
    assert times[5] == pytest.approx(5)
    assert times[13] == pytest.approx(times[12] + 1)


def test_chats__an_answer_does_not_wait_but_is_waited_for() -> None:
    async def scenario(chats: Chats) -> tuple[float, float]:
        chats.note(1)
        for _ in range(20):
            chats.note(-5)
        return chats.wait(1), chats.wait(-5)

    one, group = in_chats(scenario)()
    assert one == pytest.approx(1)
    assert group > 59


def test_chats__whoever_left_late_is_kept_away_from_by_those_who_come_later() -> None:
    async def scenario(chats: Chats) -> float:
        await chats.turn(1)
        await asyncio.sleep(0.8)
        chats.goes(1)
        await asyncio.sleep(0.4)
        return chats.wait(1)

    assert in_chats(scenario)() == pytest.approx(0.6)


def test_pace__what_was_held_up_on_its_way_counts_from_its_arrival() -> None:
    """The server counts arrivals: a burst that was delayed may not meet the next second's messages there."""

    async def wave() -> list[float]:
        arrived: list[float] = []
        its, began = pace(), loop().time()

        async def fly(number: int) -> None:
            moment = await its.turn(Rank.WARNING)
            assert moment is not None
            with its.flight(moment):
                await asyncio.sleep(0.3 if number % 7 == 0 else 0.002)
                arrived.append(loop().time() - began)
                await asyncio.sleep(0.002)

        await asyncio.gather(*(fly(number) for number in range(200)))
        return sorted(arrived)

    arrived = run_virtually(wave())
    assert most_in_a_second(arrived) <= RATE
    assert arrived[-1] / (199 / RATE) < 1.4


def test_pace__a_call_that_hangs_holds_up_nobody_for_long() -> None:
    async def scenario() -> float:
        its = pace()
        stuck = await its.turn(Rank.WARNING)
        assert stuck is not None
        began = loop().time()
        with its.flight(stuck):
            for _ in range(RATE):
                assert await its.turn(Rank.ANSWER)
        return loop().time() - began

    assert run_virtually(scenario()) == pytest.approx(1.52, abs=0.01)


def test_chats__those_long_free_are_forgotten_and_those_that_wait_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.delivery.chats.REMEMBERED", 3)

    async def scenario(chats: Chats) -> tuple[float, int]:
        chats.flooded(1, 60)
        for chat in range(2, 6):
            chats.note(chat)
        await asyncio.sleep(30)
        for chat in range(6, 9):
            chats.note(chat)
        return chats.wait(1), len(chats._free)

    waits, kept = in_chats(scenario)()
    assert waits == pytest.approx(30)
    assert kept == 4, "the flooded one and the three of this moment"
