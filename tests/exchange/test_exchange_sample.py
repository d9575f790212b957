"""The sample university: its timetable lies around the present minute, and everybody in it exists."""

import csv
import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from bot.errors import EmtihanError
from bot.exchange.sample import lay_timetable
from bot.rules.vocabulary import ExamKind, Role

ALMATY = ZoneInfo("Asia/Almaty")
MOMENTS = [
    dt.datetime(2026, 12, 21, 4, 12, 30, tzinfo=dt.UTC),
    dt.datetime(2026, 12, 21, 4, 12, tzinfo=dt.UTC),
    dt.datetime(2026, 12, 20, 19, 30, 1, tzinfo=dt.UTC),
    dt.datetime(2026, 12, 31, 18, 59, 59, 999_999, tzinfo=dt.UTC),
]


@pytest.fixture
def sample(content, parse_path, tmp_path):
    """The demo's people, and its exams laid around a moment."""
    students = parse_path("students", content / "demo" / "students.csv")
    staff = parse_path("staff", content / "demo" / "staff.csv")

    def exams(now):
        text = (content / "demo" / "timetable.csv").read_text(encoding="utf-8")
        path = tmp_path / "timetable.csv"
        path.write_text(lay_timetable(text, now, ALMATY), encoding="utf-8")
        parsed = parse_path("timetable", path)
        assert parsed.problems == []
        assert parsed.notes == []
        return parsed.rows

    return students.rows, staff.rows, exams


def rounded(now):
    return (
        now if now == now.replace(second=0, microsecond=0) else now.replace(second=0, microsecond=0) + MINUTE
    )


MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)


@pytest.mark.parametrize("now", MOMENTS)
def test_timetable__lies_around_the_present(sample, now):
    exams = {exam.kind: exam for exam in sample[2](now)}
    assert set(exams) == set(ExamKind)
    present = rounded(now)
    written = exams[ExamKind.WRITTEN]
    assert written.starts_at + 120 * MINUTE - 30 * MINUTE == present
    assert written.duration_min == 120
    essay = exams[ExamKind.ESSAY]
    assert essay.starts_at < present < essay.starts_at + essay.duration_min * MINUTE
    assert present < exams[ExamKind.ORAL].starts_at < present + HOUR
    for kind in (ExamKind.MINI_PROJECT, ExamKind.CASE):
        assert present + 4 * HOUR < exams[kind].starts_at < present + 6 * HOUR
    assert 4 * 24 * HOUR < exams[ExamKind.PROJECT].starts_at - present < 6 * 24 * HOUR


def test_timetable__everybody_exists_and_nobody_sits_twice(sample):
    students, staff, lay = sample
    groups = {student.group for student in students}
    roles = {member.staff_id: set(member.roles) for member in staff}
    busy = set()
    for exam in lay(MOMENTS[0]):
        assert set(exam.groups) <= groups
        assert all(Role.EXAMINER in roles[examiner] for examiner in exam.examiners)
        assert Role.PROCTOR in roles[exam.proctor]
        assert exam.faculty in {student.faculty for student in students if student.group in exam.groups}
        for group in exam.groups:
            assert (group, exam.starts_at) not in busy
            busy.add((group, exam.starts_at))
        for url in (exam.meeting_url, exam.lms_url):
            assert url.split("/")[2].endswith(".example")
    assert len(groups) == 4


def test_people__every_role_is_staffed_where_it_is_needed(sample):
    students, staff, _ = sample
    assert {role for member in staff for role in member.roles} == set(Role)
    faculties = {student.faculty for student in students}
    assert len(faculties) == 2
    for role in (Role.METHODIST, Role.DEPUTY_DEAN, Role.DEAN, Role.HEAD_OF_DEPARTMENT, Role.PROCTOR):
        assert {member.faculty for member in staff if role in member.roles} == faculties
    volunteers = {member.language for member in staff if Role.VOLUNTEER in member.roles}
    assert volunteers == {"kk", "ru"} == {student.language for student in students}


def test_lay__keeps_ordinary_rows_and_quotes():
    text = 'exam_id,Date, start ,x\nE1,2026-12-21,09:00,"a,""b"""\nE2,+1,09:00,\nshort\n'
    laid = lay_timetable("\ufeff" + text, MOMENTS[0], ALMATY)
    assert list(csv.reader(laid.splitlines())) == [
        ["exam_id", "Date", " start ", "x"],
        ["E1", "2026-12-21", "09:00", 'a,"b"'],
        ["E2", "2026-12-22", "09:00", ""],
        ["short"],
    ]


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "date,start\n+1,soon\n", "date,start\n+1,\n"])
def test_lay__refuses_what_it_cannot_lay(text):
    with pytest.raises(EmtihanError, match="sample timetable"):
        lay_timetable(text, MOMENTS[0], ALMATY)
