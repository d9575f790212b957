"""What examiners, deans and their deputies change of an exam, each change confirmed and told."""

import datetime as dt
from collections.abc import Sequence

from bot.errors import Refusal
from bot.rules import access, timetable
from bot.rules.access import Action
from bot.rules.exams import ExamBrief, Span
from bot.rules.people import Me
from bot.rules.rights import DEANS
from bot.rules.timetable import Changeable, Student
from bot.services import changes, exams
from bot.services.office import Office
from bot.storage.tables import Exam
from bot.storage.unit import UnitOfWork

LISTED = 60


def mine(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me) -> Sequence[ExamBrief]:
    """Exams that the reader may change, nearest first. Raises `Refusal`: `link_first`, `staff_only`."""
    person = access.require(me.actor, Action.CHANGE_EXAM)
    found = {exam.id: exam for exam in uow.exams.examined_by(person, now, LISTED)}
    if me.roles & DEANS:
        found |= {exam.id: exam for exam in uow.exams.not_over(now, me.faculty, LISTED)}
    listed = sorted(found.values(), key=lambda exam: (exam.starts_at, exam.id))
    return [exams.brief(exam) for exam in listed[:LISTED]]


def may_change(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, exam_id: int) -> bool:
    """Whether to show the reader the way to changing this exam."""
    exam = uow.exams.get(exam_id)
    if exam is None or exam.cancelled_at is not None or exam.ends_at <= now:
        return False
    return access.may_change_exam(me.actor, _examiners(uow, exam), me.faculty, exam.faculty)


def look(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, exam_id: int) -> Changeable:
    """An exam with its students. Refuses as `_changeable`."""
    exam, _ = _changeable(uow, me, exam_id)
    extras = uow.exams.extras_by_person(exam.id)
    students = [Student(id_, name, extras.get(id_, 0)) for id_, name in uow.exams.students_of(exam.id)]
    return Changeable(exams.brief(exam), students, len(uow.exams.changes(exam.id)))


def move(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    me: Me,
    exam_id: int,
    revision: int,
    starts_at: dt.datetime,
    origin: int,
) -> ExamBrief:
    """Move an exam, as long as before. Refuses as `_changeable`, `rules.timetable.moved`, `exam_changed`."""
    exam, person = _changeable(uow, me, exam_id)
    if not uow.exams.has_change(exam.id, origin):
        timetable.require_current(exam.revision, revision)
        span = timetable.moved(Span(exam.starts_at, exam.ends_at), starts_at, now)
        changes.move(uow, office, now, exam, span, person, origin)
        _audit(uow, now, me, exam, changes.MOVED)
    return exams.brief(exam)


def extend(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    me: Me,
    exam_id: int,
    revision: int,
    minutes: int,
    origin: int,
) -> ExamBrief:
    """Let an exam last longer for everybody. Refuses as `move`, and `exam_over`."""
    exam, person = _changeable(uow, me, exam_id)
    if not uow.exams.has_change(exam.id, origin):
        timetable.require_current(exam.revision, revision)
        timetable.require_allowed(minutes, office.policy.extend_minutes)
        timetable.require_not_over(Span(exam.starts_at, exam.ends_at), now)
        changes.give_minutes(uow, office, now, exam_id, None, minutes, person, origin=origin)
        _audit(uow, now, me, exam, changes.EXTENDED, minutes=minutes)
    return exams.brief(exam)


def cancel(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, exam_id: int, revision: int, origin: int
) -> ExamBrief:
    """Call an exam off. Refuses as `move`, and `exam_over`."""
    exam, person = _changeable(uow, me, exam_id, again=origin)
    if not uow.exams.has_change(exam.id, origin):
        timetable.require_current(exam.revision, revision)
        timetable.require_not_over(Span(exam.starts_at, exam.ends_at), now)
        changes.cancel(uow, office, now, exam, person, origin)
        _audit(uow, now, me, exam, changes.CANCELLED)
    return exams.brief(exam)


def give(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    me: Me,
    exam_id: int,
    revision: int,
    student_id: int,
    minutes: int,
    had: int,
    origin: int,
) -> tuple[ExamBrief, Student]:
    """Give one student more time; `had` are the minutes they had when it was asked.

    Refuses as `extend`, and `not_in_exam` for somebody who does not sit it.
    """
    exam, person = _changeable(uow, me, exam_id)
    names = dict(uow.exams.students_of(exam.id))
    if student_id not in names:
        raise Refusal("not_in_exam")
    own = uow.exams.extra_of(exam.id, student_id)
    if not uow.exams.has_change(exam.id, origin):
        timetable.require_current(exam.revision, revision)
        timetable.require_current(own.minutes if own else 0, had)
        timetable.require_allowed(minutes, office.policy.extend_minutes)
        span = Span(exam.starts_at, exam.ends_at).longer(own.minutes if own else 0)
        timetable.require_not_over(span, now)
        changes.give_minutes(uow, office, now, exam_id, student_id, minutes, person, origin=origin)
        _audit(uow, now, me, exam, changes.GIVEN, minutes=minutes, person=student_id)
    own = uow.exams.extra_of(exam.id, student_id)
    extra = own.minutes if own else 0
    return exams.brief(exam, extra), Student(student_id, names[student_id], extra)


def _changeable(uow: UnitOfWork, me: Me, exam_id: int, *, again: int | None = None) -> tuple[Exam, int]:
    """The exam and the actor's person id.

    Raises `Refusal`: `link_first`, `staff_only`, `exam_gone`, `not_your_exam`. `again`: a cancelled exam is
    there all the same for the tap that cancelled it.
    """
    access.require(me.actor, Action.CHANGE_EXAM)
    exam = uow.exams.get(exam_id, lock=True)
    if exam is None:
        raise Refusal("exam_gone")
    person = access.require_changer(me.actor, _examiners(uow, exam), me.faculty, exam.faculty)
    if exam.cancelled_at is not None and not (again and uow.exams.has_change(exam.id, again)):
        raise Refusal("exam_gone")
    return exam, person


def _examiners(uow: UnitOfWork, exam: Exam) -> frozenset[int]:
    return frozenset(uow.exams.examiners_of(exam.id))


def _audit(uow: UnitOfWork, now: dt.datetime, me: Me, exam: Exam, action: str, **detail: int) -> None:
    uow.records.audit(now, f"exam_{action}", me.account_id, exam=exam.id, **detail)
