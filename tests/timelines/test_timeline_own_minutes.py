"""More time for one student: their warnings move, the others' do not; both say their own end."""

import pytest

from bot.errors import Refusal
from bot.rules.people import Me
from bot.services import changes, exam_desk, exams
from tests.support.hall import Hall
from tests.support.people import exam
from tests.support.timelines import MOVED, STEP, at, nothing_until, to

People = tuple[Hall, Me, Me, Me, int]


@pytest.fixture
def people(hall: Hall) -> People:
    """Two students and an examiner of an exam from nine to eleven; its row id."""
    slow, quick, examiner = hall.student("S1"), hall.student("S2"), hall.member()
    hall.add_exams(exam("E1", at("09:00")))
    return hall, slow, quick, examiner, hall.sql(lambda uow: uow.exams.by_ext()["E1"].id)


def give(hall: Hall, me: Me, exam_id: int, student: Me, minutes: int, had: int = 0) -> None:
    hall.do(exam_desk.give, me, exam_id, 1, student.person_id, minutes, had, hall.origin())


def test_given__before_the_warnings_each_gets_their_own(people: People) -> None:
    hall, slow, quick, examiner, exam_id = people
    to(hall, "10:20", step_seconds=300)
    hall.sent()
    give(hall, examiner, exam_id, slow, 15)
    hall.tick()
    (told,) = hall.expect((slow, MOVED))
    assert "09:00–11:15" in told.text
    assert "15 минут" in told.text
    to(hall, "10:30")
    (message,) = hall.expect((quick, "30 минут қалды"))
    assert "11:00" in message.text
    to(hall, "10:45")
    hall.expect((slow, "30 минут қалды"), (quick, "20 минут қалды"), (quick, STEP))
    to(hall, "10:50")
    hall.expect((quick, "10 минут қалды"))
    to(hall, "10:55")
    hall.expect((slow, "20 минут қалды"))
    to(hall, "11:00")
    hall.expect((slow, STEP))
    to(hall, "11:05")
    (last,) = hall.expect((slow, "10 минут қалды"))
    assert "11:15" in last.text
    nothing_until(hall, "13:00", step_seconds=300)


def test_given__after_a_warning_the_others_hear_nothing_of_it(people: People) -> None:
    hall, slow, quick, examiner, exam_id = people
    to(hall, "10:30", step_seconds=300)
    hall.sent()
    give(hall, examiner, exam_id, slow, 30)
    hall.tick()
    hall.expect((slow, MOVED))
    to(hall, "10:40")
    hall.expect((quick, "20 минут қалды"))
    to(hall, "10:50")
    hall.expect((quick, "10 минут қалды"), (quick, STEP))
    to(hall, "11:00")
    hall.expect((slow, "30 минут қалды"))


def test_given_twice__adds_up_and_is_told_in_one_message(people: People) -> None:
    hall, slow, _, examiner, exam_id = people
    give(hall, examiner, exam_id, slow, 5)
    give(hall, examiner, exam_id, slow, 10, had=5)
    hall.tick()
    (told,) = hall.expect((slow, MOVED))
    assert "09:00–11:15" in told.text
    assert "09:00–11:00" in told.text
    with pytest.raises(Refusal, match="exam_changed"):
        give(hall, examiner, exam_id, slow, 10, had=5)


def test_given__the_same_tap_twice_counts_once(people: People) -> None:
    hall, slow, _, examiner, exam_id = people
    origin = hall.origin()
    for _ in range(2):
        hall.do(changes.give_minutes, exam_id, slow.person_id, 15, examiner.person_id, origin=origin)
    assert hall.sql(lambda uow: uow.exams.extras_by_person(exam_id)) == {slow.person_id: 15}


def test_given__while_the_warning_waits_for_its_retry_the_old_one_is_dropped(people: People) -> None:
    from bot.wire import ApiUnreachable

    hall, slow, _, examiner, exam_id = people
    to(hall, "10:29", step_seconds=300)
    hall.sent()
    hall.wire.failures[slow.user_id] = [ApiUnreachable("sendMessage: TimeoutError")]
    to(hall, "10:30")
    hall.sent()
    give(hall, examiner, exam_id, slow, 30)
    hall.forward(minutes=5, step_seconds=20)
    hall.expect((slow, MOVED))


def test_given__after_the_end_the_exam_goes_on_for_this_one(people: People) -> None:
    hall, slow, quick, examiner, exam_id = people
    to(hall, "11:05", step_seconds=300)
    hall.sent()
    hall.do(changes.give_minutes, exam_id, slow.person_id, 60, examiner.person_id, origin=hall.origin())
    hall.tick()
    hall.expect((slow, MOVED))
    to(hall, "11:30")
    hall.expect((slow, "30 минут қалды"))
    mine = hall.do(exams.mine, slow)
    assert [(entry.phase, entry.exam.span.end) for entry in mine] == [("running", at("12:00"))]
    assert [entry.phase for entry in hall.do(exams.mine, quick)] == ["over"]


def test_extended_for_all__keeps_the_minutes_of_one(people: People) -> None:
    hall, slow, quick, examiner, exam_id = people
    give(hall, examiner, exam_id, slow, 15)
    hall.do(exam_desk.extend, examiner, exam_id, 1, 30, hall.origin())
    hall.tick()
    told = hall.expect((slow, MOVED), (quick, MOVED), (examiner, MOVED))
    assert [("11:45" in m.text) for m in told if m.user_id == slow.user_id] == [True]
    assert [("09:00–11:30" in m.text) for m in told if m.user_id == quick.user_id] == [True]


def test_given__to_somebody_who_does_not_sit_it_is_refused(people: People) -> None:
    hall, _, _, examiner, exam_id = people
    stranger = hall.student("S9", group="Басқа топ")
    with pytest.raises(Refusal, match="not_in_exam"):
        give(hall, examiner, exam_id, stranger, 15)


def test_given__before_the_exam_what_hangs_on_its_start_stays_where_it_was(people: People) -> None:
    hall, slow, quick, examiner, exam_id = people
    to(hall, "08:30", step_seconds=600)
    hall.sent()
    give(hall, examiner, exam_id, slow, 30)
    hall.tick()
    hall.expect((slow, MOVED))
    to(hall, "08:50")
    first, second = sorted(hall.sent(), key=lambda message: message.user_id)
    assert {first.user_id, second.user_id} == {slow.user_id, quick.user_id}
    assert first.text == second.text
    nothing_until(hall, "10:29", step_seconds=300)
