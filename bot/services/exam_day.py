"""The exam day by taps: it began, a student is called, results are published; a late start is heard of."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from bot.errors import Refusal
from bot.rules import access, escalation
from bot.rules.access import Action
from bot.rules.exam_cards import LateStart, LateStarts
from bot.rules.notices import Rank
from bot.rules.people import Me
from bot.services import exams, live
from bot.services.imports import EVERYBODY
from bot.services.letters import Letter
from bot.services.office import Office
from bot.services.results import announce
from bot.storage.notices import Claimed
from bot.storage.tables import Exam, ExamDay, Notice, Result
from bot.storage.unit import UnitOfWork

BATCH = 100
QUESTION, LATE, CALL, ANSWERED = "start_question", "late_starts", "student_called", "call_answered"
EARLIEST = dt.timedelta(minutes=15)
"""Somebody who says before this that an exam has begun means another one."""


def begun(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, exam_id: int, *, on_time: bool) -> None:
    """The exam has begun: on time, or just now. The first word counts; whoever heard that it had not is told.

    Raises `Refusal`: `link_first`, `staff_only`, `not_your_exam`, `exam_gone`, `start_early`, `start_over`.
    """
    exam = _held(uow, me, exam_id)
    if now < exam.starts_at - EARLIEST:
        raise Refusal("start_early", time=exam.starts_at)
    if now >= exam.ends_at:
        raise Refusal("start_over", time=exam.ends_at)
    mark_begun(uow, office, now, exam, me.person_id, on_time=on_time)


def mark_begun(
    uow: UnitOfWork, office: Office, now: dt.datetime, exam: Exam, person_id: int | None, *, on_time: bool
) -> None:
    """Keep when an exam began, unless it is known already."""
    day = uow.conduct.day(exam)
    if day.started_at is not None:
        return
    day.started_at = exam.starts_at if on_time else max(now, exam.starts_at)
    day.started_by = person_id
    uow.records.audit(now, "exam_begun", None, exam=exam.id, person=person_id, on_time=on_time)
    if day.told_at is not None:
        uow.flush()
        _tell(uow, office, now, exam)


def _held(uow: UnitOfWork, me: Me, exam_id: int) -> Exam:
    person_id = access.require(me.actor, Action.SEE_STAFF)
    return exams.require_own(uow, person_id, exam_id)


def ask_due(uow: UnitOfWork, office: Office, now: dt.datetime) -> int:
    """Nobody said that an exam began (AYU 5.1.5): ask those who hold it, once. Returns how many.

    Of an exam that is well under way (it came into the timetable late, or we were away) nobody is asked.
    """
    rules = office.policy.conduct
    if rules.start_asked is None:
        return 0
    asked, since = 0, now - rules.start_useful
    for exam, _ in uow.conduct.not_begun(now - rules.start_asked, now, BATCH, told=False, since=since):
        uow.conduct.day(exam).asked_at = now
        for person_id in uow.conduct.holders([exam.id])[exam.id]:
            account = uow.people.account_of(person_id)
            if account is None or account.blocked_at is not None:
                continue
            asked += uow.notices.owe(
                f"begun:{exam.id}:{exam.starts_at.isoformat()}:{person_id}",
                kind=QUESTION,
                person_id=person_id,
                account_id=account.id,
                exam_id=exam.id,
                facts={"starts_at": exam.starts_at.isoformat()},
                rank=int(Rank.ESCALATION),
                due_at=now,
                use_by=min(exam.ends_at, exam.starts_at + rules.start_useful),
            )
    return asked


def tell_due(uow: UnitOfWork, office: Office, now: dt.datetime) -> int:
    """Still nobody said it: the dean hears it (AYU 5.1.5; role and minutes are the policy's).

    After an outage the question goes first and has its time. Returns how many exams were told of.
    """
    rules = office.policy.conduct
    if rules.start_told is None or rules.start_told_to is None:
        return 0
    told = 0
    grace = max(dt.timedelta(0), rules.start_told - (rules.start_asked or dt.timedelta(0)))
    for exam, day in uow.conduct.not_begun(now - rules.start_told, now, BATCH, told=True):
        if day is None or day.asked_at is None or now < day.asked_at + grace:
            continue
        day.told_at = now
        uow.flush()
        told += 1
        _tell(uow, office, now, exam)
    return told


def _tell(uow: UnitOfWork, office: Office, now: dt.datetime, exam: Exam) -> None:
    """One message a start and reader, however many exams; it changes when one of them has begun after all."""
    start = exam.starts_at.isoformat()
    for person_id in _hearers(uow, office, exam):
        about = {"facts": {"starts_at": start}, "use_by": exam.ends_at}
        live.owe(uow, now, f"late:{start}", LATE, person_id, Rank.ESCALATION, **about)


def _hearers(uow: UnitOfWork, office: Office, exam: Exam) -> list[int]:
    """Who hears of a late start: the exam's own dean, else whoever hears when nobody can be reached."""
    roles = (office.policy.conduct.start_told_to or "", *office.policy.force_majeure.nobody)
    held: dict[str, list[tuple[int, str, str]]] = {}
    for role, person, faculty, department in uow.people.holders(roles):
        held.setdefault(role, []).append((person, faculty, department))
    for role in roles:
        people = escalation.narrowest(held.get(role, []), exam.faculty, exam.department)
        reachable = uow.people.reachable(people)
        if reachable:
            return [person for person in people if person in reachable]
    return []


def call(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, exam_id: int, student_id: int, origin: int
) -> None:
    """Ask a student through the bot to come to their exam; whoever called learns when they answer.

    Raises `Refusal`: as `exam_cards.show`, `student_gone`, `student_unreachable`, `called_already`.
    """
    exam = _held(uow, me, exam_id)
    student = uow.people.get(student_id)
    if student is None or student.group_name not in uow.exams.groups_of(exam_id):
        raise Refusal("student_gone")
    account = uow.people.account_of(student_id)
    if account is None or account.blocked_at is not None:
        raise Refusal("student_unreachable", name=student.full_name)
    _pause(uow, office, now, exam_id, student_id, student.full_name, origin)
    fresh = uow.conduct.add_call(
        exam_id=exam_id, person_id=student_id, caller_id=me.person_id, origin=origin, called_at=now
    )
    if fresh:
        uow.notices.owe(
            f"call:{origin}:{student_id}",
            kind=CALL,
            person_id=student_id,
            account_id=account.id,
            exam_id=exam.id,
            facts={"by": me.person_id},
            rank=int(Rank.WARNING),
            due_at=now,
            use_by=max(exam.ends_at, now + dt.timedelta(hours=1)),
        )


def _pause(
    uow: UnitOfWork, office: Office, now: dt.datetime, exam_id: int, student_id: int, name: str, origin: int
) -> None:
    earlier = [c for c in uow.conduct.calls([exam_id]) if c.person_id == student_id and c.origin != origin]
    if earlier and earlier[-1].answered_at is None:
        again = earlier[-1].called_at + office.policy.conduct.call_pause
        if now < again:
            raise Refusal("called_already", name=name, time=earlier[-1].called_at)


def answer_call(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, exam_id: int) -> None:
    """The student has seen the call; whoever called is told. Doing it twice changes nothing.

    Raises `Refusal`: `link_first`, `not_your_exam`, `exam_gone`.
    """
    person_id = access.require(me.actor, Action.SEE_EXAMS)
    exams.require_own(uow, person_id, exam_id)
    open_calls = [
        c for c in uow.conduct.calls([exam_id]) if c.person_id == person_id and c.answered_at is None
    ]
    if not uow.conduct.answer(exam_id, person_id, now):
        return
    for caller in {c.caller_id for c in open_calls if c.caller_id is not None}:
        account = uow.people.account_of(caller)
        if account is not None and account.blocked_at is None:
            uow.notices.owe(
                f"answered:{open_calls[-1].id}:{caller}",
                kind=ANSWERED,
                person_id=caller,
                account_id=account.id,
                exam_id=exam_id,
                facts={"by": me.person_id, "at": now.isoformat()},
                rank=int(Rank.ESCALATION),
                due_at=now,
            )


def publish(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, exam_id: int) -> dt.datetime:
    """The results of the whole exam are published now, as a row of a results file would say. Returns when.

    Published before: that moment stands. Refuses as `exam_cards.show`, and `examiner_only`, `exam_runs`.
    """
    exam = _held(uow, me, exam_id)
    if me.person_id not in uow.exams.examiners_of(exam_id):
        raise Refusal("examiner_only")
    if now < exam.starts_at:
        raise Refusal("exam_runs", time=exam.ends_at)
    standing = uow.conduct.published([exam_id], EVERYBODY).get(exam_id)
    if standing is not None:
        return standing
    result = Result(exam_id=exam_id, student_key=EVERYBODY, published_at=now)
    uow.exams.add_result(result)
    uow.flush()
    announce(uow, office, now, result, exam)
    uow.records.audit(now, "results_published", me.account_id, exam=exam_id)
    return now


def _question_untrue(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> str:
    exam = claimed.exam
    if exam is None or exam.cancelled_at is not None:
        return "cancelled"
    if claimed.notice.facts["starts_at"] != exam.starts_at.isoformat():
        return "moved"
    day, _ = uow.conduct.days([exam.id]).get(exam.id, (None, ""))
    return "begun" if day is not None and day.started_at is not None else ""


def _late_starts(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> LateStarts:
    """The exams of one start whose late beginning is this reader's business."""
    start = dt.datetime.fromisoformat(claimed.notice.facts["starts_at"])
    reader = claimed.person.id if claimed.person else 0
    rows = [
        (exam, day) for exam, day in uow.conduct.told_at_start(start) if reader in _hearers(uow, office, exam)
    ]
    return LateStarts(start, tuple(_late(uow, exam, day) for exam, day in rows))


def _late(uow: UnitOfWork, exam: Exam, day: ExamDay) -> LateStart:
    names = _names(uow, uow.conduct.holders([exam.id])[exam.id])
    return LateStart(exams.brief(exam), tuple(uow.exams.groups_of(exam.id)), names, day.started_at)


def _names(uow: UnitOfWork, people: Sequence[int]) -> tuple[str, ...]:
    found = (uow.people.get(person) for person in people)
    return tuple(person.full_name for person in found if person is not None)


def _nothing_late(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> str:
    """A first word about a late start is not true any more when all have begun; a change of it is."""
    if claimed.notice.message_id is not None:
        return ""
    about = _late_starts(uow, office, now, claimed)
    return "" if any(late.began_at is None for late in about.exams) else "begun"


def _by(uow: UnitOfWork, office: Office, now: dt.datetime, notice: Notice) -> dict[str, Any]:
    """Who it is about, as the registers know them at that moment."""
    person = uow.people.get(notice.facts["by"]) if notice.facts.get("by") else None
    return {
        "caller": person.full_name if person else "",
        "name": person.full_name if person else "",
        "group": person.group_name if person else "",
        **notice.facts,
    }


LETTERS = {
    CALL: Letter(facts=_by),
    ANSWERED: Letter(facts=_by),
    QUESTION: Letter(untrue=_question_untrue),
    LATE: Letter(untrue=_nothing_late, about=_late_starts),
}
