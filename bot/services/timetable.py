"""The timetable is imported: exams are laid, moved exams take their timers along, people are told once."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from bot.exchange.rows import ExamRow, Problem
from bot.rules import exams as rules
from bot.rules.exams import Span
from bot.rules.vocabulary import PersonKind
from bot.services import changes, clashes, links, regrouped, timers, waves
from bot.services.imports import Progress, Report, conclude, tick
from bot.services.office import Office
from bot.storage.tables import Exam, Person
from bot.storage.unit import UnitOfWork


def timetable(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    rows: Sequence[ExamRow],
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Add or change exams by `exam_id`, with their timers. A moved exam is told to its people once.

    Raises `NothingStored` for unknown staff or groups, for a duration nobody gives, and for a dry run.
    """
    report = Report()
    book = _Book(uow)
    for done, row in enumerate(rows, 1):
        problems = _problems(row, office, book)
        if problems:
            report.problems.extend(problems)
            continue
        if not report.problems:
            report.count(_store(uow, office, now, row, book))
        tick(progress, done)
    if not report.problems:
        uow.flush()
        report.notes.extend(clashes.doubts(uow, office, now, rows))
        report.notes.extend(waves.overloads(uow, office, now))
    return conclude(report, dry_run)


class _Book:
    """What the rows refer to, read once."""

    def __init__(self, uow: UnitOfWork) -> None:
        self.staff: dict[str, Person] = uow.people.by_ext(PersonKind.STAFF)
        self.exams: dict[str, Exam] = uow.exams.by_ext()
        self.groups = uow.exams.groups()
        self.examiners = uow.exams.examiners()
        self.known_groups = uow.exams.known_groups()


def laid_anew(
    uow: UnitOfWork, office: Office, now: dt.datetime, rows: Sequence[ExamRow], **wishes: Any
) -> Report:
    """The timetable of a demonstration around another minute: as `timetable`, and nobody is told of it.

    What has reached somebody does not go out again for a minute that is over.
    """
    heard = timers.heard(uow)
    report = timetable(uow, office, now, rows, **wishes)
    changes.hush(uow, now)
    links.hush(uow, now)
    timers.hush(uow, now, heard)
    return report


def _minutes(row: ExamRow, office: Office) -> int | None:
    return rules.planned_duration(row.duration_min, office.policy.kinds.get(row.kind))


def _problems(row: ExamRow, office: Office, book: _Book) -> list[Problem]:
    found = []
    for examiner in row.examiners:
        if examiner not in book.staff:
            text = f"there is no member of staff {examiner}; import the staff first"
            found.append(Problem(row.line, "examiners", "unknown_staff", text))
    if row.proctor and row.proctor not in book.staff:
        text = f"there is no member of staff {row.proctor}; import the staff first"
        found.append(Problem(row.line, "proctor", "unknown_staff", text))
    for group in row.groups:
        if group not in book.known_groups:
            text = f"no student is in group {group}; import the students first, or mend the group's name"
            found.append(Problem(row.line, "groups", "unknown_group", text))
    if _minutes(row, office) is None:
        text = f"give the minutes: profile {office.policy.profile} says nothing of how long {row.kind} takes"
        found.append(Problem(row.line, "duration_min", "duration_needed", text))
    return found


def _store(uow: UnitOfWork, office: Office, now: dt.datetime, row: ExamRow, book: _Book) -> str:
    minutes = _minutes(row, office)
    assert minutes is not None
    proctor = book.staff[row.proctor].id if row.proctor else None
    values: dict[str, Any] = {
        "subject_kk": row.subject_kk,
        "subject_ru": row.subject_ru,
        "kind": row.kind.value,
        "attestation": row.attestation.value,
        "starts_at": row.starts_at,
        "ends_at": row.starts_at + dt.timedelta(minutes=minutes),
        "faculty": row.faculty,
        "department": row.department,
        "meeting_url": row.meeting_url,
        "lms_url": row.lms_url,
        "proctor_id": proctor,
    }
    exam = book.exams.get(row.exam_id)
    if exam is None:
        values |= {"filed_start": values["starts_at"], "filed_end": values["ends_at"]}
        exam = book.exams[row.exam_id] = uow.exams.add(Exam(ext_id=row.exam_id, **values))
        _people(uow, exam, row, book)
        timers.lay(uow, office, now, exam)
        return "added"
    times = {name: values.pop(name) for name in ("starts_at", "ends_at")}
    filed = _filed(exam, times)
    different = {key: value for key, value in values.items() if getattr(exam, key) != value}
    others = "proctor_id" in different or _others(exam, row, book)
    former = regrouped.before(uow, now, exam) if others else None
    known = links.of(exam)
    for key, value in different.items():
        setattr(exam, key, value)
    _people(uow, exam, row, book)
    if filed:
        before = Span(exam.starts_at, exam.ends_at)
        exam.starts_at, exam.ends_at, exam.cancelled_at = times["starts_at"], times["ends_at"], None
        exam.revision += 1
        changes.follow(uow, office, now, exam, before)
    elif different or others:
        timers.lay(uow, office, now, exam)
    if former is not None:
        regrouped.tell(uow, now, exam, former, moved=filed)
    if not filed:
        links.follow(uow, now, exam, known)
    return "changed" if filed or different or others else "unchanged"


def _filed(exam: Exam, times: dict[str, dt.datetime]) -> bool:
    """Whether the file puts an exam at another time: what was changed here stays until the file changes.

    A row without the file's former time is held against the time that stands.
    """
    former = exam.filed_start or exam.starts_at, exam.filed_end or exam.ends_at
    filed = exam.filed_start, exam.filed_end = times["starts_at"], times["ends_at"]
    stands = exam.cancelled_at is None and (exam.starts_at, exam.ends_at) == filed
    return former != filed and not stands


def _of_row(row: ExamRow, book: _Book) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The groups and the examiners that a row names."""
    groups = tuple(sorted(set(row.groups)))
    return groups, tuple(dict.fromkeys(book.staff[ext_id].id for ext_id in row.examiners))


def _others(exam: Exam, row: ExamRow, book: _Book) -> bool:
    """Whether other groups or other examiners are named than stand."""
    return _of_row(row, book) != (book.groups.get(exam.id, ()), book.examiners.get(exam.id, ()))


def _people(uow: UnitOfWork, exam: Exam, row: ExamRow, book: _Book) -> None:
    groups, examiners = _of_row(row, book)
    if book.groups.get(exam.id, ()) != groups:
        uow.exams.set_groups(exam.id, groups)
        book.groups[exam.id] = groups
    if book.examiners.get(exam.id, ()) != examiners:
        uow.exams.set_examiners(exam.id, examiners)
        book.examiners[exam.id] = examiners
