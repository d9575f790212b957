"""The clock of an outage begins with the report, and with it the right to go on (UKGU T8, T9)."""

import datetime as dt

from bot.rules import outages
from bot.services import casework
from bot.services.office import Office
from bot.storage.tables import Case
from bot.storage.unit import UnitOfWork

RESUME, RESUME_OVER = "resume", "resume_over"
"""Timers: the right to go on ends soon; it has ended."""

AHEAD = dt.timedelta(minutes=30)
"""So long before the right to go on ends, its owner is told."""


def begin(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, at: dt.datetime) -> None:
    """The clock of a report runs from `at` on; the regulation's own countdown with it."""
    breaks = [*case.data.get("breaks", []), [at.isoformat(), None]]
    casework.note(case, breaks=breaks)
    until = resume_until(uow, office, case, at)
    if until is None or "resume_by" in case.data:
        return
    casework.note(case, resume_by=until.isoformat())
    uow.case_timers.set(case, RESUME_OVER, until)
    if until - AHEAD > now:
        uow.case_timers.set(case, RESUME, until - AHEAD)


def claim(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, at: dt.datetime) -> None:
    """The first break began at `at`, as its reporter says: minutes lost and the right to go on follow."""
    breaks = [list(pair) for pair in case.data["breaks"]]
    breaks[0][0] = at.isoformat()
    casework.note(case, breaks=breaks)
    until = resume_until(uow, office, case, at)
    if until is None:
        return
    casework.note(case, resume_by=until.isoformat())
    uow.case_timers.set(case, RESUME_OVER, max(now, until))
    if until > now:
        uow.case_timers.set(case, RESUME, max(now, until - AHEAD))
    else:
        uow.case_timers.stop(case, RESUME)


def resume_until(uow: UnitOfWork, office: Office, case: Case, at: dt.datetime) -> dt.datetime | None:
    """Until when an interrupted test may be gone on with, where the regulation gives such a right.

    So many hours from the break, and not beyond its own day where the source says so.
    """
    exam = uow.exams.get(case.exam_id) if case.exam_id is not None else None
    if exam is None or exam.kind not in outages.TESTS:
        return None
    hours = office.policy.leaves.get("force_majeure.resume_hours_test")
    same_day = office.policy.leaves.get("force_majeure.resume_same_day_test")
    if hours is None or hours.value is None:
        return None
    return outages.resume_until(
        at, float(hours.value), same_day=bool(same_day and same_day.value), zone=office.zone
    )
