"""Updates in and out of the inbox."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from bot.services.office import Office
from bot.storage.unit import UnitOfWork

ATTEMPTS_MAX = 3
LARGEST = 1 << 63
AROUND = dt.timedelta(minutes=30)
"""So long before and after an exam its students go first: they get in, or have minutes of their own."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An update that is ours to handle. Updates of one `chat_key` are handled strictly in order."""

    row_id: int
    update_id: int
    chat_key: int
    payload: dict[str, Any]
    attempts: int


def chat_key(update: dict[str, Any]) -> int:
    """What an update's order is kept by: its chat, else its user, else nothing (0).

    A group's updates are kept in order too; an update of a kind not known yet is searched one level deep.
    """
    for body in update.values():
        if not isinstance(body, dict):
            continue
        message = body.get("message") if isinstance(body.get("message"), dict) else {}
        for holder in (body.get("chat"), (message or {}).get("chat"), body.get("from"), body.get("user")):
            if isinstance(holder, dict) and _is_key(holder.get("id")):
                return int(holder["id"])
    return 0


def _is_key(value: object) -> bool:
    """Whether a value can be a chat's number: one that is not fits no column, and must not stop the rest."""
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < LARGEST


def is_update(value: object) -> bool:
    """Whether a JSON value has the shape of an update."""
    return isinstance(value, dict) and _is_key(value.get("update_id"))


def store(
    uow: UnitOfWork, office: Office, now: dt.datetime, bot_id: int, updates: Sequence[dict[str, Any]]
) -> int:
    """Make updates durable; one that is known already is left alone. Returns how many are new."""
    rows = [(int(update["update_id"]), chat_key(update), update) for update in updates]
    return uow.inbox.store(bot_id, now, rows)


def waiting(
    uow: UnitOfWork, office: Office, now: dt.datetime, bot_id: int, after_id: int, limit: int
) -> list[Waiting]:
    """The next updates to handle, in the order they came."""
    return [
        Waiting(row.id, row.update_id, row.chat_key, row.payload, row.attempts)
        for row in uow.inbox.waiting(bot_id, after_id, limit)
    ]


def pressing(uow: UnitOfWork, office: Office, now: dt.datetime, chat_keys: Sequence[int]) -> set[int]:
    """Of these chats, those of staff and of students whose exam runs, begins soon or has just ended."""
    return uow.inbox.pressing(chat_keys, now - AROUND, now + AROUND)


def take(uow: UnitOfWork, office: Office, now: dt.datetime, row_id: int) -> Waiting | Literal["held"] | None:
    """Among several nodes: the next update of a row's chat, up to the row, which is this node's from now on.

    None when all of them are done; "held" while another living node handles it.
    """
    row = uow.inbox.get(row_id)
    first = uow.inbox.earliest(row) if row is not None and row.state == "waiting" else None
    if first is None:
        return None
    mine, holder = office.node.id, first.leased_by
    if mine is None or not uow.nodes.lives(mine):
        return "held"
    if holder not in (None, mine) and uow.nodes.lives(holder):
        return "held"
    first.leased_by = mine
    return Waiting(first.id, first.update_id, first.chat_key, first.payload, first.attempts)


def still_ours(uow: UnitOfWork, office: Office, now: dt.datetime, row_id: int) -> bool:
    """Whether an update that this node has taken waits and is its own still."""
    row, mine = uow.inbox.get(row_id), office.node.id
    if row is None or row.state != "waiting":
        return False
    return mine is None or (row.leased_by == mine and uow.nodes.lives(mine))


def done(uow: UnitOfWork, office: Office, now: dt.datetime, row_id: int) -> None:
    """The update has had its effect and its answer."""
    uow.inbox.finish(row_id, now)


def failed(
    uow: UnitOfWork, office: Office, now: dt.datetime, row_id: int, reason: str, *, final: bool = False
) -> bool:
    """Handling raised. Returns whether to give up: the row is quarantined as it came.

    That is after three tries, at once when no other try could help (`final`).
    """
    row = uow.inbox.get(row_id)
    if row is None:
        return True
    row.attempts += 1
    row.reason = reason[:200]
    if row.attempts < ATTEMPTS_MAX and not final:
        return False
    row.state, row.finished_at = "quarantined", now
    return True
