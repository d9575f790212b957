"""A report of a day that was sent is opened again, with a reason: those it went to hear why."""

import datetime as dt

from bot.errors import Refusal
from bot.rules import access
from bot.rules import day_reports as rules
from bot.rules.access import Action
from bot.rules.casework import WAITING, Did, Kind
from bot.rules.day_reports import PROCTOR, SENT, DayAgain, DayReport
from bot.rules.notices import Rank
from bot.rules.people import Me
from bot.services import casework, day_reports
from bot.services.letters import Letter
from bot.services.office import Office
from bot.storage.notices import Claimed
from bot.storage.unit import UnitOfWork

AGAIN = "day_report_again"


def reopen(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int, reason: str, origin: int
) -> DayReport:
    """The author takes a sent report back to correct it; what was counted stays, the exams are read anew.

    Each change of a case is written once an update. Raises `Refusal`: `case_gone`, `not_yours`,
    `reason_empty`, `act_text_long`, `day_not_sent`.
    """
    person_id = access.require(me.actor, Action.SEE_STAFF)
    case = casework.locked(uow, case_id, Kind.DAY_REPORT)
    if case.reporter_id != person_id or case.stage != PROCTOR:
        raise Refusal("not_yours")
    if uow.cases.acted(case.id, origin, Did.REOPENED):
        return day_reports.view(uow, office, now, case, person_id)
    why = reason.strip()
    if not why:
        raise Refusal("reason_empty")
    if len(why) > rules.REMARK_LETTERS:
        raise Refusal("act_text_long", limit=rules.REMARK_LETTERS)
    if case.outcome != SENT:
        raise Refusal("day_not_sent")
    casework.log(uow, now, case, Did.REOPENED, actor_id=person_id, origin=origin, reason=why)
    case.state, case.outcome, case.ended_at = WAITING, "", None
    case.revision += 1
    casework.note(case, exams=None, again=why)
    for person in case.data.get("to", ()):
        casework.owe(uow, now, case, AGAIN, person, Rank.REMINDER, suffix=str(case.revision), reason=why)
    return day_reports.view(uow, office, now, case, person_id)


def _about(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> DayAgain:
    case = uow.cases.get(claimed.notice.case_id or 0)
    if case is None:
        raise LookupError("a report that is gone")
    seen = day_reports.view(uow, office, now, case, None)
    reason = str(claimed.notice.facts.get("reason", ""))
    return DayAgain(seen.number, seen.day, seen.author, reason, seen.clause)


LETTERS = {AGAIN: Letter(about=_about)}
