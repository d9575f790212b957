"""Registers of exam days and of the final attestation."""

from typing import Any

from bot.cli.registers.table import Table, local
from bot.rules import aftermath
from bot.rules.sittings import CHOICES, GRADES
from bot.services import day_reports
from bot.services import sittings as sitting_cases
from bot.wiring import Base


def reports(base: Base) -> Table:
    """One row an exam of every report of a day."""
    headers = (
        "number", "scope", "day", "author", "faculty", "state", "sent_at", "exam", "groups", "starts_at",
        "began_at", "listed", "present", "absent", "force_majeure", "acts", "link", "remarks",
    )  # fmt: skip
    rows = [
        (
            one.number,
            one.scope,
            one.day.isoformat(),
            one.author,
            one.faculty,
            one.state,
            local(base, one.sent_at),
            line.exam.ext_id,
            ", ".join(line.groups),
            local(base, line.exam.span.start),
            local(base, line.began_at),
            line.total,
            "" if line.present is None else line.present,
            "" if line.absent is None else line.absent,
            line.reports,
            ", ".join(line.acts),
            line.link,
            one.remarks,
        )
        for one in base.desk.do_now(day_reports.register)
        for line in one.lines
    ]
    return headers, rows


def sittings(base: Base) -> Table:
    """One row a student of every sitting; of a vote its count alone."""
    headers = (
        "number", "exam", "student", "group", "state", "identified_at", "began_at", "ended_at", "minutes",
        "grade", "grade_votes", "degree", "degree_votes", "announced_at", "chair", "secretary",
    )  # fmt: skip
    rows = []
    for sitting in base.desk.do_now(sitting_cases.register):
        chair = next((seat.name for seat in sitting.seats if seat.chair), "")
        for one in sitting.defenders:
            votes = {ballot.what: ballot for ballot in one.ballots}
            counted = [
                (votes[what].result, "; ".join(f"{c}: {n}" for c, n in votes[what].tally.items()))
                if what in votes
                else ("", "")
                for what in CHOICES
            ]
            rows.append(
                (
                    sitting.number,
                    sitting.exam.ext_id,
                    one.name,
                    one.group,
                    one.state,
                    local(base, one.identified_at),
                    local(base, one.began_at),
                    local(base, one.ended_at),
                    round(one.used / 60, 1),
                    *counted[0],
                    *counted[1],
                    local(base, sitting.announced_at),
                    chair,
                    sitting.secretary,
                )
            )
    return headers, rows


def figures(base: Base) -> Table:
    """Figures of the final attestation (AYU 6.9.5), one row a sitting whose results are announced.

    The marks are those that the commissions have voted for; formulas as the registrar's in the chat.
    """
    headers = (
        "number", "exam", "kind", "announced_at", "all", *GRADES, "without", "quality", "success", "average",
    )  # fmt: skip
    marks = [int(mark) for mark in base.desk.office.policy.leaves["registrar.marks"].value]
    rows: list[tuple[Any, ...]] = []
    for sitting in base.desk.do_now(sitting_cases.register):
        found = aftermath.counted(sitting.defenders, marks)
        if found is None or sitting.announced_at is None:
            continue
        said = (round(found.quality, 1), round(found.success, 1), round(found.average, 2))
        head = (sitting.number, sitting.exam.ext_id, sitting.exam.kind, local(base, sitting.announced_at))
        rows.append((*head, found.total, *found.counts, found.absent, *said))
    return headers, rows
