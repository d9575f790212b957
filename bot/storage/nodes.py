"""Machines that share one database."""

import datetime as dt
from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import Interval, bindparam, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.storage import schema
from bot.storage.dialects import affected, insert_new
from bot.storage.tables import ChatMoment, Duty, IncomingUpdate, Node, Notice, SharedPace


class Nodes:
    """Repository of nodes. On PostgreSQL every moment is the database's own: clocks of machines differ."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def _now(self, now: dt.datetime) -> dt.datetime:
        if self._session.get_bind().dialect.name != "postgresql":
            return now
        return self._session.scalar(select(func.clock_timestamp())) or now

    def join(self, name: str, now: dt.datetime) -> int:
        """A new node; its number. Raises `SchemaOutdated` when the database has become too new for it."""
        schema.admit(self._session)
        node = Node(name=name[:120], beat_at=self._now(now), schema_head=schema.HEAD)
        self._session.add(node)
        self._session.flush()
        return node.id

    def make_room(self, name: str, script: str) -> None:
        """Lay out a schema by a script, once."""
        schema.make_room(self._session, name, script)

    def beat(self, node_id: int, now: dt.datetime) -> bool:
        """The node lives. Returns whether it still counted as living."""
        mine = update(Node).where(Node.id == node_id)
        return affected(self._session, mine.values(beat_at=self._now(now))) > 0

    def lives(self, node_id: int) -> bool:
        """Whether a node counts as living."""
        return self._session.scalar(select(Node.id).where(Node.id == node_id)) is not None

    def count(self) -> int:
        """How many nodes count as living."""
        return self._session.scalar(select(func.count()).select_from(Node)) or 0

    def leave(self, node_id: int) -> None:
        """A node ends; what it held is free at once."""
        self._free([node_id])

    def bury(self, silent: dt.timedelta, now: dt.datetime) -> int:
        """Free what nodes held that have been silent so long. Returns how many nodes that were."""
        query = select(Node.id).where(Node.beat_at < self._now(now) - silent)
        dead = list(self._session.scalars(query.with_for_update(skip_locked=True)))
        self._session.execute(delete(ChatMoment).where(ChatMoment.free_at < self._now(now) - silent))
        if dead:
            self._free(dead)
        return len(dead)

    def _free(self, dead: list[int]) -> None:
        sending = update(Notice).where(Notice.state == "sending", Notice.leased_by.in_(dead))
        self._session.execute(sending.values(state="pending", leased_until=None, leased_by=None))
        handled = update(IncomingUpdate).where(IncomingUpdate.leased_by.in_(dead))
        self._session.execute(handled.where(IncomingUpdate.state == "waiting").values(leased_by=None))
        self._session.execute(update(Duty).where(Duty.node_id.in_(dead)).values(node_id=None))
        self._session.execute(delete(Node).where(Node.id.in_(dead)))

    def lead(self, duty: str, node_id: int) -> bool:
        """Take a duty that nobody has. Returns whether it is this node's."""
        self._session.execute(insert_new(self._session, Duty).values(name=duty, node_id=None))
        row = self._session.scalar(select(Duty).where(Duty.name == duty).with_for_update())
        if row is not None and row.node_id is None and self.lives(node_id):
            row.node_id = node_id
        return row is not None and row.node_id == node_id

    def draw(self, pace: str, moments: int, gap: dt.timedelta, now: dt.datetime) -> dt.timedelta:
        """Take the next free moments of a pace. Returns how long it is until the first of them."""
        now = self._now(now)
        self._session.execute(insert_new(self._session, SharedPace).values(name=pace, free_at=now))
        row = self._session.scalars(select(SharedPace).where(SharedPace.name == pace).with_for_update()).one()
        first = max(row.free_at, self._now(now))
        row.free_at = first + moments * gap
        return first - self._now(now)

    def spoke(self, node_id: int, pauses: Mapping[int, dt.timedelta], now: dt.datetime) -> None:
        """A node has written to these chats: for so long from now no other does."""
        rows = [
            {"chat": chat, "pause": pause, "node": node_id, "moment": now + pause}
            for chat, pause in sorted(pauses.items())
        ]
        if rows:
            self._session.connection().execute(_spoken(self._session.get_bind().dialect.name), rows)

    def pause(self, pace: str, until: dt.timedelta, now: dt.datetime) -> None:
        """Nothing of a pace is free for a while."""
        row = self._session.scalar(select(SharedPace).where(SharedPace.name == pace).with_for_update())
        if row is not None:
            row.free_at = max(row.free_at, self._now(now) + until)


@cache
def _spoken(dialect: str) -> Any:
    """The later of two moments stays. On PostgreSQL it is counted by the database's clock."""
    served = dialect == "postgresql"
    insert: Any = postgresql.insert if served else sqlite.insert
    until: Any = bindparam("moment", type_=ChatMoment.free_at.type)
    if served:
        until = func.clock_timestamp() + bindparam("pause", type_=Interval)
    adding = insert(ChatMoment.__table__).values(
        chat_id=bindparam("chat"), node_id=bindparam("node"), free_at=until
    )
    latest = func.greatest if served else func.max
    return adding.on_conflict_do_update(
        index_elements=["chat_id"],
        set_={
            "free_at": latest(ChatMoment.free_at, adding.excluded.free_at),
            "node_id": adding.excluded.node_id,
        },
    )
