"""Whether claimed messages may still go out: judged for a whole claim, with one look for each question."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.rules import warnings
from bot.rules.preferences import Wishes
from bot.rules.vocabulary import PersonKind
from bot.services import timers, wishes
from bot.services.letters import PLAIN, Letter, Together
from bot.services.office import Office
from bot.storage.notices import Claimed
from bot.storage.unit import UnitOfWork
from bot.telemetry import log

MISREAD = (ValueError, LookupError, TypeError, AttributeError)
"""What a message that cannot be read raises."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the truth of a claim's messages hangs on.

    `resits`: (exam, person) of who sits an exam at another time. `seats`: (exam, group) of who sits
    one at all. `said`: what the kinds that judge their messages together have against them, by notice.
    """

    resits: frozenset[tuple[int, int]]
    seats: frozenset[tuple[int, str]]
    wishes: Mapping[int, Wishes]
    said: Mapping[int, str]


def gather(
    uow: UnitOfWork, office: Office, now: dt.datetime, found: Sequence[Claimed], letters: Mapping[str, Letter]
) -> Known:
    """Look up what is asked of these messages, however many, in a few queries."""
    timed = [each for each in found if each.reminder is not None and each.exam is not None]
    people = {each.notice.person_id for each in timed if each.notice.person_id is not None}
    optional = {
        each.notice.person_id
        for each in timed
        if each.notice.person_id is not None and wishes.may_be_unwanted(office, each)
    }
    exams = {each.exam.id for each in timed if each.exam is not None}
    return Known(
        uow.cases.resitting(exams, people) if people else frozenset(),
        uow.appeals.groups(exams) if timed else frozenset(),
        wishes.of_many(uow, office, optional) if optional else {},
        _said(uow, office, now, found, letters),
    )


def _said(
    uow: UnitOfWork, office: Office, now: dt.datetime, found: Sequence[Claimed], letters: Mapping[str, Letter]
) -> dict[int, str]:
    of_kind: dict[str, list[Claimed]] = defaultdict(list)
    for each in found:
        of_kind[each.notice.kind].append(each)
    said: dict[int, str] = {}
    for kind, several in of_kind.items():
        judge = letters.get(kind, PLAIN).untrue_together
        if judge is None:
            continue
        try:
            said |= judge(uow, office, now, several)
        except MISREAD:
            for each in several:
                said |= _alone(judge, uow, office, now, each)
    return said


def _alone(
    judge: Together, uow: UnitOfWork, office: Office, now: dt.datetime, each: Claimed
) -> Mapping[int, str]:
    """One message that cannot be read holds up none of the others."""
    try:
        return judge(uow, office, now, [each])
    except MISREAD:
        log.exception("outbox.unreadable", notice=each.notice.id, kind=each.notice.kind)
        return {each.notice.id: "unreadable"}


def _elsewhere(claimed: Claimed, known: Known) -> bool:
    """Whether a student sits this exam no longer: another group, or another timetable."""
    person, exam = claimed.person, claimed.exam
    if person is None or exam is None or person.kind != PersonKind.STUDENT:
        return False
    return (exam.id, person.group_name) not in known.seats


def untrue(office: Office, claimed: Claimed, now: dt.datetime, known: Known) -> str:
    """Why a message must not go out any more; '' while it may."""
    notice, reminder, exam = claimed.notice, claimed.reminder, claimed.exam
    if notice.use_by is not None and now >= notice.use_by and reminder is None:
        return "superseded"
    if exam is not None and notice.facts.get("revision", exam.revision) != exam.revision:
        return "moved"
    if notice.facts.get("extra", claimed.extra) != claimed.extra:
        return "moved"
    if reminder is None or exam is None:
        return known.said.get(notice.id, "")
    rule, extra = warnings.parted(reminder.rule)
    if extra != claimed.extra and timers.hangs_on_end(office, exam, rule):
        return "moved"
    if notice.person_id is not None and (exam.id, notice.person_id) in known.resits:
        return "resit"
    if _elsewhere(claimed, known):
        return "not_theirs"
    judged = warnings.verdict(
        due_at=notice.due_at,
        use_by=notice.use_by or exam.ends_at,
        planned_revision=int(notice.key.split(":")[2]),
        revision=exam.revision,
        end=exam.ends_at + dt.timedelta(minutes=extra),
        cancelled=exam.cancelled_at is not None,
        now=now,
    )
    return known.said.get(notice.id, "") if judged in ("send", "not_yet") else judged
