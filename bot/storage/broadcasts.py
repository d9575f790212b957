"""News for many: who is meant, one notice a person, how it goes."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import JSON, ColumnElement, String, case, cast, func, literal, null, select, true, update
from sqlalchemy.orm import Session

from bot.rules.broadcasts import Audience
from bot.storage.dialects import affected, insert_new
from bot.storage.tables import Account, Broadcast, Notice, Person, PersonRole

_REACHED = Account.id.is_not(None) & Account.blocked_at.is_(None)


def _meant(audience: Audience) -> ColumnElement[bool]:
    inside = Person.faculty == audience.faculty if audience.faculty else true()
    return inside & _chosen(audience)


def _chosen(audience: Audience) -> ColumnElement[bool]:
    which = audience.which
    if audience.what == "faculty":
        return Person.faculty == which
    if audience.what == "group":
        return Person.group_name == which
    if audience.what == "role":
        if which in ("student", "staff"):
            return Person.kind == which
        return Person.id.in_(select(PersonRole.person_id).where(PersonRole.role == which))
    if audience.what == "language":
        return func.coalesce(func.nullif(Account.language, ""), Person.language) == which
    return true()


class Broadcasts:
    """Repository of broadcasts."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, broadcast: Broadcast) -> Broadcast:
        self._session.add(broadcast)
        self._session.flush()
        return broadcast

    def get(self, broadcast_id: int, *, lock: bool = False) -> Broadcast | None:
        query = select(Broadcast).where(Broadcast.id == broadcast_id)
        if lock:
            query = query.with_for_update().execution_options(populate_existing=True)
        return self._session.scalar(query)

    def by_origin(self, origin: int) -> Broadcast | None:
        return self._session.scalar(select(Broadcast).where(Broadcast.origin == origin))

    def going(self) -> Sequence[Broadcast]:
        query = select(Broadcast).where(Broadcast.state == "going").order_by(Broadcast.id)
        return self._session.scalars(query.with_for_update(skip_locked=True)).all()

    def recent(self, limit: int, faculty: str = "") -> Sequence[Broadcast]:
        """Confirmed ones, those of a faculty alone where one is named, newest first."""
        query = select(Broadcast).where(Broadcast.confirmed_at.is_not(None))
        if faculty:
            query = query.where(Broadcast.audience["faculty"].as_string() == faculty)
        return self._session.scalars(query.order_by(Broadcast.id.desc()).limit(limit)).all()

    def groups(self, faculty: str = "") -> frozenset[str]:
        query = select(Person.group_name).where(Person.group_name != "").distinct()
        if faculty:
            query = query.where(Person.faculty == faculty)
        return frozenset(self._session.scalars(query))

    def faculties(self) -> list[str]:
        """Of students and staff, by name."""
        query = select(Person.faculty).where(Person.faculty != "").distinct().order_by(Person.faculty)
        return list(self._session.scalars(query))

    def count(self, audience: Audience) -> tuple[int, int]:
        """(people who are meant, those of them whom a message can reach)."""
        query = (
            select(func.count(), func.coalesce(func.sum(case((_REACHED, 1), else_=0)), 0))
            .select_from(Person)
            .outerjoin(Account, Account.person_id == Person.id)
            .where(_meant(audience))
        )
        meant, reached = self._session.execute(query).one()
        return meant, int(reached)

    def expand(self, broadcast: Broadcast, audience: Audience, rank: int, now: dt.datetime) -> int:
        """One notice for everybody who can be reached, in one statement; nobody twice. Returns how many."""
        rows = (
            select(
                literal(f"broadcast:{broadcast.id}:") + cast(Person.id, String),
                literal("broadcast"),
                Person.id,
                Account.id,
                literal({"broadcast": broadcast.id}, JSON),
                literal(rank),
                literal(now, Notice.due_at.type),
                literal("pending"),
                literal(0),
                literal(""),
                null(),
                literal(broadcast.id),
            )
            .select_from(Person)
            .join(Account, Account.person_id == Person.id)
            .where(_meant(audience), Account.blocked_at.is_(None))
        )
        columns = [
            "key", "kind", "person_id", "account_id", "facts", "rank", "due_at", "state", "attempts",
            "reason", "finished_at", "broadcast_id",
        ]  # fmt: skip
        return affected(self._session, insert_new(self._session, Notice).from_select(columns, rows))

    def states(self, broadcast_id: int) -> dict[str, int]:
        """How many of its messages are in which state."""
        query = (
            select(Notice.state, func.count())
            .where(Notice.broadcast_id == broadcast_id)
            .group_by(Notice.state)
        )
        return {row[0]: row[1] for row in self._session.execute(query)}

    def stop(self, broadcast_id: int, now: dt.datetime) -> int:
        """What has not gone out yet will not. Returns how many that are."""
        waiting = update(Notice).where(Notice.broadcast_id == broadcast_id, Notice.state == "pending")
        return affected(self._session, waiting.values(state="skipped", reason="cancelled", finished_at=now))
