"""Called off: told once, nothing more comes; the file brings it back only with another time."""

import pytest

from bot.errors import Refusal
from bot.rules.people import Me
from bot.services import exam_desk, exams
from tests.support.hall import Hall
from tests.support.people import exam
from tests.support.timelines import MOVED, at, nothing_until, to

GONE = "Емтихан өтпейді"
People = tuple[Hall, Me, Me, int]


@pytest.fixture
def people(hall: Hall) -> People:
    """A student and an examiner of an exam from nine to eleven; its row id."""
    student, examiner = hall.student(), hall.member()
    hall.add_exams(exam("E1", at("09:00")))
    return hall, student, examiner, hall.sql(lambda uow: uow.exams.by_ext()["E1"].id)


def cancel(people: People, revision: int = 1) -> None:
    hall, _, examiner, exam_id = people
    hall.do(exam_desk.cancel, examiner, exam_id, revision, hall.origin())


def test_cancelled__is_told_once_and_nothing_more_comes(people: People) -> None:
    hall, student, examiner, _ = people
    cancel(people)
    hall.tick()
    told = hall.expect((student, GONE), (examiner, GONE))
    assert all("09:00–11:00" in message.text for message in told)
    nothing_until(hall, "13:00", step_seconds=300)
    assert hall.do(exams.mine, student) == []


def test_moved_then_cancelled__before_anybody_was_told_is_one_message(people: People) -> None:
    hall, student, examiner, exam_id = people
    hall.do(exam_desk.move, examiner, exam_id, 1, at("12:00"), hall.origin())
    cancel(people, 2)
    hall.tick()
    told = hall.expect((student, GONE), (examiner, GONE))
    assert all("09:00–11:00" in message.text for message in told)


def test_cancelled__while_a_warning_waits_it_stays_away(people: People) -> None:
    from bot.wire import ApiUnreachable

    hall, student, examiner, _ = people
    to(hall, "10:29", step_seconds=300)
    hall.sent()
    hall.wire.failures[student.user_id] = [ApiUnreachable("sendMessage: TimeoutError")]
    to(hall, "10:30")
    cancel(people)
    hall.forward(minutes=5, step_seconds=20)
    hall.expect((student, GONE), (examiner, GONE))


def test_cancelled__is_there_for_no_other_change(people: People) -> None:
    hall, _, examiner, exam_id = people
    cancel(people)
    with pytest.raises(Refusal, match="exam_gone"):
        hall.do(exam_desk.extend, examiner, exam_id, 2, 15, hall.origin())


def test_cancelled__the_same_file_does_not_bring_it_back_another_time_does(people: People) -> None:
    hall, student, examiner, _ = people
    cancel(people)
    hall.tick()
    hall.sent()
    assert hall.add_exams(exam("E1", at("09:00"))).unchanged == 1
    hall.tick()
    hall.expect()
    hall.add_exams(exam("E1", at("15:00")))
    hall.tick()
    hall.expect((student, MOVED), (examiner, MOVED))
    to(hall, "16:30", step_seconds=300)
    assert any("30 минут қалды" in message.text for message in hall.sent())
