"""What should have happened to a report and did not: found, mended where it can be, raised to a person."""

import datetime as dt

from bot.rules.auditing import Finding, State, Trouble, judge
from bot.rules.casework import OPEN, TAKEN, Did
from bot.rules.notices import Rank
from bot.rules.vocabulary import Role
from bot.services import casework, chains, holding, incidents, live
from bot.services.letters import Letter
from bot.services.office import Office
from bot.storage.notices import Claimed
from bot.storage.tables import Case
from bot.storage.unit import UnitOfWork
from bot.telemetry import log

CARD = "audit_card"
LIMIT = 5000


def audit(uow: UnitOfWork, office: Office, now: dt.datetime) -> int:
    """Look at every open report; mend, write down and raise to the administrators what is wrong with any.

    Returns how many are newly wrong. Incidents whose reports are all over end here, too.
    """
    incidents.finish(uow, office, now)
    fresh = 0
    for case_id in uow.cases.open_ids(LIMIT):
        case = uow.cases.get(case_id, lock=True, wait=False)
        if case is None or case.state not in OPEN:
            continue
        number = case.number
        try:
            with uow.aside():
                fresh += _look_at(uow, office, now, case)
                uow.flush()
        except LookupError as failure:
            log.error("audit.unreadable", case=number, error=type(failure).__name__)
    if fresh:
        _raise(uow, now)
    return fresh


def _look_at(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case) -> bool:
    """Whether it is newly wrong."""
    found = judge(_state(uow, case), now)
    known = case.data.get("raised")
    if found is None:
        if known:
            casework.note(case, raised=None)
        return False
    if known != found:
        casework.note(case, raised=found.value)
        casework.log(uow, now, case, Did.RAISED, reason=found.value)
    _mend(uow, office, now, case, found)
    return known != found


def _state(uow: UnitOfWork, case: Case) -> State:
    timers = uow.case_timers.of_case(case.id).values()
    pending = [timer.due_at for timer in timers if timer.state == "pending"]
    return State(
        held=case.state == TAKEN,
        holder=bool(case.holder_id),
        next_due=min(pending, default=None),
        failed=any(timer.state == "failed" for timer in timers),
        told=bool(uow.cases.told(case)),
        since=case.filed_at,
    )


def _mend(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, found: Trouble) -> None:
    """A case without a timer or a holder gets what the next step needs."""
    if found is Trouble.NO_HOLDER:
        holding.release(uow, office, now, case, Did.LAPSED, reason=found.value)
    elif found in (Trouble.NO_TIMER, Trouble.FAILED):
        if case.state == TAKEN:
            uow.case_timers.set(case, holding.REMIND, now)
        else:
            uow.case_timers.set(case, chains.ROUND, now)


def _raise(uow: UnitOfWork, now: dt.datetime) -> None:
    admins = sorted({person for _, person, _, _ in uow.people.holders([Role.ADMIN.value])})
    for person in admins:
        live.owe(uow, now, "audit", CARD, person, Rank.ESCALATION)


def findings(uow: UnitOfWork, office: Office, now: dt.datetime) -> list[Finding]:
    """What the last look found, by number, oldest first."""
    found = []
    for case_id in uow.cases.open_ids(LIMIT):
        case = uow.cases.get(case_id)
        if case is not None and case.data.get("raised"):
            found.append(Finding(case.number, Trouble(case.data["raised"]), case.filed_at))
    return found


def troubles(uow: UnitOfWork, office: Office, now: dt.datetime) -> tuple[tuple[Trouble, int], ...]:
    """How many reports of the last look have each kind of trouble."""
    counts: dict[Trouble, int] = {}
    for finding in findings(uow, office, now):
        counts[finding.trouble] = counts.get(finding.trouble, 0) + 1
    return tuple(counts.items())


def _about(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> tuple[Finding, ...]:
    return tuple(findings(uow, office, now))


LETTERS = {CARD: Letter(about=_about)}
