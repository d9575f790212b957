"""Who is in a study group's chat: what Telegram says, what counts as no answer, what ends a round."""

import asyncio
from typing import Any

import pytest

from bot.delivery.pace import Pace
from bot.delivery.roll import EVERY_SECONDS, Roll
from bot.rules.chats import Answer, Question
from bot.services import chats
from bot.storage.engine import Unavailable
from bot.wire import ApiRefused, ApiUnreachable
from tests.support.loops import run_virtually

BOT = 77
OF_BOT, OF_ONE, OF_OTHER = Question(1, -100), Question(1, -100, 5, 501), Question(1, -100, 6, 502)
FLOODED = ApiRefused(429, "Too Many Requests", 9)


class Line:
    """Telegram and the desk at once: answers in turn to what is asked, keeps what is written down."""

    def __init__(self, *said: Any) -> None:
        self.said = list(said)
        self.asked: list[tuple[int, int]] = []
        self.kept: list[list[Answer]] = []
        self.rounds: list[BaseException | list[Question]] = []

    async def do(self, work: Any, *args: Any) -> Any:
        if work is chats.answered:
            self.kept.append(args[0])
            return None
        found = self.rounds.pop(0) if self.rounds else [OF_BOT, OF_ONE, OF_OTHER]
        if isinstance(found, BaseException):
            raise found
        return found

    async def call(self, method: str, payload: dict[str, Any]) -> Any:
        assert method == "getChatMember"
        self.asked.append((payload["chat_id"], payload["user_id"]))
        answer = self.said.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer


def called(line: Line) -> tuple[int, float]:
    """One round: how many answers there were, and how long everybody is held back after it."""

    async def scenario() -> tuple[int, float]:
        pace = Pace(1000, 0, asyncio.get_running_loop().time)
        pace.flooded(-200, 1)
        return await Roll(line, line, pace, BOT).once(), pace.paused_for  # type: ignore[arg-type]

    return run_virtually(scenario())


@pytest.mark.parametrize(
    ("said", "present", "rings"),
    [
        ({"status": "creator"}, True, True),
        ({"status": "administrator", "can_pin_messages": True}, True, True),
        ({"status": "administrator"}, True, False),
        ({"status": "member"}, True, False),
        ({"status": "restricted", "is_member": True}, True, False),
        ({"status": "restricted", "is_member": False}, False, False),
        ({"status": "left"}, False, False),
        ({}, False, False),
        (True, False, False),
        ([{"status": "member"}], False, False),
        (ApiRefused(400, "Bad Request: user not found"), False, False),
        (ApiRefused(403, "Forbidden: bot is not a member of the group chat"), False, False),
    ],
)
def test_answer__is_read_and_kept(said: Any, present: bool, rings: bool) -> None:
    line = Line(said)
    line.rounds = [[OF_ONE]]
    assert called(line)[0] == 1
    assert line.kept == [[Answer(OF_ONE, present, rings)]]
    assert line.asked == [(-100, 501)]


@pytest.mark.parametrize(
    ("said", "pauses"),
    [
        (FLOODED, 9),
        (ApiRefused(429, "Too Many Requests"), 1),
        (ApiRefused(500, "Internal Server Error"), 0),
        (ApiRefused(400, "Bad Request: group chat was upgraded", None, -1009), 0),
        (ApiUnreachable("reset"), 0),
    ],
)
def test_no_answer__ends_the_round_and_proves_nothing_of_who_was_not_asked(said: Any, pauses: float) -> None:
    line = Line({"status": "administrator"}, said)
    answers, paused = called(line)
    assert (answers, [one.question for one in line.kept[0]]) == (1, [OF_BOT])
    assert line.asked == [(-100, BOT), (-100, 501)], "nobody is asked after it"
    assert paused == pytest.approx(pauses), "the second chat in a moment that is flooded pauses everybody"


def test_no_answer__to_the_first_question_writes_nothing() -> None:
    line = Line(ApiUnreachable("reset"))
    assert called(line)[0] == 0
    assert line.kept == []


def test_roll__goes_on_after_an_absent_database_and_after_a_failure() -> None:
    line = Line({"status": "member"})
    line.rounds = [Unavailable("away"), ZeroDivisionError(), [], [OF_ONE]]

    async def scenario() -> None:
        pace = Pace(1000, 0, asyncio.get_running_loop().time)
        running = asyncio.ensure_future(Roll(line, line, pace, BOT).run())  # type: ignore[arg-type]
        await asyncio.sleep(EVERY_SECONDS * 3 + 1)
        running.cancel()

    run_virtually(scenario())
    assert line.kept == [[Answer(OF_ONE, present=True)]]
