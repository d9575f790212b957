"""The examiner hears once who could not be reached, and why."""

from bot.rules.people import Me
from bot.wire import ApiRefused
from tests.support.hall import Hall
from tests.support.people import exam, student
from tests.support.timelines import at, jump, nothing_until, to

LEFT, MISSED = "минут қалды</b>", "Жетпегендер"


def until_the_last_minute_before(hall: Hall) -> None:
    hall.add_exams(exam("E1", at("09:00")))
    to(hall, "10:29", step_seconds=300)
    hall.sent()


def reports(hall: Hall, examiner: Me) -> list[str]:
    return [message.text for message in hall.sent() if message.user_id == examiner.user_id]


def test_missed__names_who_is_not_linked_and_who_blocked_the_bot(hall: Hall) -> None:
    examiner, there, gone = hall.member(), hall.student("S1"), hall.student("S2")
    hall.add_students(student("S3"))
    hall.wire.blocked.add(gone.user_id)
    until_the_last_minute_before(hall)
    to(hall, "10:30")
    hall.tick()
    got = hall.expect((there, LEFT), (examiner, MISSED))
    (report,) = (message.text for message in got if message.user_id == examiner.user_id)
    assert "1/3" in report
    assert "Студент S2: ботты бұғаттаған" in report
    assert "Студент S3: ботқа қосылмаған" in report
    assert "Студент S1" not in report


def test_missed__is_told_once_however_many_warnings_miss_the_same(hall: Hall) -> None:
    examiner = hall.member()
    hall.student("S1")
    hall.add_students(student("S2"))
    until_the_last_minute_before(hall)
    to(hall, "10:39", step_seconds=15)
    assert len(reports(hall, examiner)) == 1
    nothing_until(hall, "10:39:59")
    to(hall, "11:05", step_seconds=30)
    assert reports(hall, examiner) == []


def test_missed__is_told_again_when_somebody_new_is_missed(hall: Hall) -> None:
    examiner, second = hall.member(), hall.student("S2")
    hall.add_students(student("S1"))
    until_the_last_minute_before(hall)
    to(hall, "10:39", step_seconds=30)
    assert len(reports(hall, examiner)) == 1
    hall.wire.blocked.add(second.user_id)
    to(hall, "10:45", step_seconds=30)
    (report,) = reports(hall, examiner)
    assert "Студент S2" in report
    assert "Студент S1" not in report


def test_missed__says_nothing_when_everybody_was_reached(hall: Hall) -> None:
    examiner = hall.member()
    hall.student("S1")
    until_the_last_minute_before(hall)
    to(hall, "10:44", step_seconds=15)
    assert reports(hall, examiner) == []


def test_missed__waits_until_the_last_try_is_over(hall: Hall) -> None:
    examiner, there, stubborn = hall.member(), hall.student("S1"), hall.student("S2")
    hall.wire.failures[stubborn.user_id] = [ApiRefused(400, "Bad Request: odd")] * 9
    until_the_last_minute_before(hall)
    hall.wire.failures[stubborn.user_id] = [ApiRefused(429, "Too Many Requests", 40)]
    to(hall, "10:30")
    hall.expect((there, LEFT))
    hall.wire.blocked.add(stubborn.user_id)
    hall.forward(seconds=60, step_seconds=10)
    (report,) = hall.expect((examiner, MISSED))
    assert "1/2" in report.text


def test_missed__goes_to_every_examiner_in_their_own_language(hall: Hall) -> None:
    kazakh, russian = hall.member("T1"), hall.member("T2", language="ru")
    hall.add_students(student("S1"))
    hall.add_exams(exam("E1", at("09:00"), examiners=("T1", "T2")))
    to(hall, "10:29", step_seconds=300)
    hall.sent()
    to(hall, "10:30")
    hall.tick()
    hall.expect((kazakh, MISSED), (russian, "Доставлено: 0 из 1"))


def test_missed__a_long_list_is_cut_and_says_how_many_more(hall: Hall) -> None:
    examiner = hall.member()
    hall.add_students(*(student(f"S{n:02}") for n in range(45)))
    until_the_last_minute_before(hall)
    jump(hall, "10:30")
    hall.tick()
    (report,) = hall.expect((examiner, MISSED))
    assert report.text.count("• ") == 30
    assert "тағы 15" in report.text
    assert len(report.text) < 4096


def test_missed__of_a_moved_exam_counts_only_the_new_warning(hall: Hall) -> None:
    examiner, there = hall.member(), hall.student("S1")
    until_the_last_minute_before(hall)
    to(hall, "10:30")
    hall.expect((there, LEFT))
    hall.add_students(student("S2"))
    hall.add_exams(exam("E1", at("09:00"), duration_min=180))
    to(hall, "11:29", step_seconds=300)
    hall.sent()
    to(hall, "11:30")
    hall.tick()
    got = hall.expect((there, LEFT), (examiner, MISSED))
    assert any("1/2" in message.text for message in got)
