"""A result is published: its students are told until when they may appeal, and reminded before the end."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from bot.errors import Refusal
from bot.rules import windows
from bot.rules.notices import Rank
from bot.rules.vocabulary import Attestation, PersonKind
from bot.rules.windows import Window
from bot.services import exams
from bot.services.letters import Letter
from bot.services.office import Office
from bot.storage.appeals import EVERYBODY
from bot.storage.notices import Claimed
from bot.storage.tables import Draft, Exam, Person, Result
from bot.storage.unit import UnitOfWork

KEPT = dt.timedelta(days=30)
"""So long the news of a result waits for who cannot be reached, where no source says until when to appeal."""
OPENED, CLOSING = "result_open", "result_closing"


def window(office: Office, exam: Exam, published_at: dt.datetime) -> Window:
    """The appeal window of an exam's result published at a moment."""
    rules = office.appeals[Attestation(exam.attestation)]
    return windows.window(published_at, rules.window, rules.strict, office.zone, office.workdays)


def of_student(uow: UnitOfWork, exam: Exam, person: Person) -> Result | None:
    """A student's result of an exam: their own, else everybody's; None while there is none.

    Whether it is their exam at all is asked before: groups change, and an appeal that was begun goes on.
    """
    own = uow.appeals.result(exam.id, person.ext_id)
    return own or uow.appeals.result(exam.id, EVERYBODY)


def own_exam(uow: UnitOfWork, person: Person, exam_id: int) -> Exam:
    """An exam that they sit, or sat with a group they have left, or whose result is the student's own.

    Raises `Refusal`: `not_your_exam`, `exam_gone`.
    """
    exam = uow.exams.get(exam_id)
    if exam is not None and exam.cancelled_at is None:
        sat = (exam_id, person.id) in uow.exams.sat_before([exam_id])
        if sat or uow.appeals.result(exam_id, person.ext_id):
            return exam
    return exams.require_own(uow, person.id, exam_id)


def exam_of_draft(uow: UnitOfWork, draft: Draft) -> Exam:
    """The exam of a draft: it was the student's when they began. Raises `Refusal` (`exam_gone`)."""
    exam = uow.exams.get(int(draft.subject))
    if exam is None or exam.cancelled_at is not None:
        raise Refusal("exam_gone")
    return exam


def announce(uow: UnitOfWork, office: Office, now: dt.datetime, result: Result, exam: Exam) -> int:
    """Owe every student concerned the news and its reminders. Doing it again changes nothing.

    A result whose window is over already is old news. Returns how many students that were.
    """
    found = window(office, exam, result.published_at)
    if not found.open_at(now):
        return 0
    students = _concerned(uow, result, exam)
    rules = office.appeals[Attestation(exam.attestation)]
    ahead = windows.reminders(found, rules.remind_minutes, now)
    uow.people.read_accounts(student.id for student in students)
    told = [(OPENED, max(now, result.published_at), 0.0), *((CLOSING, at, before) for before, at in ahead)]
    uow.notices.owe_many([_notice(uow, found, student, exam, *what) for student in students for what in told])
    return len(students)


def _concerned(uow: UnitOfWork, result: Result, exam: Exam) -> Sequence[Person]:
    if result.student_key != EVERYBODY:
        return uow.people.find(result.student_key, PersonKind.STUDENT)
    present = uow.appeals.students_of(exam.id)
    left = {person for _, person in uow.exams.sat_before([exam.id])} - {each.id for each in present}
    uow.people.read(left)
    gone = [found for found in map(uow.people.get, sorted(left)) if found is not None]
    students = [*present, *gone]
    own = {student_key for _, student_key in uow.appeals.published([exam.id])}
    return [student for student in students if student.ext_id not in own]


def _notice(
    uow: UnitOfWork, found: Window, student: Person, exam: Exam, kind: str, due: dt.datetime, before: float
) -> dict[str, Any]:
    account = uow.people.account_read(student.id)
    blocked = account is None or account.blocked_at is not None
    return {
        "key": f"{kind}:{exam.id}:{student.id}:{found.published_at.timestamp():.0f}:{before:g}",
        "kind": kind,
        "person_id": student.id,
        "account_id": account.id if account else None,
        "exam_id": exam.id,
        "facts": {
            "published": found.published_at.isoformat(),
            "said": found.said.isoformat() if found.said else None,
            "strictest": found.strictest.isoformat() if found.strictest else None,
            "clause": found.clause,
            "minutes": before,
        },
        "rank": int(Rank.NEWS if kind == OPENED else Rank.REMINDER),
        "due_at": due,
        "use_by": found.closes or found.published_at + KEPT,
        "state": "unreachable" if blocked else "pending",
        "reason": "" if account and not blocked else "blocked" if account else "not_linked",
    }


def _untrue(uow: UnitOfWork, office: Office, now: dt.datetime, several: Sequence[Claimed]) -> dict[int, str]:
    """The result may have been published anew, and a student who has appealed needs no reminder."""
    exams = {each.exam.id for each in several if each.exam is not None}
    people = {each.person.id for each in several if each.person is not None}
    published, groups = uow.appeals.published(exams), uow.appeals.groups(exams)
    sat = uow.exams.sat_before(exams)
    appealed = uow.appeals.appealed(exams, people)
    said = {}
    for each in several:
        notice, exam, person = each.notice, each.exam, each.person
        if exam is None or person is None:
            said[notice.id] = "gone"
            continue
        result = published.get((exam.id, person.ext_id)) or published.get((exam.id, EVERYBODY))
        stands = result is not None and result.published_at.isoformat() == notice.facts.get("published")
        seated = (exam.id, person.group_name) in groups or (exam.id, person.id) in sat
        theirs = seated or (exam.id, person.ext_id) in published
        if not stands or not theirs:
            said[notice.id] = "published_anew"
        elif notice.kind == CLOSING and (exam.id, person.id) in appealed:
            said[notice.id] = "appealed"
    return said


LETTERS = dict.fromkeys((OPENED, CLOSING), Letter(untrue_together=_untrue))
