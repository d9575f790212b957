"""Files to read: written to a temporary folder and parsed against the project's own headings."""

from collections.abc import Callable, Sequence
from datetime import tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import xlsxwriter

from bot.exchange.exams import parse_results, parse_timetable
from bot.exchange.headings import Headings, load_headings
from bot.exchange.people import parse_staff, parse_students
from bot.exchange.rows import Parsed

CONTENT = Path(__file__).parents[2] / "content"
LANGUAGES = frozenset({"kk", "ru"})
ALMATY = ZoneInfo("Asia/Almaty")
PARSERS = {
    "students": parse_students,
    "staff": parse_staff,
    "timetable": parse_timetable,
    "results": parse_results,
}
HEADS = {
    "students": "student_id,full_name,group,programme,faculty,level,course,language",
    "staff": "staff_id,full_name,roles,faculty,department,language",
    "timetable": "exam_id,subject_kk,subject_ru,kind,attestation,date,start,duration_min,groups,examiners,"
    "proctor,faculty,department,meeting_url,lms_url",
    "results": "exam_id,student_id,published_at",
}
GOOD = {
    "students": {
        "student_id": "S1",
        "full_name": "Әлиева Айгерім",
        "group": "АЖ-1",
        "programme": "6B06101",
        "faculty": "Физика",
        "level": "bachelor",
        "course": "3",
        "language": "kk",
    },
    "staff": {
        "staff_id": "T1",
        "full_name": "Ким Елена",
        "roles": "examiner;proctor",
        "faculty": "Физика",
        "department": "",
        "language": "ru",
    },
    "timetable": {
        "exam_id": "E1",
        "subject_kk": "Физика",
        "subject_ru": "Физика",
        "kind": "written",
        "attestation": "interim",
        "date": "2026-12-21",
        "start": "09:00",
        "duration_min": "120",
        "groups": "АЖ-1;АЖ-2",
        "examiners": "T1;T2",
        "proctor": "T3",
        "faculty": "Физика",
        "department": "",
        "meeting_url": "https://meet.university.example/1",
        "lms_url": "",
    },
    "results": {"exam_id": "E1", "student_id": "S1", "published_at": "2026-12-22T14:00"},
}


@pytest.fixture(scope="session")
def good() -> dict[str, dict[str, str]]:
    """A good row of every kind of file."""
    return GOOD


@pytest.fixture(scope="session")
def content() -> Path:
    return CONTENT


@pytest.fixture(scope="session")
def parse_path(headings: Headings) -> Callable[[str, Path], Parsed[Any]]:
    """Parses an existing file of some kind."""
    return lambda kind, path: PARSERS[kind](path, headings, LANGUAGES, ALMATY)


@pytest.fixture(scope="session")
def headings() -> Headings:
    return load_headings(CONTENT)


@pytest.fixture
def parse_bytes(tmp_path: Path, headings: Headings) -> Callable[..., Parsed[Any]]:
    """Parses the bytes of a file of some kind."""

    def parse(kind: str, data: bytes, *, zone: tzinfo = ALMATY, **options: Any) -> Parsed[Any]:
        path = tmp_path / "file.dat"
        path.write_bytes(data)
        return PARSERS[kind](path, headings, LANGUAGES, zone, **options)

    return parse


@pytest.fixture
def parse_row(parse_bytes: Callable[..., Parsed[Any]]) -> Callable[..., Parsed[Any]]:
    """Parses a file of one good row with some cells replaced."""

    def parse(kind: str, /, zone: tzinfo = ALMATY, **cells: str) -> Parsed[Any]:
        row = {**GOOD[kind], **cells}
        quoted = ",".join('"' + row[column].replace('"', '""') + '"' for column in HEADS[kind].split(","))
        return parse_bytes(kind, f"{HEADS[kind]}\n{quoted}\n".encode(), zone=zone)

    return parse


@pytest.fixture
def parse_sheet(tmp_path: Path, headings: Headings) -> Callable[..., Parsed[Any]]:
    """Parses a workbook of one sheet; rows begin at `corner`, `change` may do more to the sheet."""

    def parse(
        kind: str,
        rows: Sequence[Sequence[object]],
        corner: tuple[int, int] = (0, 0),
        change: Callable[[Any, Any], None] | None = None,
    ) -> Parsed[Any]:
        path = tmp_path / "book.xlsx"
        with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd hh:mm"}) as book:
            sheet = book.add_worksheet("Кесте")
            for number, row in enumerate(rows):
                sheet.write_row(corner[0] + number, corner[1], row)
            if change is not None:
                change(book, sheet)
        return PARSERS[kind](path, headings, LANGUAGES, ALMATY)

    return parse
