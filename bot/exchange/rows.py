"""What files are read into: one frozen record a row, and the problems found on the way."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from bot.rules.vocabulary import Attestation, ExamKind, Level, Role

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a file.

    `line` is the 1-based line of the file (row of the sheet), 0 for the file as a whole;
    `column` is the contract's name of the column or empty; `message` is one English sentence
    that says what to do, `code` names it for a catalogue.
    """

    line: int
    column: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Parsed(Generic[T]):
    """Rows of a file without problems of their own, and everything that was found.

    `notes` have the shape of problems and refuse nothing. `rejected` counts the rows with problems:
    the list of problems is capped, the count is not. Only an empty `problems` means a good file.
    """

    rows: list[T]
    problems: list[Problem]
    notes: list[Problem] = field(default_factory=list)
    rejected: int = 0


@dataclass(frozen=True, slots=True)
class StudentRow:
    """One student. `adviser`: a staff id, '' for none; None where the file has no such column."""

    line: int
    student_id: str
    full_name: str
    group: str
    programme: str
    faculty: str
    level: Level
    course: int
    language: str
    adviser: str | None = None


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One member of staff; an empty faculty or department means the whole university."""

    line: int
    staff_id: str
    full_name: str
    roles: tuple[Role, ...]
    faculty: str
    department: str
    language: str


@dataclass(frozen=True, slots=True)
class ExamRow:
    """One exam; `starts_at` is aware UTC, `duration_min` None takes the profile's duration of the kind."""

    line: int
    exam_id: str
    subject_kk: str
    subject_ru: str
    kind: ExamKind
    attestation: Attestation
    starts_at: datetime
    duration_min: int | None
    groups: tuple[str, ...]
    examiners: tuple[str, ...]
    proctor: str | None
    faculty: str
    department: str
    meeting_url: str
    lms_url: str


@dataclass(frozen=True, slots=True)
class ResultRow:
    """A published result; `student_id` None means everybody in that exam; `published_at` is aware UTC."""

    line: int
    exam_id: str
    student_id: str | None
    published_at: datetime
