"""The timetable is changed here: exams move, last longer, are cancelled; a student gets more time.

Timers follow in the same transaction, and everybody concerned is told once, however much has changed since
they were last told.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from bot.rules.exams import Span
from bot.rules.notices import Rank
from bot.services import links, timers
from bot.services.office import Office
from bot.storage.tables import Exam
from bot.storage.unit import UnitOfWork

KIND = "exam_moved"
MOVED, EXTENDED, CANCELLED, GIVEN = "moved", "extended", "cancelled", "given"


def move(
    uow: UnitOfWork, office: Office, now: dt.datetime, exam: Exam, span: Span, actor: int | None, origin: int
) -> bool:
    """Put an exam at another time. False when this very change was made already (`origin`)."""
    before = Span(exam.starts_at, exam.ends_at)
    action = EXTENDED if span.start == before.start else MOVED
    if not _log(uow, now, exam, action, actor, origin, was=before, span=span):
        return False
    exam.starts_at, exam.ends_at = span.start, span.end
    exam.revision += 1
    follow(uow, office, now, exam, before)
    return True


def cancel(
    uow: UnitOfWork, office: Office, now: dt.datetime, exam: Exam, actor: int | None, origin: int
) -> bool:
    """Call an exam off: nothing more goes out for it. False when it was done already."""
    before = Span(exam.starts_at, exam.ends_at)
    if exam.cancelled_at is not None or not _log(uow, now, exam, CANCELLED, actor, origin, was=before):
        return False
    exam.cancelled_at = now
    exam.revision += 1
    follow(uow, office, now, exam, before)
    return True


def give_minutes(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    exam_id: int,
    person_id: int | None,
    minutes: int,
    actor: int | None,
    *,
    origin: int,
) -> bool:
    """Let an exam last so many minutes longer, for one student of it or (None) for everybody.

    Warnings of those concerned move along, they are told their new end. Whoever may is decided before.
    False when there is no such exam, or this very change (`origin`, exam, person) was made already.
    """
    exam = uow.exams.get(exam_id, lock=True)
    if exam is None or exam.cancelled_at is not None or minutes < 1:
        return False
    before = Span(exam.starts_at, exam.ends_at)
    if person_id is None:
        return move(uow, office, now, exam, before.longer(minutes), actor, origin)
    own = uow.exams.extra_of(exam_id, person_id)
    extra = own.minutes if own else 0
    if not _log(uow, now, exam, GIVEN, actor, origin, person_key=person_id, minutes=minutes):
        return False
    uow.exams.give_extra(exam_id, person_id, minutes)
    timers.lay(uow, office, now, exam)
    account = uow.people.account_of(person_id)
    if account is not None:
        _tell(uow, now, exam, {person_id: before.longer(extra)}, [(person_id, account.id)])
    return True


def _log(
    uow: UnitOfWork,
    now: dt.datetime,
    exam: Exam,
    action: str,
    actor: int | None,
    origin: int,
    *,
    person_key: int = 0,
    was: Span | None = None,
    span: Span | None = None,
    minutes: int = 0,
) -> bool:
    detail: dict[str, Any] = {"revision": exam.revision}
    if was is not None:
        detail["was"] = _said(was)
    if span is not None:
        detail["now"] = _said(span)
    if minutes:
        detail["minutes"] = minutes
    return uow.exams.log_change(
        exam.id, action, origin, person_key=person_key, actor_id=actor, at=now, detail=detail
    )


def follow(uow: UnitOfWork, office: Office, now: dt.datetime, exam: Exam, before: Span) -> None:
    """After a change of an exam's times, its revision raised: lay its timers anew and tell its people."""
    timers.lay(uow, office, now, exam)
    if max(before.end, exam.ends_at) <= now:
        return
    links.retime(uow, now, exam)
    uow.flush()
    people = uow.exams.concerned(exam)
    extras = uow.exams.extras_by_person(exam.id)
    spans = {person: before.longer(extras.get(person, 0)) for person, _ in people}
    _tell(uow, now, exam, spans, people)


def hush(uow: UnitOfWork, now: dt.datetime) -> None:
    """Changes not told yet are not told: a demonstration is laid around another minute."""
    for exam in uow.exams.by_ext().values():
        for waiting in uow.notices.unsent(KIND, exam.id).values():
            uow.notices.finish(waiting, "skipped", now, "laid_anew")


def _tell(
    uow: UnitOfWork,
    now: dt.datetime,
    exam: Exam,
    before: dict[int, Span],
    people: Iterable[tuple[int, int]],
) -> None:
    """One message a person with what is new to them: what they have not been told yet is folded into it."""
    untold = uow.notices.unsent(KIND, exam.id)
    extras = uow.exams.extras_by_person(exam.id)
    for person, account in people:
        waiting = untold.get(person)
        was = _said(before[person])
        if waiting is not None:
            was = waiting.facts["was"]
            uow.notices.finish(waiting, "skipped", now, "moved")
        extra = extras.get(person, 0)
        present = Span(exam.starts_at, exam.ends_at).longer(extra)
        if was == _said(present) and exam.cancelled_at is None:
            continue
        uow.notices.owe(
            f"moved:{exam.id}:{exam.revision}:{extra}:{person}",
            kind=KIND,
            person_id=person,
            account_id=account,
            exam_id=exam.id,
            facts={"was": was, "revision": exam.revision, "extra": extra},
            rank=int(Rank.ESCALATION),
            due_at=now,
            use_by=max(present.end, before[person].end),
        )


def _said(span: Span) -> list[str]:
    return [span.start.isoformat(), span.end.isoformat()]
