"""Preparing for an oral answer: a personal clock that its student starts (AYU 5.2.2 take 4)."""

import datetime as dt

from bot.errors import Refusal
from bot.rules import access
from bot.rules.access import Action
from bot.rules.notices import Rank
from bot.rules.people import Me
from bot.rules.vocabulary import ExamKind
from bot.services import exams
from bot.services.letters import Letter
from bot.services.office import Office
from bot.storage.notices import Claimed
from bot.storage.unit import UnitOfWork

KIND = "preparation"
LENGTH, AHEAD = "preparation_minutes_max", "preparation_left_minutes"


def begin(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, exam_id: int, origin: int
) -> dt.datetime:
    """The student has begun to prepare: they are told before the time is over, and when it is.

    Begun again, the new clock counts. Returns until when, at the latest the exam's end for this student.
    Raises `Refusal`: `link_first`, `not_your_exam`, `exam_gone`, `walk_gone` where the source gives no such
    time, `prepare_only_now` before the start and after the end.
    """
    person_id = access.require(me.actor, Action.SEE_EXAMS)
    exam = exams.own_brief(uow, exams.require_own(uow, person_id, exam_id), person_id)
    figures = office.policy.kinds[ExamKind(exam.kind)].figures
    length, ahead = figures.get(LENGTH), figures.get(AHEAD)
    if length is None or not length.value:
        raise Refusal("walk_gone")
    if exam.span.phase(now) != "running":
        raise Refusal("prepare_only_now", time=exam.span.start)
    account = uow.people.account_of(person_id)
    until = min(now + dt.timedelta(minutes=float(length.value)), exam.span.end)
    for left in sorted({*(ahead.value if ahead and ahead.value else ()), 0}):
        due = until - dt.timedelta(minutes=float(left))
        if due <= now or account is None:
            continue
        uow.notices.owe(
            f"{KIND}:{exam_id}:{person_id}:{origin}:{left:g}",
            kind=KIND,
            person_id=person_id,
            account_id=account.id,
            exam_id=exam_id,
            facts={"until": until.isoformat(), "left": left, "revision": exam.revision},
            rank=int(Rank.WARNING),
            due_at=due,
            use_by=until if left else exam.span.end,
        )
    uow.flush()
    return until


def until(uow: UnitOfWork, exam_id: int, person_id: int) -> dt.datetime | None:
    """Until when a student prepares, by the clock begun last; None when none was."""
    last = uow.notices.last(KIND, exam_id, person_id)
    return dt.datetime.fromisoformat(last.facts["until"]) if last is not None else None


def _untrue(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> str:
    exam, person = claimed.exam, claimed.notice.person_id
    if exam is None or person is None:
        return "gone"
    if exam.cancelled_at is not None:
        return "cancelled"
    last = uow.notices.last(KIND, exam.id, person)
    return "" if last is not None and last.facts["until"] == claimed.notice.facts["until"] else "begun_anew"


LETTERS = {KIND: Letter(untrue=_untrue)}
