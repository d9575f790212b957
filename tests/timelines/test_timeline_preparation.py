"""A student at an oral exam starts their own clock: it says when little is left, and when it is over."""

import pytest

from bot.errors import Refusal
from bot.rules.people import Me
from bot.rules.vocabulary import ExamKind
from bot.services import preparation
from tests.support.hall import Hall
from tests.support.people import exam
from tests.support.timelines import at, nothing_until, to

Oral = tuple[Hall, Me, Me, int]


@pytest.fixture
def oral(hall: Hall) -> Oral:
    """Two students of an oral exam from nine to eleven."""
    one, other = hall.student("S1"), hall.student("S2", language="ru")
    hall.member()
    hall.add_exams(exam("E1", at("09:00"), kind=ExamKind.ORAL))
    to(hall, "09:10", step_seconds=600)
    hall.sent()
    return hall, one, other, hall.sql(lambda uow: uow.exams.by_ext()["E1"].id)


def begin(hall: Hall, me: Me, exam_id: int) -> str:
    until = hall.do(preparation.begin, me, exam_id, hall.origin())
    return f"{until.astimezone(hall.office.zone):%H:%M}"


def test_begun__is_told_before_the_end_and_at_it(oral: Oral) -> None:
    hall, one, _, exam_id = oral
    assert begin(hall, one, exam_id) == "09:30"
    nothing_until(hall, "09:24:30", step_seconds=60)
    to(hall, "09:25")
    hall.expect((one, "Дайындыққа 5 минут қалды"))
    to(hall, "09:30")
    (over,) = hall.expect((one, "Дайындық уақыты бітті"))
    assert "09:30" in over.text
    nothing_until(hall, "10:50", step_seconds=300)


def test_begun_again__only_the_new_clock_speaks(oral: Oral) -> None:
    hall, _, other, exam_id = oral
    begin(hall, other, exam_id)
    to(hall, "09:20", step_seconds=60)
    assert begin(hall, other, exam_id) == "09:40"
    nothing_until(hall, "09:34:30", step_seconds=60)
    to(hall, "09:35")
    hall.expect((other, "На подготовку осталось 5 минут"))
    to(hall, "09:40")
    hall.expect((other, "Время на подготовку вышло"))


def test_begun__after_an_outage_says_the_minutes_that_are_left(oral: Oral) -> None:
    hall, one, _, exam_id = oral
    begin(hall, one, exam_id)
    hall.clock.now = at("09:28")
    hall.tick()
    hall.expect((one, "Дайындыққа 2 минут қалды"))


def test_begun__near_the_end_ends_with_the_exam(oral: Oral) -> None:
    hall, one, _, exam_id = oral
    to(hall, "10:50", step_seconds=600)
    hall.sent()
    assert begin(hall, one, exam_id) == "11:00"


def test_cancelled__the_clock_is_silent(oral: Oral) -> None:
    hall, one, _, exam_id = oral
    begin(hall, one, exam_id)

    def cancel(uow):  # type: ignore[no-untyped-def]
        uow.exams.get(exam_id).cancelled_at = hall.clock()

    hall.sql(cancel)
    nothing_until(hall, "09:40", step_seconds=60)


@pytest.mark.parametrize("moment", ["08:59", "11:00"])
def test_begun__only_while_the_exam_runs(oral: Oral, moment: str) -> None:
    hall, one, _, exam_id = oral
    hall.clock.now = at(moment)
    with pytest.raises(Refusal) as refused:
        begin(hall, one, exam_id)
    assert refused.value.code == "prepare_only_now"
