"""Small builders: rows as the files would give them."""

import datetime as dt
from typing import Any

from bot.exchange.rows import ExamRow, StaffRow, StudentRow
from bot.rules.vocabulary import Attestation, ExamKind, Level, Role

FACULTY = "АТ факультеті"
DEPARTMENT = "АЖ кафедрасы"


def student(student_id: str = "S1", **changes: Any) -> StudentRow:
    values: dict[str, Any] = {
        "line": 2,
        "student_id": student_id,
        "full_name": f"Студент {student_id}",
        "group": "АЖ-23-1",
        "programme": "6B06101",
        "faculty": FACULTY,
        "level": Level.BACHELOR,
        "course": 3,
        "language": "kk",
    }
    return StudentRow(**{**values, **changes})


def member(staff_id: str = "T1", *roles: Role, **changes: Any) -> StaffRow:
    values: dict[str, Any] = {
        "line": 2,
        "staff_id": staff_id,
        "full_name": f"Қызметкер {staff_id}",
        "roles": roles or (Role.EXAMINER,),
        "faculty": FACULTY,
        "department": DEPARTMENT,
        "language": "kk",
    }
    return StaffRow(**{**values, **changes})


def exam(exam_id: str, starts_at: dt.datetime, **changes: Any) -> ExamRow:
    values: dict[str, Any] = {
        "line": 2,
        "exam_id": exam_id,
        "subject_kk": "Деректер қоры",
        "subject_ru": "Базы данных",
        "kind": ExamKind.WRITTEN,
        "attestation": Attestation.INTERIM,
        "starts_at": starts_at,
        "duration_min": 120,
        "groups": ("АЖ-23-1",),
        "examiners": ("T1",),
        "proctor": None,
        "faculty": FACULTY,
        "department": DEPARTMENT,
        "meeting_url": "https://meet.example/room",
        "lms_url": "https://lms.example/course",
    }
    return ExamRow(**{**values, **changes})
