"""An appeal as its people see it: who sits on its commission, who has voted how, what its data say."""

import datetime as dt

from bot.rules import appeals
from bot.rules.appeals import AppealRules, AppealView
from bot.rules.casework import OPEN
from bot.rules.people import Me
from bot.rules.vocabulary import Attestation
from bot.services import exams, files
from bot.services.office import Office
from bot.storage.notices import Claimed
from bot.storage.tables import Case
from bot.storage.unit import UnitOfWork


def rules_of(uow: UnitOfWork, office: Office, case: Case) -> AppealRules:
    """The rules for the attestation of the case's exam."""
    exam = uow.exams.get(case.exam_id) if case.exam_id else None
    return office.appeals[Attestation(exam.attestation) if exam else Attestation.INTERIM]


def name(uow: UnitOfWork, person_id: int | None) -> str:
    """Somebody's name, '' for nobody."""
    person = uow.people.get(person_id) if person_id else None
    return person.full_name if person else ""


def everybody(case: Case) -> tuple[int, ...]:
    """The commission of a case, its chair first."""
    chair = case.data.get("chair")
    return ((chair,) if chair else ()) + tuple(case.data.get("members", ()))


def moment(case: Case, key: str) -> dt.datetime | None:
    """A moment that the case's data keep."""
    kept = case.data.get(key)
    return dt.datetime.fromisoformat(kept) if kept else None


def votes_of(case: Case) -> dict[int, str]:
    """Who has voted how."""
    return {int(person): said for person, said in case.data.get("votes", {}).items()}


def _part(me_id: int | None, case: Case) -> str:
    if me_id is not None and me_id == case.reporter_id:
        return "student"
    if me_id is not None and me_id == case.data.get("chair"):
        return appeals.CHAIR
    return appeals.MEMBER if me_id in everybody(case) else "staff"


def view(uow: UnitOfWork, office: Office, case: Case, me: Me | int | None) -> AppealView:
    """An appeal with names; what others voted is shown to those who sit on the commission."""
    me_id = me.person_id if isinstance(me, Me) else me
    exam = uow.exams.get(case.exam_id) if case.exam_id else None
    student, votes = uow.people.get(case.reporter_id), votes_of(case)
    rules, part = rules_of(uow, office, case), _part(me_id, case)
    secret = part in ("student", "staff") and case.state in OPEN
    return AppealView(
        id=case.id,
        number=case.number,
        state=case.state,
        stage=case.stage,
        revision=case.revision,
        exam=exams.brief(exam) if exam else None,
        student=student.full_name if student else "",
        group=student.group_name if student else "",
        ground=case.data.get("ground", ""),
        text=case.data.get("text", ""),
        files=tuple(files.views(uow, case_id=case.id)),
        filed_at=case.filed_at,
        sitting_by=moment(case, "sitting_by"),
        sat_at=moment(case, "sat_at"),
        chair=name(uow, case.data.get("chair")),
        members=tuple(name(uow, person) for person in case.data.get("members", ())),
        problem=case.data.get("problem", ""),
        votes=() if secret else tuple((name(uow, person), said) for person, said in votes.items()),
        needed=appeals.quorum(len(everybody(case)), rules),
        outcome=case.outcome,
        reason=case.data.get("reason", ""),
        grade=case.data.get("grade", ""),
        new_date=moment(case, "at"),
        entry=case.data.get("entry", "in_time"),
        clause=rules.clause,
        part=part,
        my_vote=votes.get(me_id or 0, ""),
        decided_at=case.ended_at,
        result_by=moment(case, "result_by"),
    )


def about(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> AppealView | None:
    """The appeal that a notice speaks of, as its reader sees it."""
    case = uow.cases.get(claimed.notice.case_id) if claimed.notice.case_id else None
    return view(uow, office, case, claimed.notice.person_id) if case is not None else None
