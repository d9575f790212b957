"""F11 and F12: a machine asleep over timers, a clock that jumps; F08's late wave says the true minutes.

Nothing twice, nothing untrue, nothing after the end.
"""

import pytest

from tests.support.hall import Hall
from tests.support.people import exam
from tests.support.timelines import at, jump, nothing_until, to


@pytest.fixture
def quiet(hall: Hall) -> Hall:
    """An exam until eleven, all before its first warning over."""
    hall.student()
    hall.member()
    hall.add_exams(exam("E1", at("09:00")))
    to(hall, "10:29", step_seconds=300)
    hall.sent()
    return hall


def told(hall: Hall) -> list[str]:
    texts = [message.text for message in hall.sent()]
    return [text.split("<b>")[1].split()[0] for text in texts if "қалды</b>" in text]


def test_asleep_over_three_timers__only_the_nearest_comes_with_its_true_minutes(quiet: Hall) -> None:
    jump(quiet, "10:54")
    assert told(quiet) == ["6"]
    nothing_until(quiet, "13:00", step_seconds=600)


def test_asleep_an_hour__past_the_end_nothing_comes(quiet: Hall) -> None:
    jump(quiet, "11:29")
    quiet.expect()


def test_asleep_two_hours__over_the_start_no_reminder_of_it_comes(hall: Hall) -> None:
    hall.student()
    hall.member()
    hall.add_exams(exam("E1", at("09:00")))
    hall.tick()
    hall.sent()
    jump(hall, "10:10")
    hall.expect()
    to(hall, "10:30")
    assert told(hall) == ["30"]


def test_clock_an_hour_ahead_and_back__nothing_twice_and_the_rest_on_time(quiet: Hall) -> None:
    to(quiet, "10:30")
    assert told(quiet) == ["30"]
    jump(quiet, "11:30")
    quiet.expect()
    jump(quiet, "10:32")
    to(quiet, "11:30")
    assert told(quiet) == []
    states = quiet.sql(lambda uow: {(r.state, r.reason) for r in uow.reminders.of_exam(1).values()})
    assert all(state != "pending" for state, _ in states)


def test_clock_an_hour_back__the_warning_that_went_out_is_not_sent_again(quiet: Hall) -> None:
    to(quiet, "10:30")
    assert told(quiet) == ["30"]
    jump(quiet, "09:31")
    to(quiet, "10:39")
    assert told(quiet) == []
    to(quiet, "10:50")
    assert told(quiet) == ["20", "10"]
