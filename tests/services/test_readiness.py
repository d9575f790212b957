"""The readiness check: answers are kept, what is missing is named, the examiner sees who is ready."""

import pytest

from bot.errors import Refusal
from bot.rules.vocabulary import ExamKind, Role
from bot.services import readiness
from tests.support.clock import local
from tests.support.hall import Hall
from tests.support.people import exam, student


def laid(hall: Hall, kind: ExamKind = ExamKind.WRITTEN) -> int:
    hall.add_exams(exam("E1", local("2026-12-23 09:00"), kind=kind))
    found: int = hall.sql(lambda uow: uow.exams.by_ext()["E1"].id)
    return found


def test_answers__kept_until_changed(hall: Hall) -> None:
    hall.member("T1")
    me = hall.student("S1")
    exam_id = laid(hall)
    assert hall.do(readiness.open_check, me, exam_id).next_item == 0
    check = hall.do(readiness.answer, me, exam_id, 0, ok=False)
    assert check.missing == ("camera",)
    assert check.next_item == 1
    check = hall.do(readiness.answer, me, exam_id, 0, ok=True)
    assert check.missing == ()
    assert not check.ready


def test_second_device__asked_only_where_the_policy_needs_one(hall: Hall) -> None:
    hall.member("T1")
    me = hall.student("S1")
    exam_id = laid(hall, ExamKind.WRITTEN)
    items = [item for item, _ in hall.do(readiness.open_check, me, exam_id).answers]
    assert "second_device" in items
    hall.add_exams(exam("E2", local("2026-12-24 09:00"), kind=ExamKind.PROJECT))
    other = hall.sql(lambda uow: uow.exams.by_ext()["E2"].id)
    items = [item for item, _ in hall.do(readiness.open_check, me, other).answers]
    assert "second_device" not in items


def test_item__that_is_not_asked_is_refused(hall: Hall) -> None:
    hall.member("T1")
    me = hall.student("S1")
    exam_id = laid(hall)
    for index in (-1, 99):
        with pytest.raises(Refusal, match="walk_gone"):
            hall.do(readiness.answer, me, exam_id, index, ok=True)


def test_check__of_somebody_elses_exam_is_refused(hall: Hall) -> None:
    hall.member("T1")
    me = hall.student("S9", group="ИС-23-2")
    hall.add_students(student("S1"))
    exam_id = laid(hall)
    with pytest.raises(Refusal, match="not_your_exam"):
        hall.do(readiness.open_check, me, exam_id)


def test_group__examiner_sees_ready_missing_and_silent(hall: Hall) -> None:
    examiner = hall.member("T1")
    ready, lacking = hall.student("S1"), hall.student("S2")
    hall.add_students(student("S3"))
    exam_id = laid(hall)
    for index in range(len(hall.do(readiness.open_check, ready, exam_id).answers)):
        hall.do(readiness.answer, ready, exam_id, index, ok=True)
    hall.do(readiness.answer, lacking, exam_id, 1, ok=False)
    found = hall.do(readiness.of_group, examiner, exam_id)
    assert (found.ready, found.total) == (1, 3)
    assert found.missing == (("Студент S2", ("microphone",)),)
    assert found.silent == ("Студент S3",)


def test_group__is_for_those_who_hold_the_exam(hall: Hall) -> None:
    hall.member("T1")
    stranger = hall.member("T2", Role.EXAMINER)
    me = hall.student("S1")
    exam_id = laid(hall)
    with pytest.raises(Refusal, match="not_your_exam"):
        hall.do(readiness.of_group, stranger, exam_id)
    with pytest.raises(Refusal, match="staff_only"):
        hall.do(readiness.of_group, me, exam_id)


def test_offer__comes_the_evening_before_and_not_when_it_is_late(hall: Hall) -> None:
    hall.member("T1")
    me = hall.student("S1")
    laid(hall)
    hall.forward(hours=35, step_seconds=600)
    hall.expect((me, "23 желтоқсан, 09:00"))
    hall.add_exams(exam("E2", local("2026-12-22 20:00")))
    hall.forward(minutes=5)
    assert hall.sent() == []
