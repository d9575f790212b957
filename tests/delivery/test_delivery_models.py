"""aiogram's models wait until they are needed, and every one of them can then be built."""

import json
import subprocess
import sys
from typing import Any

BUILD_ALL = """
import json
from bot.telegram_models import postpone
postpone()
postpone()
from aiogram import methods, types
from aiogram.methods.base import Response, TelegramMethod
update = {"update_id": 1, "message": {"message_id": 2, "date": 1, "chat": {"id": 3, "type": "private"}}}
models = {name: getattr(room, name) for room in (types, methods) for name in room.__all__}
models = {name: model for name, model in models.items() if hasattr(model, "model_rebuild")}
waiting = sum(not model.__pydantic_complete__ for model in models.values())
answer = Response[types.Message].model_validate({"ok": True, "result": update["message"]}).result
read = types.Update.model_validate(update).message
del models[TelegramMethod.__name__]
failed = [name for name, model in models.items() if model.model_rebuild() is False]
print(json.dumps([waiting, len(models), read.chat.id, answer.chat.type, failed]))
"""


def said(code: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    return json.loads(done.stdout.lower())


def test_all_models_wait_and_all_can_be_built() -> None:
    waiting, number, chat, kind, failed = said(BUILD_ALL)
    assert waiting > number * 0.7
    assert (chat, kind, failed) == (3, "private", [])
