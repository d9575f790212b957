"""The last word when an update could not be handled: say so, and what to do."""

from typing import Any

from bot.services import people
from bot.services.inbox import Waiting
from bot.services.office import Desk
from bot.telemetry import log
from bot.views.screen import Screen, api_call, lines
from bot.views.speech import Speakers
from bot.wire import Line

ASKING = frozenset({"message", "edited_message", "callback_query"})


class Apology:
    """Tells a person that what they sent is kept but could not be carried out."""

    def __init__(self, desk: Desk, voices: Speakers, line: Line) -> None:
        self._desk = desk
        self._voices = voices
        self._line = line

    async def __call__(self, row: Waiting) -> None:
        """Best effort: an apology that fails is only logged. Nobody waits for an answer to other kinds."""
        update = row.payload
        if row.chat_key <= 0 or not ASKING & update.keys():
            return
        try:
            me = await self._desk.do(people.meet, row.chat_key, _client_language(update))
            text = lines(self._voices[me.language].t("fallback.trouble"), *self._desk.office.policy.phones)
            await self._line.call(*api_call(row.chat_key, Screen(text)))
        except Exception as failure:
            log.warning("apology.failed", row=row.row_id, reason=type(failure).__name__)


def _client_language(update: dict[str, Any]) -> str:
    """What the sender's program speaks, for somebody who has not chosen yet."""
    bodies = [update[kind] for kind in ASKING & update.keys()]
    senders = [body.get("from") for body in bodies if isinstance(body, dict)]
    spoken = [sender.get("language_code") for sender in senders if isinstance(sender, dict)]
    return next((language for language in spoken if isinstance(language, str)), "")
