"""A hall's counter: updates go through the real dispatcher, and what the bot would say is kept."""

import asyncio
import itertools
from dataclasses import dataclass
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.types import Update

from bot.dialogue.enquiries import Enquiries
from bot.telemetry import Metrics
from handlers import build_router
from handlers.door import Crowd
from tests.support.hall import Hall

TOKEN = "1:a"
MARKED = frozenset({"sendMessage", "editMessageText", "sendDocument", "sendPhoto", "editMessageCaption"})
"""Calls whose words are markup."""

_ids = itertools.count(1)
"""aiogram looks an update up among the last hundred by its id, and compares whole ones of the same id."""


@dataclass
class Said:
    """A call of the Bot API that an answer made: to whom, and every word of it."""

    method: str
    chat: int | None
    words: str
    html: str = ""
    """Its text or caption as markup."""


class Keeping:
    """Takes every call and keeps what it says."""

    def __init__(self) -> None:
        self.said: list[Said] = []

    async def call(self, method: str, payload: dict[str, Any], patience: float | None = None) -> Any:
        words = " ".join(str(payload.get(part, "")) for part in ("text", "caption", "reply_markup"))
        markup = str(payload.get("text") or payload.get("caption") or "") if method in MARKED else ""
        self.said.append(Said(method, payload.get("chat_id"), words, markup))
        return {"message_id": len(self.said)} if method.startswith(("send", "editMessage")) else True


class Patient(Crowd):
    """Never finds that somebody asks too much."""

    def admits(self, user: int, now: float) -> str:
        return "open"


class Counter:
    """Taps and commands of anybody, one after another."""

    def __init__(self, hall: Hall, monkeypatch: Any) -> None:
        monkeypatch.setattr("handlers.door.Crowd", Patient)
        self._hall = hall
        self._line = Keeping()
        self._bot = Bot(TOKEN)
        self._dispatcher = Dispatcher(
            disable_fsm=True,
            line=self._line,
            desk=hall.desk,
            voices=hall.base.voices,
            enquiries=Enquiries(hall.base.content, Metrics()),
        )
        self._dispatcher.include_router(build_router())
        self._runner = asyncio.Runner()

    def close(self) -> None:
        self._runner.close()

    def tap(self, user_id: int, data: str) -> list[Said]:
        """Somebody sends callback data; what the bot answers, the end of the spinner included."""
        query = {
            "id": "1",
            "from": _user(user_id),
            "chat_instance": "1",
            "message": {"message_id": 5, "date": 1, "chat": _chat(user_id), "text": "?"},
            "data": data,
        }
        return self.feed({"callback_query": query})

    def write(self, user_id: int, text: str) -> list[Said]:
        """Somebody writes; what the bot answers."""
        entity = {"type": "bot_command", "offset": 0, "length": len(text.split()[0])}
        body = {"message_id": 4, "date": 1, "chat": _chat(user_id), "from": _user(user_id), "text": text}
        return self.feed({"message": body | ({"entities": [entity]} if text.startswith("/") else {})})

    def feed(self, update: dict[str, Any]) -> list[Said]:
        """Any update; what the bot says to it."""
        known = len(self._line.said)
        parsed = Update.model_validate({"update_id": next(_ids), **update}, context={"bot": self._bot})
        self._runner.run(self._dispatcher.feed_update(self._bot, parsed, origin=self._hall.origin()))
        return self._line.said[known:]


def _user(user_id: int) -> dict[str, Any]:
    return {"id": user_id, "is_bot": False, "first_name": "A", "language_code": "kk"}


def _chat(user_id: int) -> dict[str, Any]:
    return {"id": user_id, "type": "private", "first_name": "A"}
