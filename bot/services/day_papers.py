"""Reports of a day as documents: the profile's own form, for people and as a table."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from bot.exchange import paper as sheets
from bot.rules import day_reports as rules
from bot.rules.casework import Did
from bot.rules.day_reports import CENTRE, PROCTOR, SENT, DayReport, ExamLine
from bot.rules.papers import Day, Facts, Plain, Said
from bot.services import casework, documents
from bot.services.case_papers import label
from bot.services.office import Office
from bot.storage.tables import Case
from bot.storage.unit import UnitOfWork

CENTRE_PAPER = "centre_report"
FORMATS = (sheets.PDF, sheets.DOCX, sheets.XLSX)


def with_reports(
    uow: UnitOfWork, office: Office, lines: Sequence[ExamLine], case: Case
) -> tuple[ExamLine, ...]:
    """For the deanery: in which proctor's report each exam stands."""
    if case.stage != CENTRE:
        return tuple(lines)
    day = dt.date.fromisoformat(case.data["day"])
    return tuple(replace(line, report=_report(uow, line, day)) for line in lines)


def _report(uow: UnitOfWork, line: ExamLine, day: dt.date) -> str:
    exam = uow.exams.get(line.exam.id)
    proctor = exam.proctor_id if exam else None
    case = uow.cases.by_origin(rules.key(PROCTOR, proctor, day)) if proctor else None
    return case.number if case is not None and case.outcome == SENT else ""


def issue(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, seen: DayReport) -> None:
    """Make the report in every language (PDF, DOCX, XLSX), keep it with the case, send it to its author."""
    leaf = office.policy.leaves["reports.day_report_form"]
    template = CENTRE_PAPER if seen.scope == CENTRE else str(leaf.value)
    made = []
    for language in office.languages:
        facts = _facts(uow, office, seen, language)
        made += documents.issue(
            uow,
            office,
            now,
            case.id,
            documents.Order(template, facts, (language,), FORMATS),
            case.reporter_id,
        )
    uow.flush()
    casework.log(uow, now, case, Did.DOCUMENT, template=template)
    if seen.scope == CENTRE:
        documents.send(uow, now, made, [case.reporter_id])


def _facts(uow: UnitOfWork, office: Office, seen: DayReport, language: str) -> Facts:
    noon = dt.datetime.combine(seen.day, dt.time(12), office.zone)
    return {
        "number": seen.number,
        "today": Day(noon),
        "author": seen.author,
        "faculty": seen.faculty or None,
        "to": ", ".join(seen.to) or None,
        "sent_at": seen.sent_at,
        "remarks": seen.remarks or None,
        "clause": seen.clause or None,
        "missing": ", ".join(seen.missing) or "—",
        "exams": [_row(line, language) for line in seen.lines],
        "students": [row for line in seen.lines for row in _students(uow, line, language, noon)],
        "works": sum(line.present or 0 for line in seen.lines),
        "acts": sum(len(line.acts) for line in seen.lines),
    }


def _row(line: ExamLine, language: str) -> dict[str, Plain]:
    return {
        "exam": line.exam.subject(language),
        "kind": Said(f"kind.{line.exam.kind}"),
        "groups": ", ".join(line.groups) or "—",
        "starts_at": line.exam.span.start,
        "began_at": line.began_at or "—",
        "total": line.total,
        "present": line.present if line.present is not None else "—",
        "absent": line.absent if line.absent is not None else "—",
        "reports": line.reports,
        "acts": ", ".join(line.acts) or "—",
        "link": line.link or "—",
        "proctor": line.proctor or "—",
        "report": line.report or "—",
    }


def _students(uow: UnitOfWork, line: ExamLine, language: str, day: dt.datetime) -> list[dict[str, Plain]]:
    """One row a student, as KazNMU's form 4 wants them."""
    about = {case.data.get("student") for case in uow.cases.of_exam(line.exam.id, "act")}
    return [
        {
            "student": person.full_name,
            "programme": person.programme or "—",
            "course": person.course or "—",
            "group": person.group_name,
            "exam": line.exam.subject(language),
            "day": Day(day),
            "link": line.link or "—",
            "act": label("day.act_made" if person.id in about else "day.act_not_made"),
            "proctor": line.proctor or "—",
        }
        for person in uow.appeals.students_of(line.exam.id)
    ]
