"""A person's exams, and what must be told when the timetable moves."""

import dataclasses
import datetime as dt
from collections.abc import Sequence

from bot.errors import Refusal
from bot.rules import access, exams
from bot.rules.access import Action
from bot.rules.exams import ExamBrief, MyExam, Span
from bot.rules.people import Me
from bot.rules.vocabulary import ExamKind, PersonKind
from bot.services import changes, resits
from bot.services.office import Office
from bot.storage.tables import Case, Exam
from bot.storage.unit import UnitOfWork

LOOK_BACK = dt.timedelta(hours=12)
LIST_LIMIT = 20
NEAR = dt.timedelta(hours=12)
TURNS = 100
"""More corrections of a date than anybody makes: a later decision's revision is higher than all of them."""


give_minutes = changes.give_minutes


def brief(exam: Exam, extra: int = 0) -> ExamBrief:
    """The reader's view of a row; `extra` are the reader's own minutes after its end."""
    return ExamBrief(
        id=exam.id,
        ext_id=exam.ext_id,
        subjects={"kk": exam.subject_kk or exam.subject_ru, "ru": exam.subject_ru or exam.subject_kk},
        kind=exam.kind,
        attestation=exam.attestation,
        span=Span(exam.starts_at, exam.ends_at).longer(extra),
        meeting_url=exam.meeting_url,
        lms_url=exam.lms_url,
        revision=exam.revision,
        extra=extra,
        cancelled=exam.cancelled_at is not None,
    )


def mine(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me) -> Sequence[MyExam]:
    """The reader's exams, nearest first, those over for less than half a day included.

    Raises `Refusal` (`link_first`).
    """
    person_id = access.require(me.actor, Action.SEE_EXAMS)
    return [
        MyExam(exam, exam.span.phase(now), holds)
        for exam, holds in _of_person(uow, person_id, now - LOOK_BACK)
    ]


def _of_person(
    uow: UnitOfWork, person_id: int, since: dt.datetime, *, cancelled: bool = False
) -> list[tuple[ExamBrief, bool]]:
    """Exams that somebody sits (with their own end) or holds, over after `since`, nearest first."""
    sat = uow.exams.sat_by(person_id, since, LIST_LIMIT, cancelled=cancelled)
    if not sat:
        person = uow.people.get(person_id)
        if person is None:
            return []
        if person.kind != PersonKind.STUDENT:
            held = uow.exams.held_by(person_id, since, LIST_LIMIT, cancelled=cancelled)
            return [(brief(exam), True) for exam in held]
    briefs = {exam.id: brief(exam, minutes) for exam, minutes in sat}
    briefs |= _sittings(uow, person_id, cancelled=cancelled)
    found = [(exam, False) for exam in briefs.values() if exam.span.end > since]
    return sorted(found, key=lambda one: (one[0].span.start, one[0].id))[:LIST_LIMIT]


def _sittings(uow: UnitOfWork, person_id: int, *, cancelled: bool) -> dict[int, ExamBrief]:
    """The exams that a student sits at a time of their own, by exam."""
    found = {}
    for exam_id, case in uow.cases.sittings(person_id).items():
        exam = uow.exams.get(exam_id)
        if exam is not None and (cancelled or exam.cancelled_at is None):
            own = uow.exams.extra_of(exam_id, person_id)
            found[exam_id] = _moved(exam, case, own.minutes if own else 0)
    return found


def _moved(exam: Exam, case: Case, extra: int) -> ExamBrief:
    """An exam at the time that a decision has given its student; minutes added to the first sitting are not.

    Its revision is higher than any before, so that a calendar takes the new time.
    """
    return dataclasses.replace(
        brief(exam),
        span=resits.span_of(exam, resits.given(case)),
        revision=exam.revision + extra + case.id * TURNS + case.data.get("corrected", 0),
        sitting=case.number,
    )


def one(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, exam_id: int) -> ExamBrief:
    """An exam of the reader's own. Raises `Refusal`: `link_first`, `not_your_exam`, `exam_gone`."""
    person_id = access.require(me.actor, Action.SEE_EXAMS)
    exam = require_own(uow, person_id, exam_id)
    return own_brief(uow, exam, person_id)


def for_calendar(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, exam_id: int | None
) -> Sequence[ExamBrief]:
    """One exam of the reader's own, or (None) all that are not over; cancelled ones too.

    Raises `Refusal`: `link_first`, `not_your_exam`, `exam_gone`, `no_exams` when there is none.
    """
    person_id = access.require(me.actor, Action.SEE_EXAMS)
    if exam_id is not None:
        return [own_brief(uow, require_own(uow, person_id, exam_id, cancelled=True), person_id)]
    found = [exam for exam, _ in _of_person(uow, person_id, now, cancelled=True)]
    if not found:
        raise Refusal("no_exams")
    return found


def alarms(office: Office, kind: str) -> tuple[dt.timedelta, ...]:
    """How long before its start a calendar rings for an exam: where its kind's reminders do."""
    rules = office.policy.kinds.get(ExamKind(kind))
    ahead = {
        dt.timedelta(minutes=offer) - moment.offset
        for moment in (rules.moments.values() if rules else ())
        if moment.for_students and moment.anchor == "start" and moment.mere
        for offer in moment.offers
    }
    return tuple(sorted((each for each in ahead if each > dt.timedelta()), reverse=True))


def own_brief(uow: UnitOfWork, exam: Exam, person_id: int) -> ExamBrief:
    """The exam as it stands for this person: their own minutes, or the time that a decision gave them."""
    case = uow.cases.sitting(exam.id, person_id)
    own = uow.exams.extra_of(exam.id, person_id)
    extra = own.minutes if own else 0
    return _moved(exam, case, extra) if case is not None else brief(exam, extra)


def require_own(uow: UnitOfWork, person_id: int, exam_id: int, *, cancelled: bool = False) -> Exam:
    """The exam when this person sits or holds it. Raises `Refusal`: `not_your_exam`, `exam_gone`."""
    exam, sits = uow.exams.seat(exam_id, person_id)
    return admit(uow, person_id, exam, sits=sits, cancelled=cancelled)


def admit(uow: UnitOfWork, person_id: int, exam: Exam | None, *, sits: bool, cancelled: bool = False) -> Exam:
    """The same for an exam that was read together with whether this person sits it."""
    if exam is None or (exam.cancelled_at is not None and not cancelled):
        raise Refusal("exam_gone")
    if not sits:
        person = uow.people.get(person_id)
        if person is not None and person.kind == PersonKind.STUDENT:
            raise Refusal("not_your_exam")
        if exam.proctor_id != person_id and person_id not in uow.exams.examiners_of(exam.id):
            raise Refusal("not_your_exam")
    return exam


def meant_now(uow: UnitOfWork, now: dt.datetime, person_id: int) -> list[ExamBrief]:
    """The exams a report filed now may be about: running ones, else near ones, nearest first."""
    found = {exam.id: exam for exam, _ in _of_person(uow, person_id, now - NEAR)}
    candidates = [exams.Candidate(exam.id, exam.span) for exam in found.values()]
    return [found[candidate.id] for candidate in exams.meant(candidates, now, NEAR)]


def clash(uow: UnitOfWork, person_id: int, exam: Exam, at: dt.datetime) -> ExamBrief | None:
    """Another exam of somebody's own while they would sit this one at that moment."""
    span = resits.span_of(exam, at)
    others = [one for one, _ in _of_person(uow, person_id, at - NEAR) if one.id != exam.id]
    return next((one for one in others if one.span.start < span.end and span.start < one.span.end), None)


def today(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, *, over: bool = False
) -> Sequence[ExamBrief]:
    """The reader's exams that run now or start or end today in the local zone; none for a guest.

    `over`: with those that ended a short while ago (`LOOK_BACK`), whatever day it is by now.
    """
    if me.person_id is None:
        return []
    local_day = now.astimezone(office.zone).date()
    found = []
    for exam, _ in _of_person(uow, me.person_id, now - LOOK_BACK if over else now):
        days = [moment.astimezone(office.zone).date() for moment in (exam.span.start, exam.span.end)]
        if days[0] <= local_day <= days[1] or (over and exam.span.end <= now):
            found.append(exam)
    return found
