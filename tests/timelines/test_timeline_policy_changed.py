"""The rules of time change between two starts: timers ahead follow, what went out stays."""

from pathlib import Path

from bot.services import timers
from tests.support.hall import Hall
from tests.support.people import exam
from tests.support.timelines import at, to

TESTS_TOO = "warnings: {minutes_left: {written: [30, 20, 10], test: [10, 5]}}\n"


def told(hall: Hall) -> list[str]:
    texts = [message.text for message in hall.sent()]
    return [text.split("<b>")[1].split()[0] for text in texts if "қалды</b>" in text]


def test_minutes_left_for_tests__where_the_university_switches_them_on(
    database_url: str, tmp_path: Path
) -> None:
    from bot.rules.vocabulary import ExamKind

    file = tmp_path / "policy.yaml"
    file.write_text(TESTS_TOO, "utf-8")
    with Hall(database_url, policy_file=file) as hall:
        hall.student()
        hall.member()
        hall.add_exams(exam("E1", at("09:00"), kind=ExamKind.TEST, duration_min=40))
        to(hall, "10:00", step_seconds=60)
        assert told(hall) == ["10", "5"]


def test_changed_rules__are_laid_at_the_next_start_once(database_url: str, tmp_path: Path) -> None:
    with Hall(database_url) as hall:
        hall.student()
        hall.member()
        hall.add_exams(exam("E1", at("09:00")))
        assert hall.do(timers.follow_policy) == 1
        assert hall.do(timers.follow_policy) == 0
        to(hall, "10:31", step_seconds=60)
        assert told(hall) == ["30"]
    file = tmp_path / "policy.yaml"
    file.write_text("warnings: {minutes_left: {written: [30, 15, 5]}}\n", "utf-8")
    with Hall(database_url, policy_file=file) as hall:
        hall.clock.now = at("10:31")
        assert hall.do(timers.follow_policy) == 1
        assert hall.do(timers.follow_policy) == 0
        to(hall, "12:00", step_seconds=60)
        assert told(hall) == ["15", "5"]
