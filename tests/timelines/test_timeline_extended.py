"""Extended from the phone: everybody is told once; the old warnings stay away, the new ones come."""

from collections.abc import Sequence

import pytest

from bot.errors import Refusal
from bot.rules.people import Me
from bot.rules.vocabulary import Role
from bot.services import exam_desk
from tests.support.hall import Hall
from tests.support.people import exam
from tests.support.timelines import MOVED, STEP, at, nothing_until, to

People = tuple[Hall, Me, Me, int]


@pytest.fixture
def people(hall: Hall) -> People:
    """A student and an examiner of an exam from nine to eleven; its row id."""
    student, examiner = hall.student(), hall.member()
    hall.add_exams(exam("E1", at("09:00")))
    return hall, student, examiner, hall.sql(lambda uow: uow.exams.by_ext()["E1"].id)


def left(student: Me, *minutes: int) -> Sequence[tuple[Me, str]]:
    return [(student, f"{number} минут қалды") for number in minutes]


def revision(hall: Hall, exam_id: int) -> int:
    found: int = hall.sql(lambda uow: uow.exams.get(exam_id).revision)
    return found


def extend(hall: Hall, me: Me, exam_id: int, minutes: int) -> None:
    hall.do(exam_desk.extend, me, exam_id, revision(hall, exam_id), minutes, hall.origin())


def test_extended__before_the_warnings_they_come_later(people: People) -> None:
    hall, student, examiner, exam_id = people
    to(hall, "10:20", step_seconds=300)
    hall.sent()
    extend(hall, examiner, exam_id, 15)
    hall.tick()
    told = hall.expect((student, MOVED), (examiner, MOVED))
    assert all("09:00–11:15" in message.text and "09:00–11:00" in message.text for message in told)
    nothing_until(hall, "10:44:59")
    to(hall, "10:45")
    hall.expect(*left(student, 30))
    to(hall, "11:05")
    hall.expect(*left(student, 20, 10), (student, STEP))
    nothing_until(hall, "13:00", step_seconds=300)


def test_extended__after_a_warning_the_same_minutes_come_again(people: People) -> None:
    hall, student, examiner, exam_id = people
    to(hall, "10:31", step_seconds=60)
    hall.sent()
    extend(hall, examiner, exam_id, 10)
    hall.tick()
    hall.expect((student, MOVED), (examiner, MOVED))
    to(hall, "10:40")
    hall.expect(*left(student, 30))


def test_moved_then_extended__before_anybody_was_told_is_one_message_from_what_they_know(
    people: People,
) -> None:
    hall, student, examiner, exam_id = people
    hall.do(exam_desk.move, examiner, exam_id, 1, at("10:00"), hall.origin())
    extend(hall, examiner, exam_id, 30)
    hall.add_exams(exam("E1", at("12:00")))
    extend(hall, examiner, exam_id, 5)
    hall.tick()
    told = hall.expect((student, MOVED), (examiner, MOVED))
    assert all("12:00–14:05" in m.text and "09:00–11:00" in m.text for m in told)
    nothing_until(hall, "11:20", step_seconds=300)


def test_moved_there_and_back__before_anybody_was_told_is_no_news(people: People) -> None:
    hall, _, examiner, exam_id = people
    hall.do(exam_desk.move, examiner, exam_id, 1, at("10:00"), hall.origin())
    hall.do(exam_desk.move, examiner, exam_id, 2, at("09:00"), hall.origin())
    hall.tick()
    hall.expect()


def test_the_same_file_again__leaves_what_was_changed_here(people: People) -> None:
    hall, student, examiner, exam_id = people
    extend(hall, examiner, exam_id, 15)
    hall.tick()
    hall.sent()
    report = hall.add_exams(exam("E1", at("09:00")))
    assert (report.changed, report.unchanged) == (0, 1)
    hall.tick()
    hall.expect()
    to(hall, "10:45", step_seconds=300)
    told = hall.expect((student, STEP), *left(student, 30))
    assert "11:15" in told[-1].text


def test_old_button__never_acts_on_a_newer_state(people: People) -> None:
    hall, student, examiner, exam_id = people
    extend(hall, examiner, exam_id, 15)
    with pytest.raises(Refusal, match="exam_changed"):
        hall.do(exam_desk.extend, examiner, exam_id, 1, 15, hall.origin())
    with pytest.raises(Refusal, match="exam_changed"):
        hall.do(exam_desk.cancel, examiner, exam_id, 1, hall.origin())
    hall.tick()
    told = hall.expect((student, MOVED), (examiner, MOVED))
    assert all("11:15" in message.text for message in told)


def test_the_same_tap_twice__extends_once(people: People) -> None:
    hall, student, examiner, exam_id = people
    origin = hall.origin()
    for _ in range(2):
        hall.do(exam_desk.extend, examiner, exam_id, 1, 15, origin)
    hall.tick()
    told = hall.expect((student, MOVED), (examiner, MOVED))
    assert all("11:15" in message.text for message in told)


def test_who__examiner_and_deans_of_its_faculty_nobody_else(people: People) -> None:
    hall, student, _, exam_id = people
    dean = hall.member("D1", Role.DEPUTY_DEAN)
    stranger = hall.member("D2", Role.DEAN, faculty="Басқа факультет")
    other = hall.member("T2", Role.EXAMINER)
    for me, code in ((student, "staff_only"), (stranger, "not_your_exam"), (other, "not_your_exam")):
        with pytest.raises(Refusal, match=code):
            hall.do(exam_desk.extend, me, exam_id, 1, 15, hall.origin())
    extend(hall, dean, exam_id, 15)
    assert len(hall.sql(lambda uow: uow.exams.changes(exam_id))) == 1


def test_extended__minutes_that_no_button_offers_are_refused(people: People) -> None:
    hall, _, examiner, exam_id = people
    for minutes in (0, 7, 100000):
        with pytest.raises(Refusal, match="exam_changed"):
            hall.do(exam_desk.extend, examiner, exam_id, 1, minutes, hall.origin())


def test_over__is_changed_no_more(people: People) -> None:
    hall, _, examiner, exam_id = people
    to(hall, "11:00", step_seconds=600)
    with pytest.raises(Refusal, match="exam_over"):
        extend(hall, examiner, exam_id, 15)
    with pytest.raises(Refusal, match="exam_over"):
        hall.do(exam_desk.move, examiner, exam_id, 1, at("15:00"), hall.origin())


def test_extended_while_its_warnings_go_out__the_rest_says_the_new_end_or_stays_away(
    database_url: str,
) -> None:
    with Hall(database_url, rate=2) as hall:
        examiner = hall.member()
        students = [hall.student(f"S{n}") for n in range(5)]
        hall.add_exams(exam("E1", at("09:00")))
        exam_id = hall.sql(lambda uow: uow.exams.by_ext()["E1"].id)
        to(hall, "10:29", step_seconds=300)
        hall.sent()
        started = len(hall.wire.messages)

        def extends(user_id: int) -> None:
            if len(hall.wire.messages) - started == 2:
                hall.wire.before = None
                extend(hall, examiner, exam_id, 15)

        hall.wire.before = extends
        to(hall, "10:30")
        texts = [message.text for message in hall.sent()]
        assert len([text for text in texts if MOVED in text]) == len([*students, examiner])
        assert len([text for text in texts if "30 минут қалды" in text]) <= 3
        nothing_until(hall, "10:44:59", step_seconds=120)
