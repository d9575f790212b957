"""The bot was down over a warning: a late one says the true minutes or yields; none after the end."""

import pytest

from bot.wire import ApiDown
from tests.support.hall import Hall
from tests.support.people import exam
from tests.support.timelines import at, jump, nothing_until, to


@pytest.fixture
def quiet(hall: Hall) -> Hall:
    """An exam until eleven, everything before its first warning over."""
    hall.student()
    hall.member()
    hall.add_exams(exam("E1", at("09:00")))
    to(hall, "10:29", step_seconds=300)
    hall.sent()
    return hall


def warned(hall: Hall) -> list[str]:
    """The minutes that were told, in their order; the offer of the upload step is another matter."""
    texts = [message.text for message in hall.sent()]
    return [text.split("<b>")[1].split()[0] for text in texts if "қалды</b>" in text]


@pytest.mark.parametrize(
    ("back_at", "told"),
    [
        ("10:30:01", ["30"]),
        ("10:33:20", ["27"]),
        ("10:39:20", ["21"]),
        ("10:40:00", ["20"]),
        ("10:44:00", ["16"]),
        ("10:51:00", ["9"]),
        ("10:59:50", ["1"]),
    ],
)
def test_late__says_the_true_minutes_once(quiet: Hall, back_at: str, told: list[str]) -> None:
    jump(quiet, back_at)
    assert warned(quiet) == told
    quiet.tick()
    assert warned(quiet) == []


def test_late__the_rest_comes_on_time(quiet: Hall) -> None:
    jump(quiet, "10:36:00")
    assert warned(quiet) == ["24"]
    to(quiet, "10:39:59")
    assert warned(quiet) == []
    to(quiet, "10:40")
    to(quiet, "10:50")
    assert warned(quiet) == ["20", "10"]


@pytest.mark.parametrize("back_at", ["11:00:00", "11:00:01", "12:30:00", "2026-12-23 09:00"])
def test_after_the_end__nothing_is_sent(quiet: Hall, back_at: str) -> None:
    jump(quiet, back_at)
    quiet.expect()
    nothing_until(quiet, "2026-12-23 10:00", step_seconds=3600)


def test_after_the_end__what_was_owed_before_is_dropped_with_the_reason(quiet: Hall) -> None:
    quiet.wire.down = ApiDown("sendMessage: refused")
    jump(quiet, "10:50")
    quiet.wire.down = None
    jump(quiet, "11:00")
    quiet.expect()
    reasons = quiet.sql(lambda uow: {(n.state, n.reason) for n, *_ in uow.notices.register()})
    assert ("skipped", "ended") in reasons


def test_down_before_the_import__a_running_exam_is_warned_from_now_on(hall: Hall) -> None:
    student = hall.student()
    hall.member()
    hall.clock.now = at("10:43")
    hall.add_exams(exam("E1", at("09:00")))
    hall.tick()
    hall.expect((student, "17 минут қалды"))
    to(hall, "10:49:59")
    hall.sent()
    to(hall, "10:50")
    hall.expect((student, "10 минут қалды"))
