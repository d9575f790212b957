"""How fast reports are taken and decided, by faculty, in the median and at worst."""

from bot.rules.account import Span
from bot.rules.decisions import Ruling, Verdict
from bot.rules.vocabulary import Role
from bot.services import account, cases, decisions, holding
from tests.support.clock import local
from tests.support.people import FACULTY, exam, student
from tests.support.refusals import refused
from tests.support.scenes import scene

NINE = local("2026-12-21 09:00")


@scene
def university(hall):
    """Two faculties; the first has three reports, taken after 1, 3 and 8 minutes, two decided."""
    hall.examiner = hall.member("T1")
    hall.dean = hall.member("T4", Role.DEAN, department="")
    hall.admin = hall.member("T7", Role.ADMIN, faculty="", department="")
    hall.add_students(*(student(f"S{n}") for n in range(4)), student("P1", faculty="Б", group="Б-1"))
    hall.add_exams(exam("E1", NINE))
    number = hall.sql(lambda uow: uow.exams.by_ext()["E1"].id)
    hall.clock.now = local("2026-12-21 09:30")
    for n, minutes in enumerate((1, 3, 8)):
        hall.clock.now = local("2026-12-21 09:30")
        case = hall.do(cases.file, hall.join(f"S{n}"), "device", number, hall.origin()).id
        hall.clock.move(minutes=minutes)
        hall.do(holding.take, hall.examiner, case, hall.origin())
        if n < 2:
            hall.clock.move(minutes=10)
            hall.do(decisions.decide, hall.examiner, case, hall.origin(), Ruling(Verdict.READMITTED))
    withdrawn = hall.do(cases.file, hall.join("S3"), "device", number, hall.origin()).id
    hall.do(decisions.withdraw, hall.do(_me, hall, "S3"), withdrawn, hall.origin())
    hall.do(cases.file, hall.join("P1"), "device", None, hall.origin())
    return hall


def _me(uow, office, now, hall, ext_id):
    from bot.services import people

    found = uow.people.find(ext_id)[0]
    return people.known(uow, office, uow.people.account_of(found.id))


def test_dean__sees_the_own_faculty_in_the_median_and_at_worst(university):
    [pace] = university.do(account.overview, university.dean)
    assert (pace.faculty, pace.reports, pace.open) == (FACULTY, 4, 1)
    assert pace.to_take == Span(3, 3.0, 8.0)
    assert pace.to_decide == Span(2, 12.0, 13.0)


def test_administrator__sees_every_faculty_and_all_together(university):
    found = university.do(account.overview, university.admin)
    assert [(pace.faculty, pace.reports) for pace in found] == [(FACULTY, 4), ("Б", 1), ("", 5)]
    assert found[1].to_take == Span(0, None, None)
    assert found == university.do(account.register)


def test_others__do_not(university):
    with refused("deans_only"):
        university.do(account.overview, university.examiner)
    with refused("staff_only"):
        university.do(account.overview, university.do(_me, university, "S0"))
