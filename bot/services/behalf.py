"""A report filed for a student who has only a phone call left; the student confirms it when back."""

import datetime as dt

from bot.errors import Refusal
from bot.rules import access
from bot.rules.access import Action
from bot.rules.cases import CaseView, Filing
from bot.rules.casework import OPEN, Did, Kind
from bot.rules.notices import Rank
from bot.rules.people import Me
from bot.rules.vocabulary import PersonKind, Role
from bot.services import cases, casework, exams, resits
from bot.services.office import Office
from bot.storage.tables import Person
from bot.storage.unit import UnitOfWork

HELPERS = frozenset({Role.CALL_CENTER, Role.VOLUNTEER, Role.ADMIN})


def student_of(uow: UnitOfWork, me: Me, ext_id: str) -> Person:
    """The student that the reader may file for: a member of the call centre or a volunteer for anybody, staff
    for their faculty's, a student for somebody of the own group.

    Raises `Refusal`: `link_first`, `no_such_student` (also for one whom the reader may not file for).
    """
    access.require(me.actor, Action.FILE_REPORT)
    found = uow.people.find(ext_id.strip(), PersonKind.STUDENT)
    if not found:
        raise Refusal("no_such_student")
    student = found[0]
    if me.kind is PersonKind.STUDENT:
        allowed = bool(me.group) and student.group_name == me.group
    else:
        allowed = not HELPERS.isdisjoint(me.roles) or not me.faculty or me.faculty == student.faculty
    if not allowed or student.id == me.person_id:
        raise Refusal("no_such_student")
    return student


def prepare(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, ext_id: str) -> tuple[str, Filing]:
    """What can be filed for a student: name, troubles, the exams they may mean. Refuses as `student_of`."""
    student = student_of(uow, me, ext_id)
    troubles = office.policy.force_majeure.troubles
    return student.full_name, Filing(troubles, tuple(exams.meant_now(uow, now, student.id)))


def file(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    me: Me,
    ext_id: str,
    trouble: str,
    exam_id: int | None,
    origin: int,
) -> CaseView:
    """File and route a report for a student, who is told as soon as possible and asked to confirm.

    Refuses as `student_of` and `cases.file`.
    """
    student = student_of(uow, me, ext_id)
    assert me.person_id is not None
    case = cases.open_report(
        uow, office, now, student.id, trouble, exam_id, origin, actor_id=me.person_id, party="student"
    )
    if case.origin == origin and "filed_by" not in case.data:
        casework.note(case, filed_by=me.person_id, unconfirmed=True)
        uow.cases.tell(case, me.person_id, now, part="filer")
        casework.log(uow, now, case, Did.FILED_FOR, actor_id=me.person_id, origin=origin)
        casework.owe(uow, now, case, "case_for_you", student.id, Rank.ESCALATION, use_by=resits.latest(now))
    return cases.view(uow, case, fresh=case.origin == origin, now=now)


def confirm(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int, origin: int) -> CaseView:
    """The student confirms what was filed for them. Refuses: `not_yours`, `case_gone`, `case_over`."""
    case = casework.locked(uow, case_id, Kind.REPORT)
    access.require_reporter(me.actor, case.reporter_id)
    if case.state not in OPEN:
        raise Refusal("case_over", number=case.number)
    if "unconfirmed" in case.data:
        casework.note(case, unconfirmed=None)
        casework.log(uow, now, case, Did.CONFIRMED, actor_id=me.person_id, origin=origin)
        casework.status(uow, now, case)
    return cases.view(uow, case, now=now)
