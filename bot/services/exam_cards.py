"""The live card of an exam: built from the rows, changed by a keeper only when it looks different."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.rules import access, exam_cards, readiness, walk, warnings
from bot.rules.access import Action
from bot.rules.exam_cards import Began, ExamCard, Helped, OpenReport, StudentState, Warned
from bot.rules.exams import Span
from bot.rules.people import Me
from bot.rules.vocabulary import ExamKind
from bot.services import exams, live
from bot.services.imports import EVERYBODY
from bot.services.letters import Letter
from bot.services.office import Office
from bot.storage.notices import Claimed
from bot.storage.tables import Exam, StudentCall
from bot.storage.unit import UnitOfWork

KIND = "exam_card"
UPLOAD = "upload"
NOT_AT_ALL = dt.timedelta(0)


def subject(exam_id: int) -> str:
    """What a live message about an exam is called."""
    return f"exam:{exam_id}"


def show(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, exam_id: int) -> ExamCard:
    """The card for somebody who holds the exam.

    Raises `Refusal`: `link_first`, `staff_only`, `not_your_exam`, `exam_gone`.
    """
    person_id = access.require(me.actor, Action.SEE_STAFF)
    exam = exams.require_own(uow, person_id, exam_id)
    return build(uow, office, now, [exam])[exam.id]


def adopt(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, exam_id: int, message_id: int) -> None:
    """The card that its reader has just been shown keeps itself current from now on."""
    live.adopt(uow, office, now, me, subject(exam_id), KIND, message_id, exam_id=exam_id)


def keep(uow: UnitOfWork, office: Office, now: dt.datetime) -> int:
    """Compare the cards of exams near the present with what they last showed; owe those that differ.

    A round looks at so many exams as the policy says, the longest waiting first. Returns how many it owed.
    """
    rules = office.policy.conduct
    found = uow.conduct.to_look_at(
        now,
        begins_by=now + (rules.card_before or NOT_AT_ALL),
        ended_after=now - rules.card_after,
        seen_by=now - rules.card_every,
        limit=rules.card_exams_a_round,
    )
    cards = build(uow, office, now, [exam for exam, _ in found])
    holders = uow.conduct.holders([exam.id for exam, _ in found])
    owed = 0
    for exam, _ in found:
        day = uow.conduct.day(exam)
        day.looked_at = now
        shown = exam_cards.digest(cards[exam.id], holders[exam.id], now, rules.card_clock)
        if shown == day.digest:
            continue
        day.digest = shown
        owed += _owe(uow, office, now, exam, holders[exam.id])
    return owed


def _owe(uow: UnitOfWork, office: Office, now: dt.datetime, exam: Exam, holders: Sequence[int]) -> int:
    """The card goes to all who hold the exam; where it may not open by itself, to those who opened it."""
    by_itself = office.policy.conduct.card_before is not None and exam.cancelled_at is None
    owed = 0
    for person_id in holders:
        if by_itself or live.stands(uow, subject(exam.id), person_id):
            live.owe(uow, now, subject(exam.id), KIND, person_id, exam_id=exam.id)
            owed += 1
    return owed


def build(uow: UnitOfWork, office: Office, now: dt.datetime, rows: Sequence[Exam]) -> Mapping[int, ExamCard]:
    """The cards of exams, in so many queries as for one."""
    ids = [exam.id for exam in rows]
    if not ids:
        return {}
    helped = _helped(uow, ids)
    students = _students(uow, office, rows, helped)
    warned, reports = _warned(uow, ids), _reports(uow, ids)
    days, published = uow.conduct.days(ids), uow.conduct.published(ids, EVERYBODY)
    cards = {}
    for exam in rows:
        day, by = days.get(exam.id, (None, ""))
        algorithm = office.walk_of(exam.kind)
        cards[exam.id] = ExamCard(
            exam=exams.brief(exam),
            phase=Span(exam.starts_at, exam.ends_at).phase(now),
            cancelled=exam.cancelled_at is not None,
            students=tuple(sorted(students[exam.id], key=exam_cards.worry)),
            steps=len(algorithm.steps) if algorithm else 0,
            warned=tuple(warned.get(exam.id, ())),
            reports=tuple(reports.get(exam.id, ())),
            began=Began(day.started_at, by) if day is not None and day.started_at else None,
            published_at=published.get(exam.id),
            helped=tuple(helped.get(exam.id, ())),
        )
    return cards


def _helped(uow: UnitOfWork, ids: Sequence[int]) -> dict[int, list[Helped]]:
    found: dict[int, list[Helped]] = {}
    for exam_id, number, state, person_id in uow.conduct.helped(ids):
        found.setdefault(exam_id, []).append(Helped(number, state == "waiting", person_id))
    return found


def _students(
    uow: UnitOfWork, office: Office, rows: Sequence[Exam], helped: Mapping[int, Sequence[Helped]]
) -> dict[int, list[StudentState]]:
    ids = [exam.id for exam in rows]
    answers, walks, calls = uow.conduct.answers(ids), _walks(uow, office, rows), _calls(uow, ids)
    filed: dict[tuple[int, int], int] = {}
    for case, _ in uow.conduct.reports(ids):
        key = (case.exam_id or 0, case.reporter_id)
        filed[key] = filed.get(key, 0) + 1
    kinds = {exam.id: _items(office, exam) for exam in rows}
    helps = {(exam_id, one.person_id): one for exam_id, many in helped.items() for one in many}
    found: dict[int, list[StudentState]] = {exam.id: [] for exam in rows}
    for exam_id, person_id, name, reach in uow.conduct.students(ids):
        key = (exam_id, person_id)
        given = answers.get(key, {})
        lacking = tuple(item for item in kinds[exam_id] if given.get(item) is False)
        whole = bool(kinds[exam_id]) and all(item in given for item in kinds[exam_id])
        call = calls.get(key)
        found[exam_id].append(
            StudentState(
                person_id,
                name,
                reach,
                ready=not lacking if whole else None,
                lacking=lacking,
                reports=filed.get(key, 0),
                called_at=call.called_at if call else None,
                answered_at=call.answered_at if call else None,
                help=helps.get(key),
                **walks.get(key, {}),
            )
        )
    return found


def _items(office: Office, exam: Exam) -> tuple[str, ...]:
    return readiness.items_for(office.policy, office.policy.kinds.get(ExamKind(exam.kind)))


def _walks(uow: UnitOfWork, office: Office, rows: Sequence[Exam]) -> dict[tuple[int, int], dict[str, Any]]:
    """Where each student stands in the exam's own steps."""
    own = {exam.id: office.walk_of(exam.kind) for exam in rows}
    found: dict[tuple[int, int], dict[str, Any]] = {}
    for exam_id, person_id, name, position, done, finished in uow.conduct.walks(list(own)):
        algorithm = own[exam_id]
        if algorithm is None or name != f"{algorithm.id}@{exam_id}":
            continue
        upload = walk.bound_to(algorithm.steps, UPLOAD)
        uploaded = upload is not None and upload in done
        found[exam_id, person_id] = {"position": position, "uploaded": uploaded, "finished": finished}
    return found


def _calls(uow: UnitOfWork, ids: Sequence[int]) -> dict[tuple[int, int], StudentCall]:
    """The last call of each student."""
    return {(call.exam_id, call.person_id): call for call in uow.conduct.calls(ids)}


def _reports(uow: UnitOfWork, ids: Sequence[int]) -> dict[int, list[OpenReport]]:
    found: dict[int, list[OpenReport]] = {}
    rows = uow.conduct.reports(ids)
    told = uow.conduct.told([case.id for case, _ in rows])
    for case, reporter in rows:
        heard = tuple(told.get(case.id, ()))
        report = OpenReport(case.id, case.number, case.trouble, case.state, reporter, heard)
        found.setdefault(case.exam_id or 0, []).append(report)
    return found


def _warned(uow: UnitOfWork, ids: Sequence[int]) -> dict[int, list[Warned]]:
    timers = uow.conduct.warnings(ids, warnings.LEFT)
    if not timers:
        return {}
    numbers = [timer.id for timer in timers]
    counts: dict[int, dict[str, int]] = {}
    for timer_id, state, many in uow.conduct.delivered(numbers):
        counts.setdefault(timer_id, {})[state] = many
    missed: dict[int, list[tuple[str, str]]] = {}
    for timer_id, name, reason in uow.conduct.undelivered(numbers):
        missed.setdefault(timer_id, []).append((name, reason))
    found: dict[int, dict[float, Warned]] = {}
    for timer in timers:
        of = counts.get(timer.id, {})
        waiting = of.get("pending", 0) + of.get("sending", 0)
        of_exam = found.setdefault(timer.exam_id, {})
        same = of_exam.get(timer.minutes, Warned(timer.minutes, timer.due_at, 0, 0, ()))
        of_exam[timer.minutes] = replace(
            same,
            reached=same.reached + of.get("sent", 0),
            waiting=same.waiting + waiting,
            missed=(*same.missed, *missed.get(timer.id, ())),
        )
    return {exam: [one for one in of_exam.values() if one.total] for exam, of_exam in found.items()}


def told_so_far(uow: UnitOfWork, exam_id: int) -> Sequence[Warned]:
    """The minutes-left warnings of an exam, as they were delivered."""
    return _warned(uow, [exam_id]).get(exam_id, ())


def still_to_tell(uow: UnitOfWork, exam_id: int) -> bool:
    """Whether a minutes-left warning of an exam is ahead, or on its way to somebody."""
    rows = uow.reminders.of_exam(exam_id).values()
    ahead = any(row.state == "pending" and warnings.parted(row.rule)[0] == warnings.LEFT for row in rows)
    return ahead or any(one.waiting for one in told_so_far(uow, exam_id))


def _about(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> ExamCard | None:
    return build(uow, office, now, [claimed.exam])[claimed.exam.id] if claimed.exam else None


def _untrue(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> str:
    """A card is for those who hold the exam now."""
    exam, person = claimed.exam, claimed.person
    if exam is None or person is None or person.id not in uow.conduct.holders([exam.id])[exam.id]:
        return "not_holder"
    return ""


LETTERS = {KIND: Letter(untrue=_untrue, about=_about)}
