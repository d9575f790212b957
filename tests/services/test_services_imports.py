import datetime as dt

import pytest
from sqlalchemy import func, select

from bot.exchange.rows import ResultRow
from bot.rules.vocabulary import ExamKind, Level, PersonKind, Role
from bot.services import imports, outbox, timetable
from bot.services.imports import NothingStored
from bot.storage.tables import Exam, Person, Reminder, Result
from tests.support.clock import local
from tests.support.people import exam, member, student

NINE = local("2026-12-21 09:00")


def counted(report):
    return report.added, report.changed, report.unchanged, report.rejected


def problems(report):
    return [(problem.line, problem.column, problem.code) for problem in report.problems]


def count(hall, table):
    return hall.sql(lambda uow: uow.session.scalar(select(func.count()).select_from(table)))


def dry(hall, work, *rows):
    with pytest.raises(NothingStored) as nothing:
        hall.do(work, rows, dry_run=True)
    return nothing.value.report


# People


def test_students__are_added_changed_or_left(hall):
    assert counted(hall.add_students(student("S1"), student("S2"))) == (2, 0, 0, 0)
    assert counted(hall.add_students(student("S1"), student("S2"))) == (0, 0, 2, 0)
    changed = student(
        "S1", full_name="Жаңа Аты", group="ИС-23-1", level=Level.MASTER, course=1, language="ru"
    )
    assert counted(hall.add_students(changed, student("S2"), student("S3"))) == (1, 1, 1, 0)
    person = hall.person("S1")
    assert (person.full_name, person.group_name, person.level) == ("Жаңа Аты", "ИС-23-1", "master")
    assert (person.course, person.language, person.kind) == (1, "ru", "student")


@pytest.mark.parametrize(
    "change",
    [
        {"full_name": "Ө"}, {"group": "Ғ-1"}, {"programme": "6B0"}, {"faculty": "Ұ"},
        {"level": Level.DOCTORAL}, {"course": 4}, {"language": "ru"},
    ],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_students__a_change_of_any_column_is_one(hall, change):
    hall.add_students(student("S1"))
    assert counted(hall.add_students(student("S1", **change))) == (0, 1, 0, 0)
    assert counted(hall.add_students(student("S1", **change))) == (0, 0, 1, 0)


def test_adviser__is_given_kept_without_the_column_and_taken_away_by_an_empty_cell(hall):
    hall.add_staff(member("T1"), member("T2"))
    assert counted(hall.add_students(student("S1", adviser="T1"), student("S2", adviser="T1"))) == (
        2,
        0,
        0,
        0,
    )
    assert counted(hall.add_students(student("S1"), student("S2"))) == (0, 0, 2, 0)
    assert guided(hall, "S1") == hall.person("T1").id
    assert counted(hall.add_students(student("S1", adviser="T2"), student("S2", adviser="T1"))) == (
        0,
        1,
        1,
        0,
    )
    assert guided(hall, "S1") == hall.person("T2").id
    assert counted(hall.add_students(student("S1", adviser=""))) == (0, 1, 0, 0)
    assert (guided(hall, "S1"), guided(hall, "S2")) == (None, hall.person("T1").id)


def guided(hall, ext_id):
    return hall.sql(lambda uow: uow.people.adviser_of(uow.people.find(ext_id)[0].id))


def test_adviser__who_is_no_member_of_staff_is_named_and_nothing_is_stored(hall):
    hall.add_students(student("S2"))
    report = hall.add_students(student("S1", line=5, adviser="S2"))
    assert [(p.line, p.column, p.code) for p in report.problems] == [(5, "adviser", "unknown_adviser")]
    assert count(hall, Person) == 1


def test_staff__their_roles_are_those_of_the_file(hall):
    assert counted(hall.add_staff(member("T1", Role.EXAMINER, Role.DEAN))) == (1, 0, 0, 0)
    assert counted(hall.add_staff(member("T1", Role.DEAN, Role.EXAMINER))) == (0, 0, 1, 0)
    assert counted(hall.add_staff(member("T1", Role.DEAN))) == (0, 1, 0, 0)
    assert counted(hall.add_staff(member("T1", Role.DEAN, department="Ө"))) == (0, 1, 0, 0)
    person = hall.person("T1")
    assert person.department == "Ө"
    assert hall.sql(lambda uow: uow.people.roles_of(person.id)) == {Role.DEAN}


def test_staff__a_students_id_is_another_persons(hall):
    hall.add_students(student("7"))
    assert counted(hall.add_staff(member("7"))) == (1, 0, 0, 0)
    assert count(hall, Person) == 2


@pytest.mark.parametrize(
    ("work", "row"),
    [(imports.students, student("S1")), (imports.staff, member("T1"))],
    ids=["students", "staff"],
)
def test_dry_run__says_what_would_happen_and_stores_nothing(hall, work, row):
    assert counted(dry(hall, work, row)) == (1, 0, 0, 0)
    assert count(hall, Person) == 0
    hall.do(work, [row])
    assert counted(dry(hall, work, row)) == (0, 0, 1, 0)


def test_progress__is_told_every_thousand_rows(hall):
    told = []
    hall.do(imports.students, [student(f"S{n}") for n in range(2500)], progress=told.append)
    assert told == [1000, 2000]
    assert hall.sql(lambda uow: len(uow.people.by_ext(PersonKind.STUDENT))) == 2500


# Results


def result(exam_id="E1", student_id=None, at="2026-12-22 14:00", line=2):
    return ResultRow(line, exam_id, student_id, local(at))


@pytest.fixture
def examined(hall):
    hall.add_staff(member("T1"))
    hall.add_students(student("S1"))
    hall.add_exams(exam("E1", NINE))
    return hall


def test_results__of_everybody_and_of_one(examined):
    rows = [result(), result(student_id="S1")]
    assert counted(examined.do(imports.results, rows)) == (2, 0, 0, 0)
    assert counted(examined.do(imports.results, rows)) == (0, 0, 2, 0)
    later = result(at="2026-12-22 15:00")
    assert counted(examined.do(imports.results, [later, rows[1]])) == (0, 1, 1, 0)
    stored = examined.sql(lambda uow: {key[1]: row.published_at for key, row in uow.exams.results().items()})
    assert stored == {"": later.published_at, "S1": rows[1].published_at}


def test_results__of_unknown_exams_and_students_store_nothing(examined):
    rows = [
        result(line=2),
        result("E9", line=3),
        result(student_id="S9", line=4),
        result("E9", "S9", line=5),
    ]
    with pytest.raises(NothingStored) as nothing:
        examined.do(imports.results, rows)
    assert problems(nothing.value.report) == [
        (3, "exam_id", "unknown_exam"),
        (4, "student_id", "unknown_student"),
        (5, "exam_id", "unknown_exam"),
    ]
    assert counted(nothing.value.report) == (0, 0, 0, 3)
    assert count(examined, Result) == 0


def test_results__a_member_of_staff_is_no_student(examined):
    with pytest.raises(NothingStored) as nothing:
        examined.do(imports.results, [result(student_id="T1")])
    assert problems(nothing.value.report) == [(2, "student_id", "unknown_student")]


# The timetable


@pytest.fixture
def faculty(hall):
    """A group with a linked student, and an examiner with an account."""
    hall.examiner = hall.member("T1")
    hall.reader = hall.student("S1")
    return hall


def stored(hall, ext_id="E1"):
    return hall.sql(lambda uow: uow.exams.by_ext()[ext_id])


def timers(hall, rule="left"):
    def look(uow):
        found = uow.session.scalars(select(Reminder).where(Reminder.rule == rule).order_by(Reminder.due_at))
        return [(row.minutes, row.due_at, row.state, row.reason) for row in found]

    return hall.sql(look)


def kinds(hall, kind):
    lines = [line for line in hall.do(outbox.register) if line.kind == kind]
    return [(line.ext_id, line.state, line.reason) for line in lines]


def test_timetable__the_same_file_again_changes_nothing(faculty):
    rows = [exam("E1", NINE, proctor="T1"), exam("E2", NINE + dt.timedelta(days=1))]
    assert counted(faculty.add_exams(*rows)) == (2, 0, 0, 0)
    before, laid = stored(faculty), timers(faculty)
    assert counted(faculty.add_exams(*rows)) == (0, 0, 2, 0)
    after = stored(faculty)
    assert {c.name: getattr(after, c.name) for c in Exam.__table__.columns} == {
        c.name: getattr(before, c.name) for c in Exam.__table__.columns
    }
    assert timers(faculty) == laid
    assert faculty.do(outbox.register) == []


def test_timetable__the_profile_gives_the_length_that_the_file_leaves_out(faculty):
    faculty.add_exams(exam("E1", NINE, duration_min=None), exam("E2", NINE, duration_min=45))
    assert stored(faculty).ends_at == NINE + dt.timedelta(minutes=120)
    assert stored(faculty, "E2").ends_at == NINE + dt.timedelta(minutes=45)


def test_timetable__every_bad_row_is_named_with_line_and_column_and_nothing_is_stored(faculty):
    report = faculty.add_exams(
        exam("E1", NINE, line=2),
        exam("E2", NINE, line=3, examiners=("T1", "T8", "T9")),
        exam("E3", NINE, line=4, proctor="S1"),
        exam("E4", NINE, line=5, groups=("АЖ-23-1", "Жоқ-1")),
        exam("E5", NINE, line=6, kind=ExamKind.ORAL, duration_min=None),
        exam("E6", NINE, line=7, groups=("Жоқ-2",), examiners=("T9",), kind=ExamKind.ORAL, duration_min=None),
        exam("E7", NINE, line=8),
    )
    assert problems(report) == [
        (3, "examiners", "unknown_staff"),
        (3, "examiners", "unknown_staff"),
        (4, "proctor", "unknown_staff"),
        (5, "groups", "unknown_group"),
        (6, "duration_min", "duration_needed"),
        (7, "examiners", "unknown_staff"),
        (7, "groups", "unknown_group"),
        (7, "duration_min", "duration_needed"),
    ]
    assert counted(report) == (0, 0, 0, 5)
    assert all(problem.message[0].islower() and "\n" not in problem.message for problem in report.problems)
    assert (count(faculty, Exam), count(faculty, Reminder)) == (0, 0)


def test_timetable__one_bad_row_keeps_what_stood(faculty):
    faculty.add_exams(exam("E1", NINE))
    later = NINE + dt.timedelta(hours=1)
    assert counted(faculty.add_exams(exam("E1", later), exam("E2", later, groups=("Жоқ-1",)))) == (0, 0, 0, 1)
    assert stored(faculty).starts_at == NINE
    faculty.tick()
    assert kinds(faculty, "exam_moved") == []


def test_timetable__a_dry_run_stores_nothing_and_tells_nobody(faculty):
    faculty.add_exams(exam("E1", NINE))
    report = dry(faculty, timetable.timetable, exam("E1", NINE + dt.timedelta(hours=1)), exam("E2", NINE))
    assert counted(report) == (1, 1, 0, 0)
    assert (stored(faculty).starts_at, count(faculty, Exam)) == (NINE, 1)
    assert faculty.do(outbox.register) == []


@pytest.mark.parametrize(
    "move",
    [{"starts_at": NINE + dt.timedelta(hours=2)}, {"duration_min": 90}],
    ids=["start", "length"],
)
def test_moved__everybody_concerned_is_told_once_however_often_it_is_imported(faculty, move):
    faculty.add_exams(exam("E1", NINE))
    moved = exam("E1", **{"starts_at": NINE, **move})
    assert counted(faculty.add_exams(moved)) == (0, 1, 0, 0)
    for _ in range(3):
        assert counted(faculty.add_exams(moved)) == (0, 0, 1, 0)
        faculty.tick()
    assert sorted(message.user_id for message in faculty.sent()) == sorted(
        [faculty.reader.user_id, faculty.examiner.user_id]
    )
    assert stored(faculty).revision == 2


def test_moved__twice_before_anybody_was_told_is_told_as_it_stands(faculty):
    faculty.add_exams(exam("E1", NINE))
    for hours in (1, 2):
        faculty.add_exams(exam("E1", NINE + dt.timedelta(hours=hours)))
    faculty.tick()
    assert all("11:00" in message.text for message in faculty.sent())
    assert sorted(kinds(faculty, "exam_moved")) == [
        ("S1", "sent", ""),
        ("S1", "skipped", "moved"),
        ("T1", "sent", ""),
        ("T1", "skipped", "moved"),
    ]


def test_moved__an_exam_that_was_and_is_over_is_nobodys_news(faculty):
    yesterday = NINE - dt.timedelta(days=1)
    faculty.add_exams(exam("E1", yesterday))
    faculty.add_exams(exam("E1", yesterday - dt.timedelta(hours=1)))
    assert faculty.do(outbox.register) == []
    faculty.add_exams(exam("E1", NINE))
    assert len(kinds(faculty, "exam_moved")) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"subject_ru": "Другое"},
        {"department": "Ө"},
        {"proctor": "T1"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_changed__but_not_moved_is_nobodys_news(faculty, change):
    faculty.add_exams(exam("E1", NINE))
    assert counted(faculty.add_exams(exam("E1", NINE, **change))) == (0, 1, 0, 0)
    faculty.tick()
    assert (faculty.sent(), stored(faculty).revision) == ([], 1)


def test_moved__its_warnings_move_along(faculty):
    faculty.add_exams(exam("E1", NINE))
    end = NINE + dt.timedelta(minutes=120)
    assert timers(faculty) == [(m, end - dt.timedelta(minutes=m), "pending", "") for m in (30, 20, 10)]
    faculty.add_exams(exam("E1", NINE + dt.timedelta(hours=1)))
    end += dt.timedelta(hours=1)
    assert timers(faculty) == [(m, end - dt.timedelta(minutes=m), "pending", "") for m in (30, 20, 10)]


def test_moved__after_a_warning_it_is_given_again_for_the_new_end(faculty):
    faculty.add_exams(exam("E1", NINE))
    faculty.clock.now = local("2026-12-21 10:30")
    faculty.tick()
    faculty.add_exams(exam("E1", NINE, duration_min=150))
    faculty.clock.now = local("2026-12-21 10:40")
    faculty.tick()
    assert [row[2] for row in timers(faculty)] == ["pending"] * 3
    faculty.clock.now = local("2026-12-21 11:00")
    faculty.tick()
    assert kinds(faculty, "warning") == [("S1", "sent", ""), ("S1", "sent", "")]


def test_moved__a_warning_that_waits_to_be_sent_is_not_sent(faculty):
    faculty.add_exams(exam("E1", NINE))
    faculty.clock.now = local("2026-12-21 10:30")
    from bot.services import timers as fired

    faculty.do(fired.fire)
    faculty.add_exams(exam("E1", NINE, duration_min=240))
    faculty.tick()
    assert kinds(faculty, "warning") == [("S1", "skipped", "moved")]


def test_moved__into_the_past_leaves_no_timer_to_fire(faculty):
    faculty.add_exams(exam("E1", NINE))
    faculty.add_exams(exam("E1", NINE - dt.timedelta(days=1)))
    assert {(state, reason) for _, _, state, reason in timers(faculty)} == {("skipped", "past")}
    faculty.forward(hours=4, step_seconds=1800)
    assert kinds(faculty, "warning") == []


def test_late_timetable__in_mid_exam_lays_only_what_is_still_of_use(faculty):
    faculty.clock.now = local("2026-12-21 10:35")
    faculty.add_exams(exam("E1", NINE))
    assert [(m, state) for m, _, state, _ in timers(faculty)] == [
        (30, "pending"),
        (20, "pending"),
        (10, "pending"),
    ]
    faculty.clock.now = local("2026-12-21 10:45")
    faculty.add_exams(exam("E2", NINE))
    faculty.tick()
    assert kinds(faculty, "warning") == [("S1", "sent", "")] * 2, "one for each exam, none for what is past"


def test_late_timetable__a_deadline_close_at_hand_is_told_once(faculty):
    in_two_hours = faculty.clock() + dt.timedelta(hours=96 + 2)
    faculty.add_exams(exam("E1", in_two_hours, kind=ExamKind.PROJECT, duration_min=60))
    faculty.tick()
    assert kinds(faculty, "step_due") == [("S1", "sent", "")]


def test_other_kind__its_timers_become_those_of_the_kind(faculty):
    faculty.add_exams(exam("E1", NINE))
    faculty.add_exams(exam("E1", NINE, kind=ExamKind.TEST))
    assert {(state, reason) for _, _, state, reason in timers(faculty)} == {("skipped", "not_planned")}
    faculty.add_exams(exam("E1", NINE))
    assert {state for _, _, state, _ in timers(faculty)} == {"pending"}


def test_groups__of_the_file_are_those_who_are_warned(faculty):
    faculty.add_students(student("S2", group="ИС-23-1"), student("S3", group="ИС-23-2"))
    faculty.add_exams(exam("E1", NINE, groups=("АЖ-23-1", "ИС-23-1")))
    assert counted(faculty.add_exams(exam("E1", NINE, groups=("ИС-23-1", "АЖ-23-1")))) == (0, 0, 1, 0)
    assert counted(faculty.add_exams(exam("E1", NINE, groups=("ИС-23-2", "ИС-23-1")))) == (0, 1, 0, 0)
    faculty.clock.now = local("2026-12-21 10:30")
    faculty.tick()
    assert {ext_id for ext_id, _, _ in kinds(faculty, "warning")} == {"S2", "S3"}


def test_examiners__stand_in_the_files_order(faculty):
    faculty.add_staff(member("T2"), member("T3"))
    faculty.add_exams(exam("E1", NINE, examiners=("T3", "T1", "T3")))
    assert counted(faculty.add_exams(exam("E1", NINE, examiners=("T1", "T3")))) == (0, 1, 0, 0)

    def order(uow):
        return [uow.people.get(person).ext_id for person in uow.exams.examiners_of(stored(faculty).id)]

    assert faculty.sql(order) == ["T1", "T3"]


def test_policy_file__other_minutes_are_other_warnings(governed):
    hall = governed("warnings: {minutes_left: {written: [1.5, 0.5]}}")
    hall.member("T1")
    hall.student("S1")
    hall.add_exams(exam("E1", NINE))
    end = NINE + dt.timedelta(minutes=120)
    assert [row[:2] for row in timers(hall)] == [(m, end - dt.timedelta(minutes=m)) for m in (1.5, 0.5)]
    hall.clock.now = end - dt.timedelta(seconds=30)
    hall.tick()
    assert kinds(hall, "warning") == [("S1", "sent", "")]
