"""Where readers stand in the algorithms."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from bot.storage.tables import Walk

_FIND = (
    select(Walk)
    .where(Walk.account_id == bindparam("account"), Walk.subject == bindparam("subject"))
    .with_for_update()
)
_TABLE: Any = Walk.__table__
_MOVE = update(_TABLE).where(_TABLE.c.id == bindparam("walk"))
_MOVE = _MOVE.values({name: bindparam(name) for name in ("position", "done", "finished_at", "updated_at")})


class Walks:
    """Repository of walks."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def find(self, account_id: int, subject: str) -> Walk | None:
        return self._session.scalar(_FIND, {"account": account_id, "subject": subject})

    def move(
        self, walk: Walk, position: int, done: Collection[int], now: dt.datetime, *, finished: bool
    ) -> None:
        """Keep where a reader stands; when a walk was finished first is kept."""
        ended = walk.finished_at or (now if finished else None)
        stands = {"position": position, "done": sorted(done), "finished_at": ended, "updated_at": now}
        self._session.execute(_MOVE, {"walk": walk.id, **stands})
        for name, value in stands.items():
            set_committed_value(walk, name, value)

    def add(self, walk: Walk) -> Walk:
        self._session.add(walk)
        self._session.flush()
        return walk
