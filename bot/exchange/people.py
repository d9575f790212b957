"""Students and staff from files."""

from datetime import tzinfo
from pathlib import Path

from bot.exchange.cells import course, identifier, label, name
from bot.exchange.headings import Headings
from bot.exchange.rows import Parsed, StaffRow, StudentRow
from bot.exchange.table import Layout, Progress, Row, Setting, parse
from bot.exchange.words import languages_of, words_of
from bot.rules.vocabulary import Level, Role

_MAY = frozenset({"adviser"})
STUDENTS = Layout(
    ("student_id", "full_name", "group", "programme", "faculty", "level", "course", "language", *_MAY),
    may_be_empty=_MAY,
    may_be_absent=_MAY,
)
STAFF = Layout(
    ("staff_id", "full_name", "roles", "faculty", "department", "language"),
    may_be_empty=frozenset({"faculty", "department"}),
)


def parse_students(
    path: Path,
    headings: Headings,
    languages: frozenset[str],
    zone: tzinfo,
    progress: Progress | None = None,
) -> Parsed[StudentRow]:
    """Students of a CSV or XLSX file. What is wrong is in `problems`, nothing is raised."""
    reader = _StudentReader(Setting(headings, languages, zone))
    return parse(path, STUDENTS, headings, reader.read, progress)


def parse_staff(
    path: Path,
    headings: Headings,
    languages: frozenset[str],
    zone: tzinfo,
    progress: Progress | None = None,
) -> Parsed[StaffRow]:
    """Staff of a CSV or XLSX file. What is wrong is in `problems`, nothing is raised."""
    reader = _StaffReader(Setting(headings, languages, zone))
    return parse(path, STAFF, headings, reader.read, progress)


class _StudentReader:
    def __init__(self, setting: Setting) -> None:
        self._levels = words_of("level", Level, setting.headings)
        self._languages = languages_of(setting.languages, setting.headings)
        self._first_lines: dict[str, int] = {}

    def read(self, row: Row) -> StudentRow:
        student = StudentRow(
            line=row.line,
            student_id=row.need("student_id", identifier, ""),
            full_name=row.need("full_name", name, ""),
            group=row.need("group", label, ""),
            programme=row.need("programme", label, ""),
            faculty=row.need("faculty", label, ""),
            level=row.need("level", self._levels.one, Level.BACHELOR),
            course=row.need("course", course, 0),
            language=row.need("language", self._languages.one, ""),
            adviser=row.may("adviser", identifier, "") if row.has("adviser") else None,
        )
        row.once("student_id", student.student_id, self._first_lines)
        return student


class _StaffReader:
    def __init__(self, setting: Setting) -> None:
        self._roles = words_of("role", Role, setting.headings)
        self._languages = languages_of(setting.languages, setting.headings)
        self._first_lines: dict[str, int] = {}

    def read(self, row: Row) -> StaffRow:
        member = StaffRow(
            line=row.line,
            staff_id=row.need("staff_id", identifier, ""),
            full_name=row.need("full_name", name, ""),
            roles=row.need("roles", self._roles.many, ()),
            faculty=row.may("faculty", label, ""),
            department=row.may("department", label, ""),
            language=row.need("language", self._languages.one, ""),
        )
        row.once("staff_id", member.staff_id, self._first_lines)
        if Role.HEAD_OF_DEPARTMENT in member.roles and not row.wrong and not member.department:
            message = "This head has no department: fill in department unless all of them are meant."
            row.note("department", "head_without_department", message)
        return member
