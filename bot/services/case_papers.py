"""Documents of a report: what stands on each, filled from the case, kept with it and sent into chats."""

import datetime as dt
from collections.abc import Sequence

from bot.errors import Refusal
from bot.rules import outages
from bot.rules.casework import Did, Kind
from bot.rules.notices import Rank
from bot.rules.papers import Day, Facts, Said
from bot.rules.people import Me
from bot.rules.vocabulary import Role
from bot.services import casework, documents, exams
from bot.services.office import Office
from bot.storage.tables import Case
from bot.storage.unit import UnitOfWork

ACT, ORDER, APPLICATION = "technical_act", "dean_order", "student_application"
CERTIFICATE, HISTORY = "interruption_certificate", "case_history"
CLAUSES = {
    ACT: "final_attestation.technical_act_by",
    ORDER: "force_majeure.other_day_admission_by",
    APPLICATION: "force_majeure.other_day_admission_by",
}
"""Where the policy keeps the clause of each."""


def issue(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    case: Case,
    template: str,
    people: Sequence[int],
    languages: Sequence[str],
) -> None:
    """Make a document of a report in these languages (PDF and DOCX), keep it, send it to these people."""
    made = []
    for language in languages:
        facts = _facts(uow, office, now, case, template, language)
        order = documents.Order(template, facts, (language,), documents.BOTH)
        made += documents.issue(uow, office, now, case.id, order, case.reporter_id)
    uow.flush()
    documents.send(uow, now, made, people, Rank.ESCALATION)
    casework.log(uow, now, case, Did.DOCUMENT, template=template, people=list(people))


def on_request(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int, template: str
) -> None:
    """The certificate of an interruption for its reporter, the history for staff told; in their language.

    Raises `Refusal`: `case_gone`, `not_yours`, `not_now` for any other document.
    """
    case = casework.locked(uow, case_id, Kind.REPORT)
    mine = {CERTIFICATE: {case.reporter_id}, HISTORY: set(uow.cases.told(case))}
    if template not in mine:
        raise Refusal("not_now")
    if me.person_id is None or me.person_id not in mine[template]:
        raise Refusal("not_yours")
    issue(uow, office, now, case, template, [me.person_id], [me.language])


def _facts(
    uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, template: str, language: str
) -> Facts:
    exam = uow.exams.get(case.exam_id) if case.exam_id is not None else None
    reporter = uow.people.get(case.reporter_id)
    clock = outages.read(case.data)
    breaks = clock.breaks or ((case.filed_at, None),)
    subject = exams.brief(exam).subject(language) if exam else None
    leaf = office.policy.leaves.get(CLAUSES.get(template, ""))
    at, claimed = case.data.get("at"), case.data.get("claimed_at")
    bounds = (exam.starts_at, exam.ends_at) if exam else None
    return {
        "number": case.number,
        "now": now,
        "today": Day(now),
        "student": reporter.full_name if reporter else None,
        "group": reporter.group_name if reporter else None,
        "faculty": exam.faculty if exam else reporter.faculty if reporter else "",
        "exam": subject,
        "kind": label(f"kind.{exam.kind}") if exam else None,
        "exam_at": exam.starts_at if exam else None,
        "trouble": label(f"trouble.{case.trouble}"),
        "filed_at": case.filed_at,
        "claimed_at": dt.datetime.fromisoformat(claimed) if claimed else label("paper.not_claimed"),
        "began_at": breaks[0][0],
        "ended_at": breaks[-1][1],
        "breaks": [{"began_at": begun, "ended_at": ended} for begun, ended in breaks],
        "minutes": outages.lost(clock, case.ended_at or now, bounds),
        "text": _words(uow, case),
        "decision": label(f"ruling.{case.outcome}") if case.outcome else None,
        "order": case.data.get("order"),
        "new_at": dt.datetime.fromisoformat(at) if at else None,
        "reason": case.data.get("reason"),
        "secretary": _holder(uow, case, Role.SECRETARY),
        "chair": _holder(uow, case, Role.COMMISSION_CHAIR),
        "dean": _holder(uow, case, Role.DEAN),
        "addressee": _holder(uow, case, Role.DEAN),
        "clause": leaf.clause if leaf else None,
        "events": [
            {"at": event.at, "what": label(f"did.{event.action}"), "who": _name(uow, event.actor_id)}
            for event in uow.cases.events(case.id)
        ],
    }


def label(msgid: str) -> Said:
    """What the catalogue says in the document's language."""
    return Said(msgid)


def _words(uow: UnitOfWork, case: Case) -> str | None:
    """What the reporter has added in words."""
    notes = [str(e.detail.get("text") or "") for e in uow.cases.events(case.id) if e.action == Did.NOTE]
    return "\n".join(text for text in notes if text) or None


def _holder(uow: UnitOfWork, case: Case, role: Role) -> str | None:
    """Who stands in the case's chain, or was told, in a role."""
    people = [person for rung in case.chain if rung["role"] == role for person in rung["people"]]
    people += [person.id for row, person in uow.cases.people(case) if row.role == role]
    return _name(uow, people[0]) if people else None


def _name(uow: UnitOfWork, person_id: int | None) -> str | None:
    person = uow.people.get(person_id) if person_id else None
    return person.full_name if person else None
