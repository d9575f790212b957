"""Registers of what people have filed."""

from bot.cli.registers.table import Table, local, minutes
from bot.rules.appeals import AppealView
from bot.rules.applications import ApplicationView
from bot.services import act_cases, appealed, cases
from bot.services import applications as application_cases
from bot.wiring import Base

REPORT = (
    *("number", "filed_at", "reporter", "group", "exam", "trouble", "state", "holder", "taken_at"),
    *("faculty", "minutes_to_take", "ended_at", "minutes_to_decide", "outcome", "decided_by", "order"),
    *("minutes_lost", "minutes_given", "incident", "filed_by", "claimed_at"),
)
"""Columns of the register of reports."""


def reports(base: Base) -> Table:
    """Reports of force majeure."""
    headers = REPORT
    rows = [
        (
            case.number,
            local(base, case.filed_at),
            case.reporter,
            case.reporter_group,
            case.exam.ext_id if case.exam else "",
            case.trouble,
            case.state,
            case.holder,
            local(base, case.taken_at),
            case.faculty,
            minutes(case.filed_at, case.first_taken_at),
            local(base, case.ended_at),
            minutes(case.filed_at, case.ended_at),
            case.outcome,
            case.decided_by,
            case.order,
            case.lost,
            case.outage.given,
            case.incident,
            case.filed_by,
            local(base, case.claimed_at),
        )
        for case in base.desk.do_now(cases.register)
    ]
    return headers, rows


def _head(base: Base, case: AppealView | ApplicationView, *form: str) -> tuple[str, ...]:
    """Which case it is, when it came, whose it is, and its exam."""
    exam = case.exam.ext_id if case.exam else ""
    return (case.number, local(base, case.filed_at), *form, case.student, case.group, exam)


def _sent(case: AppealView | ApplicationView) -> tuple[str, int]:
    """The words, and how many files came with them."""
    return case.text, sum(not file.made for file in case.files)


def appeals(base: Base) -> Table:
    """Appeals with their sitting and decision."""
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
            local(base, one.sitting_by),
            local(base, one.sat_at),
            len(one.votes),
            one.state,
            one.outcome,
            one.reason,
            one.grade,
            local(base, one.new_date),
            local(base, one.decided_at),
        )
        for one in base.desk.do_now(appealed.register)
    ]
    return headers, rows


def applications(base: Base) -> Table:
    """Applications and their answers."""
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
            local(base, one.due),
            one.state,
            one.outcome,
            one.answer,
            local(base, one.new_date),
        )
        for one in base.desk.do_now(application_cases.register)
    ]
    return headers, rows


def acts(base: Base) -> Table:
    """Acts of exam days."""
    headers = (
        "number", "form", "happened_at", "filed_at", "student", "group", "exam", "offences", "texts",
        "commission", "confirmed", "stage", "state", "answer", "answered_at", "explained", "outcome",
        "reason", "signed_by", "about",
    )  # fmt: skip
    rows = [
        (
            one.number,
            one.spec.id,
            local(base, one.at),
            local(base, one.filed_at),
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
            local(base, one.answered_at),
            one.explained,
            one.outcome,
            one.reason,
            one.approver if one.outcome else "",
            one.about,
        )
        for one in base.desk.do_now(act_cases.register)
    ]
    return headers, rows
