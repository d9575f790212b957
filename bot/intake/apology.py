"""The last word when an update could not be handled: say so, and what to do."""

from aiogram import Bot
from aiogram.exceptions import TelegramAPIError

from bot.services import people
from bot.services.inbox import Waiting
from bot.services.office import Desk
from bot.telemetry import log
from bot.views.screen import lines
from bot.views.speech import Speakers


class Apology:
    """Tells a person that what they sent is kept but could not be carried out."""

    def __init__(self, desk: Desk, voices: Speakers, bot: Bot) -> None:
        self._desk = desk
        self._voices = voices
        self._bot = bot

    async def __call__(self, row: Waiting) -> None:
        """Best effort: an apology that fails is only logged."""
        if row.chat_key <= 0:
            return
        try:
            me = await self._desk.do(people.meet, row.chat_key, "")
            text = lines(self._voices[me.language].t("fallback.trouble"), *self._desk.office.policy.phones)
            await self._bot.send_message(row.chat_key, text)
        except TelegramAPIError as failure:
            log.warning("apology.failed", row=row.row_id, reason=type(failure).__name__)
