"""The clock of a defence: rows as timers warn speaker, chair and secretary; a technical break stops it."""

import datetime as dt
from typing import Any

from bot.errors import Refusal
from bot.rules import sittings as rules
from bot.rules.casework import Did, Kind
from bot.rules.notices import Rank
from bot.rules.papers import Day, Facts, Said
from bot.rules.people import Me
from bot.rules.sittings import MARKS, PAUSED, SPEAKING, ClockNews, SittingView
from bot.services import casework, documents, exams, sittings
from bot.services.appeal_facts import name
from bot.services.letters import Letter
from bot.services.office import Office
from bot.storage.notices import Claimed
from bot.storage.tables import Case, Exam
from bot.storage.unit import UnitOfWork

KIND = Kind.SITTING.value
CLOCK = "defence_clock"
USEFUL = dt.timedelta(minutes=2)
"""A warning later than this is news of the past."""

ACT_LETTERS = 2000


def begin(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int, person_id: int, origin: int
) -> SittingView:
    """A student begins to speak: the clock runs. Refuses as `sittings.led` and `rules.require_ready`."""
    case, exam = sittings.led(uow, office, now, me, case_id)
    if uow.cases.acted(case.id, origin, Did.OUTAGE_ENDED):
        return sittings.view(uow, office, now, case, me.person_id)
    rules.require_ready(sittings.view(uow, office, now, case, me.person_id), person_id, now)
    casework.log(uow, now, case, Did.OUTAGE_ENDED, actor_id=me.person_id, origin=origin, people=[person_id])
    _keep(case, person_id, began=now.isoformat(), running=now.isoformat(), used=0)
    case.revision += 1
    _run(uow, office, now, case, exam, 0)
    return sittings.view(uow, office, now, case, me.person_id)


def _keep(case: Case, person_id: int, **facts: Any) -> None:
    before = case.data["times"].get(str(person_id), {})
    casework.note(case, times={**case.data["times"], str(person_id): {**before, **facts}})


def _run(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, exam: Exam, used: float) -> None:
    """The marks that still lie ahead become timers."""
    for mark, seconds in rules.ahead(sittings.rules_of(office, exam), used):
        uow.case_timers.set(case, mark, now + dt.timedelta(seconds=seconds))


def _current(case: Case, *states: str) -> int:
    """Who speaks now. Raises `Refusal` (`sitting_nobody`)."""
    for person_id in case.data["order"]:
        if sittings.state_of(case, person_id) in states:
            return int(person_id)
    raise Refusal("sitting_nobody")


def pause(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int, origin: int
) -> SittingView:
    """A technical break: the clock stops (AYU 6.3.5). Refuses as `sittings.led`, and `sitting_nobody`."""
    case, _ = sittings.led(uow, office, now, me, case_id)
    if casework.log(uow, now, case, Did.OUTAGE_BEGAN, actor_id=me.person_id, origin=origin):
        person_id = _current(case, SPEAKING)
        times = case.data["times"][str(person_id)]
        _keep(case, person_id, used=sittings.used(times, now), running=None, paused=now.isoformat())
        case.revision += 1
        uow.case_timers.stop(case, *MARKS, reason="paused")
    return sittings.view(uow, office, now, case, me.person_id)


def go_on(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int, origin: int
) -> SittingView:
    """The commission lets the student go on: with the time that was left. Refuses as `pause`."""
    case, exam = sittings.led(uow, office, now, me, case_id)
    if casework.log(uow, now, case, Did.ROUND, actor_id=me.person_id, origin=origin):
        person_id = _current(case, PAUSED)
        _keep(case, person_id, running=now.isoformat())
        case.revision += 1
        _run(uow, office, now, case, exam, float(case.data["times"][str(person_id)]["used"]))
    return sittings.view(uow, office, now, case, me.person_id)


def end(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int, origin: int) -> SittingView:
    """The defence is over: no warning comes any more. Refuses as `pause`."""
    case, _ = sittings.led(uow, office, now, me, case_id)
    if casework.log(uow, now, case, Did.KEPT, actor_id=me.person_id, origin=origin):
        person_id = _current(case, SPEAKING, PAUSED)
        times = case.data["times"][str(person_id)]
        _keep(case, person_id, used=sittings.used(times, now), running=None, ended=now.isoformat())
        case.revision += 1
        uow.case_timers.stop(case, *MARKS, reason="ended")
    return sittings.view(uow, office, now, case, me.person_id)


def mark(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, rule: str) -> None:
    """A moment of the clock: speaker, chair and secretary are told at once."""
    try:
        person_id = _current(case, SPEAKING)
    except Refusal:
        return
    exam = uow.exams.get(case.exam_id) if case.exam_id else None
    if exam is None:
        return
    minutes = dict(rules.marks(sittings.rules_of(office, exam))).get(rule)
    for person in dict.fromkeys([person_id, *case.data.get("chairs", ()), case.reporter_id]):
        casework.owe(
            uow,
            now,
            case,
            CLOCK,
            person,
            Rank.WARNING,
            suffix=f"{case.revision}:{rule}",
            use_by=now + USEFUL,
            student=person_id,
            mark=rule,
            minutes=minutes,
        )


def failure(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int, text: str, origin: int
) -> SittingView:
    """The secretary's act of a technical failure: to the whole commission, at once (AYU 6(5), MIN 23).

    Refuses as `sittings.led`, and `act_text_empty`, `act_text_long`.
    """
    case, exam = sittings.led(uow, office, now, me, case_id)
    if not any(letter.isalpha() for letter in text):
        raise Refusal("act_text_empty")
    if len(text) > ACT_LETTERS:
        raise Refusal("act_text_long", limit=ACT_LETTERS)
    if casework.log(
        uow, now, case, Did.DOCUMENT, actor_id=me.person_id, origin=origin, template="technical_act"
    ):
        made = []
        for language in office.languages:
            facts = _failure_facts(uow, office, now, case, exam, text, language)
            order = documents.Order("technical_act", facts, (language,), documents.BOTH)
            made += documents.issue(uow, office, now, case.id, order, case.reporter_id)
        uow.flush()
        documents.send(uow, now, made, [*sittings.commission(case), case.reporter_id], Rank.ESCALATION)
        casework.note(case, failures=case.data.get("failures", 0) + 1)
    return sittings.view(uow, office, now, case, me.person_id)


def _failure_facts(
    uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, exam: Exam, text: str, language: str
) -> Facts:
    leaf = office.policy.leaves.get("final_attestation.technical_act_by")
    try:
        student = uow.people.get(_current(case, SPEAKING, PAUSED))
    except Refusal:
        student = None
    times = case.data["times"].get(str(student.id), {}) if student else {}
    stopped = times.get("paused") if student and not times.get("running") else None
    return {
        "number": f"{case.number}-{case.data.get('failures', 0) + 1}",
        "now": now,
        "today": Day(now),
        "exam": exams.brief(exam).subject(language),
        "kind": Said(f"kind.{exam.kind}"),
        "exam_at": exam.starts_at,
        "student": student.full_name if student else None,
        "group": student.group_name if student else None,
        "trouble": None,
        "began_at": dt.datetime.fromisoformat(stopped) if stopped else None,
        "ended_at": None,
        "filed_at": now,
        "claimed_at": Said("paper.not_claimed"),
        "text": text.strip(),
        "decision": None,
        "secretary": name(uow, case.reporter_id),
        "chair": name(uow, next(iter(case.data.get("chairs", ())), None)) or None,
        "clause": leaf.clause if leaf else None,
    }


def _about(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> ClockNews | None:
    case = uow.cases.get(claimed.notice.case_id) if claimed.notice.case_id else None
    exam = uow.exams.get(case.exam_id) if case is not None and case.exam_id else None
    if case is None or exam is None:
        return None
    facts, found = claimed.notice.facts, sittings.rules_of(office, exam)
    times = case.data["times"].get(str(facts["student"]), {})
    began, over = sittings.used(times, now), found.total
    return ClockNews(
        exam=exams.brief(exam),
        number=case.number,
        student=name(uow, facts["student"]),
        mark=facts["mark"],
        minutes=facts["minutes"],
        ends_at=now + dt.timedelta(seconds=over * 60 - began) if over is not None else None,
        own=claimed.notice.person_id == facts["student"],
        clause=found.clause,
    )


def _untrue(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> str:
    """The defence has ended or stopped meanwhile, or somebody else speaks."""
    case = uow.cases.get(claimed.notice.case_id) if claimed.notice.case_id else None
    if case is None or claimed.notice.facts["turn"] != case.revision:
        return "moved"
    return "" if sittings.state_of(case, claimed.notice.facts["student"]) == SPEAKING else "over"


TIMERS = {(KIND, one): mark for one in MARKS}
LETTERS = {CLOCK: Letter(about=_about, untrue=_untrue)}
