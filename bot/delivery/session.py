"""What has no file goes to Telegram as JSON: a third of the work of a form, half of the bytes."""

import json
from typing import Any

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.methods import TelegramMethod
from aiohttp import BytesPayload, FormData


class JsonSession(AiohttpSession):
    """Answers to taps go this way; files still go as a form."""

    def build_form_data(self, bot: Bot, method: TelegramMethod[Any]) -> FormData:
        files: dict[str, Any] = {}
        said: dict[str, Any] = {}
        for name, value in method.model_dump(warnings=False).items():
            prepared = self.prepare_value(value, bot=bot, files=files, _dumps_json=False)
            if prepared is not None:
                said[name] = prepared
        if files:
            return super().build_form_data(bot, method)
        body = json.dumps(said, ensure_ascii=False).encode("utf-8", "replace")
        return BytesPayload(body, content_type="application/json")  # type: ignore[return-value]  # posted as either
