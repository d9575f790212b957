"""The readiness check: asked the day before and on demand, kept per student and exam."""

import datetime as dt

from bot.errors import Refusal
from bot.rules import access, readiness
from bot.rules.access import Action
from bot.rules.people import Me
from bot.rules.readiness import GroupReadiness, Readiness
from bot.rules.vocabulary import ExamKind, PersonKind
from bot.services import exams
from bot.services.office import Office
from bot.storage.tables import Exam, ReadinessAnswer
from bot.storage.unit import UnitOfWork


def open_check(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, exam_id: int) -> Readiness:
    """The reader's check as it stands. Raises `Refusal`: `link_first`, `not_your_exam`, `exam_gone`."""
    person_id = access.require(me.actor, Action.SEE_EXAMS)
    exam = exams.require_own(uow, person_id, exam_id)
    return _view(uow, office, person_id, exam)


def answer(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, exam_id: int, index: int, *, ok: bool
) -> Readiness:
    """Keep an answer; the newest counts. Refuses as `open_check`, and `walk_gone` for an item not asked."""
    person_id = access.require(me.actor, Action.SEE_EXAMS)
    exam = exams.require_own(uow, person_id, exam_id)
    items = _items(office, exam)
    if not 0 <= index < len(items):
        raise Refusal("walk_gone")
    kept = uow.readiness.of(person_id, exam_id).get(items[index])
    if kept is None:
        uow.readiness.add(
            ReadinessAnswer(person_id=person_id, exam_id=exam_id, item=items[index], ok=ok, answered_at=now)
        )
        uow.flush()
    else:
        kept.ok, kept.answered_at = ok, now
    return _view(uow, office, person_id, exam)


def of_group(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, exam_id: int) -> GroupReadiness:
    """Who is ready, for those who hold the exam. Refuses as `open_check`, and `staff_only`."""
    person_id = access.require(me.actor, Action.SEE_STAFF)
    exam = exams.require_own(uow, person_id, exam_id)
    items = _items(office, exam)
    given = uow.readiness.of_exam(exam_id)
    ready, missing, silent = 0, [], []
    people = uow.readiness.students(exam_id)
    for person, name in people:
        check = Readiness(exams.brief(exam), readiness.answered(items, given.get(person, {})))
        if check.missing:
            missing.append((name, check.missing))
        elif check.ready:
            ready += 1
        else:
            silent.append(name)
    return GroupReadiness(exams.brief(exam), len(people), ready, tuple(missing), tuple(silent))


def is_holder(me: Me) -> bool:
    """Whether the reader sees the group's readiness instead of an own check."""
    return me.kind is PersonKind.STAFF


def _items(office: Office, exam: Exam) -> tuple[str, ...]:
    return readiness.items_for(office.policy, office.policy.kinds.get(ExamKind(exam.kind)))


def _view(uow: UnitOfWork, office: Office, person_id: int, exam: Exam) -> Readiness:
    given = {item: row.ok for item, row in uow.readiness.of(person_id, exam.id).items()}
    return Readiness(exams.brief(exam), readiness.answered(_items(office, exam), given))
