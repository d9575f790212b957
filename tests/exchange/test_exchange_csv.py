"""Delimited text: encodings, separators, headings, ragged rows, limits."""

import os
import tracemalloc

import pytest

from bot.exchange import source, table

HEAD = "student_id,full_name,group,programme,faculty,level,course,language"
ROW = "S1,Иванова Анна,ИС-1,6B06101,Физика,bachelor,3,ru"
KAZAKH_ROW = "S1,Құрманғазықызы Әсел,АЖ-1,6B06101,Физика,bachelor,3,kk"


def codes(parsed):
    return [problem.code for problem in parsed.problems]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
def test_encoding__russian_is_read_right(parse_bytes, encoding):
    parsed = parse_bytes("students", f"{HEAD}\n{ROW}\n".encode(encoding))
    assert parsed.problems == []
    assert parsed.rows[0].full_name == "Иванова Анна"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encoding__kazakh_is_read_right(parse_bytes, encoding):
    parsed = parse_bytes("students", f"{HEAD}\n{KAZAKH_ROW}\n".encode(encoding))
    assert parsed.rows[0].full_name == "Құрманғазықызы Әсел"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (f"{HEAD}\n{KAZAKH_ROW}\n".encode("kz1048"), "encoding"),
        (f"{HEAD}\n{ROW}\n".encode("koi8-r"), "encoding"),
        (f"{HEAD}\n{ROW}\n".encode("cp866"), "encoding"),
        (f"{HEAD}\n{ROW}\n".encode("mac-cyrillic"), "encoding"),
        (f"{HEAD}\n{KAZAKH_ROW}".encode()[:-20] + b"\xd0", "encoding"),
        (f"{HEAD}\n{ROW}\n".encode("utf-16-le"), "nul"),
        (f"{HEAD}\n{ROW}\n".encode("utf-32"), "nul"),
        (b"\xff\xfea", "encoding"),
        (f"{HEAD}\n{ROW}\0\n".encode(), "nul"),
        (b"", "file_empty"),
        (b"\xef\xbb\xbf \r\n\n", "file_empty"),
        (b",,,\n,,\n", "file_empty"),
        (HEAD.encode(), "rows_none"),
        (f"{HEAD},note\n,,,,,,,,just a note\n".encode(), "rows_none"),
        (b"%PDF-1.7 x", "not_table"),
        (b"\x89PNG\r\n\x1a\n", "not_table"),
        (b"<html><table><tr><td>student_id", "not_table"),
        (b"<?xml version='1.0'?><Workbook/>", "not_table"),
        (b"\x01\x02\x03\x04", "not_table"),
        (f'{HEAD}\nS1,"Иванова Анна,ИС'.encode(), "quote_open"),
        (f'{HEAD}\nS1,"Иванова" Анна,ИС\n'.encode(), "quote_stray"),
        (f'{HEAD}\nS1,"{"x" * 200_000}",ИС\n'.encode(), "cell_large"),
    ],
)
def test_file__refused_with_reason(parse_bytes, data, code):
    parsed = parse_bytes("students", data)
    assert codes(parsed) == [code]
    assert parsed.rows == []
    assert parsed.problems[0].message.endswith(".")


def test_file__nul_and_open_quote_name_their_line(parse_bytes):
    assert parse_bytes("students", f"{HEAD}\n{ROW}\nS\0\n".encode()).problems[0].line == 3
    assert parse_bytes("students", f'{HEAD}\n{ROW}\nS2,"x\n\n\n'.encode()).problems[0].line == 3


def test_file__missing_folder_and_device(tmp_path, parse_path):
    os.mkfifo(tmp_path / "pipe")
    for name in ("nothing.csv", "", "pipe", "bad\0name"):
        parsed = parse_path("students", tmp_path / name)
        assert codes(parsed)[0] in ("file_missing", "file_unreadable")
        assert parsed.problems[0].line == 0


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_separator__sniffed(parse_bytes, separator, ending):
    text = ending.join([HEAD, ROW.replace("Физика", '"Физика, химия; и т. д."'), ""])
    parts = [
        line.replace(",", separator).replace(f"Физика{separator}", "Физика,") for line in text.split(ending)
    ]
    parsed = parse_bytes("students", ending.join(parts).encode())
    assert parsed.problems == []
    assert parsed.rows[0].faculty == "Физика, химия; и т. д."
    assert parsed.rows[0].line == 2


def test_separator__spreadsheet_hint_is_understood(parse_bytes):
    parsed = parse_bytes("students", f"sep=;\r\n{HEAD}\r\n{ROW}\r\n".replace(",", ";").encode())
    assert parsed.problems == []
    assert parsed.rows[0].line == 3


def test_list__quoted_in_semicolon_file(parse_bytes):
    text = "staff_id;full_name;roles;faculty;department;language\nT1;Ким Елена;{};;;ru\n"
    parsed = parse_bytes("staff", text.format('"examiner; proctor"').encode())
    assert [str(role) for role in parsed.rows[0].roles] == ["examiner", "proctor"]
    broken = parse_bytes("staff", text.format("examiner; proctor").encode())
    assert codes(broken) == ["row_long"]
    assert (broken.problems[0].line, broken.rejected) == (2, 1)


@pytest.mark.parametrize(
    "head",
    [
        "Student ID, FULL NAME ,Group,Programme,Faculty,Level,Course,Language",
        "student-id,Full_Name,GROUP,programme,faculty,level,course,language",
        "Студенттің нөмірі,Аты-жөні,Тобы,ББ,Факультеті,Деңгейі,Курсы,Тілі",
        "ID студента,Ф.И.О.,ГРУППА,ОП,Факультет,Уровень,Курс,Язык обучения",
    ],
)
def test_headings__any_language_case_and_spaces(parse_bytes, head):
    parsed = parse_bytes("students", f"{head}\n{ROW}\n".encode())
    assert parsed.problems == []
    assert parsed.rows[0].group == "ИС-1"


def test_headings__any_order_unknown_ones_noted(parse_bytes):
    text = "№,language,course,level,faculty,programme,group,full_name,student_id,телефон\n"
    parsed = parse_bytes("students", f"{text}1,kk,1,master,Ф,П,Г-1,Ан Ли,S9,+7\n".encode())
    assert parsed.problems == []
    assert parsed.rows[0].student_id == "S9"
    assert [(note.code, note.column) for note in parsed.notes] == [
        ("column_unknown", "№"),
        ("column_unknown", "телефон"),
    ]


def test_headings__title_rows_above_are_passed_over(parse_bytes):
    parsed = parse_bytes("students", f"Список студентов\n\n{HEAD}\n{ROW}\n".encode())
    assert parsed.problems == []
    assert parsed.rows[0].line == 4


def test_headings__missing_and_repeated_are_named(parse_bytes):
    parsed = parse_bytes("students", b"student_id,full_name,grupp,programme,faculty,level,course,course\n1\n")
    assert [(problem.column, problem.code) for problem in parsed.problems] == [
        ("course", "column_twice"),
        ("group", "column_missing"),
        ("language", "column_missing"),
    ]
    assert "Группа" in parsed.problems[1].message
    assert "'grupp'" in parsed.problems[1].message
    assert {problem.line for problem in parsed.problems} == {1}


def test_headings__absent_optional_columns_of_a_timetable(parse_bytes, good):
    optional = {"duration_min", "proctor", "meeting_url", "lms_url"}
    kept = {column: value for column, value in good["timetable"].items() if column not in optional}
    parsed = parse_bytes("timetable", f"{','.join(kept)}\n{','.join(kept.values())}\n".encode())
    assert parsed.problems == []
    assert (parsed.rows[0].duration_min, parsed.rows[0].proctor, parsed.rows[0].lms_url) == (None, None, "")


def test_rows__ragged(parse_bytes):
    parsed = parse_bytes("students", f"{HEAD}\nS1,Ан Ли\n\n{ROW},,\nS2{ROW[2:]},extra\n".encode())
    assert [(problem.line, problem.column, problem.code) for problem in parsed.problems] == [
        (2, "group", "row_short"),
        (5, "9", "row_long"),
    ]
    assert [row.line for row in parsed.rows] == [4]
    assert parsed.rejected == 2


def test_rows__short_row_of_optional_cells_is_fine(parse_bytes, good):
    cells = ",".join(list(good["timetable"].values())[:13])
    parsed = parse_bytes("timetable", f"{','.join(good['timetable'])}\n{cells}\n".encode())
    assert parsed.problems == []


def test_rows__line_is_where_the_row_begins(parse_bytes):
    text = f"{HEAD}\n{ROW.replace('Физика', '{0}Физика{1}химия{0}')}\nS2,,,,,,,\n".format('"', "\n")
    parsed = parse_bytes("students", text.encode())
    assert parsed.rows[0].faculty == "Физика химия"
    assert {problem.line for problem in parsed.problems} == {4}
    assert parsed.rejected == 1


def test_limits__too_many_bytes_and_rows(parse_bytes, monkeypatch):
    monkeypatch.setattr(source, "FILE_BYTES", 1000)
    assert codes(parse_bytes("students", b"x" * 1001)) == ["file_large"]
    monkeypatch.undo()
    monkeypatch.setattr(table, "DATA_ROWS", 2)
    rows = "\n".join(f"S{number}{ROW[2:]}" for number in range(3))
    assert codes(parse_bytes("students", f"{HEAD}\n{rows}".encode())) == ["rows_many"]


def test_problems__capped_with_the_number_left(parse_bytes):
    rows = "\n".join(f"S{number},,,,,,," for number in range(500))
    parsed = parse_bytes("students", f"{HEAD}\n{rows}".encode())
    assert len(parsed.problems) == 1001
    assert parsed.problems[-1].code == "more"
    assert "2500 more" in parsed.problems[-1].message
    assert parsed.rejected == 500


def test_progress__told_every_thousand_rows(parse_bytes):
    told = []
    rows = "\n".join(f"S{number}{ROW[2:]}" for number in range(2500))
    parsed = parse_bytes("students", f"{HEAD}\n{rows}".encode(), progress=told.append)
    assert told == [1000, 2000]
    assert len(parsed.rows) == 2500


def test_memory__bounded_for_many_rows(parse_bytes):
    def peak(many):
        rows = "\n".join(f"S{number},x,,,,,," for number in range(many))
        tracemalloc.start()
        try:
            parsed = parse_bytes("students", f"{HEAD}\n{rows}".encode())
            return parsed.rejected, tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    (few, of_few), (many, of_many) = peak(2_500), peak(10_000)
    assert (few, many) == (2_500, 10_000)
    assert of_many < 40_000_000
    assert of_many < of_few * 1.1, "it grows with the rows"


def test_demo__students_and_staff_are_read_whole(parse_path, content):
    for kind, size in (("students", 24), ("staff", 35)):
        parsed = parse_path(kind, content / "demo" / f"{kind}.csv")
        assert parsed.problems == []
        assert parsed.notes == []
        assert len(parsed.rows) == size


@pytest.mark.parametrize(
    ("heading", "cell", "adviser"),
    [
        ("", "", None),
        (",adviser", ",", ""),
        (",adviser", "", ""),
        (",Эдвайзері", ",T1", "T1"),
        (",Наставник", ",T1", "T1"),
    ],
)
def test_students__may_have_a_column_of_advisers(parse_bytes, heading, cell, adviser):
    parsed = parse_bytes("students", f"{HEAD}{heading}\n{ROW}{cell}\n".encode())
    assert parsed.problems == []
    assert parsed.rows[0].adviser == adviser
