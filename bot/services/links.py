"""A link of an exam has changed in the timetable: whom it concerns hears it once, when it matters to them."""

import datetime as dt
from collections.abc import Sequence

from bot.rules.exams import Span
from bot.rules.notices import Rank
from bot.services.letters import Letter
from bot.services.office import Office
from bot.services.regrouped import BACK, JOINED
from bot.storage.notices import Claimed
from bot.storage.tables import Exam
from bot.storage.unit import UnitOfWork

KIND = "exam_link"
NEAR = dt.timedelta(days=1)
"""From so long before its start on a change is told at once. One before that waits until then."""

Links = tuple[str, str]
"""Where the conference and the learning system are, '' for nowhere."""


def of(exam: Exam) -> Links:
    """An exam's links as they stand."""
    return exam.meeting_url, exam.lms_url


def follow(uow: UnitOfWork, now: dt.datetime, exam: Exam, known: Links) -> None:
    """Owe everybody who sits or holds an exam to come or running the links it has now; `known`: those before.

    It is said at once of a near exam, and to whoever has opened its steps, where the links stand; to the
    others a day before the start. What has not been told yet is folded into it; what is as people know it is
    told to nobody, and so is a link that an exam still far away has only now.
    """
    near = exam.starts_at - now <= NEAR
    if known == of(exam) or exam.cancelled_at is not None:
        return
    uow.flush()
    people, untold = dict(uow.exams.concerned(exam)), uow.notices.unsent(KIND, exam.id)
    if not near and not untold and not _astray(known, of(exam)):
        return
    new = uow.notices.unsent(JOINED, exam.id)
    extras, seen = uow.exams.extras_by_person(exam.id), uow.walks.opened(exam.id, people.values())
    elsewhere = uow.cases.resitting([exam.id], people) if people else frozenset()
    for person, account in sorted(people.items()):
        end = Span(exam.starts_at, exam.ends_at).longer(extras.get(person, 0)).end
        waiting, was = untold.get(person), list(known)
        if waiting is not None:
            was = waiting.facts["was"]
            uow.notices.finish(waiting, "skipped", now, "moved")
        if was == list(of(exam)) or end <= now or person in new or (exam.id, person) in elsewhere:
            continue
        uow.notices.owe(
            f"{KIND}:{exam.id}:{now.isoformat()}:{person}",
            kind=KIND,
            person_id=person,
            account_id=account,
            exam_id=exam.id,
            facts={"was": was, "now": list(of(exam)), "seen": account in seen},
            rank=int(Rank.ESCALATION),
            due_at=now if account in seen else _due(exam, now),
            use_by=end,
        )


def _astray(known: Sequence[str], present: Sequence[str]) -> bool:
    """Whether a link that was there leads elsewhere now, or nowhere."""
    return any(old and old != new for old, new in zip(known, present, strict=True))


def _due(exam: Exam, now: dt.datetime) -> dt.datetime:
    return max(now, exam.starts_at - NEAR)


def retime(uow: UnitOfWork, now: dt.datetime, exam: Exam) -> None:
    """The exam is at another time: what waits for the day before it moves along."""
    extras = uow.exams.extras_by_person(exam.id)
    for person, waiting in uow.notices.unsent(KIND, exam.id).items():
        waiting.use_by = Span(exam.starts_at, exam.ends_at).longer(extras.get(person, 0)).end
        if not waiting.facts.get("seen"):
            waiting.due_at = _due(exam, now)


def hush(uow: UnitOfWork, now: dt.datetime) -> None:
    """Changes not told yet are not told: a demonstration is laid around another minute."""
    for exam in uow.exams.by_ext().values():
        for waiting in uow.notices.unsent(KIND, exam.id).values():
            uow.notices.finish(waiting, "skipped", now, "laid_anew")


def _untrue(uow: UnitOfWork, office: Office, now: dt.datetime, several: Sequence[Claimed]) -> dict[int, str]:
    """The links may have changed again, and people too."""
    exams = {each.exam.id: each.exam for each in several if each.exam is not None}
    concerned = {number: {who for who, _ in uow.exams.concerned(exam)} for number, exam in exams.items()}
    said = {}
    for each in several:
        exam, notice = each.exam, each.notice
        if exam is None or exam.cancelled_at is not None:
            said[notice.id] = "gone"
        elif notice.person_id not in concerned[exam.id]:
            said[notice.id] = "not_theirs"
        elif notice.facts["now"] != list(of(exam)):
            said[notice.id] = BACK
    return said


LETTERS = {KIND: Letter(untrue_together=_untrue)}
