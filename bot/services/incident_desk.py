"""What staff do with an incident as a whole: look at it, take all its reports, decide all alike."""

import datetime as dt
from dataclasses import dataclass

from bot.errors import Refusal
from bot.rules import access
from bot.rules.casework import OPEN, WAITING
from bot.rules.decisions import Ruling, Verdict
from bot.rules.incidents import IncidentView
from bot.rules.people import Me
from bot.services import chains, decisions, holding, incidents
from bot.services.letters import Letter
from bot.services.office import Office
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
    return incidents.view(uow, _mine(uow, me, incident_id))


def _mine(uow: UnitOfWork, me: Me, incident_id: int) -> Incident:
    incident = uow.incidents.get(incident_id)
    if incident is None:
        raise Refusal("case_gone")
    access.require_holder(me.actor, incidents.audience(uow, incident))
    return incident


def take_some(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, incident_id: int, origin: int, after: int = 0
) -> Progress:
    """Take the next reports that wait and were told to the reader. Refuses as `show`."""
    incident = _mine(uow, me, incident_id)
    found = uow.incidents.cases(incident_id, (WAITING,), AT_A_TIME, after)
    did = 0
    for case in found:
        if me.person_id in uow.cases.told(case):
            holding.take(uow, office, now, me, case.id, origin, quiet=True)
            did += 1
    return _went(uow, now, incident, found, did, 0)


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
    incident = _mine(uow, me, incident_id)
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
    return _went(uow, now, incident, found, did, refused)


def _went(
    uow: UnitOfWork, now: dt.datetime, incident: Incident, found: list[Case], did: int, refused: int
) -> Progress:
    if did:
        incident.revision += 1
        incidents.refresh(uow, now, incident)
    more = len(found) == AT_A_TIME
    return Progress(did, refused, found[-1].id if more else None)


def _lost(uow: UnitOfWork, office: Office, now: dt.datetime, notice: Notice) -> None:
    """An incident's card could not be delivered: each of its reports goes on to the next of its chain."""
    if notice.person_id is None or notice.message_id is not None:
        return
    for case in uow.incidents.cases(int(notice.facts["incident"]), (WAITING,)):
        if notice.person_id in uow.cases.told(case):
            chains.unreachable(uow, office, now, case.id, notice.person_id)


LETTERS = {incidents.CARD: Letter(about=incidents.about, lost=_lost)}
