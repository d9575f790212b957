"""The inbox: updates, durable before Telegram hears that we have them."""

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Row,
    Select,
    bindparam,
    delete,
    func,
    select,
    text,
    union,
    update,
)
from sqlalchemy.orm import Session

from bot.rules.vocabulary import PersonKind
from bot.storage.dialects import add_many
from bot.storage.tables import Account, ChatMoment, Exam, ExamGroup, IncomingUpdate, Node, Person

_TABLE: Any = IncomingUpdate.__table__
_FINISH = (
    update(_TABLE)
    .where(_TABLE.c.id == bindparam("row"))
    .values(state="done", finished_at=bindparam("now"), payload={})
)

_LOCK = text(
    "SELECT chat FROM unnest(CAST(:chats AS bigint[])) AS chat "
    "WHERE pg_try_advisory_xact_lock(hashtextextended('chat:' || :bot || ':' || chat, 0)) "
    "LIMIT :limit"
)


class Inbox:
    """Repository of incoming updates."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def store(self, bot_id: int, now: dt.datetime, rows: Iterable[tuple[int, int, dict[str, Any]]]) -> int:
        """Keep (update_id, chat key, payload) rows; one that is known already stays as it is."""
        values = [
            {
                "bot_id": bot_id,
                "update_id": update_id,
                "chat_key": chat_key,
                "payload": payload,
                "received_at": now,
                "state": "waiting",
                "attempts": 0,
                "reason": "",
            }
            for update_id, chat_key, payload in rows
        ]
        return add_many(self._session, IncomingUpdate, values)

    def waiting(self, bot_id: int, after_id: int, limit: int) -> Sequence[IncomingUpdate]:
        """Updates not handled yet, in the order they came, beyond a row id."""
        query = (
            select(IncomingUpdate)
            .where(
                IncomingUpdate.bot_id == bot_id,
                IncomingUpdate.state == "waiting",
                IncomingUpdate.id > after_id,
            )
            .order_by(IncomingUpdate.id)
            .limit(limit)
        )
        return self._session.scalars(query).all()

    def pressing(self, users: Sequence[int], ended_after: dt.datetime, begins_by: dt.datetime) -> set[int]:
        """Of these users, staff and the students of an exam between two moments; one query."""
        return set(self._session.scalars(_pressing(users, ended_after, begins_by)))

    def free_chats(
        self,
        bot_id: int,
        node_id: int,
        limit: int,
        *,
        again: bool = False,
        around: tuple[dt.datetime, dt.datetime] | None = None,
    ) -> list[int]:
        """Chats with updates that no living node handles, the longest waiting first; none for a dead node.

        `again`: also what this node holds. `around`: only those that are pressing between two moments.
        """
        asked: dict[str, Any] = {"bot": bot_id, "mine": node_id, "limit": limit}
        if around is not None:
            asked["after"], asked["before"] = around
        return list(self._session.scalars(_free_chats(again, around is not None), asked))

    def lock_chats(self, bot_id: int, chats: Sequence[int], limit: int) -> list[int]:
        """The first of these chats that nobody else is taking now; nobody does until we are done."""
        if self._session.get_bind().dialect.name != "postgresql" or not chats:
            return list(chats[:limit])
        return list(self._session.scalars(_LOCK, {"bot": bot_id, "chats": list(chats), "limit": limit}))

    def seize(
        self, bot_id: int, chats: Sequence[int], node_id: int, *, again: bool = False
    ) -> list[Row[Any]]:
        """The first that waits in each of chats that this transaction has locked is a node's now.

        A chat of which another node handles something by now is left to it.
        """
        if not chats:
            return []
        asked = {"bot": bot_id, "mine": node_id, "chats": list(chats)}
        return sorted(self._session.execute(_seizing(again), asked), key=lambda row: row.id)

    def get(self, row_id: int) -> IncomingUpdate | None:
        return self._session.get(IncomingUpdate, row_id)

    def finish(self, rows: Iterable[int], now: dt.datetime) -> None:
        """Updates are handled: what they said is kept no longer."""
        self._session.execute(_FINISH, [{"row": row_id, "now": now} for row_id in rows])

    def chats(self, rows: Sequence[int]) -> set[int]:
        """Whose these updates are; of what is nobody's nothing."""
        query = select(_TABLE.c.chat_key).where(_TABLE.c.id.in_(rows), _TABLE.c.chat_key != 0)
        return set(self._session.scalars(query))

    def veil(self, row_id: int) -> None:
        """Take the last argument of what was tapped out of a row: it can be handled again, not read."""
        row = self.get(row_id)
        tapped = row.payload.get("callback_query") if row is not None else None
        if row is not None and tapped and tapped.get("data"):
            left = {**tapped, "data": f"{tapped['data'].rpartition(':')[0]}:-"}
            row.payload = {**row.payload, "callback_query": left}

    def forget(self, chat_key: int) -> None:
        """Empty what one chat has sent and whose it was; that it was handled stays known."""
        self._session.execute(
            update(IncomingUpdate)
            .where(IncomingUpdate.chat_key == chat_key)
            .values(payload={}, chat_key=0, reason="")
        )
        self._session.execute(delete(ChatMoment).where(ChatMoment.chat_id == chat_key))

    def purge(self, before: dt.datetime, limit: int, *, dry_run: bool) -> int:
        """Delete (or only count) finished updates from before a moment. Returns how many."""
        query = (
            select(IncomingUpdate.id)
            .where(IncomingUpdate.state != "waiting", IncomingUpdate.finished_at < before)
            .limit(limit)
        )
        ids = list(self._session.scalars(query))
        if ids and not dry_run:
            self._session.execute(delete(IncomingUpdate).where(IncomingUpdate.id.in_(ids)))
        return len(ids)

    def oldest_waiting(self) -> dt.datetime | None:
        query = select(func.min(IncomingUpdate.received_at)).where(IncomingUpdate.state == "waiting")
        return self._session.scalar(query)


def _pressing(
    users: Sequence[int] | Select[tuple[int]],
    ended_after: dt.datetime | BindParameter[Any],
    begins_by: dt.datetime | BindParameter[Any],
) -> Any:
    of_these = select(Account.user_id).join(Person, Person.id == Account.person_id)
    of_these = of_these.where(Account.user_id.in_(users))
    staff = of_these.where(Person.kind == PersonKind.STAFF)
    sitting = of_these.join(ExamGroup, ExamGroup.group_name == Person.group_name).join(Exam).where(
        Person.kind == PersonKind.STUDENT,
        Exam.cancelled_at.is_(None),
        Exam.starts_at <= begins_by,
        Exam.ends_at >= ended_after,
    )  # fmt: skip
    return union(staff, sitting)


_WAITS = (_TABLE.c.bot_id == bindparam("bot"), _TABLE.c.state == "waiting")
_MINE = bindparam("mine", type_=BigInteger)


def _free(again: bool) -> Any:
    """Chats of which no living node handles anything; with `again` this one does not count."""
    held = _TABLE.alias("held")
    nodes = select(Node.id).where(Node.id != _MINE) if again else select(Node.id)
    busy = select(held.c.chat_key).where(
        held.c.bot_id == bindparam("bot"), held.c.state == "waiting", held.c.leased_by.in_(nodes)
    )
    return _TABLE.c.chat_key.not_in(busy)


@cache
def _free_chats(again: bool, pressing: bool) -> Any:
    """Made once: a machine asks it some dozens of times a second."""
    free = (*_WAITS, _free(again))
    chats = select(_TABLE.c.chat_key).where(*free).group_by(_TABLE.c.chat_key)
    if pressing:
        within = select(_TABLE.c.chat_key).where(*free)
        chats = chats.where(_TABLE.c.chat_key.in_(_pressing(within, bindparam("after"), bindparam("before"))))
    alive = select(Node.id).where(Node.id == _MINE).exists()
    return chats.where(alive).order_by(func.min(_TABLE.c.id)).limit(bindparam("limit"))


@cache
def _seizing(again: bool) -> Any:
    of_these = _TABLE.c.chat_key.in_(bindparam("chats", expanding=True))
    first = select(func.min(_TABLE.c.id)).where(*_WAITS, of_these, _free(again)).group_by(_TABLE.c.chat_key)
    columns = (_TABLE.c.id, _TABLE.c.update_id, _TABLE.c.chat_key, _TABLE.c.payload, _TABLE.c.attempts)
    taken = update(_TABLE).where(_TABLE.c.id.in_(first)).values(leased_by=_MINE)
    return taken.returning(*columns)
