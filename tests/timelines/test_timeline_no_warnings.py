"""Where no regulation asks for it, nobody is told how many minutes are left."""

from bot.rules.vocabulary import Attestation, ExamKind
from tests.support.hall import Hall
from tests.support.people import exam
from tests.support.timelines import at, to

WARNED = (ExamKind.WRITTEN, ExamKind.ESSAY)


def test_no_warnings__for_tests_orals_defences_and_the_rest(hall: Hall) -> None:
    hall.member()
    silent = [kind for kind in ExamKind if kind not in WARNED]
    for kind in silent:
        hall.student(f"S-{kind}", group=f"G-{kind}")
        final = kind in (ExamKind.THESIS_DEFENCE, ExamKind.COMPLEX_EXAM)
        attestation = Attestation.FINAL if final else Attestation.INTERIM
        row = exam(f"E-{kind}", at("09:00"), kind=kind, groups=(f"G-{kind}",), attestation=attestation)
        assert not hall.add_exams(row).problems
    to(hall, "11:05", step_seconds=150)
    assert [message.text for message in hall.sent() if "қалды" in message.text] == []


def test_no_warnings__of_an_exam_that_is_cancelled(hall: Hall) -> None:
    hall.student()
    hall.member()
    hall.add_exams(exam("E1", at("09:00")))
    to(hall, "10:29", step_seconds=300)
    hall.sent()
    hall.sql(lambda uow: setattr(uow.exams.by_ext()["E1"], "cancelled_at", hall.clock()))
    to(hall, "11:05", step_seconds=120)
    hall.expect()
