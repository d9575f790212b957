"""What handlers say goes as JSON, a file as a form; nothing that can be said breaks it."""

import asyncio
import json
from typing import Any

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.methods import AnswerCallbackQuery, SendDocument, SendMessage, TelegramMethod
from aiogram.types import BufferedInputFile, InlineKeyboardButton, InlineKeyboardMarkup
from aiohttp import BytesPayload, FormData

from bot.delivery.session import JsonSession


def built(method: TelegramMethod[Any]) -> Any:
    async def build() -> Any:
        session = JsonSession()
        bot = Bot("42:token", session=session, default=DefaultBotProperties(parse_mode="HTML"))
        return session.build_form_data(bot, method)

    return asyncio.run(build())


def said(method: TelegramMethod[Any]) -> Any:
    payload = built(method)
    assert isinstance(payload, BytesPayload)
    assert payload.content_type == "application/json"
    return json.loads(payload.decode())


def test_a_message_is_said_with_its_buttons_and_defaults_and_without_what_is_not_set() -> None:
    buttons = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Иә", callback_data="y")]])
    assert said(SendMessage(chat_id=7, text="сәлем", reply_markup=buttons)) == {
        "chat_id": 7,
        "text": "сәлем",
        "parse_mode": "HTML",
        "reply_markup": {"inline_keyboard": [[{"text": "Иә", "callback_data": "y"}]]},
    }
    assert said(AnswerCallbackQuery(callback_query_id="1", show_alert=False)) == {
        "callback_query_id": "1",
        "show_alert": False,
    }


def test_half_a_letter_does_not_hold_up_an_answer() -> None:
    assert said(SendMessage(chat_id=7, text="a\ud83db"))["text"] == "a?b"


def test_a_file_goes_as_a_form() -> None:
    assert isinstance(built(SendDocument(chat_id=7, document=BufferedInputFile(b"x", "y.pdf"))), FormData)
