"""A student sits an exam again at a time of their own: their reminders are planned anew."""

import datetime as dt
from collections.abc import Iterable

from bot.rules import warnings
from bot.rules.exams import Span
from bot.rules.notices import Rank
from bot.rules.vocabulary import ExamKind
from bot.services import casework
from bot.services.letters import Letter
from bot.services.office import Office
from bot.storage.notices import Claimed
from bot.storage.tables import Case, Exam
from bot.storage.unit import UnitOfWork

KEPT = dt.timedelta(days=30)
"""So long a message about a decision waits for somebody who cannot be reached."""

DAY = dt.timedelta(days=1)
BEFORE = (DAY, dt.timedelta(hours=1), dt.timedelta(minutes=10))
"""How long before a sitting its student is reminded; each is of use until the next."""
KIND, TOLD, MOVED = "resit", "resit_told", "resit_moved"


def latest(now: dt.datetime) -> dt.datetime:
    """Until when a decision is still told to somebody who links or unblocks later."""
    return now + KEPT


def span_of(exam: Exam, at: dt.datetime) -> Span:
    """When a sitting that begins at another moment is over: it lasts as long as the exam does."""
    return Span(at, at + (exam.ends_at - exam.starts_at))


def given(case: Case) -> dt.datetime:
    """The moment that a decision has given. Raises `KeyError` for one that gives none."""
    return dt.datetime.fromisoformat(case.data["at"])


def plan(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, at: dt.datetime) -> None:
    """Lay the student's own reminders of the new sitting: a day, an hour, ten minutes before; minutes left.

    Each goes out only while this very time stands; the old sitting's do not go out to this student any more.
    Who links or unblocks later gets what is still of use.
    """
    exam = uow.exams.get(case.exam_id) if case.exam_id is not None else None
    for before, following in zip(BEFORE, (*BEFORE[1:], dt.timedelta()), strict=True):
        if at - before > now:
            _owe(uow, case, f"before:{before.total_seconds():.0f}", at - before, at - following, at)
    rules = office.policy.kinds.get(ExamKind(exam.kind)) if exam is not None else None
    if exam is None or rules is None:
        return
    span = span_of(exam, at)
    for timer in warnings.plan(span, rules):
        if timer.rule == warnings.LEFT and timer.due_at > now:
            _owe(uow, case, f"left:{timer.minutes:g}", timer.due_at, timer.use_by, at, span.end)


def tell(uow: UnitOfWork, now: dt.datetime, case: Case, people: Iterable[int], at: dt.datetime) -> None:
    """Whoever holds the new sitting and whoever guides the student hear of it."""
    for person in sorted(set(people) - {case.reporter_id}):
        casework.owe(
            uow, now, case, TOLD, person, Rank.REMINDER, use_by=max(at, now + DAY), at=at.isoformat()
        )


def tell_moved(
    uow: UnitOfWork, now: dt.datetime, case: Case, people: Iterable[int], at: dt.datetime, was: dt.datetime
) -> None:
    """The student, whoever holds the sitting and whoever guides the student hear that its time was mended."""
    facts = {"at": at.isoformat(), "was": was.isoformat()}
    for person in sorted({*people, case.reporter_id}):
        own = person == case.reporter_id
        casework.owe(
            uow,
            now,
            case,
            MOVED,
            person,
            Rank.ESCALATION if own else Rank.REMINDER,
            suffix=str(case.revision),
            use_by=max(at, now + DAY),
            own=own,
            **facts,
        )


def _owe(
    uow: UnitOfWork,
    case: Case,
    rule: str,
    due_at: dt.datetime,
    use_by: dt.datetime,
    at: dt.datetime,
    end: dt.datetime | None = None,
) -> None:
    account = uow.people.account_of(case.reporter_id)
    rank = Rank.WARNING if end is not None else Rank.REMINDER
    uow.notices.owe(
        f"case:{case.id}:{KIND}:{rule}:{at.isoformat()}",
        kind=KIND,
        person_id=case.reporter_id,
        account_id=account.id if account else None,
        case_id=case.id,
        exam_id=case.exam_id,
        facts={"at": at.isoformat(), "end": end.isoformat() if end else None},
        rank=int(rank),
        due_at=due_at,
        use_by=use_by,
        state="pending" if account else "unreachable",
        reason="" if account else "not_linked",
    )


def _moved(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> str:
    """Why a reminder of a sitting must not go out: another time stands by now."""
    case = uow.cases.get(claimed.notice.case_id) if claimed.notice.case_id else None
    if case is None or case.exam_id is None or case.data.get("at") != claimed.notice.facts["at"]:
        return "moved"
    latest_case = uow.cases.sitting(case.exam_id, case.reporter_id)
    return "" if latest_case is not None and latest_case.id == case.id else "moved"


LETTERS = {kind: Letter(untrue=_moved) for kind in (KIND, TOLD, MOVED)}
