"""Which question is open in a chat: a row while it is, so that a form goes on after a restart."""

import datetime as dt
from typing import Any

from bot.services.office import Office
from bot.storage.unit import UnitOfWork


def key(bot_id: int, chat_id: int, user_id: int) -> str:
    """How the question that somebody is asked in a chat is found."""
    return f"{bot_id}:{chat_id}:{user_id}:"


def put(
    uow: UnitOfWork, office: Office, now: dt.datetime, key: str, state: str, data: dict[str, Any]
) -> None:
    """Change both; '' and {} when nothing is open any more."""
    uow.records.set_conversation(key, state, data, now)
