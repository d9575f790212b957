"""A node that leaves is gone: no beat of its own brings it back."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest

from bot.intake.membership import Membership
from bot.services import nodes
from bot.storage.engine import Unavailable
from bot.storage.tables import Node
from tests.support.hall import Hall
from tests.support.loops import run_virtually

A_WHILE = 20


async def _a_while() -> None:
    for _ in range(A_WHILE):
        await asyncio.sleep(0)


async def _ended(beats: asyncio.Future[None]) -> None:
    beats.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await beats


class SlowDesk:
    """The hall's desk; something happens while one use-case is on its way to the database."""

    def __init__(self, hall: Hall, slow: Any, meanwhile: Callable[[], Awaitable[None]]) -> None:
        self.office = hall.office
        self._hall, self._slow, self._meanwhile = hall, slow, meanwhile

    async def do(self, work: Any, *args: Any) -> Any:
        if work is self._slow:
            await self._meanwhile()
        return self._hall.do(work, *args)


def _nodes(hall: Hall) -> int:
    found: int = hall.sql(lambda uow: uow.session.query(Node).count())
    return found


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nodes, "BEAT_SECONDS", 0)


@pytest.mark.usefixtures("hurried")
def test_leave__while_beats_come_the_node_stays_gone(hall: Hall) -> None:
    async def scenario() -> None:
        membership = Membership(SlowDesk(hall, nodes.leave, _a_while))  # type: ignore[arg-type]
        await membership.join()
        assert _nodes(hall) == 1
        beats = asyncio.ensure_future(membership.run())
        await _a_while()
        await membership.leave()
        await _a_while()
        await _ended(beats)

    asyncio.run(scenario())
    assert _nodes(hall) == 0


@pytest.mark.usefixtures("hurried")
def test_leave__in_the_middle_of_a_beat_the_node_stays_gone(hall: Hall) -> None:
    async def scenario() -> None:
        leaving: list[asyncio.Future[None]] = []

        async def leave() -> None:
            if not leaving:
                leaving.append(asyncio.ensure_future(membership.leave()))
                await _a_while()

        membership = Membership(SlowDesk(hall, nodes.beat, leave))  # type: ignore[arg-type]
        await membership.join()
        beats = asyncio.ensure_future(membership.run())
        while not leaving:
            await asyncio.sleep(0)
        await leaving[0]
        await _a_while()
        await _ended(beats)

    asyncio.run(scenario())
    assert _nodes(hall) == 0


class FarDesk:
    """A database that may be away, or take its time; it knows one node."""

    def __init__(self) -> None:
        self.office = SimpleNamespace(node=SimpleNamespace(id=None))
        self.away, self.slow, self.buried = False, 0.0, False

    async def do(self, work: Any, *args: Any) -> Any:
        await asyncio.sleep(self.slow)
        if self.away:
            raise Unavailable("away")
        if work is nodes.beat:
            return not self.buried
        self.buried = self.buried and work is not nodes.join
        return 1


def test_trusted__is_a_node_that_was_heard_of_just_now_counted_from_when_it_spoke(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Others take over after `SILENT`, as their database sees it: what it holds is its own for less."""

    async def scenario() -> None:
        loop, desk = asyncio.get_running_loop(), FarDesk()
        monkeypatch.setattr("bot.intake.membership.monotonic", loop.time)
        membership = Membership(desk)  # type: ignore[arg-type]
        assert not membership.trusted(), "nobody has heard of it"
        await membership.join()
        assert membership.trusted()
        beats = asyncio.ensure_future(membership.run())
        await asyncio.sleep(60)
        assert membership.trusted(), "it says every second that it lives"
        desk.away = True
        await asyncio.sleep(nodes.TRUSTED_SECONDS - nodes.BEAT_SECONDS - 0.1)
        assert membership.trusted()
        await asyncio.sleep(nodes.BEAT_SECONDS + 0.2)
        assert not membership.trusted()
        desk.away = False
        await asyncio.sleep(nodes.BEAT_SECONDS + 0.1)
        assert membership.trusted()
        desk.slow = nodes.TRUSTED_SECONDS + 0.1
        await asyncio.sleep(nodes.TRUSTED_SECONDS)
        for _ in range(200):
            await asyncio.sleep(0.1)
            assert not membership.trusted(), "an answer so late says nothing of now"
        await _ended(beats)

    run_virtually(scenario())
    assert nodes.SILENT.total_seconds() > nodes.TRUSTED_SECONDS
