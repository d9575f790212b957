"""The timers of exams: laid when the timetable is, fired when they are due."""

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from bot.rules import preferences, readiness, warnings
from bot.rules.exams import Span
from bot.rules.notices import Rank
from bot.rules.policy import KindRules, Moment
from bot.rules.vocabulary import ExamKind
from bot.rules.warnings import Planned
from bot.services import chats, holders
from bot.services.letters import Letter
from bot.services.office import Office
from bot.storage.reminders import Expansion
from bot.storage.tables import Exam, Notice, Reminder
from bot.storage.unit import UnitOfWork

BATCH = 1000
AHEAD = dt.timedelta(seconds=2)
"""Timers are turned into messages so much before they are due; the messages wait for the very moment."""
NAMED = 30
"""So many of those whom a warning did not reach are named; kept by id, named when the message goes out."""
REPORTED, NOT_PLANNED = "reported", "not_planned"
LAID_UNDER, LAID_UP_TO = "timers_laid_under", "timers_laid_up_to"
LAID_TOGETHER = 200
"""So many exams are laid in one transaction when the rules of time have changed."""
AFTER_THE_END = dt.timedelta(days=7)
"""Moments of so long after an exam's end are still laid anew."""
KINDS = {warnings.LEFT: "warning", warnings.OFFER + readiness.EVENT: "readiness"}


def lay(uow: UnitOfWork, office: Office, now: dt.datetime, exam: Exam) -> None:
    """Make an exam's timers those of its present span and revision. Doing it again changes nothing."""
    rules = _rules(office, exam)
    span = Span(exam.starts_at, exam.ends_at)
    wanted: list[Planned] = []
    if rules is not None and exam.cancelled_at is None:
        wanted = list(warnings.plan(span, rules, uow.exams.extras(exam.id)))
    laid = uow.reminders.of_exam(exam.id)
    for timer in wanted:
        row = laid.pop((timer.rule, timer.minutes), None)
        if row is None:
            _add(uow, exam, timer, now)
        elif not _stands(row, exam, timer):
            _move(row, exam, timer, now)
    for row in laid.values():
        if row.state == "pending":
            row.state, row.reason = "skipped", NOT_PLANNED
    uow.reminders.drop_stale(exam.id, exam.revision)


def _rules(office: Office, exam: Exam) -> KindRules | None:
    return office.policy.kinds.get(ExamKind(exam.kind))


def moment_of(office: Office, exam: Exam, rule: str) -> Moment | None:
    """What a timer offers; None for a warning, and for what the policy speaks of no longer."""
    rules = _rules(office, exam)
    return rules.moments.get(warnings.parted(rule)[0].removeprefix(warnings.OFFER)) if rules else None


def hangs_on_end(office: Office, exam: Exam, rule: str) -> bool:
    """Whether a timer of this rule is another one for students with more time."""
    moment = moment_of(office, exam, rule)
    return rule == warnings.LEFT or (moment is not None and warnings.hangs_on_end(moment))


def _stands(row: Reminder, exam: Exam, timer: Planned) -> bool:
    """Whether a timer is laid as it should be; one that was dropped for a while is not."""
    laid = (row.due_at, row.use_by, row.revision) == (timer.due_at, timer.use_by, exam.revision)
    return laid and row.reason != NOT_PLANNED


def _add(uow: UnitOfWork, exam: Exam, timer: Planned, now: dt.datetime) -> None:
    late = timer.use_by <= now
    uow.reminders.add(
        Reminder(
            exam_id=exam.id,
            rule=timer.rule,
            minutes=timer.minutes,
            due_at=timer.due_at,
            use_by=timer.use_by,
            revision=exam.revision,
            state="skipped" if late else "pending",
            reason="past" if late else "",
        )
    )


def _move(row: Reminder, exam: Exam, timer: Planned, now: dt.datetime) -> None:
    row.due_at, row.use_by, row.revision = timer.due_at, timer.use_by, exam.revision
    late = timer.use_by <= now
    row.state, row.reason = ("skipped", "past") if late else ("pending", "")


def follow_policy(uow: UnitOfWork, office: Office, now: dt.datetime) -> int:
    """When the rules of time are not those the timers were laid under, lay those that lie ahead anew.

    A part of the exams at a time, so that the database is free in between: call it until it returns 0, how
    many exams it went through. Where it was broken off it goes on the next time.
    """
    standing = _timing(office)
    if uow.records.fact(LAID_UNDER) == standing:
        return 0
    rules, _, last = (uow.records.fact(LAID_UP_TO) or "").partition(":")
    after = int(last) if rules == standing else 0
    found = uow.exams.ending_after(now - AFTER_THE_END, after, LAID_TOGETHER)
    for exam in found:
        lay(uow, office, now, exam)
    if len(found) < LAID_TOGETHER:
        uow.records.set_fact(LAID_UNDER, standing)
    else:
        uow.records.set_fact(LAID_UNDER, "")
        uow.records.set_fact(LAID_UP_TO, f"{standing}:{found[-1].id}")
    return len(found)


def heard(uow: UnitOfWork) -> set[int]:
    """Every timer whose message has reached somebody."""
    return {row.id for row in _all(uow) if row.state == "expanded" and uow.reminders.counts(row).get("sent")}


def hush(uow: UnitOfWork, now: dt.datetime, heard: Collection[int]) -> None:
    """Of these timers, laid anew, those whose moment is over by now are not fired a second time."""
    for row in _all(uow):
        if row.id in heard and row.state == "pending" and row.due_at <= now:
            row.state, row.reason = "skipped", "laid_anew"


def _all(uow: UnitOfWork) -> list[Reminder]:
    exams = uow.exams.by_ext().values()
    return [row for exam in exams for row in uow.reminders.of_exam(exam.id).values()]


def _timing(office: Office) -> str:
    """A fingerprint of all that timers are laid by."""
    kinds = office.policy.kinds.values()
    said = [(rules.kind, rules.warnings_left, sorted(rules.moments.items())) for rules in kinds]
    return hashlib.sha256(repr(said).encode()).hexdigest()


def fire(uow: UnitOfWork, office: Office, now: dt.datetime) -> int:
    """Turn every timer due in a moment into one notice a person, in this transaction. Returns how many fired.

    Warnings of so many people that sending takes long begin before their moment (`bot/services/waves.py`).
    A timer whose exam has ended, moved or been cancelled, or that yields to a later one, is skipped with why.
    """
    fired, begun = 0, uow.waves.begun(now + AHEAD)
    ways: dict[Expansion, list[Reminder]] = defaultdict(list)
    for reminder, exam in _due(uow, now, begun):
        fired += 1
        _, extra = warnings.parted(reminder.rule)
        judged = warnings.verdict(
            due_at=reminder.due_at,
            use_by=reminder.use_by,
            planned_revision=reminder.revision,
            revision=exam.revision,
            end=exam.ends_at + dt.timedelta(minutes=extra),
            cancelled=exam.cancelled_at is not None,
            now=now,
        )
        if judged not in ("send", "not_yet"):
            reminder.state, reminder.reason = "skipped", judged
            continue
        way = _way(uow, office, reminder, exam, begun.get(reminder.due_at))
        if way is not None:
            ways[way].append(reminder)
        reminder.state = "expanded"
    for way, reminders in ways.items():
        uow.reminders.expand(reminders, way)
        if way.kind == KINDS[warnings.LEFT] and not way.extra:
            chats.post(uow, office, now, reminders, way.due_at)
    return fired


def _due(
    uow: UnitOfWork, now: dt.datetime, begun: Mapping[dt.datetime, dt.datetime]
) -> list[tuple[Reminder, Exam]]:
    """Timers due in a moment, and warnings of waves that have begun."""
    due = list(uow.reminders.due(now + AHEAD, BATCH))
    if begun:
        due += uow.reminders.begun(warnings.LEFT, begun, BATCH)
    return due


def _way(
    uow: UnitOfWork, office: Office, reminder: Reminder, exam: Exam, begins: dt.datetime | None
) -> Expansion | None:
    """How a timer's message is owed to the students of its time; None: to none. Staff get theirs here."""
    rule, extra = warnings.parted(reminder.rule)
    own = extra if hangs_on_end(office, exam, rule) else None
    if rule == warnings.LEFT:
        return Expansion(KINDS[rule], Rank.WARNING, begins, own)
    moment = moment_of(office, exam, rule)
    if moment is None:
        reminder.reason = NOT_PLANNED
        return None
    if moment.staff and not extra:
        _owe_duties(uow, reminder, exam, moment)
    if not moment.for_students:
        return None
    return Expansion(
        KINDS.get(rule, "step_due"), Rank.REMINDER, extra=own, mutable=preferences.switch_of(moment)
    )


def _owe_duties(uow: UnitOfWork, reminder: Reminder, exam: Exam, moment: Moment) -> None:
    own_people = {*uow.exams.examiners_of(exam.id), exam.proctor_id}
    for person in holders.of_exam(uow, exam, moment.staff):
        if uow.people.wishes(person).wants(preferences.switch_of(moment)):
            _owe_duty(uow, reminder, person, holds=person in own_people)


def _owe_duty(uow: UnitOfWork, reminder: Reminder, person_id: int, *, holds: bool) -> None:
    account = uow.people.account_of(person_id)
    missing = "not_linked" if account is None else "blocked" if account.blocked_at is not None else ""
    uow.notices.owe(
        f"reminder:{reminder.id}:{reminder.revision}:{person_id}",
        kind="duty_due",
        person_id=person_id,
        account_id=account.id if account else None,
        reminder_id=reminder.id,
        exam_id=reminder.exam_id,
        facts={"holds": holds},
        rank=int(Rank.REMINDER),
        due_at=reminder.due_at,
        use_by=reminder.use_by,
        state="unreachable" if missing else "pending",
        reason=missing,
    )


def report_missed(uow: UnitOfWork, office: Office, now: dt.datetime) -> int:
    """Tell an exam's examiners, once a warning is over, how many it reached and whom it did not.

    A later warning that missed nobody new is not told again.
    """
    told = 0
    for reminder in uow.reminders.unreported(warnings.LEFT, BATCH):
        reminder.reason = REPORTED
        known = _known(uow, reminder)
        missed = [row for row in uow.reminders.missed(reminder) if row[0] not in known]
        if not missed:
            continue
        counts = uow.reminders.counts(reminder)
        facts = {
            "minutes": reminder.minutes,
            "reached": counts.get("sent", 0),
            "total": sum(counts.values()) - counts.get("skipped", 0),
            "missed": [[person, reason] for person, _, reason in missed[:NAMED]],
            "more": max(0, len(missed) - NAMED),
        }
        for examiner in uow.exams.examiners_of(reminder.exam_id):
            account = uow.people.account_of(examiner)
            if account is None:
                continue
            told += uow.notices.owe(
                f"missed:{reminder.id}:{reminder.revision}:{examiner}",
                kind="missed",
                person_id=examiner,
                account_id=account.id,
                exam_id=reminder.exam_id,
                facts=facts,
                rank=int(Rank.ESCALATION),
                due_at=now,
            )
    return told


def _known(uow: UnitOfWork, reminder: Reminder) -> set[int]:
    """Whom the earlier warnings of this exam, as it stands, were told to have missed."""
    earlier = (
        row
        for row in uow.reminders.of_exam(reminder.exam_id).values()
        if warnings.parted(row.rule)[0] == warnings.LEFT and row.reason == REPORTED and row.id != reminder.id
    )
    return {person for row in earlier for person, _, _ in uow.reminders.missed(row)}


def _named(uow: UnitOfWork, office: Office, now: dt.datetime, notice: Notice) -> dict[str, Any]:
    """Whom a warning missed, by the names they have now."""
    people = [(uow.people.get(person_id), reason) for person_id, reason in notice.facts["missed"]]
    return {**notice.facts, "missed": [[person.full_name, reason] for person, reason in people if person]}


LETTERS = {"missed": Letter(facts=_named)}
