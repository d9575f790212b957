"""The demo's guide: what has happened (the database), what the phones show, and so what comes next."""

import asyncio
import datetime as dt
from typing import Any

from bot.library.tour import FINISH, load_tour
from bot.rules.tour import Facts, Handset, Hint, following, hint, over
from bot.sandbox.server import Sandbox
from bot.services import tour

SOON = dt.timedelta(minutes=2)
NEXT_WEEK = dt.timedelta(days=7)


class Guide:
    """Lives in the sandbox's loop; the database is asked in the program's (`loop`).

    `phones`: user id and language by register number.
    """

    def __init__(
        self, app: Any, loop: asyncio.AbstractEventLoop, sandbox: Sandbox, phones: dict[str, tuple[int, str]]
    ) -> None:
        self._desk = app.base.desk
        self._loop = loop
        self._world = sandbox.world
        self._phones = phones
        self._tour = load_tour(app.base.voices.languages)

    async def now(self) -> dict[str, Any]:
        """The present step with its words in every language, and what to do for it."""
        asked = asyncio.run_coroutine_threadsafe(self._desk.do(tour.facts), self._loop)
        facts: Facts = await asyncio.wrap_future(asked)
        phones = {ext_id: self._handset(user_id) for ext_id, (user_id, _) in self._phones.items()}
        steps = self._tour.steps
        step = following(steps, facts, phones)
        done = sum(over(one, facts, phones) for one in steps)
        shown = {"total": len(steps), "done": done, "step": step.id if step else FINISH}
        words = {language: each.steps[str(shown["step"])] for language, each in self._tour.words.items()}
        shown["words"] = {language: {"title": pair[0], "text": pair[1]} for language, pair in words.items()}
        return {**shown, **(self._hinted(hint(step, facts, phones)) if step else {"do": FINISH})}

    def _handset(self, user_id: int) -> Handset:
        person = self._world.people[user_id]
        return Handset(user_id, bool(person.start) or not person.started, self._world.transcript(user_id))

    def _hinted(self, found: Hint) -> dict[str, Any]:
        language = next(lang for user_id, lang in self._phones.values() if user_id == found.user_id)
        text = found.what
        if found.do == "say":
            now = self._desk.clock().astimezone(self._desk.office.zone)
            text = (
                self._tour.words[language]
                .say[found.what]
                .format(soon=f"{now + SOON:%Y-%m-%d %H:%M}", next_week=f"{now + NEXT_WEEK:%d.%m.%Y}")
            )
        return {
            "do": found.do,
            "user_id": found.user_id,
            "message_id": found.message_id,
            "data": found.data,
            "label": found.label,
            "text": text,
        }
