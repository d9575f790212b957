"""Updates in and out of the inbox."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.services.office import Office
from bot.storage.unit import UnitOfWork

ATTEMPTS_MAX = 3
LARGEST = 1 << 63
OTHERS_EVERY = 8
"""While both kinds wait, one turn of so many is for who is not urgent."""

AROUND = dt.timedelta(minutes=30)
"""So long before and after an exam its students go first: they get in, or have minutes of their own."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An update that is ours to handle. Updates of one `chat_key` are handled strictly in order.

    It waits as one string of JSON: of a crowd's thousands the garbage collector would look through each part,
    and hold up whoever knocks meanwhile.
    """

    row_id: int
    update_id: int
    chat_key: int
    packed: str
    attempts: int
    holder: int | None = None
    """The node whose it is, where there are several."""

    @property
    def payload(self) -> dict[str, Any]:
        """The update itself, read anew."""
        found: dict[str, Any] = json.loads(self.packed)
        return found


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
        Waiting(row.id, row.update_id, row.chat_key, json.dumps(row.payload), row.attempts)
        for row in uow.inbox.waiting(bot_id, after_id, limit)
    ]


def pressing(uow: UnitOfWork, office: Office, now: dt.datetime, chat_keys: Sequence[int]) -> set[int]:
    """Of these chats, those of staff and of students whose exam runs, begins soon or has just ended."""
    return uow.inbox.pressing(chat_keys, now - AROUND, now + AROUND)


def claim(
    uow: UnitOfWork, office: Office, now: dt.datetime, bot_id: int, room: int, *, again: bool = False
) -> list[Waiting]:
    """Among several nodes: the first update of up to `room` chats of which none is handled now, this node's
    from now on; a chat's next one has its turn when that is done.

    Where more chats wait, staff and running exams go first (`pressing`), but one place of `OTHERS_EVERY` is
    for who has waited longest. `again`: also what this node holds; it may not have heard that it does.
    """
    mine = office.node.id
    if mine is None:
        return []
    enough = 2 * room  # another node may be taking the first of them at this moment
    chats = uow.inbox.free_chats(bot_id, mine, enough, again=again)
    if len(chats) > room:
        urgent = uow.inbox.free_chats(bot_id, mine, enough, again=again, around=(now - AROUND, now + AROUND))
        first = first_served(chats, urgent, room)
        chats = list(dict.fromkeys([*first, *urgent, *chats]))
    locked = uow.inbox.lock_chats(bot_id, chats, room)
    rows = uow.inbox.seize(bot_id, locked, mine, again=again)
    return [
        Waiting(row.id, row.update_id, row.chat_key, json.dumps(row.payload), row.attempts, mine)
        for row in rows
    ]


def first_served(chats: Sequence[int], urgent: Sequence[int], room: int) -> list[int]:
    """Who of those that wait, longest first, has a turn now: the urgent, but some places are for others."""
    pressed = set(urgent)
    others = [chat for chat in chats if chat not in pressed]
    kept = min(len(others), max(1, room // OTHERS_EVERY))
    first = list(urgent[: room - kept])
    return first + others[: room - len(first)]


def still_ours(uow: UnitOfWork, office: Office, now: dt.datetime, row_id: int) -> bool:
    """Whether an update that this node has taken waits and is its own still."""
    row, mine = uow.inbox.get(row_id), office.node.id
    if row is None or row.state != "waiting":
        return False
    return mine is None or (row.leased_by == mine and uow.nodes.lives(mine))


def done(uow: UnitOfWork, office: Office, now: dt.datetime, rows: Sequence[int]) -> list[None]:
    """These updates have had their effect and their answer; other nodes keep their distance."""
    if office.node.id is not None:
        pause = office.policy.delivery.per_chat
        uow.nodes.spoke(office.node.id, dict.fromkeys(uow.inbox.chats(rows), pause), now)
    uow.inbox.finish(rows, now)
    return [None] * len(rows)


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
