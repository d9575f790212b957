"""The end of an appeal: receipt, decision, protocol in every language, the student told at once."""

import datetime as dt
from collections.abc import Mapping

from bot.errors import Refusal
from bot.exchange.paper import DOCX, PDF
from bot.rules import windows
from bot.rules.appeals import GRANTED
from bot.rules.casework import Did, Kind
from bot.rules.notices import Rank
from bot.rules.papers import Plain, Said
from bot.rules.people import Me
from bot.rules.vocabulary import Role
from bot.services import appeal_cards, casework, commissions, documents, exams, holders, receipts, resits
from bot.services.appeal_facts import moment, name, rules_of, votes_of
from bot.services.commissions import DUE, LATE, RESULT, SITS, SOON
from bot.services.documents import Order
from bot.services.office import Office
from bot.storage.tables import Case, CaseFile
from bot.storage.unit import UnitOfWork

GRADE, RESIT = "grade", "resit"
REASON_LETTERS = 3500


def receipt(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, rule: str) -> None:
    """The student gets a receipt with the checksum of every file, once none is on its way any more."""
    if not receipts.ready(uow, office, now, case):
        return
    until = moment(case, "sitting_by")
    facts = {
        **_common(uow, case, documents.language_of(uow, office, case.reporter_id)),
        "closes_at": moment(case, "closes"),
        "sitting_by": windows.said(until, office.zone) if until else None,
        "clause": rules_of(uow, office, case).clause,
    }
    receipts.give(uow, office, now, case, "appeal_receipt", facts)
    appeal_cards.refresh(uow, now, case)


def _common(uow: UnitOfWork, case: Case, language: str) -> dict[str, Plain]:
    exam = uow.exams.get(case.exam_id) if case.exam_id else None
    student, ground = uow.people.get(case.reporter_id), case.data.get("ground", "")
    return {
        "number": case.number,
        "student": student.full_name if student else "",
        "group": student.group_name if student else "",
        "exam": exams.brief(exam).subject(language) if exam else "",
        "kind": Said(f"kind.{exam.kind}") if exam else None,
        "exam_at": exam.starts_at if exam else None,
        "ground": Said(f"ground.{ground}") if ground else None,
        "text": case.data.get("text", ""),
        "submitted_at": moment(case, "submitted"),
    }


def decide(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    me: Me,
    case_id: int,
    origin: int,
    *,
    reason: str,
    grade: str = "",
    new_date: dt.datetime | None = None,
) -> Case:
    """The chair writes the commission's decision down: by the votes, with the reason and what follows.

    The student hears at once; protocol in every language to chair, registrar, dean and student.
    Raises `Refusal`: as `commissions.to_decide`, and `reason_empty`, `reason_long`, `decision_bare` (granted
    without a grade or a date), `sitting_past` (a date that is over).
    """
    case = casework.locked(uow, case_id, Kind.APPEAL)
    if case.state == "closed" and case.data.get("decided_by_origin") == origin:
        return case
    said = require(uow, office, now, me, case, reason, grade, new_date)
    casework.note(
        case,
        reason=reason.strip(),
        grade=grade or None,
        at=new_date.isoformat() if new_date else None,
        decided_by_origin=origin,
    )
    case.outcome = said
    casework.move(uow, now, case, Did.DECIDED, actor_id=me.person_id, origin=origin, outcome=said)
    if new_date is not None:
        _sit_again(uow, office, now, case, new_date)
    _protocol(uow, office, now, case)
    casework.owe(
        uow, now, case, "appeal_decided", case.reporter_id, Rank.ESCALATION, use_by=resits.latest(now)
    )
    appeal_cards.refresh(uow, now, case)
    return case


def require(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    me: Me,
    case: Case,
    reason: str,
    grade: str,
    new_date: dt.datetime | None,
) -> str:
    """What the votes say, when the chair may write it down so. Refuses as `decide`."""
    said = commissions.to_decide(uow, office, now, me, case.id)
    _require_said(reason, said, grade, new_date, now)
    return said


def _sit_again(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, at: dt.datetime) -> None:
    """The new sitting stands among the student's exams; whoever holds it and guides the student hears."""
    resits.plan(uow, office, now, case, at)
    exam = uow.exams.get(case.exam_id) if case.exam_id else None
    if exam is not None:
        people = holders.of_new_date(uow, exam, case.reporter_id, rules_of(uow, office, case))
        resits.tell(uow, now, case, people, at)


def _require_said(reason: str, said: str, grade: str, new_date: dt.datetime | None, now: dt.datetime) -> None:
    if not any(letter.isalpha() for letter in reason):
        raise Refusal("reason_empty")
    if len(reason) > REASON_LETTERS:
        raise Refusal("reason_long", limit=REASON_LETTERS)
    if said == GRANTED and not grade and new_date is None:
        raise Refusal("decision_bare")
    if new_date is not None and new_date <= now:
        raise Refusal("sitting_past", at=new_date)


def _protocol(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case) -> None:
    votes = votes_of(case)
    seated = [case.data.get("chair"), *case.data.get("members", ())]
    made: dict[str, list[CaseFile]] = {}
    for language in office.languages:
        facts: Mapping[str, object] = {
            **_common(uow, case, language),
            "published_at": moment(case, "published"),
            "sat_at": moment(case, "sat_at"),
            "chair": name(uow, case.data.get("chair")),
            "secretary": None,
            "present": len(votes),
            "total": len(seated),
            "votes": [
                {
                    "name": name(uow, person),
                    "vote": Said(f"appeal.vote.{votes[person]}")
                    if person in votes
                    else Said("appeal.vote.none"),
                }
                for person in seated
                if person
            ],
            "decision": Said(f"appeal.outcome.{case.outcome}"),
            "reason": case.data.get("reason", ""),
            "new_grade": case.data.get("grade") or None,
            "new_date": moment(case, "at"),
            "clause": rules_of(uow, office, case).clause,
        }
        order = Order("appeal_protocol", facts, (language,), (PDF, DOCX))  # type: ignore[arg-type]  # values as told
        made[language] = documents.issue(uow, office, now, case.id, order, case.reporter_id)
    casework.log(uow, now, case, Did.DOCUMENT, template="appeal_protocol")
    own = [file for file in made[documents.language_of(uow, office, case.reporter_id)] if file.type == PDF]
    documents.send(uow, now, own, [case.reporter_id])
    everything = [file for found in made.values() for file in found]
    documents.send(uow, now, everything, readers(uow, case))


def readers(uow: UnitOfWork, case: Case) -> list[int]:
    """Chair, registrar and dean of the exam's faculty."""
    exam = uow.exams.get(case.exam_id) if case.exam_id else None
    chair = case.data.get("chair")
    found = {chair} if chair else set()
    for role in (Role.REGISTRAR, Role.DEAN):
        found |= set(commissions.people_of(uow, exam, role)) if exam else set()
    return sorted(found)


TIMERS = {
    (Kind.APPEAL.value, receipts.RECEIPT): receipt,
    (Kind.APPEAL.value, LATE): commissions.late,
    (Kind.APPEAL.value, RESULT): commissions.late,
    (Kind.APPEAL.value, SOON): commissions.soon,
    (Kind.APPEAL.value, SITS): commissions.sits,
    (Kind.APPEAL.value, DUE): commissions.due_soon,
}
