"""The rules of time change between two starts: timers ahead follow, what went out stays."""

from pathlib import Path

import pytest
from sqlalchemy import select

from bot.services import timers
from bot.storage.tables import Exam
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


def test_changed_rules__are_laid_a_part_at_a_time_and_go_on_where_a_kill_broke_them_off(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stand(hall: Hall) -> list[float]:
        return hall.sql(
            lambda uow: [
                row.minutes
                for exam in uow.session.scalars(select(Exam).order_by(Exam.id))
                for row in uow.reminders.of_exam(exam.id).values()
                if row.rule == "left" and row.state == "pending"
            ]
        )

    with Hall(database_url) as hall:
        hall.student()
        hall.member()
        hall.add_exams(*(exam(f"E{n}", at("09:00")) for n in range(3)))
        hall.do(timers.follow_policy)
        before = stand(hall)
    monkeypatch.setattr(timers, "LAID_TOGETHER", 2)
    file = tmp_path / "policy.yaml"
    file.write_text("warnings: {minutes_left: {written: [15]}}\n", "utf-8")
    with Hall(database_url, policy_file=file) as hall:
        assert hall.do(timers.follow_policy) == 2
        assert sorted(stand(hall)) == [10, 15, 15, 20, 30]
    with Hall(database_url, policy_file=file) as hall:
        assert hall.do(timers.follow_policy) == 1
        assert stand(hall) == [15, 15, 15]
        assert hall.do(timers.follow_policy) == 0
    file.write_text("warnings: {minutes_left: {written: [5]}}\n", "utf-8")
    with Hall(database_url, policy_file=file) as hall:
        assert hall.do(timers.follow_policy) == 2
    with Hall(database_url) as hall:
        assert [hall.do(timers.follow_policy) for _ in range(3)] == [2, 1, 0]
        assert sorted(stand(hall)) == sorted(before)
