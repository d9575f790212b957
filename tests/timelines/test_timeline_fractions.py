"""An operator's policy file may count in fractions of a minute."""

from collections.abc import Callable

from bot.rules.vocabulary import ExamKind, Role
from bot.services import cases
from tests.support.hall import Hall
from tests.support.people import exam, student
from tests.support.timelines import at, just_before, nothing_until, to

FRACTIONS = """\
warnings:
  minutes_left:
    written: [2, 1.5, 0.5]
force_majeure:
  acknowledge_minutes: 0.05
"""
HallWith = Callable[[str], Hall]


def test_fractions__of_minutes_left_are_met_to_the_second(hall_with: HallWith) -> None:
    hall = hall_with(FRACTIONS)
    me = hall.student()
    hall.member()
    hall.add_exams(exam("E1", at("09:00")))
    to(hall, just_before("10:58"), step_seconds=600)
    hall.sent()
    for moment in ("10:58:00", "10:58:30", "10:59:30"):
        nothing_until(hall, just_before(moment), step_seconds=10)
        to(hall, moment, step_seconds=1)
        hall.expect((me, "минут қалды"))
    nothing_until(hall, "11:10", step_seconds=30)


def test_fractions__leave_the_kinds_that_are_not_named_as_they_were(hall_with: HallWith) -> None:
    hall = hall_with(FRACTIONS)
    student = hall.student()
    hall.member()
    hall.add_exams(exam("E1", at("09:00"), kind=ExamKind.ESSAY))
    to(hall, just_before("10:30"), step_seconds=600)
    hall.sent()
    to(hall, "10:30")
    hall.expect((student, "30 минут қалды"))


def test_fractions__of_a_step_of_the_chain_are_seconds(hall_with: HallWith) -> None:
    hall = hall_with(FRACTIONS)
    student, examiner = hall.student(), hall.member("T1")
    methodist = hall.member("T2", Role.METHODIST, department="")
    hall.add_exams(exam("E1", at("09:00")))
    exam_id = hall.sql(lambda uow: uow.exams.by_ext()["E1"].id)
    hall.do(cases.file, student, "internet", exam_id, hall.origin())
    hall.tick()
    hall.expect((examiner, "Форс-мажор"))
    nothing_until(hall, "08:00:02", step_seconds=1)
    to(hall, "08:00:03", step_seconds=1)
    hall.expect((methodist, "Форс-мажор"), (student, "жауап болмады"))
    nothing_until(hall, "08:10", step_seconds=15)


def test_switched_on__a_university_may_warn_in_its_tests_too(hall_with: HallWith) -> None:
    hall = hall_with("warnings:\n  minutes_left:\n    test: [5]\n")
    student = hall.student()
    hall.member()
    hall.add_exams(exam("E1", at("09:00"), kind=ExamKind.TEST, duration_min=40))
    to(hall, just_before("09:35"), step_seconds=300)
    hall.sent()
    to(hall, "09:35")
    hall.expect((student, "5 минут қалды"))


def test_fractions__are_told_to_the_examiner_as_they_are(hall_with: HallWith) -> None:
    hall = hall_with(FRACTIONS)
    examiner = hall.member()
    hall.add_students(student("S1"))
    hall.add_exams(exam("E1", at("09:00")))
    hall.clock.now = at("10:59:30")
    hall.tick()
    hall.tick()
    (report,) = hall.expect((examiner, "Жетпегендер"))
    assert "«0,5 минут қалды»" in report.text
