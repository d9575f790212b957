"""The keeper of cases' timers: what is due is done by the kind's own handler, one failure alone."""

import datetime as dt
from collections.abc import Callable, Mapping

from bot.rules.casework import OPEN
from bot.services import (
    act_cases,
    aftermath,
    applications,
    chains,
    day_reports,
    decisions,
    defences,
    holding,
    outages,
    verdicts,
)
from bot.services.office import Office
from bot.storage.tables import Case
from bot.storage.unit import UnitOfWork
from bot.telemetry import log

BATCH = 200
NEWER = dt.timedelta(seconds=3)
"""What only a newer program beside this one can do is left to it, and looked at again after so long."""

Handler = Callable[[UnitOfWork, Office, dt.datetime, Case, str], None]
"""`(uow, office, now, case, rule)`: the case is locked and open; the rule may be set again."""

HANDLERS: Mapping[tuple[str, str], Handler] = {
    **chains.TIMERS,
    **holding.TIMERS,
    **verdicts.TIMERS,
    **applications.TIMERS,
    **decisions.TIMERS,
    **outages.TIMERS,
    **act_cases.TIMERS,
    **day_reports.TIMERS,
    **defences.TIMERS,
    **aftermath.TIMERS,
}
"""By kind of case and rule; of a rule `before:24` the word before the colon."""


def fire(uow: UnitOfWork, office: Office, now: dt.datetime) -> int:
    """Carry out every case timer that is due. Returns how many were.

    A case that somebody else is changing right now is left for the next round. A handler that fails changes
    nothing and is written down as failed: the auditor raises it.
    """
    due = uow.case_timers.due(now, BATCH)
    for timer_id, case_id in due:
        case = uow.cases.get(case_id, lock=True, wait=False)
        timer = uow.case_timers.get(timer_id)
        if case is None or timer is None or timer.state != "pending" or timer.due_at > now:
            continue
        if (case.kind, _name(timer.rule)) not in HANDLERS:
            log.warning("case_timer.of_a_newer_program", case=case.number, rule=timer.rule)
            timer.due_at = now + NEWER
            continue
        if case.state not in OPEN:
            uow.case_timers.end(timer_id, "stopped", "over")
            continue
        _carry_out(uow, office, now, case, timer_id, timer.rule)
    return len(due)


def _name(rule: str) -> str:
    return rule.partition(":")[0]


def _carry_out(
    uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, timer_id: int, rule: str
) -> None:
    kind, number = case.kind, case.number
    try:
        with uow.aside():
            uow.case_timers.end(timer_id, "done")
            HANDLERS[kind, _name(rule)](uow, office, now, case, rule)
            uow.flush()
    except Exception as failure:
        log.exception("case_timer.failed", case=number, rule=rule)
        uow.case_timers.end(timer_id, "failed", type(failure).__name__)
