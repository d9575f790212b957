"""`export`: registers as files."""

import datetime as dt
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.office import opened
from bot.exchange.writer import write_table
from bot.rules import aftermath, trees
from bot.rules.account import Span
from bot.rules.appeals import AppealView
from bot.rules.applications import ApplicationView
from bot.rules.sittings import CHOICES, GRADES
from bot.services import (
    account,
    act_cases,
    appealed,
    applications,
    cases,
    day_reports,
    helping,
    outbox,
    sittings,
    supervision,
)
from bot.wiring import Base


class Register(StrEnum):
    """A register that can be written."""

    CASES = "cases"
    DELIVERIES = "deliveries"
    APPEALS = "appeals"
    APPLICATIONS = "applications"
    TICKETS = "tickets"
    HELP = "help"
    PACE = "pace"
    ACTS = "acts"
    REPORTS = "reports"
    SITTINGS = "sittings"
    FIGURES = "figures"


Table = tuple[tuple[str, ...], list[tuple[Any, ...]]]


def export(
    register: Annotated[Register, typer.Argument(help="Which register.")],
    file: Annotated[Path, typer.Argument(help="The file to write (.xlsx or .csv).")],
) -> None:
    """Write a register; cells that look like formulas are made harmless."""
    with opened() as base:
        headers, rows = TABLES[register](base)
    write_table(file, headers, rows)
    typer.echo(f"wrote {len(rows)} rows to {file}")


def _local(base: Base, moment: dt.datetime | None) -> str:
    return moment.astimezone(base.desk.office.zone).strftime("%Y-%m-%d %H:%M:%S") if moment else ""


REPORT = (
    *("number", "filed_at", "reporter", "group", "exam", "trouble", "state", "holder", "taken_at"),
    *("faculty", "minutes_to_take", "ended_at", "minutes_to_decide", "outcome", "decided_by", "order"),
    *("minutes_lost", "minutes_given", "incident", "filed_by", "claimed_at"),
)
"""Columns of the register of reports."""


def _minutes(since: dt.datetime, until: dt.datetime | None) -> float | str:
    """How long something took, to a tenth of a minute; '' while it has not happened."""
    return round((until - since).total_seconds() / 60, 1) if until else ""


def _cases(base: Base) -> Table:
    headers = REPORT
    rows = [
        (
            case.number,
            _local(base, case.filed_at),
            case.reporter,
            case.reporter_group,
            case.exam.ext_id if case.exam else "",
            case.trouble,
            case.state,
            case.holder,
            _local(base, case.taken_at),
            case.faculty,
            _minutes(case.filed_at, case.first_taken_at),
            _local(base, case.ended_at),
            _minutes(case.filed_at, case.ended_at),
            case.outcome,
            case.decided_by,
            case.order,
            case.lost,
            case.outage.given,
            case.incident,
            case.filed_by,
            _local(base, case.claimed_at),
        )
        for case in base.desk.do_now(cases.register)
    ]
    return headers, rows


def _deliveries(base: Base) -> Table:
    headers = (
        "kind", "id", "full_name", "exam", "due_at", "state", "finished_at", "attempts", "reason",
        "minutes", "steps_opened_at", "reported_at",
    )  # fmt: skip
    rows = [
        (
            line.kind,
            line.ext_id,
            line.person,
            line.exam,
            _local(base, line.due_at),
            line.state,
            _local(base, line.finished_at),
            line.attempts,
            line.reason,
            "" if line.minutes is None else line.minutes,
            _local(base, line.acted_at),
            _local(base, line.filed_at),
        )
        for line in base.desk.do_now(outbox.register)
    ]
    return headers, rows


def _head(base: Base, case: AppealView | ApplicationView, *form: str) -> tuple[str, ...]:
    """Which case it is, when it came, whose it is, and its exam."""
    exam = case.exam.ext_id if case.exam else ""
    return (case.number, _local(base, case.filed_at), *form, case.student, case.group, exam)


def _sent(case: AppealView | ApplicationView) -> tuple[str, int]:
    """The words, and how many files came with them."""
    return case.text, sum(not file.made for file in case.files)


def _appeals(base: Base) -> Table:
    headers = (
        "number", "filed_at", "student", "group", "exam", "ground", "text", "files", "entry", "chair",
        "sitting_by", "sat_at", "votes", "state", "outcome", "reason", "grade", "new_date", "decided_at",
    )  # fmt: skip
    rows = [
        (
            *_head(base, one),
            one.ground,
            *_sent(one),
            one.entry,
            one.chair,
            _local(base, one.sitting_by),
            _local(base, one.sat_at),
            len(one.votes),
            one.state,
            one.outcome,
            one.reason,
            one.grade,
            _local(base, one.new_date),
            _local(base, one.decided_at),
        )
        for one in base.desk.do_now(appealed.register)
    ]
    return headers, rows


def _applications(base: Base) -> Table:
    headers = (
        "number", "filed_at", "form", "student", "group", "exam", "reason", "text", "files", "addressee",
        "due", "state", "outcome", "answer", "new_date",
    )  # fmt: skip
    rows = [
        (
            *_head(base, one, one.form.id),
            one.reason,
            *_sent(one),
            one.addressee,
            _local(base, one.due),
            one.state,
            one.outcome,
            one.answer,
            _local(base, one.new_date),
        )
        for one in base.desk.do_now(applications.register)
    ]
    return headers, rows


def _tickets(base: Base) -> Table:
    headers = (
        "number", "opened_at", "student_id", "full_name", "exam", "language", "problem", "device", "tried",
        "state", "helper", "claimed_at", "first_reply_at", "resolved_at", "rating",
    )  # fmt: skip
    rows = [
        (
            line.ticket.number,
            _local(base, line.ticket.opened_at),
            line.ext_id,
            line.asker,
            line.exam,
            line.ticket.language,
            line.ticket.problem,
            line.ticket.device,
            "; ".join(f"{fix}: {outcome}" for fix, outcome in line.ticket.tried),
            line.ticket.state,
            line.holder,
            _local(base, line.ticket.claimed_at),
            _local(base, line.ticket.first_reply_at),
            _local(base, line.ticket.resolved_at),
            line.ticket.rating or "",
        )
        for line in base.desk.do_now(supervision.register)
    ]
    return headers, rows


def _help(base: Base) -> Table:
    """What has helped whom; an empty fix is the problem as a whole, failed where nothing helped."""
    headers = ("problem", "fix", "device", "helped", "failed", "could_not_try", "dead_end")
    found = base.desk.do_now(helping.lines)
    least = int(base.desk.office.policy.leaves["help_desk.dead_end_from"].value)
    dead = {(line.problem, line.device) for line in trees.dead_ends(found, least)}
    rows = [
        (
            line.problem,
            line.fix,
            line.device,
            line.tally.helped,
            line.tally.failed,
            line.tally.cant,
            "yes" if not line.fix and (line.problem, line.device) in dead else "",
        )
        for line in found
    ]
    return headers, rows


def _acts(base: Base) -> Table:
    headers = (
        "number", "form", "happened_at", "filed_at", "student", "group", "exam", "offences", "texts",
        "commission", "confirmed", "stage", "state", "answer", "answered_at", "explained", "outcome",
        "reason", "signed_by", "about",
    )  # fmt: skip
    rows = [
        (
            one.number,
            one.spec.id,
            _local(base, one.at),
            _local(base, one.filed_at),
            one.student,
            one.group,
            one.exam.ext_id if one.exam else "",
            "; ".join(one.offences),
            "; ".join(f"{name}: {text}" for name, text in one.texts.items()),
            "; ".join(signer.name for signer in one.signers if signer.name),
            sum(signer.said == "yes" for signer in one.signers),
            one.stage,
            one.state,
            one.answer,
            _local(base, one.answered_at),
            one.explained,
            one.outcome,
            one.reason,
            one.approver if one.outcome else "",
            one.about,
        )
        for one in base.desk.do_now(act_cases.register)
    ]
    return headers, rows


def _reports(base: Base) -> Table:
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
            _local(base, one.sent_at),
            line.exam.ext_id,
            ", ".join(line.groups),
            _local(base, line.exam.span.start),
            _local(base, line.began_at),
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


def _sittings(base: Base) -> Table:
    """One row a student of every sitting; of a vote its count alone."""
    headers = (
        "number", "exam", "student", "group", "state", "identified_at", "began_at", "ended_at", "minutes",
        "grade", "grade_votes", "degree", "degree_votes", "announced_at", "chair", "secretary",
    )  # fmt: skip
    rows = []
    for sitting in base.desk.do_now(sittings.register):
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
                    _local(base, one.identified_at),
                    _local(base, one.began_at),
                    _local(base, one.ended_at),
                    round(one.used / 60, 1),
                    *counted[0],
                    *counted[1],
                    _local(base, sitting.announced_at),
                    chair,
                    sitting.secretary,
                )
            )
    return headers, rows


def _pace(base: Base) -> Table:
    """How fast reports are taken and decided, by faculty; an empty faculty is all together."""
    headers = (
        "faculty", "reports", "open", "taken", "to_take_median", "to_take_worst", "decided",
        "to_decide_median", "to_decide_worst",
    )  # fmt: skip
    rows = [
        (pace.faculty, pace.reports, pace.open, *_figures(pace.to_take), *_figures(pace.to_decide))
        for pace in base.desk.do_now(account.register)
    ]
    return headers, rows


def _figures(span: Span) -> tuple[float | str, ...]:
    return (span.count, *("" if figure is None else figure for figure in (span.median, span.worst)))


def _attestation_figures(base: Base) -> Table:
    """Figures of the final attestation (AYU 6.9.5), one row a sitting whose results are announced.

    The marks are those that the commissions have voted for; formulas as the registrar's in the chat.
    """
    headers = (
        "number", "exam", "kind", "announced_at", "all", *GRADES, "without", "quality", "success", "average",
    )  # fmt: skip
    marks = [int(mark) for mark in base.desk.office.policy.leaves["registrar.marks"].value]
    rows: list[tuple[Any, ...]] = []
    for sitting in base.desk.do_now(sittings.register):
        found = aftermath.counted(sitting.defenders, marks)
        if found is None or sitting.announced_at is None:
            continue
        said = (round(found.quality, 1), round(found.success, 1), round(found.average, 2))
        head = (sitting.number, sitting.exam.ext_id, sitting.exam.kind, _local(base, sitting.announced_at))
        rows.append((*head, found.total, *found.counts, found.absent, *said))
    return headers, rows


TABLES: dict[Register, Callable[[Base], Table]] = {
    Register.CASES: _cases,
    Register.DELIVERIES: _deliveries,
    Register.APPEALS: _appeals,
    Register.APPLICATIONS: _applications,
    Register.TICKETS: _tickets,
    Register.HELP: _help,
    Register.PACE: _pace,
    Register.ACTS: _acts,
    Register.REPORTS: _reports,
    Register.SITTINGS: _sittings,
    Register.FIGURES: _attestation_figures,
}
