"""Threads over PostgreSQL: few short works at once, and nobody waits for a long one."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

from bot.storage.crew import AT_ONCE, THREADS, Crew


@pytest.fixture
def crew() -> Iterator[Crew]:
    made = Crew()
    yield made
    made.close()


def test_short_works__are_few_at_once_and_all_done_in_any_loop(
    crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.storage.crew.GIVES_WAY_SECONDS", 3600.0)
    lock, inside, most = threading.Lock(), 0, 0

    def work() -> int:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        with lock:
            inside -= 1
        return 7

    async def many() -> list[int]:
        return await asyncio.gather(*(crew.run(work) for _ in range(100)))

    assert asyncio.run(many()) == [7] * 100
    assert asyncio.run(many()) == [7] * 100, "another loop"
    assert most <= AT_ONCE


def test_long_works__give_way_to_short_ones(crew: Crew, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.storage.crew.GIVES_WAY_SECONDS", 0.01)
    go_on = threading.Event()

    async def scenario() -> str:
        long = [asyncio.ensure_future(crew.run(go_on.wait)) for _ in range(THREADS - 1)]
        await asyncio.sleep(0)
        async with asyncio.timeout(20):
            short = await crew.run(lambda: "short")
        assert not any(one.done() for one in long)
        go_on.set()
        assert all(await asyncio.gather(*long))
        return short

    try:
        assert asyncio.run(scenario()) == "short"
    finally:
        go_on.set()


def test_short_works__wait_for_a_place_where_none_gives_way(
    crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.storage.crew.GIVES_WAY_SECONDS", 3600.0)
    go_on, begun = threading.Event(), threading.Semaphore(0)

    def hold() -> None:
        begun.release()
        go_on.wait(20)

    async def scenario() -> None:
        held = [asyncio.ensure_future(crew.run(hold)) for _ in range(AT_ONCE)]
        await asyncio.gather(*(asyncio.to_thread(begun.acquire, timeout=20) for _ in range(AT_ONCE)))
        more = asyncio.ensure_future(crew.run(lambda: None))
        await asyncio.sleep(0.05)
        assert not more.done()
        go_on.set()
        await asyncio.gather(more, *held)

    try:
        asyncio.run(scenario())
    finally:
        go_on.set()


def test_a_work_that_raises_or_is_given_up_leaves_its_place(crew: Crew) -> None:
    async def scenario() -> None:
        for _ in range(2 * AT_ONCE):
            with pytest.raises(ZeroDivisionError):
                await crew.run(lambda: 1 / 0)
        for _ in range(2 * AT_ONCE):
            task = asyncio.ensure_future(crew.run(lambda: None))
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        async with asyncio.timeout(20):
            await crew.run(lambda: None)

    asyncio.run(scenario())
