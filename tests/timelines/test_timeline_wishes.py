"""Mere reminders can be switched off and wait for the morning; warnings always come, at night too."""

from collections.abc import Iterator

import pytest

from bot.errors import Refusal
from bot.rules.vocabulary import ExamKind
from bot.services import wishes
from tests.support.hall import Hall
from tests.support.people import exam
from tests.support.timelines import at, just_before, nothing_until, to

STARTS = "Басталуы"


@pytest.fixture
def whole(database_url: str) -> Iterator[Hall]:
    with Hall(database_url, whole=True) as hall:
        yield hall


def test_night__a_mere_reminder_waits_for_the_morning(whole: Hall) -> None:
    student = whole.student()
    whole.member()
    whole.add_exams(exam("E1", at("2026-12-22 07:30")))
    to(whole, "2026-12-22 06:29", step_seconds=1800)
    whole.sent()
    nothing_until(whole, just_before("2026-12-22 07:00"), step_seconds=300)
    to(whole, "2026-12-22 07:00")
    assert [m.user_id for m in whole.sent() if STARTS in m.text] == [student.user_id]


def test_night__what_would_be_too_late_by_morning_comes_all_the_same(whole: Hall) -> None:
    student, _ = whole.student(), whole.member()
    whole.add_exams(exam("E1", at("2026-12-22 06:30")))
    to(whole, just_before("2026-12-22 05:30"), step_seconds=1800)
    whole.sent()
    to(whole, "2026-12-22 05:30")
    assert [m.user_id for m in whole.sent() if STARTS in m.text] == [student.user_id]


def test_night__warnings_and_a_task_that_opens_do_not_wait(whole: Hall) -> None:
    student = whole.student()
    whole.member()
    whole.add_exams(exam("E1", at("2026-12-22 08:00"), kind=ExamKind.MINI_PROJECT))
    whole.add_exams(exam("E2", at("2026-12-23 04:00")))
    to(whole, just_before("2026-12-22 04:00"), step_seconds=1800)
    whole.sent()
    to(whole, "2026-12-22 04:00")
    assert any("тапсырма" in m.text.lower() for m in whole.sent() if m.user_id == student.user_id)
    to(whole, "2026-12-23 05:30", step_seconds=1800)
    assert any("30 минут қалды" in m.text for m in whole.sent() if m.user_id == student.user_id)


def test_own_hours__are_kept_even_when_the_reminder_is_lost(whole: Hall) -> None:
    student = whole.student()
    whole.member()
    whole.do(wishes.keep_quiet, student, 20 * 60, 9 * 60)
    whole.add_exams(exam("E1", at("2026-12-22 08:30")))
    to(whole, "2026-12-22 08:29", step_seconds=600)
    assert not [m for m in whole.sent() if m.user_id == student.user_id and STARTS in m.text]
    reasons = whole.sql(lambda uow: {(n.state, n.reason) for n, *_ in uow.notices.register()})
    assert ("skipped", "quiet") in reasons


def test_no_quiet_hours__reminders_come_at_night(whole: Hall) -> None:
    student = whole.student()
    whole.member()
    whole.do(wishes.keep_quiet, student, 0, 0)
    whole.add_exams(exam("E1", at("2026-12-22 07:30")))
    to(whole, just_before("2026-12-22 06:30"), step_seconds=1800)
    whole.sent()
    to(whole, "2026-12-22 06:30")
    assert [m.user_id for m in whole.sent() if STARTS in m.text] == [student.user_id]


def test_switched_off__reminders_stay_away_warnings_and_deadlines_come(whole: Hall) -> None:
    student, examiner = whole.student(), whole.member()
    whole.do(wishes.switch, student, "reminders", False)
    whole.add_exams(exam("E1", at("10:00")))
    to(whole, just_before("11:30"), step_seconds=300)
    assert {message.user_id for message in whole.sent()} == {examiner.user_id}
    to(whole, "11:30")
    to(whole, "11:46")
    mine = [m.text for m in whole.sent() if m.user_id == student.user_id]
    assert any("30 минут қалды" in text for text in mine)
    assert any("Уақыты келді" in text for text in mine)


def test_switched_off__deadlines_too_leave_the_warnings(whole: Hall) -> None:
    student = whole.student()
    whole.member()
    for switch in ("reminders", "deadlines"):
        whole.do(wishes.switch, student, switch, False)
    whole.add_exams(exam("E1", at("10:00")))
    to(whole, "12:30", step_seconds=60)
    mine = [m.text for m in whole.sent() if m.user_id == student.user_id]
    assert [("қалды</b>" in text) for text in mine] == [True, True, True]


def test_switched_off__after_it_was_written_down_it_stays_away(whole: Hall) -> None:
    student = whole.student()
    whole.member()
    whole.add_exams(exam("E1", at("2026-12-22 07:30")))
    to(whole, "2026-12-22 06:50", step_seconds=1800)
    whole.do(wishes.switch, student, "reminders", False)
    whole.sent()
    to(whole, "2026-12-22 07:29", step_seconds=60)
    assert not [m for m in whole.sent() if m.user_id == student.user_id]


def test_unknown__is_refused(whole: Hall) -> None:
    student = whole.student()
    with pytest.raises(Refusal, match="unknown_setting"):
        whole.do(wishes.switch, student, "warnings", False)
    with pytest.raises(Refusal, match="unknown_setting"):
        whole.do(wishes.keep_quiet, student, 5000, 0)
