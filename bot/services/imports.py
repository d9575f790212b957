"""Files of the university become people, exams and results: all of a file or nothing (contract 4)."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.exchange.rows import Problem, ResultRow, StaffRow, StudentRow
from bot.rules.vocabulary import PersonKind
from bot.services.clashes import LATELY, deserted
from bot.services.office import Office
from bot.services.results import announce
from bot.storage.tables import Person, Result
from bot.storage.unit import UnitOfWork

Progress = Callable[[int], None]
EVERYBODY = ""


@dataclass(slots=True)
class Report:
    """What an import did, or would do. With `problems` nothing was stored; `notes` refuse nothing."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)

    def count(self, outcome: str) -> None:
        """Add one to `added`, `changed` or `unchanged`."""
        setattr(self, outcome, getattr(self, outcome) + 1)


class NothingStored(Exception):
    """Carries the report out of a transaction that must not be committed."""

    def __init__(self, report: Report) -> None:
        self.report = report
        super().__init__("nothing is stored")


def conclude(report: Report, dry_run: bool) -> Report:
    """The report, if the file may be stored. Raises `NothingStored` for problems and for a dry run."""
    if report.problems:
        report.rejected = len({problem.line for problem in report.problems})
        report.added = report.changed = report.unchanged = 0
    if report.problems or dry_run:
        raise NothingStored(report)
    return report


def tick(progress: Progress | None, done: int) -> None:
    """Say how far an import has come, every thousand rows."""
    if progress is not None and done % 1000 == 0:
        progress(done)


def students(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    rows: Sequence[StudentRow],
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Add or change students by `student_id`. Raises `NothingStored` (see `conclude`)."""
    report = Report()
    known = uow.people.by_ext(PersonKind.STUDENT)
    guided, left, leaving = _Guided(uow, report), dict[str, int](), dict[int, str]()
    for done, row in enumerate(rows, 1):
        standing = known.get(row.student_id)
        if standing is not None and standing.group_name != row.group:
            left.setdefault(standing.group_name, row.line)
            leaving[standing.id] = standing.group_name
        values = {
            "full_name": row.full_name,
            "group_name": row.group,
            "programme": row.programme,
            "faculty": row.faculty,
            "level": row.level.value,
            "course": row.course,
            "language": row.language,
        }
        outcome = _upsert(uow, known, PersonKind.STUDENT, row.student_id, values)
        report.count("changed" if guided.takes(row, known) and outcome == "unchanged" else outcome)
        tick(progress, done)
    guided.store(known)
    if left and not report.problems:
        uow.exams.keep_sat(leaving, now - LATELY, now)
        report.notes.extend(deserted(uow, now, left))
    return conclude(report, dry_run)


class _Guided:
    """Which student has which adviser; a file without the column leaves it as it is."""

    def __init__(self, uow: UnitOfWork, report: Report) -> None:
        self._uow, self._report = uow, report
        self._staff = {ext_id: person.id for ext_id, person in uow.people.by_ext(PersonKind.STAFF).items()}
        self._standing = uow.people.advisers()
        self._new: dict[str, int | None] = {}

    def takes(self, row: StudentRow, known: Mapping[str, Person]) -> bool:
        """Note a row's adviser; whether it is another than before. One who is no member of staff is named."""
        if row.adviser is None:
            return False
        adviser = self._staff.get(row.adviser)
        if row.adviser and adviser is None:
            message = (
                f"there is no member of staff {row.adviser}: import staff first, or leave the cell empty"
            )
            self._report.problems.append(Problem(row.line, "adviser", "unknown_adviser", message))
            return False
        standing = self._standing.get(known[row.student_id].id)
        if adviser != standing:
            self._new[row.student_id] = adviser
        return adviser != standing

    def store(self, known: Mapping[str, Person]) -> None:
        """Write down what has changed."""
        if self._new:
            self._uow.people.flush()
            self._uow.people.set_advisers({known[key].id: who for key, who in self._new.items()})


def staff(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    rows: Sequence[StaffRow],
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Add or change members of staff and their roles by `staff_id`. Raises `NothingStored`."""
    report = Report()
    known = uow.people.by_ext(PersonKind.STAFF)
    roles = uow.people.roles()
    for done, row in enumerate(rows, 1):
        values = {
            "full_name": row.full_name,
            "faculty": row.faculty,
            "department": row.department,
            "language": row.language,
        }
        outcome = _upsert(uow, known, PersonKind.STAFF, row.staff_id, values)
        person = known[row.staff_id]
        if roles.get(person.id, frozenset()) != frozenset(row.roles):
            uow.people.set_roles(person.id, sorted(set(row.roles)))
            outcome = "changed" if outcome == "unchanged" else outcome
        report.count(outcome)
        tick(progress, done)
    return conclude(report, dry_run)


def _upsert(
    uow: UnitOfWork, known: dict[str, Person], kind: PersonKind, ext_id: str, values: Mapping[str, object]
) -> str:
    person = known.get(ext_id)
    if person is None:
        person = uow.people.add(Person(kind=kind.value, ext_id=ext_id, **values))
        if kind is PersonKind.STAFF:
            uow.people.flush()
        known[ext_id] = person
        return "added"
    different = {key: value for key, value in values.items() if getattr(person, key) != value}
    for key, value in different.items():
        setattr(person, key, value)
    return "changed" if different else "unchanged"


def results(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    rows: Sequence[ResultRow],
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Add or change publication times of results. Raises `NothingStored`."""
    report = Report()
    exams = uow.exams.by_ext()
    known_students = uow.people.by_ext(PersonKind.STUDENT)
    known = uow.exams.results()
    for done, row in enumerate(rows, 1):
        exam = exams.get(row.exam_id)
        if exam is None:
            report.problems.append(
                Problem(
                    row.line, "exam_id", "unknown_exam", f"there is no exam {row.exam_id} in the timetable"
                )
            )
            continue
        if row.student_id is not None and row.student_id not in known_students:
            report.problems.append(
                Problem(row.line, "student_id", "unknown_student", f"there is no student {row.student_id}")
            )
            continue
        key = (exam.id, row.student_id or EVERYBODY)
        result = known.get(key)
        if result is None:
            known[key] = Result(exam_id=exam.id, student_key=key[1], published_at=row.published_at)
            uow.exams.add_result(known[key])
            uow.flush()
            announce(uow, office, now, known[key], exam)
            report.added += 1
        elif result.published_at != row.published_at:
            result.published_at = row.published_at
            uow.flush()
            announce(uow, office, now, result, exam)
            report.changed += 1
        else:
            report.unchanged += 1
        tick(progress, done)
    return conclude(report, dry_run)
