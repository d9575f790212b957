"""What could not be sent is tried again, later and later, and never past its use; a flood loses nothing."""

import itertools

import pytest

from bot.rules.people import Me
from bot.services import cases
from bot.wire import ApiDown, ApiRefused, ApiUnreachable
from tests.support.hall import Hall
from tests.support.people import exam
from tests.support.timelines import STEP, at, nothing_until, to

LEFT = "минут қалды</b>"


@pytest.fixture
def student(hall: Hall) -> Me:
    """A student, twenty-nine minutes before the end still without a warning."""
    me = hall.student()
    hall.member()
    hall.add_exams(exam("E1", at("09:00")))
    to(hall, "10:29", step_seconds=300)
    hall.sent()
    return me


def tries(hall: Hall) -> list[float]:
    """Seconds after half past ten at which the wire was asked, from now on."""
    asked: list[float] = []
    hall.wire.before = lambda user: asked.append((hall.clock() - at("10:30")).total_seconds())
    return asked


def test_retry__pauses_double(hall: Hall, student: Me) -> None:
    hall.wire.failures[student.user_id] = [ApiUnreachable("sendMessage: TimeoutError")] * 5
    asked = tries(hall)
    to(hall, "10:32", step_seconds=1)
    hall.expect((student, LEFT))
    pauses = [b - a for a, b in itertools.pairwise(asked)]
    assert asked[0] == 0
    assert pauses == [2, 4, 8, 16, 32]


def test_retry__is_given_up_after_as_many_as_the_policy_says_and_the_examiner_hears(
    hall: Hall, student: Me
) -> None:
    most = hall.office.policy.delivery.attempts_max
    hall.wire.failures[student.user_id] = [ApiUnreachable("sendMessage: TimeoutError")] * most
    to(hall, "10:35", step_seconds=5)
    (report,) = hall.sent()
    assert "жеткізілмеді" in report.text
    to(hall, "10:40")
    hall.expect((student, "20 " + LEFT))


def test_flood__waits_as_long_as_it_was_told_and_uses_up_no_try(hall: Hall, student: Me) -> None:
    floods = [ApiRefused(429, "Too Many Requests: retry after 7", 7)] * 9
    hall.wire.failures[student.user_id] = list(floods)
    asked = tries(hall)
    to(hall, "10:32", step_seconds=1)
    hall.expect((student, LEFT))
    assert asked == [7 * number for number in range(10)]


def test_flood__of_two_chats_pauses_everybody_for_as_long(hall: Hall, student: Me) -> None:
    others = [hall.student(f"S{n}") for n in range(2, 5)]
    for me in (student, others[0]):
        hall.wire.failures[me.user_id] = [ApiRefused(429, "Too Many Requests: retry after 30", 30)]
    asked = tries(hall)
    to(hall, "10:32", step_seconds=1)
    hall.expect(*((me, LEFT) for me in (student, *others)))
    assert [moment for moment in asked if 0 < moment < 30] == []


def test_flood__past_the_use_of_a_warning_leaves_the_next_one(hall: Hall, student: Me) -> None:
    hall.wire.failures[student.user_id] = [ApiRefused(429, "Too Many Requests", 700)]
    to(hall, "10:41", step_seconds=20)
    hall.expect()
    to(hall, "10:42", step_seconds=5)
    (message,) = hall.expect((student, LEFT))
    assert message.at == at("10:41:40")
    assert "18 минут" in message.text or "19 минут" in message.text


@pytest.mark.parametrize("failure", [ApiDown("sendMessage: refused"), ApiRefused(502, "Bad Gateway")])
def test_down__for_nine_minutes_the_warning_arrives_late_and_true(
    hall: Hall, student: Me, failure: ApiDown
) -> None:
    hall.wire.down = failure
    to(hall, "10:37", step_seconds=5)
    hall.wire.down = None
    hall.expect()
    to(hall, "10:38:30", step_seconds=5)
    (message,) = hall.expect((student, LEFT))
    left = (at("11:00") - message.at).total_seconds() / 60
    assert f"<b>{round(left)} минут" in message.text
    nothing_until(hall, "10:39:59")


def test_down__over_two_warnings_only_the_newer_one_arrives(hall: Hall, student: Me) -> None:
    hall.wire.down = ApiDown("sendMessage: refused")
    to(hall, "10:44", step_seconds=5)
    hall.wire.down = None
    to(hall, "10:46", step_seconds=5)
    hall.expect((student, LEFT), (student, STEP))


def test_down__for_an_hour_a_report_still_reaches_its_examiner(hall: Hall) -> None:
    examiner, me = hall.member(), hall.student()
    hall.add_exams(exam("E1", at("09:00")))
    hall.wire.down = ApiDown("sendMessage: refused")
    exam_id = hall.sql(lambda uow: uow.exams.by_ext()["E1"].id)
    hall.do(cases.file, me, "internet", exam_id, hall.origin())
    to(hall, "08:40", step_seconds=30)
    hall.wire.down = None
    hall.expect()
    to(hall, "08:42", step_seconds=10)
    assert [m.user_id for m in hall.sent() if "Форс-мажор" in m.text] == [examiner.user_id]
