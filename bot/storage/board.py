"""What the board reads: whole days in few queries, and who may look."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, delete, distinct, func, select, update
from sqlalchemy.orm import Session, aliased

from bot.storage.dialects import affected
from bot.storage.sealing import by_name
from bot.storage.tables import (
    Account,
    BoardKey,
    BoardSession,
    Case,
    CaseTimer,
    Exam,
    ExamExaminer,
    ExamGroup,
    Notice,
    Person,
    ReadinessAnswer,
    Reminder,
    Ticket,
    Walk,
)

OPEN = ("waiting", "taken")
MATTERS = ("appeal", "application", "act", "day_report", "sitting")
"""Kinds of cases that the board lists beside the reports of force majeure."""

HELD = ("appeal", "act", "sitting")
"""Those of them that whoever holds the exam sees; a day's report only its author."""

LIMIT = 5000
"""More than a day of the largest university has: what is counted is whole, pages show parts of it."""
_PENDING = CaseTimer.state == "pending"


@dataclass(frozen=True, slots=True)
class OpenCase:
    """An open report with the people and the exam it concerns."""

    case: Case
    reporter: Person
    exam: Exam | None
    holder: Person | None
    climbs_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class OpenMatter:
    """An open case of `MATTERS` with (rule, due) of what is planned for it."""

    case: Case
    reporter: Person
    exam: Exam | None
    timers: list[tuple[str, dt.datetime]]


class Boards:
    """Repository behind the board."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def exams(
        self, since: dt.datetime, until: dt.datetime, faculty: str, holder: int | None
    ) -> Sequence[Exam]:
        """Exams that overlap a span, as they start; of one faculty, or held by one person, where asked."""
        query = select(Exam).where(Exam.starts_at < until, Exam.ends_at > since, Exam.cancelled_at.is_(None))
        if faculty:
            query = query.where(Exam.faculty == faculty)
        if holder is not None:
            query = query.where(_held_by(holder))
        return self._session.scalars(query.order_by(Exam.starts_at, Exam.id).limit(LIMIT)).all()

    def groups(self, exams: Sequence[int]) -> dict[int, tuple[str, ...]]:
        query = select(ExamGroup.exam_id, ExamGroup.group_name).where(ExamGroup.exam_id.in_(exams))
        found: dict[int, list[str]] = {}
        for exam, group in self._session.execute(query.order_by(ExamGroup.group_name)):
            found.setdefault(exam, []).append(group)
        return {exam: tuple(names) for exam, names in found.items()}

    def counts(self, exams: Sequence[int]) -> dict[int, tuple[int, int]]:
        """(students, those a message can reach) of each exam."""
        reachable = case((Account.id.is_not(None) & Account.blocked_at.is_(None), 1), else_=0)
        query = (
            select(ExamGroup.exam_id, func.count(), func.sum(reachable))
            .join(Person, (Person.group_name == ExamGroup.group_name) & (Person.kind == "student"))
            .outerjoin(Account, Account.person_id == Person.id)
            .where(ExamGroup.exam_id.in_(exams))
            .group_by(ExamGroup.exam_id)
        )
        return {row[0]: (row[1], int(row[2] or 0)) for row in self._session.execute(query)}

    def ready(self, exams: Sequence[int]) -> dict[int, dict[int, int]]:
        """How many readiness questions each person of an exam answered with yes."""
        query = (
            select(ReadinessAnswer.exam_id, ReadinessAnswer.person_id, func.count())
            .where(ReadinessAnswer.exam_id.in_(exams), ReadinessAnswer.ok.is_(True))
            .group_by(ReadinessAnswer.exam_id, ReadinessAnswer.person_id)
        )
        found: dict[int, dict[int, int]] = {}
        for exam, person, yes in self._session.execute(query):
            found.setdefault(exam, {})[person] = yes
        return found

    def finished(self, exams: Sequence[int]) -> dict[int, int]:
        """How many students of each exam have finished its steps."""
        query = (
            select(Walk.exam_id, func.count(distinct(Walk.account_id)))
            .join(Account, Account.id == Walk.account_id)
            .join(Person, (Person.id == Account.person_id) & (Person.kind == "student"))
            .where(Walk.exam_id.in_(exams), Walk.finished_at.is_not(None))
            .group_by(Walk.exam_id)
        )
        return {row[0]: row[1] for row in self._session.execute(query) if row[0]}

    def delivered(self, exams: Sequence[int], rule: str) -> dict[int, dict[float, dict[str, int]]]:
        """Of each exam's expanded timers of a rule: minutes -> state -> people."""
        query = (
            select(Reminder.exam_id, Reminder.minutes, Notice.state, func.count(distinct(Notice.person_id)))
            .join(Notice, Notice.reminder_id == Reminder.id)
            .where(Reminder.exam_id.in_(exams), Reminder.rule == rule, Reminder.state == "expanded")
            .where(Notice.state != "skipped")
            .group_by(Reminder.exam_id, Reminder.minutes, Notice.state)
        )
        found: dict[int, dict[float, dict[str, int]]] = {}
        for exam, minutes, state, people in self._session.execute(query):
            found.setdefault(exam, {}).setdefault(minutes, {})[state] = people
        return found

    def reports(self, exams: Sequence[int]) -> dict[int, int]:
        """Open reports of each exam."""
        query = (
            select(Case.exam_id, func.count())
            .where(Case.exam_id.in_(exams), Case.state.in_(OPEN), Case.kind == "report")
            .group_by(Case.exam_id)
        )
        return {row[0]: row[1] for row in self._session.execute(query) if row[0]}

    def cases(self, faculty: str, holder: int | None, rule: str) -> Sequence[OpenCase]:
        """Open reports, untaken ones first, then as they were filed; with when a rule's timer is due."""
        taker = aliased(Person)
        query = (
            select(Case, Person, Exam, taker, CaseTimer.due_at)
            .join(Person, Person.id == Case.reporter_id)
            .outerjoin(taker, taker.id == Case.holder_id)
            .outerjoin(Exam, Exam.id == Case.exam_id)
            .outerjoin(CaseTimer, (CaseTimer.case_id == Case.id) & (CaseTimer.rule == rule) & _PENDING)
            .where(Case.state.in_(OPEN), Case.kind == "report")
        )
        if faculty:
            query = query.where(func.coalesce(Exam.faculty, Person.faculty) == faculty)
        if holder is not None:
            query = query.where(_held_by(holder))
        query = query.order_by(Case.state.desc(), Case.filed_at, Case.id).limit(LIMIT)
        return [OpenCase(*row) for row in self._session.execute(query)]

    def students(self, exam_id: int) -> Sequence[tuple[Person, Account | None, Walk | None]]:
        """Everybody who sits an exam with account and walk, by group and name."""
        query = (
            select(Person, Account, Walk)
            .join(ExamGroup, ExamGroup.group_name == Person.group_name)
            .outerjoin(Account, Account.person_id == Person.id)
            .outerjoin(Walk, (Walk.account_id == Account.id) & (Walk.exam_id == exam_id))
            .where(ExamGroup.exam_id == exam_id, Person.kind == "student")
            .order_by(Person.group_name, Person.full_name, Person.id)
        )
        rows = self._session.execute(query).all()
        in_order = by_name(self._session, rows, lambda row: (row[0].group_name, row[0].full_name, row[0].id))
        return [(row[0], row[1], row[2]) for row in in_order]

    def acted(self, exam_id: int) -> dict[int, dt.datetime]:
        """When each person last opened the steps after a message about an exam."""
        query = (
            select(Notice.person_id, func.max(Notice.acted_at))
            .where(Notice.exam_id == exam_id, Notice.acted_at.is_not(None))
            .group_by(Notice.person_id)
        )
        return {row[0]: row[1] for row in self._session.execute(query) if row[0] and row[1]}

    def matters(self, faculty: str, holder: int | None) -> Sequence[OpenMatter]:
        """Open cases of `MATTERS`, as they were filed, with what is planned for each."""
        query = (
            select(Case, Person, Exam, CaseTimer.rule, CaseTimer.due_at)
            .join(Person, Person.id == Case.reporter_id)
            .outerjoin(Exam, Exam.id == Case.exam_id)
            .outerjoin(CaseTimer, (CaseTimer.case_id == Case.id) & _PENDING)
            .where(Case.state.in_(OPEN), Case.kind.in_(MATTERS))
        )
        if faculty:
            query = query.where(func.coalesce(Exam.faculty, Person.faculty) == faculty)
        if holder is not None:
            own = (Case.kind == "day_report") & (Case.reporter_id == holder)
            query = query.where((_held_by(holder) & Case.kind.in_(HELD)) | own)
        found: dict[int, OpenMatter] = {}
        for matter, person, exam, rule, due_at in self._session.execute(
            query.order_by(Case.filed_at, Case.id, CaseTimer.due_at).limit(4 * LIMIT)
        ):
            row = found.setdefault(matter.id, OpenMatter(matter, person, exam, []))
            if rule is not None:
                row.timers.append((rule, due_at))
        return list(found.values())[:LIMIT]

    def tickets(
        self, faculty: str, holder: int | None
    ) -> Sequence[tuple[Ticket, Person | None, Person | None, Exam | None]]:
        """Open tickets with asker, helper and exam, as they were opened."""
        helper = aliased(Person)
        query = (
            select(Ticket, Person, helper, Exam)
            .outerjoin(Person, Person.id == Ticket.person_id)
            .outerjoin(helper, helper.id == Ticket.holder_id)
            .outerjoin(Exam, (Exam.id == Ticket.exam_id) & Exam.cancelled_at.is_(None))
            .where(Ticket.state.in_(("waiting", "claimed")))
        )
        if faculty:
            query = query.where(func.coalesce(Exam.faculty, Person.faculty) == faculty)
        if holder is not None:
            query = query.where(_held_by(holder))
        rows = self._session.execute(query.order_by(Ticket.opened_at, Ticket.id).limit(LIMIT))
        return [(row[0], row[1], row[2], row[3]) for row in rows]

    def filed(
        self, since: dt.datetime, until: dt.datetime, faculty: str, holder: int | None
    ) -> Sequence[tuple[dt.datetime, str]]:
        """(when it was filed, state) of every report of a span."""
        query = (
            select(Case.filed_at, Case.state)
            .join(Person, Person.id == Case.reporter_id)
            .outerjoin(Exam, Exam.id == Case.exam_id)
            .where(Case.kind == "report", Case.filed_at >= since, Case.filed_at < until)
        )
        if faculty:
            query = query.where(func.coalesce(Exam.faculty, Person.faculty) == faculty)
        if holder is not None:
            query = query.where(_held_by(holder))
        return [(row[0], row[1]) for row in self._session.execute(query)]

    def waits(self, since: dt.datetime, until: dt.datetime, faculty: str) -> list[float]:
        """How many minutes each report of a span waited until somebody took it."""
        query = (
            select(Case.filed_at, Case.taken_at)
            .join(Person, Person.id == Case.reporter_id)
            .outerjoin(Exam, Exam.id == Case.exam_id)
            .where(Case.kind == "report", Case.filed_at >= since, Case.filed_at < until)
            .where(Case.taken_at.is_not(None))
        )
        if faculty:
            query = query.where(func.coalesce(Exam.faculty, Person.faculty) == faculty)
        rows = self._session.execute(query)
        return [(taken - filed).total_seconds() / 60 for filed, taken in rows if taken is not None]

    def sent(self, exams: Sequence[int], rule: str) -> Sequence[tuple[dt.datetime, str, int]]:
        """(when it was due, state of the messages, how many) of the expanded timers of a rule of exams."""
        query = (
            select(Reminder.due_at, Notice.state, func.count())
            .join(Notice, Notice.reminder_id == Reminder.id)
            .where(Reminder.exam_id.in_(exams), Reminder.rule == rule, Notice.state != "skipped")
            .group_by(Reminder.due_at, Notice.state)
        )
        return [(row[0], row[1], row[2]) for row in self._session.execute(query)]

    def warnings_of(
        self, exam_id: int, rule: str
    ) -> Sequence[tuple[int | None, float, str, dt.datetime | None]]:
        """(person, minutes, state, when it was over) of every message of a rule of an exam, oldest first."""
        query = (
            select(Notice.person_id, Reminder.minutes, Notice.state, Notice.finished_at)
            .join(Reminder, Reminder.id == Notice.reminder_id)
            .where(Reminder.exam_id == exam_id, Reminder.rule == rule, Notice.state != "skipped")
            .order_by(Notice.id)
        )
        return [(row[0], row[1], row[2], row[3]) for row in self._session.execute(query)]

    def add_key(self, key_hash: str, account_id: int, expires_at: dt.datetime) -> None:
        self._session.add(BoardKey(key_hash=key_hash, account_id=account_id, expires_at=expires_at))
        self._session.flush()

    def has_key(self, key_hash: str) -> bool:
        return self._session.get(BoardKey, key_hash) is not None

    def use_key(self, key_hash: str, now: dt.datetime) -> int | None:
        """The account of a key that was good until now; it is good no more."""
        taken = (
            update(BoardKey)
            .where(BoardKey.key_hash == key_hash, BoardKey.used_at.is_(None), BoardKey.expires_at > now)
            .values(used_at=now)
            .returning(BoardKey.account_id)
            .execution_options(synchronize_session=False)
        )
        return self._session.execute(taken).scalar_one_or_none()

    def add_session(self, session_hash: str, account_id: int, expires_at: dt.datetime) -> None:
        self._session.add(
            BoardSession(session_hash=session_hash, account_id=account_id, expires_at=expires_at)
        )

    def account_of(self, session_hash: str, now: dt.datetime) -> Account | None:
        """The account behind a session that is still good."""
        query = (
            select(Account)
            .join(BoardSession, BoardSession.account_id == Account.id)
            .where(BoardSession.session_hash == session_hash, BoardSession.expires_at > now)
        )
        return self._session.scalar(query)

    def end_session(self, session_hash: str) -> None:
        self._session.execute(delete(BoardSession).where(BoardSession.session_hash == session_hash))

    def purge(self, now: dt.datetime) -> int:
        """Remove keys and sessions that are over."""
        gone = affected(self._session, delete(BoardKey).where(BoardKey.expires_at <= now))
        return gone + affected(self._session, delete(BoardSession).where(BoardSession.expires_at <= now))


def _held_by(person_id: int) -> ColumnElement[bool]:
    examines = select(ExamExaminer.exam_id).where(ExamExaminer.person_id == person_id)
    return (Exam.proctor_id == person_id) | Exam.id.in_(examines)
