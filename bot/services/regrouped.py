"""Who sits or holds an exam has changed in the timetable: whom it concerns no more, or only now, is told."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from bot.rules.exams import Span
from bot.rules.notices import Rank
from bot.services.letters import Letter
from bot.services.office import Office
from bot.storage.notices import Claimed
from bot.storage.tables import Exam
from bot.storage.unit import UnitOfWork

LEFT, JOINED, BACK = "exam_left", "exam_joined", "changed_back"


@dataclass(frozen=True, slots=True)
class Former:
    """An exam before its people change: when it was, and (person, account) of whom linked it concerned."""

    span: Span
    people: frozenset[tuple[int, int]]


def before(uow: UnitOfWork, now: dt.datetime, exam: Exam) -> Former | None:
    """Whom an exam concerns before its people change; None for one that is over or called off."""
    if exam.ends_at <= now or exam.cancelled_at is not None:
        return None
    return Former(Span(exam.starts_at, exam.ends_at), frozenset(uow.exams.concerned(exam)))


def tell(uow: UnitOfWork, now: dt.datetime, exam: Exam, former: Former, *, moved: bool) -> None:
    """Owe each one message. `moved`: newcomers hear of its time anyway."""
    uow.flush()
    present = frozenset(uow.exams.concerned(exam))
    _owe(uow, now, exam, LEFT, former.people - present, former.span)
    if not moved:
        _owe(uow, now, exam, JOINED, present - former.people, Span(exam.starts_at, exam.ends_at))


def _owe(
    uow: UnitOfWork, now: dt.datetime, exam: Exam, kind: str, people: frozenset[tuple[int, int]], span: Span
) -> None:
    """Whoever has not heard of the opposite yet hears of neither."""
    untold = uow.notices.unsent(JOINED if kind == LEFT else LEFT, exam.id)
    for person, _ in people:
        if person in untold:
            uow.notices.finish(untold[person], "skipped", now, BACK)
    uow.notices.owe_many(
        [
            {
                "key": f"{kind}:{exam.id}:{now.isoformat()}:{person}",
                "kind": kind,
                "person_id": person,
                "account_id": account,
                "exam_id": exam.id,
                "facts": {"span": [span.start.isoformat(), span.end.isoformat()]},
                "rank": int(Rank.ESCALATION),
                "due_at": now,
                "use_by": span.end,
            }
            for person, account in sorted(people)
            if person not in untold
        ]
    )


def _untrue(uow: UnitOfWork, office: Office, now: dt.datetime, several: Sequence[Claimed]) -> dict[int, str]:
    """The timetable may have been changed back."""
    exams = {each.exam.id: each.exam for each in several if each.exam is not None}
    concerned = {number: {who for who, _ in uow.exams.concerned(exam)} for number, exam in exams.items()}
    said = {}
    for each in several:
        exam = each.exam
        if exam is None or exam.cancelled_at is not None:
            said[each.notice.id] = "gone"
        elif (each.notice.person_id in concerned[exam.id]) != (each.notice.kind == JOINED):
            said[each.notice.id] = BACK
    return said


LETTERS = dict.fromkeys((LEFT, JOINED), Letter(untrue_together=_untrue))
