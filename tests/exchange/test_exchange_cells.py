"""Cells of people and exams: every value is right, cleaned or refused at its column."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.rules.vocabulary import Attestation, ExamKind, Level, Role


def told(parsed):
    return [(problem.line, problem.column, problem.code) for problem in parsed.problems]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Әлиева   Айгерім ", "Әлиева Айгерім"),
        ("Әлиева\u00a0Айгерім", "Әлиева Айгерім"),
        ("Әли\u200bева \u202eАйгерім\u202c\ufeff", "Әлиева Айгерім"),
        ("Андреи\u0306 Ёлкин", "Андрей Ёлкин"),
        ('O\'Нил «Жан» "Мл."', 'O\'Нил «Жан» "Мл."'),
        ("Әлиева\nАйгерім", "Әлиева Айгерім"),
        ("Ли", "Ли"),
        ("=HYPERLINK(1)", "=HYPERLINK(1)"),
    ],
)
def test_name__cleaned(parse_row, typed, kept):
    parsed = parse_row("students", full_name=typed)
    assert parsed.problems == []
    assert parsed.rows[0].full_name == kept


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("\u200b", "name_letters"),
        ("😀😀", "name_letters"),
        ("12345", "name_letters"),
        ("А", "name_short"),
        ("А" * 201, "name_long"),
        ("Али\x07я", "control"),
        ("Али\ue000я", "control"),
        ("А\u0301\u0301\u0301\u0301лия", "marks"),
        ("??рман?азы", "letters_lost"),
        ("Али\ufffdя", "letters_lost"),
    ],
)
def test_name__refused(parse_row, typed, code):
    parsed = parse_row("students", full_name=typed)
    assert told(parsed) == [(2, "full_name", code)]
    assert parsed.rows == []


@pytest.mark.parametrize(
    ("column", "typed", "code"),
    [
        ("student_id", "x" * 65, "id_long"),
        ("student_id", "---", "id_empty"),
        ("student_id", "8.80101E+11", "id_number"),
        ("student_id", "S1;S2", "id_list"),
        ("student_id", "S\x0f1", "control"),
        ("group", "😀", "label_empty"),
        ("group", "г" * 201, "label_long"),
        ("programme", "", "empty"),
        ("faculty", "", "empty"),
        ("level", "bachelr", "level_unknown"),
        ("level", "", "empty"),
        ("course", "0", "course"),
        ("course", "8", "course"),
        ("course", "3.5", "course"),
        ("course", "III", "course"),
        ("course", "٣", "course"),
        ("language", "en", "language_unknown"),
    ],
)
def test_student__refused(parse_row, column, typed, code):
    assert told(parse_row("students", **{column: typed})) == [(2, column, code)]


def test_student__every_problem_of_a_row_is_told(parse_row):
    parsed = parse_row("students", student_id="", level="x", course="9", language="")
    assert [problem.column for problem in parsed.problems] == ["student_id", "level", "course", "language"]
    assert parsed.rejected == 1


def test_words__nearest_value_is_offered(parse_row):
    assert "did you mean master?" in parse_row("students", level="mastr").problems[0].message
    assert "use bachelor, master, doctoral" in parse_row("students", level="zzz").problems[0].message
    assert "separate several with ;" in parse_row("staff", roles="examiner, proctor").problems[0].message
    assert "did you mean examiner?" in parse_row("staff", roles="proctor; экзаменатр").problems[0].message


@pytest.mark.parametrize(
    ("typed", "level"),
    [("BACHELOR", Level.BACHELOR), ("Магистратура", Level.MASTER), ("докторантура", Level.DOCTORAL)],
)
def test_words__any_language(parse_row, typed, level):
    assert parse_row("students", level=typed).rows[0].level is level


def test_staff__roles_once_each_in_any_language(parse_row):
    parsed = parse_row("staff", roles=" Examiner ; әдіскер;\nзав. кафедрой;; examiner", faculty="")
    assert parsed.rows[0].roles == (Role.EXAMINER, Role.METHODIST, Role.HEAD_OF_DEPARTMENT)
    assert parsed.rows[0].faculty == ""
    assert [note.code for note in parsed.notes] == ["head_without_department"]
    assert told(parse_row("staff", roles=";;")) == [(2, "roles", "role_empty")]


def test_duplicates__tell_the_first_line(parse_bytes):
    head = "student_id,full_name,group,programme,faculty,level,course,language\n"
    rows = [f"{number},Ан Ли,Г,П,Ф,master,1,kk" for number in ("S1", " S2", "S1 ", "S2")]
    parsed = parse_bytes("students", (head + "\n".join(rows)).encode())
    assert told(parsed) == [(4, "student_id", "repeated"), (5, "student_id", "repeated")]
    assert "line 2" in parsed.problems[0].message
    assert "line 3" in parsed.problems[1].message


def test_exam__whole_row(parse_row):
    exam = parse_row("timetable").rows[0]
    assert exam.kind is ExamKind.WRITTEN
    assert exam.attestation is Attestation.INTERIM
    assert exam.starts_at == datetime(2026, 12, 21, 4, tzinfo=UTC)
    assert exam.starts_at.tzinfo is UTC
    assert (exam.groups, exam.examiners, exam.proctor) == (("АЖ-1", "АЖ-2"), ("T1", "T2"), "T3")
    assert exam.duration_min == 120


@pytest.mark.parametrize(
    ("column", "typed", "code"),
    [
        ("subject_ru", "", "empty"),
        ("kind", "письмо", "kind_unknown"),
        ("attestation", "қорытынды", "attestation_unknown"),
        ("date", "21/12/2026", "date"),
        ("date", "2026-02-30", "date"),
        ("date", "31.04.2026", "date"),
        ("date", "1999-12-31", "date_year"),
        ("date", "2101-01-01", "date_year"),
        ("date", "0000-01-01", "date"),
        ("date", "сегодня", "date"),
        ("start", "24:00", "time"),
        ("start", "9.00", "time"),
        ("start", "09:00:30", "time_seconds"),
        ("start", "23:59:59", "time_seconds"),
        ("start", "", "empty"),
        ("duration_min", "0", "duration"),
        ("duration_min", "1441", "duration"),
        ("duration_min", "-5", "duration"),
        ("duration_min", "2 ч", "duration"),
        ("groups", "", "empty"),
        ("groups", " ; ", "list_empty"),
        ("examiners", "T1; ---", "id_empty"),
        ("proctor", "T1;T2", "id_list"),
        ("meeting_url", "javascript:alert(1)", "url"),
        ("meeting_url", "meet.example/1", "url"),
        ("meeting_url", "https://", "url"),
        ("meeting_url", "https://[::1", "url"),
        ("meeting_url", "https://bank@evil.example", "url"),
        ("meeting_url", "https://a b.example", "url"),
        ("meeting_url", "https://x.example:99999/", "url"),
        ("meeting_url", "https://x.example\\@y", "url"),
        ("lms_url", "ftp://x.example", "url"),
        ("lms_url", "https://x.example/" + "a" * 2000, "url_long"),
    ],
)
def test_exam__refused(parse_row, column, typed, code):
    assert told(parse_row("timetable", **{column: typed})) == [(2, column, code)]


@pytest.mark.parametrize(
    ("date", "start"),
    [("21.12.2026", "9:00"), ("2026-12-21", "09:00:00"), ("2026-12-21 00:00:00", " 09:00 ")],
)
def test_exam__moment_forms(parse_row, date, start):
    parsed = parse_row("timetable", date=date, start=start)
    assert parsed.rows[0].starts_at == datetime(2026, 12, 21, 4, tzinfo=UTC)


@pytest.mark.parametrize("kind", ["thesis_defence", "complex_exam"])
def test_exam__graduation_is_final(parse_row, kind):
    assert told(parse_row("timetable", kind=kind)) == [(2, "attestation", "attestation_kind")]
    assert parse_row("timetable", kind=kind, attestation="final").problems == []


def test_exam__other_final_kinds_are_noted(parse_row):
    parsed = parse_row("timetable", kind="oral", attestation="итоговая")
    assert parsed.problems == []
    assert [note.code for note in parsed.notes] == ["attestation_rare"]


@pytest.mark.parametrize(
    "url",
    [
        "https://zoom.example/j/1?pwd=a.b&x=1#t",
        "http://емтихан.example:8080",
        "HTTPS://x.example",
        "https://[::1]/",
    ],
)
def test_exam__links(parse_row, url):
    assert parse_row("timetable", meeting_url=url).rows[0].meeting_url == url


def test_exam__clocks_that_jump(parse_row):
    berlin = ZoneInfo("Europe/Berlin")
    skipped = parse_row("timetable", zone=berlin, date="2026-03-29", start="02:30")
    assert told(skipped) == [(2, "start", "time_skipped")]
    twice = parse_row("timetable", zone=berlin, date="2026-10-25", start="02:30")
    assert twice.rows[0].starts_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert [note.code for note in twice.notes] == ["time_twice"]


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("2026-12-22T14:00", datetime(2026, 12, 22, 9, tzinfo=UTC)),
        ("2026-12-22 14:00:30", datetime(2026, 12, 22, 9, 0, 30, tzinfo=UTC)),
        ("22.12.2026 14:00", datetime(2026, 12, 22, 9, tzinfo=UTC)),
        ("2026-12-22T14:00Z", datetime(2026, 12, 22, 14, tzinfo=UTC)),
        ("2026-12-22T14:00+06:00", datetime(2026, 12, 22, 8, tzinfo=UTC)),
        ("2026-12-22T14:00 -0330", datetime(2026, 12, 22, 17, 30, tzinfo=UTC)),
    ],
)
def test_result__moment(parse_row, typed, moment):
    parsed = parse_row("results", published_at=typed, student_id="")
    assert parsed.rows[0].published_at == moment
    assert parsed.rows[0].student_id is None


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("2026-12-22", "moment"),
        ("2026-12-22T25:00", "time"),
        ("2026-12-22T14:00+25:00", "offset"),
        ("2026-12-22T14:00+05:99", "offset"),
        ("1990-12-22T14:00", "date_year"),
        ("вчера", "moment"),
    ],
)
def test_result__refused(parse_row, typed, code):
    assert told(parse_row("results", published_at=typed)) == [(2, "published_at", code)]


def test_result__repeated(parse_bytes):
    rows = ["E1,S1", "E1,S2", "E1,", "E1,S1", "E1,", "E2,S1"]
    text = "exam_id,student_id,published_at\n" + "".join(f"{row},2026-12-22T14:00\n" for row in rows)
    parsed = parse_bytes("results", text.encode())
    assert told(parsed) == [(5, "student_id", "repeated"), (6, "exam_id", "repeated")]
