"""A decision with a date or a grade is shown before it is stored; a mistyped date is mended afterwards."""

import datetime as dt
from typing import Any

from bot.errors import Refusal
from bot.rules import access
from bot.rules.access import Action
from bot.rules.applications import GRANTED as APPLICATION_GRANTED
from bot.rules.casework import Did, Kind
from bot.rules.papers import Facts
from bot.rules.people import Me
from bot.rules.proposals import Proposal
from bot.rules.vocabulary import Attestation
from bot.services import (
    appeal_cards,
    applications,
    casework,
    documents,
    exams,
    holders,
    resits,
    verdicts,
)
from bot.services.appeal_facts import moment, name
from bot.services.documents import Order
from bot.services.office import Office
from bot.storage.tables import Case, Draft
from bot.storage.unit import UnitOfWork

KIND = "ruling"
DECISION, CORRECTION = "decision", "correction"
CLASH_NEAR = dt.timedelta(days=1)
PAPER = "date_correction"


def decision(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    me: Me,
    case_id: int,
    words: str,
    grade: str = "",
    at: dt.datetime | None = None,
) -> Proposal:
    """The decision on an appeal or application as it would be stored, kept until it is confirmed.

    Raises `Refusal`: as `verdicts.require` and `applications.require`, `case_gone`.
    """
    case = casework.locked(uow, case_id)
    if case.kind == Kind.APPEAL:
        verdicts.require(uow, office, now, me, case, words, grade, at)
    else:
        applications.require(uow, office, now, me, case, APPLICATION_GRANTED, words, at)
    return _kept(uow, office, now, me, case, DECISION, at, words=words, grade=grade)


def correction(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int, at: dt.datetime
) -> Proposal:
    """Another date in the place of a mistyped one, kept until it is confirmed. Refuses as `correctable`,
    and `sitting_past`, `date_same`, `date_beyond`.
    """
    case = correctable(uow, office, now, me, case_id)
    _require_other(office, now, case, at)
    return _kept(uow, office, now, me, case, CORRECTION, at)


def correctable(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int) -> Case:
    """A decision whose date its author may mend: nobody sits by it yet, and none came after it.

    Raises `Refusal`: `case_gone`, `staff_only`, `not_yours`, `not_now`, `date_begun`.
    """
    case = casework.locked(uow, case_id)
    person_id = access.require(me.actor, Action.JUDGE_APPEAL)
    if person_id != _author(case):
        raise Refusal("not_yours")
    at = moment(case, "at")
    standing = uow.cases.sitting(case.exam_id, case.reporter_id) if case.exam_id else None
    if at is None or standing is None or standing.id != case.id:
        raise Refusal("not_now")
    if at <= now:
        raise Refusal("date_begun", at=at)
    return case


def standing(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int
) -> tuple[str, dt.datetime]:
    """Number and standing date of a decision that the reader may mend. Refuses as `correctable`."""
    case = correctable(uow, office, now, me, case_id)
    return case.number, resits.given(case)


def _author(case: Case) -> int | None:
    """Who answers for the decision: the commission's chair, or whoever answered the application."""
    found = case.data.get("chair" if case.kind == Kind.APPEAL else "answered_by")
    return int(found) if found and case.kind in (Kind.APPEAL, Kind.APPLICATION) else None


def _require_other(office: Office, now: dt.datetime, case: Case, at: dt.datetime) -> None:
    if at == resits.given(case):
        raise Refusal("date_same", at=at)
    if case.kind == Kind.APPLICATION:
        applications.require_date(office, now, case, case.outcome, at)
    elif at <= now:
        raise Refusal("sitting_past", at=at)


def _kept(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    me: Me,
    case: Case,
    what: str,
    at: dt.datetime | None,
    **facts: str,
) -> Proposal:
    assert me.person_id is not None
    uow.people.lock(me.person_id)
    subject = f"{what}:{case.id}"
    facts = {"at": at.isoformat() if at else "", **facts}
    draft = uow.drafts.open_about(me.person_id, KIND, subject)
    if draft is None:
        draft = uow.drafts.begin(me.person_id, KIND, subject, now)
    if {**draft.data, **facts} != draft.data:
        draft.data, draft.updated_at = {**facts, "turn": draft.data.get("turn", 0) + 1}, now
    return _shown(uow, office, case, draft)


def _shown(uow: UnitOfWork, office: Office, case: Case, draft: Draft) -> Proposal:
    student, at = uow.people.get(case.reporter_id), _at(draft.data)
    exam = uow.exams.get(case.exam_id) if case.exam_id else None
    return Proposal(
        id=draft.id,
        turn=draft.data["turn"],
        case_id=case.id,
        kind=case.kind,
        number=case.number,
        student=student.full_name if student else "",
        group=student.group_name if student else "",
        subjects=dict(exams.brief(exam).subjects) if exam else {},
        at=at,
        grade=draft.data.get("grade", ""),
        was=moment(case, "at") if draft.subject.startswith(CORRECTION) else None,
        day_off=at is not None and not office.workdays.works(at.astimezone(office.zone).date()),
        clash=exams.clash(uow, case.reporter_id, exam, at) if exam is not None and at is not None else None,
    )


def _at(data: dict[str, Any]) -> dt.datetime | None:
    return dt.datetime.fromisoformat(data["at"]) if data.get("at") else None


def confirm(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, draft_id: int, turn: int, origin: int
) -> tuple[int, str]:
    """Store what was reviewed. Returns the case's id and kind, also to a second tap.

    Raises `Refusal`: `proposal_gone`, `proposal_moved` when something else was typed since, and what storing
    it refuses.
    """
    draft = uow.drafts.get(draft_id, lock=True)
    if draft is None or draft.person_id != me.person_id or draft.kind != KIND or draft.state == "dropped":
        raise Refusal("proposal_gone")
    if draft.data.get("turn") != turn:
        raise Refusal("proposal_moved")
    what, _, number = draft.subject.partition(":")
    case, data = casework.locked(uow, int(number)), draft.data
    case_id = case.id
    if draft.state == "sent":
        return case_id, case.kind
    if what == CORRECTION:
        at = _at(data)
        assert at is not None
        _correct(uow, office, now, me, case_id, at, origin)
    elif case.kind == Kind.APPEAL:
        said = {"reason": data["words"], "grade": data["grade"]}
        verdicts.decide(uow, office, now, me, case_id, origin, new_date=_at(data), **said)
    else:
        words = {"outcome": APPLICATION_GRANTED, "words": data["words"]}
        applications.answer(uow, office, now, me, case_id, origin, new_date=_at(data), **words)
    draft.state, draft.case_id, draft.data = "sent", case_id, {"turn": turn}
    return case_id, case.kind


def _correct(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int, at: dt.datetime, origin: int
) -> None:
    """The sitting stands at another time: reminders follow, whom it concerns hears once, it is written down.

    A paper of the correction joins the decision's; the protocol that was signed stays as it was.
    """
    case = correctable(uow, office, now, me, case_id)
    _require_other(office, now, case, at)
    was = resits.given(case)
    times = {"time": at.isoformat(), "was": was.isoformat()}
    casework.log(uow, now, case, Did.CORRECTED, actor_id=me.person_id, origin=origin, **times)
    case.revision += 1
    casework.note(case, at=at.isoformat(), corrected=case.data.get("corrected", 0) + 1)
    resits.plan(uow, office, now, case, at)
    exam = uow.exams.get(case.exam_id) if case.exam_id else None
    if exam is not None:
        rules = office.appeals[Attestation(exam.attestation)]
        people = holders.of_new_date(uow, exam, case.reporter_id, rules)
        resits.tell_moved(uow, now, case, people, at, was)
    _paper(uow, office, now, me, case, at, was)
    if case.kind == Kind.APPEAL:
        appeal_cards.refresh(uow, now, case)
    else:
        applications.refresh(uow, now, case)


def _paper(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case: Case, at: dt.datetime, was: dt.datetime
) -> None:
    exam, student = uow.exams.get(case.exam_id) if case.exam_id else None, uow.people.get(case.reporter_id)
    own = documents.language_of(uow, office, case.reporter_id)
    for language in office.languages:
        facts: Facts = {
            "number": case.number,
            "turn": str(case.data["corrected"]),
            "student": student.full_name if student else "",
            "group": student.group_name if student else "",
            "exam": exams.brief(exam).subject(language) if exam else "",
            "was": was,
            "at": at,
            "author": name(uow, me.person_id),
            "corrected_at": now,
        }
        made = documents.issue(uow, office, now, case.id, Order(PAPER, facts, (language,)), case.reporter_id)
        people = verdicts.readers(uow, case) if case.kind == Kind.APPEAL else [me.person_id or 0]
        documents.send(uow, now, made, [*people, *([case.reporter_id] if language == own else [])])
    casework.log(uow, now, case, Did.DOCUMENT, template=PAPER)
