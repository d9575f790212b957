"""What handlers send keeps to the one pace, ahead of notices; floods they meet are everybody's business."""

import asyncio
from typing import Any

import pytest
from aiogram.exceptions import TelegramRetryAfter
from aiogram.methods import AnswerCallbackQuery, EditMessageText, GetMe, SendMessage, TelegramMethod

from bot.delivery.answers import Paced
from bot.delivery.pace import Pace
from bot.rules.notices import Rank
from bot.storage.engine import Unavailable
from tests.support.loops import run_virtually

RATE = 5


def fresh() -> tuple[Pace, Paced]:
    pace = Pace(RATE, 2, asyncio.get_running_loop().time)
    return pace, Paced(pace)


async def answered(bot: Any, method: Any) -> str:
    return "sent"


def message(chat: int = 7) -> SendMessage:
    return SendMessage(chat_id=chat, text="сәлем")


@pytest.mark.parametrize("method", [message(), EditMessageText(chat_id=7, message_id=1, text="сәлем")])
def test_answer__takes_a_moment_of_the_pace(method: TelegramMethod[Any]) -> None:
    async def scenario() -> float:
        _, paced = fresh()
        began = asyncio.get_running_loop().time()
        for _ in range(RATE + 1):
            assert await paced(answered, None, method) == "sent"
        return asyncio.get_running_loop().time() - began

    assert 1 <= run_virtually(scenario()) < 1.1


@pytest.mark.parametrize("method", [AnswerCallbackQuery(callback_query_id="1"), GetMe()])
def test_calls__that_send_nothing_do_not_count(method: TelegramMethod[Any]) -> None:
    async def scenario() -> float:
        pace, paced = fresh()
        pace.pause(60)
        began = asyncio.get_running_loop().time()
        for _ in range(RATE * 3):
            await paced(answered, None, method)
        return asyncio.get_running_loop().time() - began

    assert run_virtually(scenario()) == 0


def test_answers__make_the_notices_wait() -> None:
    async def scenario() -> float:
        pace, paced = fresh()
        began = asyncio.get_running_loop().time()
        for _ in range(RATE):
            await paced(answered, None, message())
        await pace.turn(Rank.WARNING)
        return asyncio.get_running_loop().time() - began

    assert run_virtually(scenario()) >= 1


def test_floods__of_answers_in_two_chats_pause_everybody() -> None:
    async def scenario() -> tuple[float, float]:
        pace, paced = fresh()
        pauses = []
        for chat in (1, 2):

            async def refuses(bot: Any, method: Any) -> None:
                raise TelegramRetryAfter(method, "Too Many Requests", retry_after=9)

            with pytest.raises(TelegramRetryAfter):
                await paced(refuses, None, message(chat))
            pauses.append(pace.paused_for)
        return pauses[0], pauses[1]

    assert run_virtually(scenario()) == (0, pytest.approx(9))


def test_answer__of_a_node_that_others_may_have_given_up_is_not_said() -> None:
    async def scenario() -> None:
        pace = Pace(RATE, 2, asyncio.get_running_loop().time)
        said: list[Any] = []

        async def answers(bot: Any, method: Any) -> None:
            said.append(method)

        trusted = [True, False]
        paced = Paced(pace, None, lambda: trusted.pop(0))
        await paced(answers, None, message())
        with pytest.raises(Unavailable):
            await paced(answers, None, message())
        assert len(said) == 1

    run_virtually(scenario())
