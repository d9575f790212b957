"""The queue of all open cases for a member of staff, and a case's history for whoever may see it."""

import datetime as dt
from typing import Any

from bot.errors import Refusal
from bot.rules import access, rights, worklist
from bot.rules.access import Action
from bot.rules.appeals import SITTING
from bot.rules.casework import OPEN, Kind
from bot.rules.people import Me
from bot.rules.vocabulary import Role
from bot.rules.worklist import EVERY, KINDS, Asked, Happened, Queue, Timeline, Work
from bot.services import casework, exams, seats
from bot.services.appeal_facts import moment, name
from bot.services.office import Office
from bot.storage.tables import Case
from bot.storage.unit import UnitOfWork

LIMIT = 500
LINES = 40
LATE = "late"
"""In a case's data: since when its deadline is over."""


def queue(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, asked: Asked) -> Queue:
    """Open cases, late ones first, then the nearest deadline.

    All of them (of their faculty) only for those who run exams there; everybody else sees what was told to
    them. Raises `Refusal`: `link_first`, `staff_only`.
    """
    person_id = access.require(me.actor, Action.SEE_STAFF)
    wide = bool(me.roles & rights.BOARD)
    kinds = [KINDS[asked.kind].value] if asked.kind in KINDS else [kind.value for kind in KINDS.values()]
    if asked.kind not in (EVERY, *KINDS):
        asked = Asked(EVERY, asked.everybodys, asked.late, asked.page)
    if asked.everybodys and wide:
        found = uow.cases.open_in(kinds, me.faculty, LIMIT)
    else:
        asked = Asked(asked.kind, False, asked.late, asked.page)
        found = [case for kind in kinds for case in uow.cases.waiting_for(person_id, OPEN, LIMIT, kind)]
    works = [_work(uow, office, now, case, me) for case in found]
    return worklist.page_of(works, asked, wide)


def _work(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, me: Me) -> Work:
    exam = uow.exams.get(case.exam_id) if case.exam_id else None
    student = uow.people.get(case.reporter_id)
    due = _due(uow, case)
    owner, role = _owner(uow, case)
    told = uow.cases.told(case)
    return Work(
        id=case.id,
        number=case.number,
        kind=case.kind,
        about=case.trouble or case.data.get("ground", ""),
        student=student.full_name if student else "",
        group=student.group_name if student else "",
        subjects=dict(exams.brief(exam).subjects) if exam else {},
        filed_at=case.filed_at,
        due=due,
        late=LATE in case.data or (due is not None and due <= now) or _passed_on(case),
        owner=owner,
        role=role,
        mine=me.person_id in told,
        exam_id=case.exam_id,
        seats=case.kind == Kind.APPEAL and seats.may_change(uow, me, case),
    )


def _passed_on(case: Case) -> bool:
    """Whether somebody who was asked first let the time pass: the next of the chain was told."""
    told = [rung for rung in case.chain if rung["state"] == "told"]
    return case.kind != Kind.APPEAL and case.state == OPEN[0] and len(told) > 1


def _due(uow: UnitOfWork, case: Case) -> dt.datetime | None:
    if case.kind == Kind.APPEAL:
        return moment(case, "result_by" if case.stage == SITTING else "sitting_by")
    if case.kind in (Kind.APPLICATION, Kind.DAY_REPORT):
        return moment(case, "due")
    if case.kind == Kind.SITTING:
        return None
    return min(uow.case_timers.pending(case.id).values(), default=None)


def _owner(uow: UnitOfWork, case: Case) -> tuple[str, str]:
    """Who has to act: by name, or the role that was asked."""
    if case.kind == Kind.APPEAL:
        return name(uow, case.data.get("chair")), Role.APPEAL_CHAIR.value
    if case.holder_id is not None:
        return name(uow, case.holder_id), ""
    if case.kind in (Kind.DAY_REPORT, Kind.SITTING):
        return name(uow, case.reporter_id), ""
    told = [rung for rung in case.chain if rung["state"] == "told"]
    if not told:
        return "", case.data.get("addressee", "")
    return ", ".join(name(uow, person) for person in told[-1]["told"]), told[-1]["role"]


def timeline(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int) -> Timeline:
    """What happened with a case, oldest first: all of it for those told, less for its student.

    Raises `Refusal`: `case_gone`, `not_yours`.
    """
    case = casework.locked(uow, case_id)
    own = me.person_id is not None and me.person_id == case.reporter_id
    brief = own and case.kind != Kind.ACT
    if not brief and me.person_id not in uow.cases.told(case):
        raise Refusal("not_yours")
    events = [e for e in uow.cases.events(case.id) if not brief or e.action in worklist.STUDENTS]
    lines = tuple(
        Happened(
            event.at,
            event.action,
            "" if brief and event.actor_id == case.reporter_id else name(uow, event.actor_id),
            str(event.detail.get("role") or ""),
            () if brief else tuple(name(uow, person) for person in _named(event.detail)),
            _moment(event.detail),
        )
        for event in events[-LINES:]
    )
    return Timeline(case.id, case.number, case.kind, lines, brief)


def _named(detail: dict[str, Any]) -> list[int]:
    return [*(detail.get("people") or ()), *(detail.get("into") or ())]


def _moment(detail: dict[str, Any]) -> dt.datetime | None:
    said = detail.get("sitting") or detail.get("time")
    return dt.datetime.fromisoformat(said) if said else None
