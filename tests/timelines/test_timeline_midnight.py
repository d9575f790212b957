"""Midnight, month's and year's end: minutes stay true and days are named where they differ."""

from bot.services import cases
from tests.support.hall import Hall
from tests.support.people import exam
from tests.support.timelines import STEP, at, just_before, nothing_until, to


def test_midnight__an_exam_over_it_is_warned_on_both_sides(hall: Hall) -> None:
    student = hall.student()
    hall.member()
    hall.clock.now = at("2026-12-21 21:00")
    hall.add_exams(exam("E1", at("2026-12-21 22:15")))
    hall.tick()
    hall.sent()
    to(hall, just_before("2026-12-21 23:45"), step_seconds=300)
    hall.sent()
    to(hall, "2026-12-21 23:45")
    (before,) = hall.expect((student, "30 минут қалды"))
    assert "<b>00:15</b>" in before.text
    nothing_until(hall, just_before("2026-12-21 23:55"))
    to(hall, "2026-12-21 23:55")
    hall.expect((student, "20 минут қалды"))
    to(hall, "2026-12-22 00:05")
    hall.expect((student, "10 минут қалды"), (student, STEP))
    nothing_until(hall, "2026-12-22 02:00", step_seconds=600)


def test_year_end__the_last_warning_of_the_year_and_the_first_of_the_next(hall: Hall) -> None:
    student = hall.student(language="ru")
    hall.member()
    hall.clock.now = at("2026-12-31 21:30")
    hall.add_exams(exam("E1", at("2026-12-31 22:15")))
    hall.tick()
    hall.sent()
    to(hall, just_before("2026-12-31 23:45"), step_seconds=300)
    hall.sent()
    to(hall, "2026-12-31 23:45")
    hall.expect((student, "Осталось 30 минут"))
    to(hall, "2026-12-31 23:55")
    hall.expect((student, "Осталось 20 минут"))
    to(hall, "2027-01-01 00:05")
    hall.expect((student, "Осталось 10 минут"), (student, "00:05"))


def test_year_end__a_moved_exam_names_its_day(hall: Hall) -> None:
    student, examiner = hall.student(language="ru"), hall.member()
    hall.clock.now = at("2026-12-31 15:00")
    hall.add_exams(exam("E1", at("2026-12-31 16:00")))
    hall.tick()
    hall.sent()
    hall.add_exams(exam("E1", at("2027-01-04 09:00")))
    hall.tick()
    told = hall.expect((student, "4 января, 09:00"), (examiner, "4 қаңтар, 09:00"))
    assert all("16:00" in message.text for message in told)


def test_year_end__numbers_of_reports_begin_anew_by_the_local_year(hall: Hall) -> None:
    hall.member()
    first, second, third = (hall.student(f"S{n}") for n in range(3))
    hall.clock.now = at("2026-12-31 23:59:59")
    numbers = [hall.do(cases.file, first, "internet", None, hall.origin()).number]
    hall.clock.now = at("2027-01-01 00:00:01")
    numbers += [hall.do(cases.file, me, "internet", None, hall.origin()).number for me in (second, third)]
    assert numbers == ["FM-26-00001", "FM-27-00001", "FM-27-00002"]


def test_leap_day__is_a_day_like_any_other(hall: Hall) -> None:
    student = hall.student()
    hall.member()
    hall.clock.now = at("2028-02-29 22:00")
    hall.add_exams(exam("E1", at("2028-02-29 22:20"), duration_min=120))
    to(hall, just_before("2028-02-29 23:50"), step_seconds=300)
    hall.sent()
    to(hall, "2028-02-29 23:50")
    hall.expect((student, "30 минут қалды"))
    to(hall, "2028-03-01 00:00")
    hall.expect((student, "20 минут қалды"))
