"""Three exams on one day: one message the evening before, and a day that can still be read."""

from collections import Counter
from collections.abc import Iterator

import pytest

from bot.rules.vocabulary import ExamKind
from tests.support.hall import Hall
from tests.support.people import exam
from tests.support.timelines import at, just_before, nothing_until, to

DAY = "2026-12-22"
PER_EXAM = 7
"""The hour before, ten minutes before, three warnings, the upload, and a third of nothing."""


@pytest.fixture
def whole(database_url: str) -> Iterator[Hall]:
    with Hall(database_url, whole=True) as hall:
        yield hall


def test_evening_before__one_message_for_all_exams_of_the_day(whole: Hall) -> None:
    student = whole.student()
    whole.member()
    for number, hour in enumerate(("09:00", "12:00", "15:00")):
        whole.add_exams(exam(f"E{number}", at(f"{DAY} {hour}"), subject_kk=f"Пән {number}"))
    nothing_until(whole, just_before("18:00"), step_seconds=1800)
    to(whole, "18:00")
    (message,) = whole.expect((student, "Алдағы емтихан: 3"))
    lines = message.text.split("\n")
    assert [line for line in lines if "Пән" in line] == [
        "<b>22 желтоқсан, 09:00</b> · Пән 0",
        "<b>22 желтоқсан, 12:00</b> · Пән 1",
        "<b>22 желтоқсан, 15:00</b> · Пән 2",
    ]
    assert message.buttons == ["Пән 0", "Пән 1", "Пән 2"]
    nothing_until(whole, just_before(f"{DAY} 08:00"), step_seconds=1800)


def test_day__never_two_messages_in_one_minute_and_not_many(whole: Hall) -> None:
    student = whole.student()
    whole.member()
    for number, hour in enumerate(("09:00", "12:00", "15:00")):
        whole.add_exams(exam(f"E{number}", at(f"{DAY} {hour}")))
    to(whole, "2026-12-23 08:00", step_seconds=60)
    mine = [message for message in whole.sent() if message.user_id == student.user_id]
    reminders = [message.at for message in mine if "қалды</b>" not in message.text]
    assert max(Counter(reminders).values()) == 1
    assert len(mine) <= 3 * PER_EXAM


def test_same_minute__of_one_exam_is_one_message_with_both(whole: Hall) -> None:
    student = whole.student()
    whole.member()
    whole.add_exams(exam("E1", at("13:00"), kind=ExamKind.MINI_PROJECT, duration_min=60))
    for moment in ("12:00", "12:50"):
        to(whole, just_before(moment), step_seconds=300)
        whole.sent()
        to(whole, moment)
        mine = [m for m in whole.sent() if m.user_id == student.user_id]
        assert len(mine) == 1
        assert "жүктеңіз" in mine[0].text
        assert mine[0].text.count("13:00") + mine[0].text.count("12:50") >= 2


def test_bundle__that_has_to_be_sent_again_is_whole_the_second_time(whole: Hall) -> None:
    from bot.wire import ApiUnreachable

    student = whole.student()
    whole.member()
    for number, hour in enumerate(("09:00", "12:00")):
        whole.add_exams(exam(f"E{number}", at(f"{DAY} {hour}"), subject_kk=f"Пән {number}"))
    whole.wire.failures[student.user_id] = [ApiUnreachable("sendMessage: TimeoutError")]
    to(whole, "18:00", step_seconds=1800)
    whole.expect()
    whole.forward(minutes=2, step_seconds=20)
    whole.expect((student, "Алдағы емтихан: 2"))
    states = whole.sql(lambda uow: [n.state for n, *_ in uow.notices.register() if n.kind == "readiness"])
    assert states == ["sent", "sent"]


def test_bundle__whoever_has_blocked_the_bot_is_written_down_for_each(whole: Hall) -> None:
    student = whole.student()
    whole.member()
    for number, hour in enumerate(("09:00", "12:00")):
        whole.add_exams(exam(f"E{number}", at(f"{DAY} {hour}")))
    whole.wire.blocked.add(student.user_id)
    to(whole, "18:00", step_seconds=1800)
    states = whole.sql(lambda uow: [n.state for n, *_ in uow.notices.register() if n.kind == "readiness"])
    assert states == ["unreachable", "unreachable"]
