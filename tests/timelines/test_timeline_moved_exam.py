"""A re-import moves an exam: no superseded warning goes out, people are told once, the new ones come."""

from collections.abc import Sequence

import pytest

from bot.rules.people import Me
from bot.services import timetable
from bot.wire import ApiUnreachable
from tests.support.hall import Hall
from tests.support.people import exam
from tests.support.timelines import MOVED, STEP, at, jump, nothing_until, to

People = tuple[Hall, Me, Me]


@pytest.fixture
def people(hall: Hall) -> People:
    """A student and an examiner of an exam from nine to eleven."""
    student, examiner = hall.student(), hall.member()
    hall.add_exams(exam("E1", at("09:00")))
    return hall, student, examiner


def left(student: Me, *minutes: int) -> Sequence[tuple[Me, str]]:
    return [(student, f"{number} минут қалды") for number in minutes]


def test_moved_later__warnings_follow_and_everybody_is_told_once(people: People) -> None:
    hall, student, examiner = people
    to(hall, "10:20", step_seconds=300)
    hall.sent()
    hall.add_exams(exam("E1", at("09:00"), duration_min=180))
    hall.tick()
    told = hall.expect((student, MOVED), (examiner, MOVED))
    assert all("09:00–12:00" in m.text and "09:00–11:00" in m.text for m in told)
    nothing_until(hall, "11:29:59", step_seconds=120)
    to(hall, "11:30")
    hall.expect(*left(student, 30))
    to(hall, "11:50")
    hall.expect(*left(student, 20, 10), (student, STEP))
    nothing_until(hall, "13:00", step_seconds=300)


def test_moved_earlier__the_past_warnings_stay_away_and_a_late_one_is_true(people: People) -> None:
    hall, student, examiner = people
    to(hall, "10:04", step_seconds=300)
    hall.sent()
    hall.add_exams(exam("E1", at("09:00"), duration_min=90))
    hall.tick()
    hall.expect((student, MOVED), (examiner, MOVED), *left(student, 26))
    to(hall, "10:10")
    hall.expect(*left(student, 20))
    to(hall, "10:20")
    hall.expect(*left(student, 10), (student, STEP))
    nothing_until(hall, "12:00", step_seconds=300)


def test_moved_to_another_day__nothing_comes_today(people: People) -> None:
    hall, student, examiner = people
    hall.add_exams(exam("E1", at("2026-12-22 15:00")))
    hall.tick()
    told = hall.expect((student, MOVED), (examiner, MOVED))
    assert all("22 желтоқсан" in message.text for message in told)
    nothing_until(hall, "12:00", step_seconds=600)
    to(hall, "2026-12-22 16:29", step_seconds=600)
    hall.sent()
    to(hall, "2026-12-22 16:30")
    hall.expect(*left(student, 30))


def test_moved_after_a_warning__the_same_minutes_are_told_again_for_the_new_end(people: People) -> None:
    hall, student, examiner = people
    to(hall, "10:30", step_seconds=300)
    hall.sent()
    hall.add_exams(exam("E1", at("09:00"), duration_min=140))
    hall.tick()
    hall.expect((student, MOVED), (examiner, MOVED))
    nothing_until(hall, "10:49:59")
    to(hall, "10:50")
    hall.expect(*left(student, 30))


def test_moved_twice_before_it_is_told__only_the_last_is_told(people: People) -> None:
    hall, student, examiner = people
    hall.add_exams(exam("E1", at("09:30")))
    hall.add_exams(exam("E1", at("10:00")))
    hall.tick()
    told = hall.expect((student, MOVED), (examiner, MOVED))
    assert all("10:00–12:00" in message.text for message in told)


def test_imported_again_unchanged__nobody_hears(people: People) -> None:
    hall, *_ = people
    report = hall.add_exams(exam("E1", at("09:00")))
    assert (report.changed, report.unchanged) == (0, 1)
    hall.tick()
    hall.expect()


def test_changed_but_not_moved__nobody_hears_and_the_warnings_stay(people: People) -> None:
    hall, student, _ = people
    hall.add_exams(exam("E1", at("09:00"), subject_kk="Деректер базасы"))
    hall.tick()
    hall.expect()
    to(hall, "10:29", step_seconds=300)
    hall.sent()
    to(hall, "10:30")
    (message,) = hall.expect(*left(student, 30))
    assert "Деректер базасы" in message.text


def test_moved_when_it_is_over__nobody_hears(people: People) -> None:
    hall, *_ = people
    to(hall, "12:00", step_seconds=600)
    hall.sent()
    hall.add_exams(exam("E1", at("08:30")))
    hall.tick()
    hall.expect()


def test_moved_while_a_warning_waits_for_its_retry__the_old_one_is_dropped(people: People) -> None:
    hall, student, examiner = people
    to(hall, "10:29", step_seconds=300)
    hall.sent()
    hall.wire.failures[student.user_id] = [ApiUnreachable("sendMessage: TimeoutError")]
    to(hall, "10:30")
    hall.expect()
    hall.add_exams(exam("E1", at("09:00"), duration_min=180))
    hall.forward(minutes=5, step_seconds=20)
    hall.expect((student, MOVED), (examiner, MOVED))
    reasons = hall.sql(lambda uow: {(n.state, n.reason) for n, *_ in uow.notices.register()})
    assert ("skipped", "moved") in reasons
    nothing_until(hall, "11:29:59", step_seconds=120)


def test_moved_while_its_warnings_are_going_out__the_rest_of_them_stays_away(database_url: str) -> None:
    with Hall(database_url, rate=2) as hall:
        examiner = hall.member()
        students = [hall.student(f"S{n}") for n in range(5)]
        hall.add_exams(exam("E1", at("09:00")))
        to(hall, "10:29", step_seconds=300)
        hall.sent()
        started = len(hall.wire.messages)

        def moves(user_id: int) -> None:
            if len(hall.wire.messages) - started == 2:
                hall.wire.before = None
                hall.add_exams(exam("E1", at("09:00"), duration_min=180))

        hall.wire.before = moves
        to(hall, "10:30")
        texts = [message.text for message in hall.sent()]
        assert len([text for text in texts if "30 минут қалды" in text]) == 3
        assert len([text for text in texts if MOVED in text]) == len([*students, examiner])
        nothing_until(hall, "11:29:59", step_seconds=120)


def test_laid_anew__for_a_demonstration_moves_the_warnings_and_tells_nobody(hall: Hall) -> None:
    me = hall.student("S1")
    hall.member("T1")
    hall.add_exams(exam("E1", at("09:00")))
    hall.sent()
    hall.do(timetable.laid_anew, [exam("E1", at("09:30"))])
    jump(hall, "08:01")
    hall.expect()
    jump(hall, "11:00")
    got = [message.text for message in hall.sent() if message.user_id == me.user_id]
    assert any("30 минут қалды" in text for text in got)
    assert not any(MOVED in text for text in got)


def test_laid_anew__what_was_heard_is_not_said_again_for_a_minute_that_is_over(database_url: str) -> None:
    with Hall(database_url, whole=True) as hall:
        me = hall.student("S1")
        hall.member("T1")
        hall.add_exams(exam("E1", at("08:40")))
        hall.tick()
        soon = [m for m in hall.sent() if m.user_id == me.user_id and "08:40" in m.text]
        assert len(soon) == 1, "the exam is near"
        hall.clock.now = at("08:01")
        hall.do(timetable.laid_anew, [exam("E1", at("08:41"))])
        hall.tick()
        hall.expect()
        jump(hall, "10:11")
        assert any("30 минут қалды" in m.text for m in hall.sent() if m.user_id == me.user_id)


def test_moved__while_its_warning_is_on_its_way_is_told_after_it_and_warned_anew(people: People) -> None:
    hall, student, examiner = people
    to(hall, "10:29", step_seconds=300)
    hall.sent()

    def moves(user: int) -> None:
        hall.wire.before = None
        hall.add_exams(exam("E1", at("09:30")))

    hall.wire.before = moves
    jump(hall, "10:30")
    hall.tick()
    hall.expect(*left(student, 30), (student, MOVED), (examiner, MOVED))
    nothing_until(hall, "10:59", step_seconds=300)
    to(hall, "11:00")
    hall.expect(*left(student, 30))
