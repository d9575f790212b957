"""The outbox."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import BigInteger, bindparam, delete, func, select, text, union_all, update
from sqlalchemy.orm import Session

from bot.storage.dialects import add_many, add_new, affected
from bot.storage.tables import (
    Account,
    Case,
    ChatMoment,
    Exam,
    ExamExtra,
    IncomingUpdate,
    Node,
    Notice,
    Person,
    Reminder,
)

T = TypeVar("T", Exam, Reminder)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claimed notice with what its truth depends on."""

    notice: Notice
    account: Account
    person: Person | None
    exam: Exam | None
    reminder: Reminder | None
    extra: int = 0
    """The reader's own minutes after the exam's end."""


_OWED = (Notice.state == "pending") & Notice.account_id.is_not(None)
"""What can be sent: without an account there is nobody to send it to."""

_DEADLINE = func.coalesce(Notice.use_by, Notice.due_at)
"""What is of use for ever was to be done when it was due."""

_RENEWED = ("account_id", "facts", "due_at", "use_by", "rank", "state", "reason")

_ARRIVED = (
    update(Notice)
    .where(Notice.id == bindparam("row"))
    .values(
        state="sent",
        finished_at=bindparam("at"),
        reason="",
        leased_until=None,
        message_id=func.coalesce(bindparam("number", type_=BigInteger), Notice.message_id),
    )
)

_STATE = select(Notice.state).where(Notice.key == bindparam("this")).with_for_update()

_LOCK = text(
    "SELECT account FROM unnest(CAST(:accounts AS bigint[])) AS account "
    "WHERE pg_try_advisory_xact_lock(hashtextextended('account:' || account, 0))"
)


def carried_by(notice_id: int) -> str:
    """What stands as the reason of a message that is on its way inside another."""
    return f"with:{notice_id}"


class Notices:
    """Repository of owed messages."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def owe(self, key: str, **values: Any) -> bool:
        """Write down a message, unless one with this key is owed already. Returns whether it is new."""
        row = {"facts": {}, "state": "pending", "attempts": 0, "reason": "", **values}
        return add_new(self._session, Notice, key=key, **row)

    def owe_many(self, rows: Sequence[dict[str, Any]]) -> None:
        """The same for many at once, all of the same shape; each row has its `key`."""
        usual = {"facts": {}, "state": "pending", "attempts": 0, "reason": ""}
        add_many(self._session, Notice, [usual | row for row in rows])

    def owe_live(self, key: str, **values: Any) -> None:
        """Owe a message that keeps itself current: the first time a new one, later a change of that one.

        However often it is owed before it goes out, it goes out once, as things stand then. `again_at` among
        the values: when a change is due, where that is not at once.
        """
        again_at = values.pop("again_at", None)
        state = self._live(key)
        if state is None:
            if self.owe(key, live=True, **values):
                return
            state = self._live(key)
        mine = update(Notice).where(Notice.key == key)
        if state == "sending":
            affected(self._session, mine.values(again=True))
        elif state != "pending":
            fresh = {name: value for name, value in values.items() if name in _RENEWED}
            if again_at is not None:
                fresh["due_at"] = again_at
            again = {"state": "pending", "attempts": 0, "reason": "", "finished_at": None, **fresh}
            affected(self._session, mine.values(**again))

    def _live(self, key: str) -> str | None:
        """How a message stands; no sender takes it up before this transaction ends."""
        return self._session.scalar(_STATE, {"this": key})

    def adopt(self, key: str, message_id: int, now: dt.datetime, **values: Any) -> None:
        """A message that stands in the chat already is the live one from now on."""
        shown = {"state": "sent", "finished_at": now, "message_id": message_id}
        if not self.owe(key, live=True, **(values | shown)):
            affected(
                self._session,
                update(Notice).where(Notice.key == key).values(message_id=message_id, live=True),
            )

    def claim(
        self, now: dt.datetime, lease: dt.timedelta, limit: int, node_id: int | None = None
    ) -> list[Claimed]:
        """Take up to `limit` due notices; they are ours until the lease ends.

        The most urgent rank first, within a rank the earliest deadline (use-by) first.
        """
        query = select(Notice.id, Notice.account_id).where(_OWED, Notice.due_at <= now)
        if node_id is not None:
            query = query.where(Notice.account_id.not_in(self._elsewhere(node_id, now)))
        query = query.order_by(Notice.rank, _DEADLINE, Notice.due_at, Notice.id).limit(limit)
        found = {row[0]: row[1] for row in self._session.execute(query.with_for_update(skip_locked=True))}
        ids = list(found) if node_id is None else self._alone(found, node_id, now)
        return self._taken(ids, now + lease, node_id)

    def _alone(self, found: Mapping[int, int | None], node_id: int, now: dt.datetime) -> list[int]:
        """Of these messages those to people whom no other node writes to, and none begins to meanwhile."""
        accounts = sorted({account for account in found.values() if account is not None})
        if not accounts:
            return []
        if self._session.get_bind().dialect.name == "postgresql":
            accounts = list(self._session.scalars(_LOCK, {"accounts": accounts}))
        free = select(Notice.id).where(
            Notice.id.in_(found),
            Notice.account_id.in_(accounts),
            Notice.account_id.not_in(self._elsewhere(node_id, now)),
        )
        return list(self._session.scalars(free))

    def _elsewhere(self, node_id: int, now: dt.datetime) -> Any:
        """The accounts that another node writes to, answers or has just written to."""
        others = select(Node.id).where(Node.id != node_id)
        sending = select(Notice.account_id).where(
            Notice.state == "sending", Notice.leased_by.in_(others), Notice.account_id.is_not(None)
        )
        answering = select(Account.id).join(IncomingUpdate, IncomingUpdate.chat_key == Account.user_id)
        answering = answering.where(IncomingUpdate.state == "waiting", IncomingUpdate.leased_by.in_(others))
        served = self._session.get_bind().dialect.name == "postgresql"
        moment: Any = func.clock_timestamp() if served else now
        written = select(Account.id).join(ChatMoment, ChatMoment.chat_id == Account.user_id)
        written = written.where(ChatMoment.node_id != node_id, ChatMoment.free_at > moment)
        return union_all(sending, answering, written)

    def chats(self, notice_ids: Sequence[int]) -> dict[int, int]:
        """The chats that these go to, by their ids."""
        query = select(Notice.id, Account.user_id).join(Account, Account.id == Notice.account_id)
        return {row[0]: row[1] for row in self._session.execute(query.where(Notice.id.in_(notice_ids)))}

    def along(
        self,
        found: Sequence[Claimed],
        kinds: Collection[str],
        until: dt.datetime,
        lease_end: dt.datetime,
        node_id: int | None = None,
    ) -> list[Claimed]:
        """Take what else of these kinds is due by `until` for readers who are getting one of them now."""
        readers = {claimed.account.id for claimed in found if claimed.notice.kind in kinds}
        if not readers:
            return []
        query = (
            select(Notice.id)
            .where(_OWED, Notice.due_at <= until, Notice.kind.in_(kinds), Notice.account_id.in_(readers))
            .with_for_update(skip_locked=True)
        )
        return self._taken(list(self._session.scalars(query)), lease_end, node_id)

    def carried(self, notice_ids: Collection[int]) -> dict[int, list[Notice]]:
        """Messages that are on their way inside these, by the one that carries them."""
        carriers = {carried_by(number): number for number in notice_ids}
        query = select(Notice).where(Notice.state == "sending", Notice.reason.in_(carriers))
        found: dict[int, list[Notice]] = {}
        for row in self._session.scalars(query) if carriers else ():
            found.setdefault(carriers[row.reason], []).append(row)
        return found

    def _taken(self, ids: list[int], lease_end: dt.datetime, node_id: int | None) -> list[Claimed]:
        if not ids:
            return []
        self._session.execute(
            update(Notice)
            .where(Notice.id.in_(ids))
            .values(
                state="sending",
                leased_until=lease_end,
                leased_by=node_id,
                attempts=Notice.attempts + 1,
                again=False,
                reason="",
            )
            .execution_options(synchronize_session=False)
        )
        joined = (
            select(Notice, Account, Person, func.coalesce(ExamExtra.minutes, 0))
            .join(Account, Account.id == Notice.account_id)
            .outerjoin(Person, Person.id == Account.person_id)
            .outerjoin(
                ExamExtra, (ExamExtra.exam_id == Notice.exam_id) & (ExamExtra.person_id == Account.person_id)
            )
            .where(Notice.id.in_(ids))
            .order_by(Notice.rank, _DEADLINE, Notice.due_at, Notice.id)
        )
        rows = self._session.execute(joined).all()
        # A wave has one exam and one timer for thousands of messages: they are read once, not with each.
        exams = self._by_id(Exam, {row[0].exam_id for row in rows})
        reminders = self._by_id(Reminder, {row[0].reminder_id for row in rows})
        return [
            Claimed(
                notice, account, person, exams.get(notice.exam_id), reminders.get(notice.reminder_id), extra
            )
            for notice, account, person, extra in rows
        ]

    def _by_id(self, table: type[T], ids: set[int | None]) -> dict[int | None, T]:
        rows = self._session.scalars(select(table).where(table.id.in_(ids - {None})))
        return {row.id: row for row in rows}

    def owe_again(self, person_id: int, account_id: int, now: dt.datetime) -> int:
        """Somebody can be reached now: timed notices that are still of use are owed after all."""
        return affected(
            self._session,
            update(Notice)
            .where(Notice.person_id == person_id, Notice.state == "unreachable", Notice.use_by > now)
            .where(Notice.kind != "readiness")
            .values(state="pending", account_id=account_id, reason="", finished_at=None, attempts=0),
        )

    def many(self, notice_ids: Sequence[int]) -> dict[int, Notice]:
        """These notices by their ids, in one look."""
        rows = self._session.scalars(select(Notice).where(Notice.id.in_(notice_ids)))
        return {row.id: row for row in rows}

    def kinds(self, notice_ids: Sequence[int]) -> dict[int, str]:
        """The kinds of those of these that are on their way, by their ids."""
        query = (
            select(Notice.id, Notice.kind)
            .where(Notice.id.in_(notice_ids), Notice.state.in_(("sending", "pending")))
            .where(Notice.again.is_(False))
            .with_for_update()
        )
        return {row[0]: row[1] for row in self._session.execute(query)}

    def arrived(self, messages: Mapping[int, int | None], now: dt.datetime) -> None:
        """Messages were delivered, under these numbers in their chats: all are written down together."""
        rows = [{"row": notice_id, "number": number, "at": now} for notice_id, number in messages.items()]
        self._session.connection().execute(_ARRIVED, rows)

    def get(self, notice_id: int) -> Notice | None:
        return self._session.get(Notice, notice_id)

    def known(self, key: str) -> bool:
        """Whether a message with this key was ever owed."""
        return self._session.scalar(select(Notice.id).where(Notice.key == key)) is not None

    def sweep(self, now: dt.datetime) -> int:
        """Give back what a dead sender held: its lease is over. Returns how many."""
        return affected(
            self._session,
            update(Notice)
            .where(Notice.state == "sending", Notice.leased_until <= now)
            .values(state="pending", leased_until=None, leased_by=None),
        )

    def release_all(self) -> int:
        """At start on one machine: nobody else can hold a lease, so every `sending` row is owed again."""
        return affected(
            self._session,
            update(Notice)
            .where(Notice.state == "sending")
            .values(state="pending", leased_until=None, leased_by=None),
        )

    def finish(self, notice: Notice, state: str, now: dt.datetime, reason: str = "") -> None:
        notice.state, notice.finished_at, notice.reason = state, now, reason[:200]
        notice.leased_until = None
        if notice.again:
            notice.again, notice.state, notice.attempts, notice.due_at = False, "pending", 0, now

    def carry(self, notice_id: int, reason: str) -> None:
        """A claimed message goes out inside another."""
        row = self.get(notice_id)
        if row is not None:
            row.reason = reason

    def hold(self, notice: Notice, until: dt.datetime) -> None:
        """Give a claimed message back until a later moment; it was not tried."""
        notice.state, notice.leased_until, notice.due_at = "pending", None, until
        notice.attempts -= 1

    def purge(self, before: dt.datetime, limit: int, *, dry_run: bool) -> int:
        """Delete (or only count) messages that ended before a moment, live ones too. Returns how many."""
        over = Notice.state.not_in(("pending", "sending"))
        query = select(Notice.id).where(over, Notice.finished_at < before).order_by(Notice.id).limit(limit)
        ids = list(self._session.scalars(query))
        if ids and not dry_run:
            self._session.execute(delete(Notice).where(Notice.id.in_(ids)))
        return len(ids)

    def oldest_due(self, now: dt.datetime) -> dt.datetime | None:
        """When the longest-waiting due notice was due. News for many go last and may take long."""
        waiting = select(func.min(Notice.due_at)).where(_OWED, Notice.due_at <= now)
        return self._session.scalar(waiting.where(Notice.broadcast_id.is_(None)))

    def next_due(self, now: dt.datetime) -> dt.datetime | None:
        """When the first message falls due that was not due yet at a moment."""
        return self._session.scalar(select(func.min(Notice.due_at)).where(_OWED, Notice.due_at > now))

    def last(self, kind: str, exam_id: int, person_id: int) -> Notice | None:
        """The message of a kind about an exam that was owed to somebody last."""
        mine = select(Notice).where(Notice.exam_id == exam_id, Notice.person_id == person_id)
        query = mine.where(Notice.kind == kind).order_by(Notice.id.desc()).limit(1)
        return self._session.scalar(query)

    def unsent(self, kind: str, exam_id: int) -> dict[int, Notice]:
        """Messages of a kind about an exam that wait to go out, by person."""
        query = select(Notice).where(
            Notice.kind == kind, Notice.exam_id == exam_id, Notice.state == "pending"
        )
        return {row.person_id or 0: row for row in self._session.scalars(query.order_by(Notice.id))}

    def of_kind(self, kind: str, case_id: int, person_id: int) -> Sequence[Notice]:
        query = select(Notice).where(
            Notice.kind == kind, Notice.case_id == case_id, Notice.person_id == person_id
        )
        return self._session.scalars(query).all()

    def register(
        self,
    ) -> Sequence[tuple[Notice, Person | None, Exam | None, float | None, dt.datetime | None]]:
        """Every notice with its person, exam and minutes, in the order they were due.

        Last comes when its reader first reported a trouble at that exam after it.
        """
        filed = (
            select(func.min(Case.filed_at))
            .where(Case.reporter_id == Notice.person_id, Case.exam_id == Notice.exam_id)
            .where(Case.filed_at >= Notice.finished_at, Notice.state == "sent")
            .scalar_subquery()
        )
        query = (
            select(Notice, Person, Exam, Reminder.minutes, filed)
            .outerjoin(Reminder, Reminder.id == Notice.reminder_id)
            .outerjoin(Person, Person.id == Notice.person_id)
            .outerjoin(Exam, Exam.id == Notice.exam_id)
            .order_by(Notice.due_at, Notice.id)
        )
        return [(row[0], row[1], row[2], row[3], row[4]) for row in self._session.execute(query)]
