"""The exam day in rows: which exams are watched, and all that their cards are made of, for many at once."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, String, and_, bindparam, case, cast, func, literal, or_, select, update
from sqlalchemy.orm import Session

from bot.rules.warnings import COHORT
from bot.storage.dialects import affected, insert_new
from bot.storage.sealing import by_name
from bot.storage.tables import (
    Account,
    Case,
    CasePerson,
    Exam,
    ExamDay,
    ExamExaminer,
    ExamGroup,
    Notice,
    Person,
    ReadinessAnswer,
    Reminder,
    Result,
    StudentCall,
    Ticket,
    Walk,
)

OPEN = ("waiting", "taken")
HELPED = ("waiting", "claimed")
REPORT = "report"
_REACH: ColumnElement[str] = case(
    (Account.id.is_(None), "not_linked"), (Account.blocked_at.is_not(None), "blocked"), else_=""
)
_SAME_START = (ExamDay.exam_id == Exam.id) & (ExamDay.starts_at == Exam.starts_at)
_NOW_LAID = Notice.key.like(
    literal("reminder:") + cast(Reminder.id, String) + ":" + cast(Reminder.revision, String) + ":%"
)
"""Notices of a timer's present revision."""

_NOTICES: Any = Notice.__table__
_N = _NOTICES.c
_ACTED = (
    update(_NOTICES)
    .where(_N.reminder_id.in_(select(Reminder.id).where(Reminder.exam_id == bindparam("exam"))))
    .where(_N.person_id == bindparam("person"), _N.state == "sent", _N.acted_at.is_(None))
    .values(acted_at=bindparam("now"))
)


class Conduct:
    """Repository of exam days."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def to_look_at(
        self,
        now: dt.datetime,
        begins_by: dt.datetime,
        ended_after: dt.datetime,
        seen_by: dt.datetime,
        limit: int,
    ) -> Sequence[tuple[Exam, ExamDay | None]]:
        """Exams near the present whose card was not compared since `seen_by`, the longest waiting first."""
        query = (
            select(Exam, ExamDay)
            .outerjoin(ExamDay, _SAME_START)
            .where(Exam.starts_at <= begins_by, Exam.ends_at > ended_after)
            .where(or_(ExamDay.looked_at.is_(None), ExamDay.looked_at <= seen_by))
            .order_by(ExamDay.looked_at.asc().nulls_first(), Exam.starts_at, Exam.id)
            .limit(limit)
        )
        return [(row[0], row[1]) for row in self._session.execute(query)]

    def not_begun(
        self,
        started_by: dt.datetime,
        now: dt.datetime,
        limit: int,
        *,
        told: bool,
        since: dt.datetime | None = None,
    ) -> Sequence[tuple[Exam, ExamDay | None]]:
        """Exams that should have begun by a moment and run still, of which nobody said that they did.

        `told` false: those whose people were not asked yet; true: those asked, of which nobody was told.
        `since`: that should have begun after it.
        """
        untold = and_(ExamDay.asked_at.is_not(None), ExamDay.told_at.is_(None)) if told else None
        query = (
            select(Exam, ExamDay)
            .outerjoin(ExamDay, _SAME_START)
            .where(Exam.starts_at <= started_by, Exam.ends_at > now, Exam.cancelled_at.is_(None))
            .where(ExamDay.started_at.is_(None))
            .where(untold if untold is not None else ExamDay.asked_at.is_(None))
            .order_by(Exam.starts_at, Exam.id)
            .limit(limit)
        )
        if since is not None:
            query = query.where(Exam.starts_at > since)
        return [(row[0], row[1]) for row in self._session.execute(query)]

    def told_at_start(self, starts_at: dt.datetime) -> Sequence[tuple[Exam, ExamDay]]:
        """Exams of one start of which somebody above was told that they had not begun."""
        query = (
            select(Exam, ExamDay)
            .join(ExamDay, _SAME_START)
            .where(Exam.starts_at == starts_at, ExamDay.told_at.is_not(None), Exam.cancelled_at.is_(None))
            .order_by(Exam.id)
        )
        return [(row[0], row[1]) for row in self._session.execute(query)]

    def day(self, exam: Exam) -> ExamDay:
        """The day of an exam as it is laid; the marks of another start are gone."""
        self._session.execute(
            insert_new(self._session, ExamDay).values(exam_id=exam.id, starts_at=exam.starts_at, digest="")
        )
        query = select(ExamDay).where(ExamDay.exam_id == exam.id).with_for_update()
        found = self._session.scalars(query).one()
        if found.starts_at != exam.starts_at:
            found.starts_at, found.digest, found.looked_at = exam.starts_at, "", None
            found.started_at = found.started_by = found.asked_at = found.told_at = None
        return found

    def days(self, exams: Sequence[int]) -> dict[int, tuple[ExamDay, str]]:
        """Days of exams as they are laid, with the name of whoever said that it began."""
        query = (
            select(ExamDay, Person.full_name)
            .join(Exam, _SAME_START)
            .outerjoin(Person, Person.id == ExamDay.started_by)
            .where(ExamDay.exam_id.in_(exams))
        )
        return {row[0].exam_id: (row[0], row[1] or "") for row in self._session.execute(query)}

    def holders(self, exams: Sequence[int]) -> dict[int, list[int]]:
        """Examiners, then the proctor, of each exam, each once."""
        found: dict[int, list[int]] = {exam: [] for exam in exams}
        named = select(ExamExaminer.exam_id, ExamExaminer.person_id).where(ExamExaminer.exam_id.in_(exams))
        for exam, person in self._session.execute(named.order_by(ExamExaminer.position)):
            found[exam].append(person)
        proctors = select(Exam.id, Exam.proctor_id).where(Exam.id.in_(exams), Exam.proctor_id.is_not(None))
        for exam, proctor in self._session.execute(proctors):
            if proctor is not None and proctor not in found[exam]:
                found[exam].append(proctor)
        return found

    def students(self, exams: Sequence[int]) -> Sequence[tuple[int, int, str, str]]:
        """(exam, person, name, why they cannot be reached) of everybody who sits one of the exams."""
        query = (
            select(ExamGroup.exam_id, Person.id, Person.full_name, _REACH)
            .join(Person, (Person.group_name == ExamGroup.group_name) & (Person.kind == "student"))
            .outerjoin(Account, Account.person_id == Person.id)
            .where(ExamGroup.exam_id.in_(exams))
            .order_by(Person.full_name, Person.id)
        )
        rows = by_name(self._session, self._session.execute(query).all(), lambda row: (row[2], row[1]))
        return [(row[0], row[1], row[2], row[3]) for row in rows]

    def answers(self, exams: Sequence[int]) -> dict[tuple[int, int], dict[str, bool]]:
        """Readiness answers by (exam, person) and item."""
        found: dict[tuple[int, int], dict[str, bool]] = {}
        query = select(ReadinessAnswer).where(ReadinessAnswer.exam_id.in_(exams))
        for row in self._session.scalars(query):
            found.setdefault((row.exam_id, row.person_id), {})[row.item] = row.ok
        return found

    def walks(self, exams: Sequence[int]) -> Sequence[tuple[int, int, str, int, list[Any], bool]]:
        """(exam, person, subject, position, done, finished) of every walk at one of the exams."""
        query = (
            select(Walk.exam_id, Account.person_id, Walk.subject, Walk.position, Walk.done, Walk.finished_at)
            .join(Account, Account.id == Walk.account_id)
            .where(Walk.exam_id.in_(exams), Account.person_id.is_not(None))
        )
        return [(r[0], r[1], r[2], r[3], list(r[4]), r[5] is not None) for r in self._session.execute(query)]

    def reports(self, exams: Sequence[int]) -> Sequence[tuple[Case, str]]:
        """Open reports from the exams with their reporter's name, oldest first."""
        query = (
            select(Case, Person.full_name)
            .join(Person, Person.id == Case.reporter_id)
            .where(Case.exam_id.in_(exams), Case.state.in_(OPEN), Case.kind == REPORT)
            .order_by(Case.id)
        )
        return [(row[0], row[1]) for row in self._session.execute(query)]

    def told(self, cases: Sequence[int]) -> dict[int, list[int]]:
        """Who was told of each report as its addressee, and could be reached."""
        found: dict[int, list[int]] = {}
        query = (
            select(CasePerson.case_id, CasePerson.person_id)
            .where(
                CasePerson.case_id.in_(cases), CasePerson.part == "addressee", CasePerson.lost_at.is_(None)
            )
            .order_by(CasePerson.person_id)
        )
        for row in self._session.execute(query):
            found.setdefault(row[0], []).append(row[1])
        return found

    def helped(self, exams: Sequence[int]) -> Sequence[tuple[int, str, str, int | None]]:
        """(exam, number, state, person) of the open requests for help, in the order of asking."""
        query = (
            select(Exam.id, Ticket.number, Ticket.state, Ticket.person_id)
            .join(Exam, Exam.id == Ticket.exam_id)
            .where(Ticket.state.in_(HELPED), Ticket.exam_id.in_(exams))
        )
        return [(row[0], row[1], row[2], row[3]) for row in self._session.execute(query.order_by(Ticket.id))]

    def calls(self, exams: Sequence[int]) -> Sequence[StudentCall]:
        """Calls to students of the exams, oldest first."""
        query = select(StudentCall).where(StudentCall.exam_id.in_(exams)).order_by(StudentCall.id)
        return self._session.scalars(query).all()

    def warnings(self, exams: Sequence[int], rule: str) -> Sequence[Reminder]:
        """Timers of a rule that have become messages or are about to, earliest first."""
        query = (
            select(Reminder)
            .where(Reminder.exam_id.in_(exams), Reminder.state == "expanded")
            .where(or_(Reminder.rule == rule, Reminder.rule.startswith(rule + COHORT)))
            .order_by(Reminder.due_at)
        )
        return self._session.scalars(query).all()

    def delivered(self, timers: Sequence[int]) -> Sequence[tuple[int, str, int]]:
        """(timer, state, how many messages) of timers as their exams stand."""
        query = (
            select(Notice.reminder_id, Notice.state, func.count())
            .join(Reminder, Reminder.id == Notice.reminder_id)
            .where(Notice.reminder_id.in_(timers), _NOW_LAID, Notice.person_id.is_not(None))
            .group_by(Notice.reminder_id, Notice.state)
        )
        return [(row[0] or 0, row[1], row[2]) for row in self._session.execute(query)]

    def undelivered(self, timers: Sequence[int]) -> Sequence[tuple[int, str, str]]:
        """(timer, name, reason) of whomever a timer did not reach, by name."""
        query = (
            select(Notice.reminder_id, Person.full_name, Notice.reason)
            .join(Reminder, Reminder.id == Notice.reminder_id)
            .join(Person, Person.id == Notice.person_id)
            .where(Notice.reminder_id.in_(timers), _NOW_LAID, Notice.state.in_(("unreachable", "failed")))
            .order_by(Person.full_name, Person.id)
        )
        rows = by_name(self._session, self._session.execute(query).all(), lambda row: row[1])
        return [(row[0] or 0, row[1], row[2]) for row in rows]

    def published(self, exams: Sequence[int], everybody: str) -> dict[int, dt.datetime]:
        """When the results of whole exams were published."""
        query = select(Result.exam_id, Result.published_at).where(
            Result.exam_id.in_(exams), Result.student_key == everybody
        )
        return {row[0]: row[1] for row in self._session.execute(query)}

    def add_call(self, **values: Any) -> bool:
        """Write down a call; the same update calls once. Returns whether it is new."""
        return affected(self._session, insert_new(self._session, StudentCall).values(**values)) > 0

    def answer(self, exam_id: int, person_id: int, now: dt.datetime) -> int:
        """A student answers every call of an exam that is open. Returns how many."""
        mine = update(StudentCall).where(StudentCall.exam_id == exam_id, StudentCall.person_id == person_id)
        return affected(self._session, mine.where(StudentCall.answered_at.is_(None)).values(answered_at=now))

    def acted(self, exam_id: int, person_id: int, now: dt.datetime) -> None:
        """Somebody opened the steps of an exam: so much for the messages about it that they got."""
        self._session.flush()
        self._session.execute(_ACTED, {"exam": exam_id, "person": person_id, "now": now})
