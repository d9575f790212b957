"""Staff hear in time of what the regulations bind them to, each the right people and nobody else."""

from collections.abc import Iterator

import pytest

from bot.rules.vocabulary import Attestation, ExamKind, Role
from tests.support.hall import Hall
from tests.support.people import exam
from tests.support.timelines import at, just_before, nothing_until, to


@pytest.fixture
def whole(database_url: str) -> Iterator[Hall]:
    with Hall(database_url, whole=True) as hall:
        yield hall


def sent_to(hall: Hall, user_id: int) -> list[str]:
    return [message.text for message in hall.sent() if message.user_id == user_id]


def test_oral__grades_are_asked_for_at_once_when_it_ends(whole: Hall) -> None:
    examiner = whole.member()
    whole.member("T2", Role.EXAMINER)
    whole.add_exams(exam("E1", at("09:00"), kind=ExamKind.ORAL, groups=()))
    to(whole, just_before("11:00"), step_seconds=300)
    whole.sent()
    to(whole, "11:00")
    (message,) = whole.expect((examiner, "Бағаларды ведомосқа енгізіңіз"))
    assert "AYU 5.2.2 conduct 11" in message.text
    nothing_until(whole, "2026-12-22 12:00", step_seconds=3600)


def test_written__grades_are_due_within_a_day_and_asked_for_twice(whole: Hall) -> None:
    examiner = whole.member()
    whole.add_exams(exam("E1", at("09:00"), groups=()))
    to(whole, just_before("11:00"), step_seconds=300)
    whole.sent()
    to(whole, "11:00")
    (message,) = whole.expect((examiner, "Мерзімі: <b>22 желтоқсан, 11:00</b>"))
    assert "AYU 5.2.3 conduct 13" in message.text
    nothing_until(whole, just_before("2026-12-22 09:00"), step_seconds=1800)
    to(whole, "2026-12-22 09:00")
    whole.expect((examiner, "11:00"))
    nothing_until(whole, "2026-12-23 12:00", step_seconds=3600)


def test_proctor__report_is_due_at_the_end_of_the_working_day(whole: Hall) -> None:
    whole.member()
    proctor = whole.member("P1", Role.PROCTOR)
    whole.add_exams(exam("E1", at("09:00"), groups=(), proctor="P1"))
    whole.add_exams(exam("E2", at("12:00"), groups=(), proctor="P1"))
    to(whole, just_before("17:00"), step_seconds=600)
    whole.sent()
    to(whole, "17:00")
    (message,) = whole.expect((proctor, "есебін"))
    assert "18:00" in message.text
    assert "AYU 5.1.5" in message.text


def test_final__identification_is_told_to_secretary_and_commission_of_the_department(whole: Hall) -> None:
    secretary = whole.member("S1", Role.SECRETARY)
    chair = whole.member("C1", Role.COMMISSION_CHAIR)
    whole.member("S2", Role.SECRETARY, department="Басқа кафедра")
    whole.member()
    changes = {"kind": ExamKind.THESIS_DEFENCE, "attestation": Attestation.FINAL, "groups": ()}
    whole.add_exams(exam("E1", at("10:00"), **changes))
    nothing_until(whole, just_before("09:00"), step_seconds=300)
    to(whole, "09:00")
    told = whole.expect((secretary, "жеке басын тексеру"), (chair, "жеке басын тексеру"))
    assert all("09:30" in message.text and "AYU 6.5.1" in message.text for message in told)


def test_project__plagiarism_result_is_asked_of_the_deputy_dean(whole: Hall) -> None:
    deputy = whole.member("D1", Role.DEPUTY_DEAN)
    whole.member("D2", Role.DEPUTY_DEAN, faculty="Басқа факультет")
    whole.member()
    whole.add_exams(exam("E1", at("2026-12-23 10:00"), kind=ExamKind.PROJECT, groups=()))
    nothing_until(whole, just_before("10:00"), step_seconds=600)
    to(whole, "10:00")
    (message,) = whole.expect((deputy, "Плагиатқа тексеру нәтижесін"))
    assert "22 желтоқсан, 10:00" in message.text


def test_mini_project__the_examiner_opens_the_task_four_hours_before(whole: Hall) -> None:
    student, examiner = whole.student(), whole.member()
    whole.add_exams(exam("E1", at("13:00"), kind=ExamKind.MINI_PROJECT))
    nothing_until(whole, just_before("09:00"), step_seconds=300)
    to(whole, "09:00")
    whole.expect((student, "Уақыты келді"), (examiner, "Тапсырманы студенттерге ашыңыз"))


def test_creative_in_ukgu__videos_two_days_before(database_url: str) -> None:
    with Hall(database_url, profile="ukgu", whole=True) as hall:
        examiner = hall.member()
        hall.add_exams(exam("E1", at("2026-12-24 10:00"), kind=ExamKind.CREATIVE, groups=()))
        nothing_until(hall, just_before("10:00"), step_seconds=600)
        to(hall, "10:00")
        (message,) = hall.expect((examiner, "Бейнежазбаларды комиссияға"))
        assert "22 желтоқсан, 10:00" in message.text
        assert "UKGU C4" in message.text


def test_duty__of_somebody_without_an_account_is_written_down(whole: Hall) -> None:
    from tests.support.people import member

    whole.add_staff(member("T1"))
    whole.add_exams(exam("E1", at("09:00"), kind=ExamKind.ORAL, groups=()))
    to(whole, "11:05", step_seconds=300)
    whole.expect()
    lines = whole.sql(lambda uow: [(n.kind, n.state, n.reason) for n, *_ in uow.notices.register()])
    assert ("duty_due", "unreachable", "not_linked") in lines


def test_hour_before__student_examiner_and_proctor_hear_the_start(whole: Hall) -> None:
    student, examiner = whole.student(), whole.member()
    proctor = whole.member("P1", Role.PROCTOR)
    whole.add_exams(exam("E1", at("10:00"), proctor="P1"))
    nothing_until(whole, just_before("09:00"), step_seconds=300)
    to(whole, "09:00")
    told = whole.expect((student, "Басталуы"), (examiner, "жақындады"), (proctor, "жақындады"))
    assert all("10:00" in message.text for message in told)
