"""The timetable and the published results from files."""

from datetime import UTC, datetime, time, tzinfo
from pathlib import Path

from bot.exchange.cells import identifier, identifiers, label, labels, minutes, name, url
from bot.exchange.findings import CellRefused
from bot.exchange.headings import Headings
from bot.exchange.moments import clock, day, moment, to_utc
from bot.exchange.rows import ExamRow, Parsed, ResultRow
from bot.exchange.table import Layout, Progress, Row, Setting, parse
from bot.exchange.words import words_of
from bot.rules.vocabulary import Attestation, ExamKind

_ALWAYS = ("exam_id", "subject_kk", "subject_ru", "kind", "attestation", "date", "start", "groups")
_ABSENT = frozenset({"duration_min", "proctor", "meeting_url", "lms_url"})
_EMPTY = _ABSENT | {"examiners", "faculty", "department"}

TIMETABLE = Layout((*_ALWAYS, *sorted(_EMPTY)), may_be_empty=_EMPTY, may_be_absent=_ABSENT)
RESULTS = Layout(("exam_id", "student_id", "published_at"), may_be_empty=frozenset({"student_id"}))

GRADUATION = frozenset({ExamKind.THESIS_DEFENCE, ExamKind.COMPLEX_EXAM})
_NEVER = datetime(2000, 1, 1, tzinfo=UTC)


def parse_timetable(
    path: Path,
    headings: Headings,
    languages: frozenset[str],
    zone: tzinfo,
    progress: Progress | None = None,
) -> Parsed[ExamRow]:
    """Exams of a CSV or XLSX file, times local to `zone`.

    What is wrong is in `problems`, nothing is raised.
    """
    reader = _ExamReader(Setting(headings, languages, zone))
    return parse(path, TIMETABLE, headings, reader.read, progress)


def parse_results(
    path: Path,
    headings: Headings,
    languages: frozenset[str],
    zone: tzinfo,
    progress: Progress | None = None,
) -> Parsed[ResultRow]:
    """Published results of a CSV or XLSX file; times without an offset are local to `zone`.

    A row for everybody and rows for single students of the same exam may stand together.
    What is wrong is in `problems`, nothing is raised.
    """
    reader = _ResultReader(Setting(headings, languages, zone))
    return parse(path, RESULTS, headings, reader.read, progress)


class _ExamReader:
    def __init__(self, setting: Setting) -> None:
        self._kinds = words_of("kind", ExamKind, setting.headings)
        self._attestations = words_of("attestation", Attestation, setting.headings)
        self._zone = setting.zone
        self._first_lines: dict[str, int] = {}

    def read(self, row: Row) -> ExamRow:
        exam = ExamRow(
            line=row.line,
            exam_id=row.need("exam_id", identifier, ""),
            subject_kk=row.need("subject_kk", name, ""),
            subject_ru=row.need("subject_ru", name, ""),
            kind=row.need("kind", self._kinds.one, ExamKind.TEST),
            attestation=row.need("attestation", self._attestations.one, Attestation.INTERIM),
            starts_at=_starts_at(row, self._zone),
            duration_min=row.may("duration_min", minutes, None),
            groups=row.need("groups", labels, ()),
            examiners=row.may("examiners", identifiers, ()),
            proctor=row.may("proctor", identifier, None),
            faculty=row.may("faculty", label, ""),
            department=row.may("department", label, ""),
            meeting_url=row.may("meeting_url", url, ""),
            lms_url=row.may("lms_url", url, ""),
        )
        row.once("exam_id", exam.exam_id, self._first_lines)
        if not row.wrong & {"kind", "attestation"}:
            _agree(row, exam.kind, exam.attestation)
        return exam


class _ResultReader:
    def __init__(self, setting: Setting) -> None:
        self._zone = setting.zone
        self._first_lines: dict[str, int] = {}

    def read(self, row: Row) -> ResultRow:
        exam_id = row.need("exam_id", identifier, "")
        student_id = row.may("student_id", identifier, None)
        published_at = row.need("published_at", moment, _NEVER)
        if published_at.tzinfo is None:
            published_at = _utc(row, "published_at", published_at, self._zone)
        if not row.wrong & {"exam_id", "student_id"}:
            column, key = (
                ("exam_id", exam_id) if student_id is None else ("student_id", f"{exam_id}; {student_id}")
            )
            row.once(column, key, self._first_lines)
        return ResultRow(row.line, exam_id, student_id, published_at.astimezone(UTC))


def _agree(row: Row, kind: ExamKind, attestation: Attestation) -> None:
    """Defences and complex exams belong to graduation; other kinds there are rare enough to mention."""
    if kind in GRADUATION and attestation is not Attestation.FINAL:
        message = f"The kind {kind} belongs to the final attestation: write final, or correct the kind."
        row.refuse("attestation", "attestation_kind", message)
    if kind not in GRADUATION and attestation is Attestation.FINAL:
        message = f"The kind {kind} is rarely final: write interim if this is one course's exam."
        row.note("attestation", "attestation_rare", message)


def _starts_at(row: Row, zone: tzinfo) -> datetime:
    on = row.need("date", day, _NEVER.date())
    at = row.need("start", clock, time())
    if row.wrong & {"date", "start"}:
        return _NEVER
    return _utc(row, "start", datetime.combine(on, at), zone)


def _utc(row: Row, column: str, local: datetime, zone: tzinfo) -> datetime:
    try:
        moment_utc, twice = to_utc(local, zone)
    except CellRefused as refused:
        row.refuse(column, refused.code, refused.message)
        return _NEVER
    if twice:
        message = f"The clocks show {local:%Y-%m-%d %H:%M} twice in this zone: the earlier moment was taken."
        row.note(column, "time_twice", message)
    return moment_utc
