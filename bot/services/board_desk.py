"""What else a day of the board holds: appeals and applications, the help desk, incidents, the day's hours."""

import datetime as dt
from collections.abc import Sequence

from bot.rules import tickets, warnings
from bot.rules.board import Desk, HourRow, IncidentRow, MatterRow, Planned, Scope, TicketRow
from bot.rules.casework import WAITING, Kind
from bot.rules.exams import Span
from bot.rules.incidents import EXAM, FACULTY
from bot.services import applications, exams, incidents, receipts
from bot.services.appeal_facts import moment
from bot.services.office import Office
from bot.storage.board import OpenMatter
from bot.storage.tables import Exam
from bot.storage.unit import UnitOfWork

HOUR = dt.timedelta(hours=1)
INWARD = frozenset({receipts.RECEIPT, applications.PHOTOS})
"""Timers that are the program's own business."""


def matters(uow: UnitOfWork, faculty: str, holder: int | None) -> tuple[MatterRow, ...]:
    """Open appeals and applications, the nearest deadline first."""
    rows = [_matter(row) for row in uow.boards.matters(faculty, holder)]
    return tuple(
        sorted(rows, key=lambda row: (row.deadline.at if row.deadline else row.filed_at, row.number))
    )


def _matter(row: OpenMatter) -> MatterRow:
    planned = _planned(row)
    return MatterRow(
        number=row.case.number,
        kind=row.case.kind,
        name=row.reporter.full_name,
        group=row.reporter.group_name,
        exam=exams.brief(row.exam) if row.exam else None,
        filed_at=row.case.filed_at,
        stage=row.case.stage,
        planned=tuple(sorted(planned, key=lambda step: step.at)),
    )


def _planned(row: OpenMatter) -> list[Planned]:
    """What comes by itself; of a day's report its deadline, of a sitting nothing: its clock is the room's."""
    if row.case.kind == Kind.SITTING:
        return []
    if row.case.kind == Kind.DAY_REPORT:
        due = moment(row.case, "due")
        return [Planned("report", due)] if due else []
    named = ((rule.partition(":")[0], due) for rule, due in row.timers)
    return [Planned(rule, due) for rule, due in named if rule not in INWARD]


def desk(uow: UnitOfWork, now: dt.datetime, faculty: str, holder: int | None) -> Desk:
    """Who waits for help, the most urgent first, and who is being helped."""
    found = []
    for ticket, asker, helper, exam in uow.boards.tickets(faculty, holder):
        span = Span(exam.starts_at, exam.ends_at) if exam else None
        queued = tickets.Queued(ticket.id, ticket.language, ticket.group_name, ticket.opened_at, exam=span)
        found.append(
            TicketRow(
                number=ticket.number,
                name=asker.full_name if asker else "",
                group=asker.group_name if asker else "",
                about=ticket.group_name,
                opened_at=ticket.opened_at,
                urgency=int(tickets.urgency(queued, now)),
                holder=helper.full_name if helper else "",
            )
        )
    ordered = sorted(found, key=lambda row: (bool(row.holder), row.urgency, row.opened_at))
    return Desk(tuple(ordered), len(uow.tickets.on_duty()))


def of_scope(uow: UnitOfWork, scope: Scope, shown: Sequence[int]) -> tuple[IncidentRow, ...]:
    """Open incidents that concern what the reader sees: `shown` are the exams of the day in their scope."""
    rows = []
    for incident in uow.incidents.all_open():
        if not _concerns(uow, scope, incident.scope, incident.key, shown):
            continue
        seen = incidents.view(uow, incident)
        rows.append(
            IncidentRow(
                number=seen.number,
                scope=seen.scope,
                label=seen.key,
                subjects=seen.subjects,
                opened_at=seen.opened_at,
                waiting=seen.counts.get(WAITING, 0),
                taken=seen.counts.get("taken", 0),
                total=seen.total,
            )
        )
    return tuple(rows)


def _concerns(uow: UnitOfWork, scope: Scope, kind: str, key: str, shown: Sequence[int]) -> bool:
    if scope.own:
        return kind == EXAM and int(key) in shown
    if not scope.faculty:
        return True
    if kind == FACULTY:
        return key == scope.faculty
    if kind == EXAM:
        exam = uow.exams.get(int(key))
        return exam is not None and exam.faculty == scope.faculty
    return True


def hours(
    uow: UnitOfWork,
    office: Office,
    start: dt.datetime,
    rows: Sequence[Exam],
    faculty: str,
    holder: int | None,
) -> tuple[HourRow, ...]:
    """The hours of a day from the first to the last in which anything happened; `start`: its midnight."""
    counts: dict[int, list[int]] = {}

    def count(at: dt.datetime, place: int, number: int = 1) -> None:
        hour = int((at - start) / HOUR)
        counts.setdefault(hour, [0, 0, 0, 0])[place] += number

    for filed_at, state in uow.boards.filed(start, start + 24 * HOUR, faculty, holder):
        count(filed_at, 0)
        count(filed_at, 1, int(state != WAITING))
    for due_at, state, number in uow.boards.sent([row.id for row in rows], warnings.LEFT):
        count(due_at, 2 if state == "sent" else 3, number)
    if not counts:
        return ()
    return tuple(
        HourRow(start + HOUR * hour, *counts.get(hour, (0, 0, 0, 0)))
        for hour in range(min(counts), max(counts) + 1)
    )
