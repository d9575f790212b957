"""Timers of exams, and their expansion into one notice a person."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import JSON, ColumnElement, String, case, cast, func, literal, null, or_, select, true, update
from sqlalchemy.orm import Session

from bot.storage.dialects import affected, insert_new, unindexed
from bot.storage.sealing import by_name
from bot.storage.tables import Account, Exam, ExamExtra, ExamGroup, Notice, Person, Preference, Reminder
from bot.storage.types import Utc


def _prefix(reminder: Reminder) -> str:
    return f"reminder:{reminder.id}:{reminder.revision}:"


def _key_of(reminders: Sequence[Reminder]) -> ColumnElement[str]:
    """How the keys of their notices begin."""
    if len(reminders) == 1:
        return literal(_prefix(reminders[0]))
    number, revision = cast(Reminder.id, String), cast(Reminder.revision, String)
    return literal("reminder:") + number + literal(":") + revision + literal(":")


def _of(reminder: Reminder) -> ColumnElement[bool]:
    """The notices of a timer's present revision: those of an exam since moved are another story."""
    return (Notice.reminder_id == reminder.id) & Notice.key.startswith(_prefix(reminder))


def _named(rule: str) -> ColumnElement[bool]:
    """Timers of a rule, and those of the same rule for people with more time."""
    return or_(Reminder.rule == rule, Reminder.rule.startswith(f"{rule}+"))


@dataclass(frozen=True, slots=True)
class Expansion:
    """How timers become notices: due at their own moment, or at `due_at` (UTC).

    `extra`: only students with exactly so many minutes more. `mutable`: not for those who have switched this
    class off.
    """

    kind: str
    rank: int
    due_at: dt.datetime | None = None
    extra: int | None = None
    mutable: str = ""


class Reminders:
    """Repository of timers."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def of_exam(self, exam_id: int) -> dict[tuple[str, float], Reminder]:
        rows = self._session.scalars(select(Reminder).where(Reminder.exam_id == exam_id))
        return {(row.rule, row.minutes): row for row in rows}

    def add(self, reminder: Reminder) -> None:
        self._session.add(reminder)

    def due(self, now: dt.datetime, limit: int) -> Sequence[tuple[Reminder, Exam]]:
        """Pending timers that are due, earliest first, locked for this transaction."""
        query = (
            select(Reminder, Exam)
            .join(Exam, Exam.id == Reminder.exam_id)
            .where(Reminder.state == "pending", Reminder.due_at <= now)
            .order_by(Reminder.due_at)
            .limit(limit)
            .with_for_update(of=Reminder, skip_locked=True)
        )
        return [(row[0], row[1]) for row in self._session.execute(query)]

    def begun(
        self, rule: str, moments: Collection[dt.datetime], limit: int
    ) -> Sequence[tuple[Reminder, Exam]]:
        """Pending timers of a rule that are due at these moments, locked for this transaction."""
        query = (
            select(Reminder, Exam)
            .join(Exam, Exam.id == Reminder.exam_id)
            .where(Reminder.state == "pending", Reminder.due_at.in_(moments))
            .where(_named(rule))
            .order_by(Reminder.due_at)
            .limit(limit)
            .with_for_update(of=Reminder, skip_locked=True)
        )
        return [(row[0], row[1]) for row in self._session.execute(query)]

    def expand(self, reminders: Sequence[Reminder], way: Expansion) -> int:
        """One notice for every student of every timer's exam, in one statement; nobody twice.

        Somebody without an account, or who has blocked the bot, is written down as unreachable. Returns how
        many are new.
        """
        missing = case(
            (Account.id.is_(None), "not_linked"), (Account.blocked_at.is_not(None), "blocked"), else_=""
        )
        due_at = literal(way.due_at, Utc) if way.due_at is not None else Reminder.due_at
        rows = (
            select(
                _key_of(reminders) + cast(Person.id, String),
                literal(way.kind),
                Person.id,
                Account.id,
                Reminder.id,
                Reminder.exam_id,
                literal({}, JSON),
                literal(way.rank),
                due_at,
                Reminder.use_by,
                case((missing == "", "pending"), else_="unreachable"),
                literal(0),
                missing,
                case((missing == "", null()), else_=due_at),
            )
            .select_from(Reminder)
            .join(ExamGroup, ExamGroup.exam_id == Reminder.exam_id)
            .join(Person, (Person.group_name == ExamGroup.group_name) & (unindexed(Person.kind) == "student"))
            .outerjoin(Account, Account.person_id == Person.id)
            .where(Reminder.id.in_([reminder.id for reminder in reminders]))
        )
        if way.extra is not None:
            mine = (ExamExtra.exam_id == Reminder.exam_id) & (ExamExtra.person_id == Person.id)
            rows = rows.outerjoin(ExamExtra, mine).where(func.coalesce(ExamExtra.minutes, 0) == way.extra)
        if way.mutable:
            rows = rows.outerjoin(Preference, Preference.person_id == Person.id)
            rows = rows.where(func.coalesce(getattr(Preference, way.mutable), true()))
        columns = [
            "key", "kind", "person_id", "account_id", "reminder_id", "exam_id", "facts", "rank",
            "due_at", "use_by", "state", "attempts", "reason", "finished_at",
        ]  # fmt: skip
        return affected(self._session, insert_new(self._session, Notice).from_select(columns, rows))

    def missed(self, reminder: Reminder) -> Sequence[tuple[int, str, str]]:
        """(person, name, reason) of those a timer could not reach as its exam stands, by name."""
        query = (
            select(Person.id, Person.full_name, Notice.reason)
            .join(Person, Person.id == Notice.person_id)
            .where(_of(reminder), Notice.state.in_(("unreachable", "failed")))
            .order_by(Person.full_name)
        )
        rows = by_name(self._session, self._session.execute(query).all(), lambda row: row[1])
        return [(row[0], row[1], row[2]) for row in rows]

    def counts(self, reminder: Reminder) -> dict[str, int]:
        """Messages to people of a timer as its exam stands, by state; posts in chats are not among them."""
        mine = _of(reminder) & Notice.person_id.is_not(None)
        query = select(Notice.state, func.count()).where(mine).group_by(Notice.state)
        return {row[0]: row[1] for row in self._session.execute(query)}

    def unreported(self, rule: str, limit: int) -> Sequence[Reminder]:
        """Expanded timers of a rule whose notices are all final and whose examiner has not heard yet.

        Those of people with more time are among them.
        """
        open_notice = (
            select(Notice.id)
            .where(Notice.reminder_id == Reminder.id, Notice.state.in_(("pending", "sending")))
            .exists()
        )
        query = (
            select(Reminder)
            .where(_named(rule))
            .where(Reminder.state == "expanded", Reminder.reason == "")
            .where(~open_notice)
            .limit(limit)
        )
        return self._session.scalars(query).all()

    def drop_stale(self, exam_id: int, revision: int) -> int:
        """Skip unsent notices of an exam's earlier revisions: they would say what is no longer true."""
        stale = select(Reminder.id).where(Reminder.exam_id == exam_id)
        return affected(
            self._session,
            update(Notice)
            .where(Notice.reminder_id.in_(stale), Notice.state == "pending")
            .where(~Notice.key.like(f"reminder:%:{revision}:%"))
            .values(state="skipped", reason="moved"),
        )
