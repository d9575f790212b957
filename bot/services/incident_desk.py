"""What staff do with an incident as a whole: look at it, take all its reports, decide all alike."""

import datetime as dt
from dataclasses import dataclass

from bot.errors import Refusal
from bot.rules import access
from bot.rules.access import Action
from bot.rules.casework import OPEN, WAITING
from bot.rules.decisions import Ruling, Verdict
from bot.rules.incidents import IncidentView
from bot.rules.people import Me
from bot.services import chains, decisions, holding, incidents
from bot.services.letters import Letter, subject_of
from bot.services.office import Office
from bot.storage.notices import Claimed
from bot.storage.tables import Case, Incident, Notice
from bot.storage.unit import UnitOfWork

AT_A_TIME = 50
"""So many reports are changed in one transaction."""

FOR_ALL = (Verdict.READMITTED, Verdict.SAME_DAY, Verdict.REFER, Verdict.RESUMED, Verdict.STOPPED)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an act on all of an incident's reports has come; `after` is where to go on (None: done)."""

    did: int
    refused: int
    after: int | None


def show(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, incident_id: int) -> IncidentView:
    """An incident for somebody told of one of its reports. Raises `Refusal`: `case_gone`, `not_yours`."""
    return incidents.view(uow, _mine(uow, office, me, incident_id), me.person_id)


def _mine(uow: UnitOfWork, office: Office, me: Me, incident_id: int) -> Incident:
    incident = uow.incidents.get(incident_id)
    if incident is None:
        raise Refusal("case_gone")
    access.require_holder(me.actor, incidents.audience(uow, office, incident))
    return incident


def end(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, incident_id: int) -> IncidentView:
    """A declared incident is over earlier than was said; a second time changes nothing. It is logged.

    Raises `Refusal`: `link_first`, `case_gone`, `not_yours` (who declared it and the call centre may),
    `incident_not_declared` (one that reports have made ends with them).
    """
    person_id = access.require(me.actor, Action.TAKE_REPORT)
    incident = uow.incidents.get(incident_id, lock=True)
    if incident is None:
        raise Refusal("case_gone")
    if not access.may_end_incident(me.actor, incident.declared_by):
        raise Refusal("not_yours")
    if incident.kept_until is None:
        raise Refusal("incident_not_declared", number=incident.number)
    if incident.closed_at is None:
        incidents.end(uow, office, now, incident, person_id)
        uow.records.audit(now, "incident_ended", me.account_id, incident=incident.id)
    return incidents.view(uow, incident, person_id)


def take_some(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, incident_id: int, origin: int, after: int = 0
) -> Progress:
    """Take the next reports that wait and were told to the reader. Refuses as `show`."""
    incident = _mine(uow, office, me, incident_id)
    found = uow.incidents.cases(incident_id, (WAITING,), AT_A_TIME, after)
    did = 0
    for case in found:
        if me.person_id in uow.cases.told(case):
            holding.take(uow, office, now, me, case.id, origin, quiet=True)
            did += 1
    return _went(uow, office, now, incident, found, did, 0)


def decide_some(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    me: Me,
    incident_id: int,
    origin: int,
    ruling: Ruling,
    after: int = 0,
) -> Progress:
    """Decide the next open reports alike; those that are not the reader's to decide stay as they are.

    Refuses as `show`, and as `decisions.decide` when the decision itself is not whole.
    """
    if ruling.verdict not in FOR_ALL:
        raise Refusal("not_now")
    incident = _mine(uow, office, me, incident_id)
    found = uow.incidents.cases(incident_id, OPEN, AT_A_TIME, after)
    did = refused = 0
    for case in found:
        try:
            decisions.decide(uow, office, now, me, case.id, origin, ruling)
        except Refusal as refusal:
            if refusal.code in ("time_past", "time_not_today"):
                raise
            refused += 1
        else:
            did += 1
    return _went(uow, office, now, incident, found, did, refused)


def _went(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    incident: Incident,
    found: list[Case],
    did: int,
    refused: int,
) -> Progress:
    if did:
        incident.revision += 1
        incidents.refresh(uow, office, now, incident)
    more = len(found) == AT_A_TIME
    return Progress(did, refused, found[-1].id if more else None)


def _lost(uow: UnitOfWork, office: Office, now: dt.datetime, notice: Notice) -> None:
    """An incident's card could not be delivered: each of its reports goes on to the next of its chain."""
    if notice.person_id is None or notice.message_id is not None:
        return
    for case in uow.incidents.cases(subject_of(notice), (WAITING,)):
        if notice.person_id in uow.cases.told(case):
            chains.unreachable(uow, office, now, case.id, notice.person_id)


def _goes_on(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> str:
    incident = uow.incidents.get(int(claimed.notice.facts["incident"]))
    return "gone" if incident is None or incident.closed_at is None else ""


LETTERS = {
    incidents.CARD: Letter(about=incidents.about, lost=_lost),
    incidents.OVER: Letter(about=incidents.about, untrue=_goes_on),
}
