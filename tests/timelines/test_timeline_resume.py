"""A broken test goes on within three hours of the day, its score and spent time kept (UKGU T8, T9)."""

from collections.abc import Callable

import pytest

from bot.rules.decisions import Ruling, Verdict
from bot.rules.people import Me
from bot.rules.vocabulary import ExamKind, Role
from bot.services import cases, decisions, holding, outages
from tests.support.hall import Hall
from tests.support.people import exam, member
from tests.support.timelines import at, to

OPEN_UNTIL, TEST_LEFT, OVER = (
    "Тестті жалғастыру мерзімі: ",
    "Тесттің өз уақытынан қалғаны: ",
    "ал байланыстың қосылғаны",
)


@pytest.fixture
def broken(database_url: str) -> Callable[[str], tuple[Hall, Me, int]]:
    """UKGU's test of forty minutes from a time on; its student's connection breaks fifteen minutes later."""
    opened = []

    def begin(start: str, profile: str = "ukgu", kind: ExamKind = ExamKind.TEST) -> tuple[Hall, Me, int]:
        hall = Hall(database_url, profile=profile)
        opened.append(hall)
        me = hall.student()
        hall.add_staff(member("T1"))
        hall.add_exams(exam("E1", at(start), kind=kind, duration_min=40))
        hall.clock.move(seconds=(at(start) - hall.clock()).total_seconds() + 15 * 60)
        number = hall.sql(lambda uow: uow.exams.by_ext()["E1"].id)
        case = hall.do(cases.file, me, "internet", number, hall.origin()).id
        hall.tick()
        hall.sent()
        return hall, me, case

    yield begin
    for hall in opened:
        hall.__exit__(None, None, None)


def of_resume(hall: Hall) -> list[str]:
    return [m.text for m in hall.sent() if OPEN_UNTIL in m.text or OVER in m.text]


def test_countdown__told_half_an_hour_before_and_at_its_end(broken) -> None:
    hall, me, case = broken("09:00")
    shown = hall.do(cases.show, me, case)
    assert shown.outage.resume_by == at("12:15")
    assert shown.left == 25, "fifteen of forty minutes are spent"
    to(hall, "11:44", step_seconds=600)
    hall.sent()
    to(hall, "11:45")
    [warning] = [text for text in of_resume(hall) if OPEN_UNTIL in text]
    assert "12:15" in warning
    assert "30 минут" in warning
    assert TEST_LEFT + "25 минут" in warning
    assert "UKGU T8" in warning
    to(hall, "12:14", step_seconds=300)
    hall.sent()
    to(hall, "12:15")
    [over] = [text for text in of_resume(hall) if OVER in text]
    assert "12:15" in over
    to(hall, "14:00", step_seconds=600)
    assert not [text for text in of_resume(hall) if OVER in text], "said once"


def test_back_in_time__spent_time_stays_spent_and_nothing_ends(broken) -> None:
    hall, me, case = broken("09:00")
    hall.clock.move(minutes=60)
    hall.do(outages.back, me, case, hall.origin())
    assert hall.do(cases.show, me, case).left == 25, "the hour without connection costs nothing of the test"
    hall.clock.move(minutes=10)
    assert hall.do(cases.show, me, case).left == 15
    to(hall, "12:20", step_seconds=600)
    assert not [text for text in of_resume(hall) if OVER in text]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("passed_on", ["handed_over", "referred"])
def test_passed_on__the_students_countdown_runs_on_whoever_has_the_report(database_url, passed_on) -> None:
    with Hall(database_url, profile="ukgu") as hall:
        me, examiner = hall.student(), hall.member("T1")
        for ext_id, role in (("T2", Role.METHODIST), ("T3", Role.REGISTRAR), ("T4", Role.DEAN)):
            hall.member(ext_id, role)
        hall.add_exams(exam("E1", at("09:00"), kind=ExamKind.TEST, duration_min=40))
        hall.clock.now = at("09:15")
        number = hall.sql(lambda uow: uow.exams.by_ext()["E1"].id)
        case = hall.do(cases.file, me, "internet", number, hall.origin()).id
        hall.tick()
        hall.do(holding.take, examiner, case, hall.origin())
        if passed_on == "handed_over":
            _, seats = hall.do(holding.seats, examiner, case)
            hall.do(holding.hand_over, examiner, case, hall.origin(), seats[0].step)
        else:
            hall.do(decisions.decide, examiner, case, hall.origin(), Ruling(Verdict.REFER))
        assert hall.do(cases.show, me, case).state == "waiting"
        hall.clock.now = at("11:45")
        hall.tick()
        assert [text for text in of_resume(hall) if OPEN_UNTIL in text]
        hall.clock.now = at("12:15")
        hall.tick()
        assert [text for text in of_resume(hall) if OVER in text]


def test_late_in_the_evening__the_right_ends_with_the_day(broken) -> None:
    hall, me, case = broken("22:00")
    assert hall.do(cases.show, me, case).outage.resume_by == at("2026-12-22 00:00")


def test_happened_earlier__the_countdown_runs_from_then(broken) -> None:
    hall, me, case = broken("09:00")
    hall.do(outages.happened, me, case, hall.origin(), at("09:05"))
    shown = hall.do(cases.show, me, case)
    assert (shown.claimed_at, shown.filed_at) == (at("09:05"), at("09:15"))
    assert shown.outage.resume_by == at("12:05")
    assert shown.left == 35
    to(hall, "11:34", step_seconds=600)
    hall.sent()
    to(hall, "11:35")
    assert [text for text in of_resume(hall) if "12:05" in text]


@pytest.mark.parametrize(("profile", "kind"), [("ayu", ExamKind.TEST), ("ukgu", ExamKind.ORAL)])
def test_elsewhere__there_is_no_such_right(broken, profile: str, kind: ExamKind) -> None:
    hall, me, case = broken("09:00", profile, kind)
    assert hall.do(cases.show, me, case).outage.resume_by is None
    to(hall, "13:00", step_seconds=600)
    assert not of_resume(hall)
