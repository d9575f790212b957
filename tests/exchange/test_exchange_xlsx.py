"""Workbooks: numbers, dates, formulas, merged cells, shifted tables, and other files named .xlsx."""

import datetime as dt
import io
import re
import zipfile

import openpyxl
import pytest

from bot.exchange import workbook

HEAD = ["student_id", "full_name", "group", "programme", "faculty", "level", "course", "language"]
ROW = ["S1", "Құрманғазықызы Әсел", "АЖ-1", "6B06101", "Физика", "bachelor", 3, "kk"]
RESULTS = ["exam_id", "student_id", "published_at"]


def told(parsed):
    return [(problem.line, problem.column, problem.code) for problem in parsed.problems]


@pytest.mark.parametrize("corner", [(0, 0), (3, 0), (0, 2), (5, 4)])
def test_sheet__shifted_table_keeps_its_lines_and_columns(parse_sheet, corner):
    parsed = parse_sheet("students", [HEAD, ROW, ["S2", ""]], corner)
    assert parsed.rows[0].full_name == "Құрманғазықызы Әсел"
    assert parsed.rows[0].line == corner[0] + 2
    assert {problem.line for problem in parsed.problems} == {corner[0] + 3}
    assert [problem.column for problem in parsed.problems] == HEAD[1:]


def test_numbers__whole_ones_without_a_point(parse_sheet):
    parsed = parse_sheet("students", [HEAD, [880101300123, "Ан Ли", 101, 7, 5, "bachelor", 3.0, "kk"]])
    assert parsed.problems == []
    assert (parsed.rows[0].student_id, parsed.rows[0].group, parsed.rows[0].course) == (
        "880101300123",
        "101",
        3,
    )


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (8801013001234567, "number_long"),
        (1.5, "id_number"),
        (True, "logical"),
        (dt.datetime(2026, 3, 1), "date_in_text"),
    ],
)
def test_numbers__ids_that_a_spreadsheet_spoilt(parse_sheet, value, code):
    parsed = parse_sheet("students", [HEAD, [value, *ROW[1:]]])
    assert told(parsed) == [(2, "student_id", code)]
    assert "text" in parsed.problems[0].message


def exam_rows(good, **cells):
    row = {**good["timetable"], **cells}
    return [list(row), list(row.values())]


@pytest.mark.parametrize(
    ("date", "start"),
    [
        (dt.date(2026, 12, 21), dt.time(9, 0)),
        (dt.datetime(2026, 12, 21), "09:00"),
        ("2026-12-21", dt.timedelta(hours=9)),
        ("21.12.2026", dt.time(8, 59, 59, 900_000)),
        (dt.date(2026, 12, 21), dt.datetime(1900, 1, 1, 9, 0)),
    ],
)
def test_moments__cells_of_dates_and_times(parse_sheet, good, date, start):
    parsed = parse_sheet("timetable", exam_rows(good, date=date, start=start))
    assert parsed.problems == []
    assert parsed.rows[0].starts_at == dt.datetime(2026, 12, 21, 4, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"date": dt.datetime(2026, 12, 21, 9, 0)}, "date", "date_time"),
        ({"date": dt.datetime(1950, 12, 21)}, "date", "date_year"),
        ({"date": 46377}, "date", "date"),
        ({"start": dt.datetime(2026, 12, 21, 9, 0)}, "start", "time_date"),
        ({"duration_min": 90.5}, "duration_min", "duration"),
    ],
)
def test_moments__wrong_cells(parse_sheet, good, cells, column, code):
    assert told(parse_sheet("timetable", exam_rows(good, **cells))) == [(2, column, code)]


def test_moments__published_at_cell(parse_sheet):
    parsed = parse_sheet("results", [RESULTS, ["E1", "", dt.datetime(2026, 12, 22, 14, 0)]])
    assert parsed.rows[0].published_at == dt.datetime(2026, 12, 22, 9, tzinfo=dt.UTC)
    dates = parse_sheet("results", [RESULTS, ["E1", "", dt.date(2026, 12, 22)]])
    assert told(dates) in ([(2, "published_at", "moment_time")], [])


def test_formula__values_count_and_errors_are_told(parse_sheet):
    def change(_book, sheet):
        sheet.write_formula(1, 1, '="Ан"&" Ли"', None, "Ан Ли")
        sheet.write_formula(2, 1, "=NA()", None, "#N/A")

    parsed = parse_sheet("students", [HEAD, ROW, ["S2", *ROW[1:]]], change=change)
    assert parsed.rows[0].full_name == "Ан Ли"
    assert told(parsed) == [(3, "full_name", "formula_error")]


def test_formula__never_calculated_is_told(tmp_path, parse_path, good):
    book = openpyxl.Workbook()
    for row in exam_rows(good, meeting_url='="https://"&"x.example"'):
        book.active.append(row)
    book.save(tmp_path / "book.xlsx")
    assert told(parse_path("timetable", tmp_path / "book.xlsx")) == [(2, "meeting_url", "formula_empty")]


def test_merged__title_and_tall_cells(parse_sheet):
    def change(_book, sheet):
        sheet.merge_range(0, 0, 0, 7, "Студенттер тізімі")
        sheet.merge_range(2, 2, 4, 2, "АЖ-1")

    rows = [["S1", *ROW[1:2], "", *ROW[3:]], ["S2", *ROW[1:2], "", *ROW[3:]], ["S3", *ROW[1:2], "", *ROW[3:]]]
    parsed = parse_sheet("students", [[], HEAD, *rows], change=change)
    assert parsed.problems == []
    assert [(row.line, row.group) for row in parsed.rows] == [(3, "АЖ-1"), (4, "АЖ-1"), (5, "АЖ-1")]


def test_merged__two_row_heading(parse_sheet):
    def change(_book, sheet):
        for column in (0, 1, 7):
            sheet.merge_range(0, column, 1, column, HEAD[column])
        sheet.merge_range(0, 2, 0, 6, "Оқу орны")

    parsed = parse_sheet("students", [[], ["", "", *HEAD[2:7], ""], ROW], change=change)
    assert parsed.problems == []
    assert parsed.rows[0].line == 3


def test_merged__heading_over_two_columns_is_refused(parse_sheet):
    def change(_book, sheet):
        sheet.merge_range(0, 1, 0, 2, "full_name")

    rows = [[HEAD[0], "", "", *HEAD[2:]], ["S1", "Ли", "Ан", *ROW[2:]]]
    assert told(parse_sheet("students", rows, change=change)) == [(1, "full_name", "column_merged")]


def test_sheet__cells_beside_the_table_and_totals_are_passed_over(parse_sheet):
    rows = [["№", *HEAD], [1, *ROW, "", "ескерту"], [2], ["Барлығы: 1"]]
    parsed = parse_sheet("students", rows)
    assert parsed.problems == []
    assert len(parsed.rows) == 1


def test_sheet__the_one_with_headings_is_read(parse_sheet):
    def change(book, _sheet):
        other = book.add_worksheet("Students")
        other.write_row(0, 0, HEAD)
        other.write_row(1, 0, ROW)
        hidden = book.add_worksheet("hidden")
        hidden.hide()

    parsed = parse_sheet("students", [["кіріспе"]], change=change)
    assert parsed.problems == []
    assert [note.code for note in parsed.notes] == ["sheets"]


def test_sheet__escaped_control_characters(parse_sheet):
    parsed = parse_sheet("students", [HEAD, ["S1", "Ан\x01 Ли", *ROW[2:]]])
    assert told(parsed) == [(2, "full_name", "control")]


def test_sheet__empty_and_heading_only(parse_sheet):
    assert told(parse_sheet("students", [])) == [(0, "", "file_empty")]
    assert told(parse_sheet("students", [HEAD])) == [(1, "", "rows_none")]


def zipped(**members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/").replace("_DOT_", "."), data)
    return stream.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"PK\x03\x04", "workbook_damaged"),
        (b"PK\x03\x04" + b"\0" * 500, "workbook_damaged"),
        (zipped(xl__workbook_DOT_xml="<x/>"), "workbook_damaged"),
        (zipped(xl__workbook_DOT_bin="x"), "not_table"),
        (zipped(word__document_DOT_xml="<x/>"), "not_table"),
        (zipped(mimetype="application/vnd.oasis.opendocument.spreadsheet"), "not_table"),
        (OLE + b"\0" * 600, "not_table"),
        (OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
    ],
)
def test_file__other_formats_named_xlsx(parse_bytes, data, code):
    parsed = parse_bytes("students", data)
    assert told(parsed) == [(0, "", code)]


def test_file__csv_named_xlsx_is_read(tmp_path, parse_path):
    path = tmp_path / "students.xlsx"
    path.write_text(f"{','.join(HEAD)}\n{','.join(map(str, ROW))}\n")
    assert parse_path("students", path).problems == []


def test_file__damaged_byte_is_noticed(tmp_path, parse_sheet, parse_bytes):
    parse_sheet("students", [HEAD, ROW])
    data = bytearray((tmp_path / "book.xlsx").read_bytes())
    with zipfile.ZipFile(tmp_path / "book.xlsx") as archive:
        offset = archive.getinfo("xl/worksheets/sheet1.xml").header_offset
    data[offset + 80] ^= 0xFF
    assert told(parse_bytes("students", bytes(data))) == [(0, "", "workbook_damaged")]


def test_file__absurd_sizes(tmp_path, parse_path, parse_bytes, monkeypatch):
    book = openpyxl.Workbook()
    book.active.append(HEAD)
    book.active["XFD1048576"] = "x"
    book.save(tmp_path / "far.xlsx")
    assert told(parse_path("students", tmp_path / "far.xlsx")) == [(0, "", "sheet_large")]
    monkeypatch.setattr(workbook, "UNPACKED_BYTES", 10_000)
    bomb = zipped(xl__worksheets__sheet1_DOT_xml=b" " * 20_000)
    assert told(parse_bytes("students", bomb)) == [(0, "", "workbook_large")]


@pytest.mark.parametrize(
    "body",
    [
        '<row r="1"><c><v>1</v></c></row><row r="400000000"><c><v>1</v></c></row>',
        '<row r="1"><c r="a1"><v>1</v></c></row><row r="9"><c r="zzz1048576"><v>1</v></c></row>',
        "<x:row r='1'><x:c r='A1'><x:v>1</x:v></x:c><x:c r='XFD1048576' t='s'><x:v>1</x:v></x:c></x:row>",
        '<row r="1">' + "<c><v>1</v></c>" * 16 + '</row><row r="900000"><c><v>1</v></c></row>',
    ],
)
def test_file__sheet_that_claims_the_whole_memory(parse_bytes, body):
    sheet = f"<worksheet><sheetData>{body}</sheetData></worksheet>"
    assert told(parse_bytes("students", zipped(xl__worksheets__sheet1_DOT_xml=sheet))) == [
        (0, "", "sheet_large")
    ]


def test_file__cells_without_references_are_read(tmp_path, parse_sheet, parse_path):
    parse_sheet("students", [HEAD, ROW])
    with (
        zipfile.ZipFile(tmp_path / "book.xlsx") as archive,
        zipfile.ZipFile(tmp_path / "new.xlsx", "w") as new,
    ):
        for name in archive.namelist():
            part = archive.read(name)
            new.writestr(name, re.sub(rb'<c r="[A-Z]+[0-9]+"', b"<c", part))
    assert parse_path("students", tmp_path / "new.xlsx").problems == []
