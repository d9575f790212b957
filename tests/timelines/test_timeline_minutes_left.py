"""A written exam and an essay are told 30, 20 and 10 minutes before the end, to the minute, no more."""

import pytest

from bot.rules.vocabulary import ExamKind
from tests.support.hall import Hall
from tests.support.people import exam
from tests.support.timelines import STEP, at, just_before, nothing_until, to

STEPS = ("08:50", "10:45")


@pytest.mark.parametrize("kind", [ExamKind.WRITTEN, ExamKind.ESSAY])
def test_minutes_left__thirty_twenty_ten(hall: Hall, kind: ExamKind) -> None:
    student = hall.student()
    hall.member()
    hall.add_exams(exam("E1", at("09:00"), kind=kind))
    wanted = dict.fromkeys(STEPS, (student, STEP))
    for minutes, moment in ((30, "10:30"), (20, "10:40"), (10, "10:50")):
        wanted[moment] = (student, f"<b>{minutes} минут қалды</b>")
    for moment in sorted(wanted):
        nothing_until(hall, just_before(moment))
        to(hall, moment)
        assert [message.at for message in hall.expect(wanted[moment])] == [at(moment)]
    nothing_until(hall, "13:00", step_seconds=300)


def test_minutes_left__says_the_end_and_offers_steps_and_help(hall: Hall) -> None:
    student = hall.student(language="ru")
    hall.member()
    hall.add_exams(exam("E1", at("09:00")))
    to(hall, "10:29", step_seconds=300)
    hall.sent()
    to(hall, "10:30")
    (message,) = hall.expect((student, "Осталось 30 минут"))
    assert "Базы данных" in message.text
    assert "<b>11:00</b>" in message.text
    assert "10:50" in message.text
    assert "AYU 5.2.3 conduct 7" in message.text
    assert any("ayu.written.take" in data for data in message.data)
    assert any(data.startswith("sx:") for data in message.data)


def test_minutes_left__everybody_of_every_group_and_nobody_else(hall: Hall) -> None:
    first = hall.student("S1", group="АЖ-23-1")
    second = hall.student("S2", group="ИС-23-2", language="ru")
    hall.student("S3", group="ПП-24-М")
    hall.member()
    hall.add_exams(exam("E1", at("09:00"), groups=("АЖ-23-1", "ИС-23-2")))
    to(hall, "10:29", step_seconds=300)
    hall.sent()
    to(hall, "10:30")
    hall.expect((first, "30 минут қалды"), (second, "Осталось 30 минут"))


def test_minutes_left__a_short_exam_leaves_out_what_would_come_before_it(hall: Hall) -> None:
    student = hall.student()
    hall.member()
    hall.add_exams(exam("E1", at("09:00"), duration_min=25))
    to(hall, "09:04:59")
    hall.expect((student, STEP))
    to(hall, "09:05")
    hall.expect((student, "20 минут қалды"))
    to(hall, "09:15")
    hall.expect((student, STEP), (student, "10 минут қалды"))
