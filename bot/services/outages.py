"""The outage clock: when it went and came back, how many minutes are lost and given back (UKGU T8, T9)."""

import datetime as dt

from bot.errors import Refusal
from bot.rules import access, outages
from bot.rules.casework import OPEN, Did, Kind
from bot.rules.notices import Rank
from bot.rules.outages import Outage
from bot.rules.people import Me
from bot.services import casework, changes, clocks, decisions, incidents
from bot.services.letters import Letter
from bot.services.office import Office
from bot.storage.notices import Claimed
from bot.storage.tables import Case
from bot.storage.unit import UnitOfWork


def gone(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    me: Me,
    case_id: int,
    origin: int,
    at: dt.datetime | None = None,
) -> Case:
    """«It is gone (again)». `at`: when, for those who could not write then.

    Raises `Refusal`: `not_yours`, `case_gone`, `case_over`, `outage_runs`, `time_wrong`.
    """
    case = _own(uow, me, case_id)
    if uow.cases.acted(case.id, origin, Did.OUTAGE_BEGAN):
        return case
    moment = outages.claimed(at, case.filed_at, now)
    if _clock(case).running is not None:
        raise Refusal("outage_runs", number=case.number)
    casework.log(uow, now, case, Did.OUTAGE_BEGAN, actor_id=me.person_id, origin=origin, since=_iso(moment))
    clocks.begin(uow, office, now, case, moment)
    _told(uow, now, case, origin)
    return case


def happened(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int, origin: int, at: dt.datetime
) -> Case:
    """«It happened at …»: kept beside the time of receipt; the clock counts from then, all told learn it.

    Raises `Refusal`: `not_yours`, `case_gone`, `case_over`, `time_wrong` after the report or a day before it.
    """
    case = _own(uow, me, case_id)
    moment = outages.claimed(at, case.filed_at, now)
    if moment > case.filed_at:
        raise Refusal("time_wrong")
    if not casework.log(
        uow, now, case, Did.CLAIMED, actor_id=me.person_id, origin=origin, since=_iso(moment)
    ):
        return case
    casework.note(case, claimed_at=_iso(moment))
    clocks.claim(uow, office, now, case, moment)
    casework.status(uow, now, case)
    for person in sorted(uow.cases.told(case)):
        if not incidents.carries(uow, office, now, case, person):
            casework.owe(uow, now, case, "case_claimed", person, Rank.REMINDER, suffix=str(origin))
    return case


def back(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int, origin: int) -> Case:
    """«It is back»: the minutes lost are counted and told to whoever can give them back.

    Raises `Refusal`: `not_yours`, `case_gone`, `case_over`, `no_outage`.
    """
    case = _own(uow, me, case_id)
    clock = _clock(case)
    if clock.running is None:
        if uow.cases.acted(case.id, origin, Did.OUTAGE_ENDED):
            return case
        raise Refusal("no_outage", number=case.number)
    breaks = [*case.data["breaks"][:-1], [case.data["breaks"][-1][0], _iso(now)]]
    casework.note(case, breaks=breaks)
    lost = _lost(uow, case, now)
    casework.log(uow, now, case, Did.OUTAGE_ENDED, actor_id=me.person_id, origin=origin, minutes=lost)
    _told(uow, now, case, origin)
    return case


def give_back(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int, origin: int, revision: int | None
) -> Case:
    """The examiner gives the student the minutes lost; the student's end and warnings move, once.

    Raises `Refusal`: as `decisions.open_for`, `decides_examiner`, `no_outage`, `outage_runs`, `late_to_give`.
    """
    if uow.cases.acted(case_id, origin, Did.MINUTES_GIVEN):
        return casework.locked(uow, case_id, Kind.REPORT)
    case = decisions.open_for(uow, me, case_id, revision)
    exam = uow.exams.get(case.exam_id) if case.exam_id is not None else None
    if exam is None or me.person_id not in uow.exams.examiners_of(exam.id):
        raise Refusal("decides_examiner", clause="")
    if now >= exam.ends_at:
        raise Refusal("late_to_give")
    clock = _clock(case)
    if clock.running is not None:
        raise Refusal("outage_runs", number=case.number)
    owed = _lost(uow, case, now) - int(case.data.get("given", 0))
    if owed <= 0:
        raise Refusal("no_outage", number=case.number)
    changes.give_minutes(uow, office, now, exam.id, case.reporter_id, owed, me.person_id, origin=origin)
    casework.note(case, given=int(case.data.get("given", 0)) + owed)
    casework.log(uow, now, case, Did.MINUTES_GIVEN, actor_id=me.person_id, origin=origin, minutes=owed)
    casework.status(uow, now, case)
    return case


def _own(uow: UnitOfWork, me: Me, case_id: int) -> Case:
    case = casework.locked(uow, case_id, Kind.REPORT)
    access.require_reporter(me.actor, case.reporter_id)
    if case.state not in OPEN:
        raise Refusal("case_over", number=case.number)
    return case


def _clock(case: Case) -> Outage:
    return outages.read(case.data)


def _lost(uow: UnitOfWork, case: Case, now: dt.datetime) -> int:
    exam = uow.exams.get(case.exam_id) if case.exam_id is not None else None
    bounds = (exam.starts_at, exam.ends_at) if exam is not None else None
    return outages.lost(_clock(case), now, bounds)


def _told(uow: UnitOfWork, now: dt.datetime, case: Case, origin: int) -> None:
    casework.status(uow, now, case)
    for person in sorted(uow.cases.told(case)):
        casework.owe(uow, now, case, "case_outage", person, Rank.REMINDER, suffix=str(origin))


def _iso(moment: dt.datetime) -> str:
    return moment.isoformat()


def resume_ends(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, rule: str) -> None:
    """The right to go on ends soon: its owner is told, once."""
    casework.owe(uow, now, case, "case_resume", case.reporter_id, Rank.WARNING)


def resume_over(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, rule: str) -> None:
    """The right to go on has ended while the connection is still gone: its owner learns what comes now."""
    casework.status(uow, now, case)
    if _clock(case).running is not None:
        casework.log(uow, now, case, Did.DEADLINE, rule=rule)
        casework.owe(uow, now, case, "case_resume_over", case.reporter_id, Rank.ESCALATION)


def _resumable(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> str:
    case = uow.cases.get(claimed.notice.case_id) if claimed.notice.case_id else None
    until = case.data.get("resume_by") if case is not None and case.state in OPEN else None
    return "" if until and dt.datetime.fromisoformat(until) > now else "over"


def _over_and_open(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> str:
    case = uow.cases.get(claimed.notice.case_id) if claimed.notice.case_id else None
    return "" if case is not None and case.state in OPEN else "over"


TIMERS = {
    (Kind.REPORT.value, clocks.RESUME): resume_ends,
    (Kind.REPORT.value, clocks.RESUME_OVER): resume_over,
}
LETTERS = {"case_resume": Letter(untrue=_resumable), "case_resume_over": Letter(untrue=_over_and_open)}
