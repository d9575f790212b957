"""Asks Telegram who is in the chats of study groups, so that a post counts only for those who get it."""

import asyncio
from typing import Any

from bot.delivery.pace import Pace
from bot.rules.chats import Answer, Question
from bot.rules.notices import Rank
from bot.services import chats
from bot.services.office import Desk
from bot.storage.engine import Unavailable
from bot.telemetry import log
from bot.wire import FLOOD, SERVER_ERROR, ApiRefused, ApiUnreachable, Wire

EVERY_SECONDS = 10.0
AT_ONCE = 50
PRESENT = frozenset(("creator", "administrator", "member"))


class Roll:
    """Calls the roll for ever. What is not known keeps nobody from their own message."""

    def __init__(self, desk: Desk, wire: Wire, pace: Pace, bot_id: int) -> None:
        self._desk = desk
        self._wire = wire
        self._pace = pace
        self._bot_id = bot_id

    async def run(self) -> None:
        """Ask a few, wait a little; an absent database or server is waited out."""
        while True:
            try:
                await self.once()
            except Unavailable as failure:
                log.warning("roll.unavailable", reason=str(failure))
            except Exception:
                log.exception("roll.crashed")
            await asyncio.sleep(EVERY_SECONDS)

    async def once(self) -> int:
        """Ask what is to be asked now. Returns how many answers there were."""
        answers = []
        for question in await self._desk.do(chats.questions, AT_ONCE):
            answer = await self._ask(question)
            if answer is None:
                break
            answers.append(answer)
        if answers:
            await self._desk.do(chats.answered, answers)
        return len(answers)

    async def _ask(self, question: Question) -> Answer | None:
        """None: no answer now, try later. It takes its turn behind every message."""
        await self._pace.turn(Rank.NEWS)
        user = question.user if question.user is not None else self._bot_id
        try:
            member = await self._wire.call("getChatMember", {"chat_id": question.chat, "user_id": user})
        except ApiUnreachable:
            return None
        except ApiRefused as refused:
            if refused.code == FLOOD:
                self._pace.flooded(question.chat, refused.retry_after or 1.0)
            if refused.code == FLOOD or refused.code >= SERVER_ERROR or refused.moved_to is not None:
                return None
            return Answer(question, present=False)
        return _read(question, member)


def _read(question: Question, member: Any) -> Answer:
    """An answer of another shape is no proof of anything."""
    if not isinstance(member, dict):
        return Answer(question, present=False)
    status = member.get("status")
    present = status in PRESENT or (status == "restricted" and member.get("is_member") is True)
    rings = status == "creator" or (status == "administrator" and member.get("can_pin_messages") is True)
    return Answer(question, present, rings)
