"""What handlers send keeps to the one pace, ahead of notices; floods they meet are everybody's business."""

import asyncio
from typing import Any

import pytest

from bot.delivery.answers import Answers
from bot.delivery.pace import Pace
from bot.rules.notices import Rank
from bot.storage.engine import Unavailable
from bot.wire import FLOOD, ApiRefused
from tests.support.loops import run_virtually

RATE = 5


class Calls:
    """Answers every call, or refuses it, and keeps what was called."""

    def __init__(self, refused: ApiRefused | None = None) -> None:
        self.made: list[str] = []
        self._refused = refused

    async def call(self, method: str, payload: dict[str, Any], patience: float | None = None) -> Any:
        self.made.append(method)
        if self._refused is not None:
            raise self._refused
        return "sent"


def fresh(calls: Calls | None = None) -> tuple[Pace, Answers]:
    pace = Pace(RATE, 2, asyncio.get_running_loop().time)
    return pace, Answers(calls or Calls(), pace)


MESSAGE: dict[str, Any] = {"chat_id": 7, "text": "сәлем"}


@pytest.mark.parametrize("method", ["sendMessage", "editMessageText"])
def test_answer__takes_a_moment_of_the_pace(method: str) -> None:
    async def scenario() -> float:
        _, answers = fresh()
        began = asyncio.get_running_loop().time()
        for _ in range(RATE + 1):
            assert await answers.call(method, MESSAGE) == "sent"
        return asyncio.get_running_loop().time() - began

    assert 1 <= run_virtually(scenario()) < 1.1


@pytest.mark.parametrize("method", ["answerCallbackQuery", "getMe"])
def test_calls__that_send_nothing_do_not_count(method: str) -> None:
    async def scenario() -> float:
        pace, answers = fresh()
        pace.pause(60)
        began = asyncio.get_running_loop().time()
        for _ in range(RATE * 3):
            await answers.call(method, {})
        return asyncio.get_running_loop().time() - began

    assert run_virtually(scenario()) == 0


def test_answers__make_the_notices_wait() -> None:
    async def scenario() -> float:
        pace, answers = fresh()
        began = asyncio.get_running_loop().time()
        for _ in range(RATE):
            await answers.call("sendMessage", MESSAGE)
        await pace.turn(Rank.WARNING)
        return asyncio.get_running_loop().time() - began

    assert run_virtually(scenario()) >= 1


def test_floods__of_answers_in_two_chats_pause_everybody() -> None:
    async def scenario() -> tuple[float, float]:
        pace, answers = fresh(Calls(ApiRefused(FLOOD, "Too Many Requests", retry_after=9)))
        pauses = []
        for chat in (1, 2):
            with pytest.raises(ApiRefused):
                await answers.call("sendMessage", {**MESSAGE, "chat_id": chat})
            pauses.append(pace.paused_for)
        return pauses[0], pauses[1]

    assert run_virtually(scenario()) == (0, pytest.approx(9))


def test_refusals__that_are_no_flood_pause_nobody() -> None:
    async def scenario() -> float:
        pace, answers = fresh(Calls(ApiRefused(400, "Bad Request")))
        for chat in (1, 2):
            with pytest.raises(ApiRefused):
                await answers.call("sendMessage", {**MESSAGE, "chat_id": chat})
        return pace.paused_for

    assert run_virtually(scenario()) == 0


def test_answer__of_a_node_that_others_may_have_given_up_is_not_said() -> None:
    async def scenario() -> None:
        pace, calls, trusted = Pace(RATE, 2, asyncio.get_running_loop().time), Calls(), [True, False]
        answers = Answers(calls, pace, None, lambda: trusted.pop(0))
        await answers.call("sendMessage", MESSAGE)
        with pytest.raises(Unavailable):
            await answers.call("sendMessage", MESSAGE)
        assert calls.made == ["sendMessage"]

    run_virtually(scenario())
