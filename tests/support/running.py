"""An exam that runs, its student and examiner, and those who hear of a report about it."""

from bot.rules.vocabulary import Role
from bot.services import cases
from tests.support.clock import local
from tests.support.hall import Hall
from tests.support.people import exam

NINE = local("2026-12-21 09:00")


def running(hall: Hall, **staff: str) -> Hall:
    """An exam since nine, until eleven, its student (`reader`) and examiner; the clock stands at half past.

    `staff`: who else is there, a role and its holder's id: `dean="T4"`, then `hall.dean`. A proctor is the
    exam's.
    """
    hall.reader = hall.student("S1")
    hall.examiner = hall.member("T1")
    for role, ext_id in staff.items():
        everywhere = {"faculty": ""} if role == Role.ADMIN else {}
        setattr(hall, role, hall.member(ext_id, Role(role), department="", **everywhere))
    hall.add_exams(exam("E1", NINE, proctor=staff.get("proctor")))
    hall.exam_id = hall.sql(lambda uow: uow.exams.by_ext()["E1"].id)
    hall.clock.now = local("2026-12-21 09:30")
    return hall


def reported(hall: Hall) -> Hall:
    """The student has filed a report (`case`)."""
    hall.case = hall.do(cases.file, hall.reader, "internet", hall.exam_id, hall.origin()).id
    return hall
