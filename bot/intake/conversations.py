"""aiogram's conversation state in our own database: a form goes on after a restart."""

from collections.abc import Mapping
from typing import Any

from aiogram.fsm.state import State
from aiogram.fsm.storage.base import BaseStorage, StorageKey

from bot.services import conversations
from bot.services.office import Desk


class Conversations(BaseStorage):
    """State and data of every chat, one row each while a question is open."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def set_state(self, key: StorageKey, state: str | State | None = None) -> None:
        name = state.state if isinstance(state, State) else state
        await self._desk.do(conversations.set_state, _row(key), name or "")

    async def get_state(self, key: StorageKey) -> str | None:
        state, _ = await self._desk.do(conversations.get, _row(key))
        return state or None

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        await self._desk.do(conversations.set_data, _row(key), dict(data))

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        _, data = await self._desk.do(conversations.get, _row(key))
        return data

    async def put(self, key: StorageKey, state: str, data: Mapping[str, Any]) -> None:
        """State and data in one write; ('', {}) when nothing is open any more."""
        await self._desk.do(conversations.put, _row(key), state, dict(data))

    async def close(self) -> None:
        """Nothing to close: the database is its owner's."""


def _row(key: StorageKey) -> str:
    return f"{key.bot_id}:{key.chat_id}:{key.user_id}:{key.thread_id or ''}"
