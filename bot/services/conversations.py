"""Which question is open in a chat."""

import datetime as dt
from typing import Any

from bot.services.office import Office
from bot.storage.unit import UnitOfWork


def get(uow: UnitOfWork, office: Office, now: dt.datetime, key: str) -> tuple[str, dict[str, Any]]:
    """State and data of a chat; ('', {}) when nothing is open."""
    return uow.records.conversation(key)


def set_state(uow: UnitOfWork, office: Office, now: dt.datetime, key: str, state: str) -> None:
    """Change the state, keep the data."""
    _, data = uow.records.conversation(key)
    uow.records.set_conversation(key, state, data)


def set_data(uow: UnitOfWork, office: Office, now: dt.datetime, key: str, data: dict[str, Any]) -> None:
    """Change the data, keep the state."""
    state, _ = uow.records.conversation(key)
    uow.records.set_conversation(key, state, data)


def put(
    uow: UnitOfWork, office: Office, now: dt.datetime, key: str, state: str, data: dict[str, Any]
) -> None:
    """Change both; '' and {} when nothing is open any more."""
    uow.records.set_conversation(key, state, data)
