"""A step that is bound to the clock is offered by itself, with its local time."""

from bot.rules.vocabulary import ExamKind
from tests.support.hall import Hall
from tests.support.people import exam
from tests.support.timelines import STEP, at, jump, just_before, nothing_until, to

READINESS = "Емтихан жақын"


def test_project__upload_is_offered_a_day_and_four_hours_before_the_four_days(hall: Hall) -> None:
    student = hall.student()
    hall.member()
    hall.add_exams(exam("E1", at("2026-12-27 10:00"), kind=ExamKind.PROJECT, duration_min=60))
    nothing_until(hall, just_before("2026-12-22 10:00"), step_seconds=1800)
    to(hall, "2026-12-22 10:00")
    (first,) = hall.expect((student, STEP))
    assert "23 желтоқсан, 10:00" in first.text
    nothing_until(hall, just_before("2026-12-23 06:00"), step_seconds=1800)
    to(hall, "2026-12-23 06:00")
    (second,) = hall.expect((student, STEP))
    assert "10:00" in second.text
    nothing_until(hall, "2026-12-25 12:00", step_seconds=3600)


def test_mini_project__the_task_opens_four_hours_before_and_the_upload_presses(hall: Hall) -> None:
    student = hall.student()
    hall.member()
    hall.add_exams(exam("E1", at("13:00"), kind=ExamKind.MINI_PROJECT, duration_min=60))
    nothing_until(hall, just_before("09:00"), step_seconds=600)
    to(hall, "09:00")
    hall.expect((student, STEP))
    for moment in ("12:00", "12:30", "12:50"):
        to(hall, just_before(moment), step_seconds=600)
        hall.sent()
        to(hall, moment)
        (message,) = hall.expect((student, STEP))
        assert "13:00" in message.text


def test_written__upload_is_offered_five_minutes_before_its_deadline_in_the_readers_language(
    hall: Hall,
) -> None:
    kazakh, russian = hall.student("S1"), hall.student("S2", language="ru")
    hall.member()
    hall.add_exams(exam("E1", at("09:00")))
    to(hall, just_before("10:45"), step_seconds=300)
    hall.sent()
    to(hall, "10:45")
    shown = hall.expect((kazakh, STEP), (russian, "10:50"))
    assert all("<b>10:50</b>" in message.text for message in shown)


def test_offer__that_is_late_is_still_made_until_its_deadline_and_then_no_more(hall: Hall) -> None:
    student = hall.student()
    hall.member()
    hall.add_exams(exam("E1", at("09:00")))
    to(hall, "10:41", step_seconds=300)
    hall.sent()
    jump(hall, "10:49")
    hall.expect((student, STEP))


def test_offer__after_its_deadline_is_dropped(hall: Hall) -> None:
    student = hall.student()
    hall.member()
    hall.add_exams(exam("E1", at("09:00")))
    to(hall, "10:41", step_seconds=300)
    hall.sent()
    jump(hall, "10:51")
    hall.expect((student, "9 минут қалды"))


def test_offer__moves_with_its_exam(hall: Hall) -> None:
    student, examiner = hall.student(), hall.member()
    hall.add_exams(exam("E1", at("13:00"), kind=ExamKind.MINI_PROJECT, duration_min=60))
    hall.add_exams(exam("E1", at("14:00"), kind=ExamKind.MINI_PROJECT, duration_min=60))
    hall.tick()
    hall.expect((student, "13:00"), (examiner, "14:00"))
    nothing_until(hall, just_before("10:00"), step_seconds=600)
    to(hall, "10:00")
    hall.expect((student, STEP))


def test_readiness__is_asked_once_the_evening_before(hall: Hall) -> None:
    student = hall.student()
    hall.member()
    hall.add_exams(exam("E1", at("2026-12-22 15:00")))
    nothing_until(hall, just_before("18:00"), step_seconds=1800)
    to(hall, "18:00")
    hall.expect((student, READINESS))
    nothing_until(hall, "2026-12-22 12:00", step_seconds=1800)
