"""Doubts about a timetable are notes of the import's report; they refuse nothing."""

from bot.rules.vocabulary import ExamKind, Role
from bot.services import exam_desk
from tests.support.clock import local
from tests.support.hall import Hall
from tests.support.people import exam

NINE, TEN = local("2026-12-21 09:00"), local("2026-12-21 10:00")


def notes(report):
    assert report.problems == []
    return [(note.code, note.line) for note in report.notes]


def test_notes__group_examiner_and_proctor_in_two_places_at_once(hall: Hall) -> None:
    hall.student()
    hall.member()
    hall.member("P1", Role.PROCTOR)
    report = hall.add_exams(exam("E1", NINE, proctor="P1"), exam("E2", TEN, proctor="P1", line=3))
    assert notes(report) == [("clash", 3)] * 3
    assert {note.message.split()[0] for note in report.notes} == {"group", "examiner", "proctor"}
    assert report.added == 2


def test_notes__missing_proctor_and_a_duration_the_source_does_not_give(hall: Hall) -> None:
    hall.student()
    hall.member()
    report = hall.add_exams(exam("E1", NINE, kind=ExamKind.TEST, duration_min=50))
    assert notes(report) == [("odd_duration", 2), ("no_proctor", 2)]
    assert "40 (AYU 5.2.1)" in report.notes[0].message


def test_notes__what_was_changed_in_the_bot_is_named(hall: Hall) -> None:
    hall.student()
    examiner = hall.member()
    hall.member("P1", Role.PROCTOR)
    rows = [exam("E1", NINE, proctor="P1"), exam("E2", local("2026-12-22 09:00"), proctor="P1")]
    assert notes(hall.add_exams(*rows)) == []
    ids = hall.sql(lambda uow: {name: row.id for name, row in uow.exams.by_ext().items()})
    hall.do(exam_desk.extend, examiner, ids["E1"], 1, 15, hall.origin())
    hall.do(exam_desk.cancel, examiner, ids["E2"], 1, hall.origin())
    report = hall.add_exams(*rows)
    assert sorted(code for code, _ in notes(report)) == ["cancelled_here", "moved_here"]
    assert report.unchanged == 2


def left_out(report):
    return [note.message.split("'")[1] for note in report.notes if note.code == "left_out"]


def test_notes__exams_of_its_days_that_a_file_names_no_longer(hall: Hall) -> None:
    hall.student()
    examiner = hall.member()
    days = [exam(f"E{day}", local(f"2026-12-{day} 09:00")) for day in (21, 22, 23, 24)]
    assert left_out(hall.add_exams(*days)) == []
    assert left_out(hall.add_exams(days[0], days[2])) == ["E22"]
    assert left_out(hall.add_exams(days[0], exam("X", TEN, faculty="Басқа"))) == []
    assert left_out(hall.add_exams(exam("X", NINE, faculty="Басқа"))) == []
    gone = hall.sql(lambda uow: uow.exams.by_ext()["E22"].id)
    hall.do(exam_desk.cancel, examiner, gone, 1, hall.origin())
    assert left_out(hall.add_exams(days[0], days[2])) == []
    hall.clock.now = local("2026-12-23 12:00")
    assert left_out(hall.add_exams(days[0], days[3])) == [], "what is over"


def test_notes__of_many_exams_left_out_a_few_are_named(hall: Hall) -> None:
    hall.student()
    hall.member()
    hall.add_exams(*(exam(f"E{n:02}", NINE) for n in range(13)))
    assert left_out(hall.add_exams(exam("E00", NINE))) == [
        ", ".join(f"E{n:02}" for n in range(1, 11)) + ", … (+2)"
    ]


def test_notes__an_exam_on_a_public_holiday(hall: Hall) -> None:
    hall.student()
    hall.member()
    hall.member("P1", Role.PROCTOR)
    report = hall.add_exams(
        exam("E1", local("2027-01-01 09:00"), proctor="P1"),
        exam("E2", local("2027-01-05 09:00"), proctor="P1", line=3),
    )
    assert [(note.code, note.line) for note in report.notes if note.code == "holiday"] == [("holiday", 2)]
