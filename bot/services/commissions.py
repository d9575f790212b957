"""The appeal commission: composed by the rules, called to a sitting, votes, decides; the clock watches it."""

import datetime as dt
from collections.abc import Iterable

from bot.errors import Refusal
from bot.rules import access, appeals, escalation, windows
from bot.rules.access import Action
from bot.rules.appeals import AGAINST, FILED, FOR, SITTING, AppealView, Candidate
from bot.rules.casework import OPEN, Did, Kind
from bot.rules.notices import Rank
from bot.rules.people import Me
from bot.rules.vocabulary import Attestation, Role
from bot.services import appeal_cards, casework, receipts, seats
from bot.services.appeal_facts import about, everybody, moment, name, rules_of, view, votes_of
from bot.services.letters import Letter
from bot.services.office import Office
from bot.storage.notices import Claimed
from bot.storage.tables import Case, Exam, Notice
from bot.storage.unit import UnitOfWork

LATE, SOON, SITS, RESULT, DUE = "late", "soon", "sits", "result", "due"
"""Rules of an appeal's timers beside the receipt: none called; one near; it begins; no decision; soon."""

SOON_HOURS = (24, 1)
DUE_HOURS = (8, 2)
"""How long before its term a decision that is not written down is asked for."""

SILENT_RESULT = dt.timedelta(days=1)
AGAIN = dt.timedelta(hours=24)
WATCHERS = (Role.DEAN, Role.ADMIN)
LIST_LIMIT = 20


def _holders(uow: UnitOfWork, now: dt.datetime, exam: Exam, role: Role) -> list[Candidate]:
    """Those who hold a role nearest to an exam; who is away is replaced by whoever stands in."""
    people = people_of(uow, exam, role)
    away = uow.absences.away(people, now)
    present = [away.get(person, person) for person in people]
    found = [person for person in present if person is not None]
    roles = uow.appeals.roles(found)
    return [Candidate(person, roles.get(person, frozenset())) for person in dict.fromkeys(found)]


def people_of(uow: UnitOfWork, exam: Exam, role: Role) -> list[int]:
    """Those who hold a role nearest to an exam."""
    rows = [(p, f, d) for _, p, f, d in uow.people.holders([role.value])]
    return escalation.narrowest(rows, exam.faculty, exam.department)


def compose(uow: UnitOfWork, office: Office, now: dt.datetime, exam: Exam) -> appeals.Composition:
    """The commission that the registers give for an exam now."""
    rules = office.appeals[Attestation(exam.attestation)]
    return appeals.compose(
        _holders(uow, now, exam, rules.addressee),
        _holders(uow, now, exam, Role.APPEAL_MEMBER),
        uow.exams.examiners_of(exam.id),
        rules,
    )


def chair_name(uow: UnitOfWork, office: Office, now: dt.datetime, exam: Exam) -> str:
    """Whom an application is addressed to; '' while nobody holds the office."""
    return name(uow, compose(uow, office, now, exam).chair)


def open_for(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, exam: Exam) -> None:
    """A new appeal: commission composed and told, deadline of the sitting set, receipt owed."""
    rules = rules_of(uow, office, case)
    submitted = dt.datetime.fromisoformat(case.data["submitted"])
    until = rules.sitting.end(submitted, office.zone, office.workdays)
    casework.note(case, sitting_by=until.isoformat() if until else None, votes={})
    _seat(uow, office, now, case, exam)
    uow.case_timers.set(case, LATE, until or now + AGAIN)
    if until:
        for hours in SOON_HOURS:
            at = until - dt.timedelta(hours=hours)
            if at > now:
                uow.case_timers.set(case, f"{SOON}:{hours}", at)
    receipts.soon(uow, now, case)


def _seat(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, exam: Exam) -> None:
    """Write the commission into the case and send it the card; with nobody to decide, the watchers hear."""
    rules, seated = rules_of(uow, office, case), compose(uow, office, now, exam)
    case.data = {
        **case.data,
        "chair": seated.chair,
        "members": list(seated.members),
        "left_out": [list(one) for one in seated.left_out],
        "problem": seated.problem,
    }
    casework.log(
        uow,
        now,
        case,
        Did.STEP_TOLD,
        role=rules.addressee,
        people=list(seated.everybody),
        left_out=[list(one) for one in seated.left_out],
        problem=seated.problem,
    )
    for person in seated.everybody:
        uow.cases.tell(case, person, now, role=Role.APPEAL_MEMBER.value)
    informed = set(seated.everybody)
    if rules.received_by is not None:
        informed |= {one.person_id for one in _holders(uow, now, exam, rules.received_by)}
    if seated.problem or not uow.people.reachable(seated.everybody):
        informed |= _watchers(uow, now, exam)
    for person in sorted(informed):
        appeal_cards.card(uow, now, case, person)


def _watchers(uow: UnitOfWork, now: dt.datetime, exam: Exam | None) -> set[int]:
    return {one.person_id for role in WATCHERS for one in (_holders(uow, now, exam, role) if exam else [])}


def _opened(uow: UnitOfWork, office: Office, now: dt.datetime, case_id: int) -> Case:
    """An appeal with whoever leads its commission now. Raises `Refusal` (`case_gone`)."""
    case = casework.locked(uow, case_id, Kind.APPEAL)
    seats.cover(uow, office, now, case)
    return case


def _seated(me: Me, case: Case, *, chair: bool = False) -> int:
    """The reader when they sit on the commission. Raises `Refusal`: `staff_only`, `not_yours`."""
    person_id = access.require(me.actor, Action.JUDGE_APPEAL)
    allowed = {case.data.get("chair")} if chair else set(everybody(case))
    if person_id not in allowed:
        raise Refusal("not_yours")
    return person_id


def call(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    me: Me,
    case_id: int,
    at: dt.datetime,
    origin: int,
) -> Case:
    """The chair calls the sitting. The commission is invited with a calendar file, the student told.

    Raises `Refusal`: `case_gone`, `not_yours`, `case_over`, `sitting_past`, `sitting_late` (the source's
    deadline), `appeal_incomplete`.
    """
    case = _opened(uow, office, now, case_id)
    person_id = _seated(me, case, chair=True)
    _require_open(case)
    if case.data.get("problem"):
        raise Refusal("appeal_incomplete")
    if at <= now:
        raise Refusal("sitting_past", at=at)
    until = moment(case, "sitting_by")
    if until is not None and at >= until > now:
        raise Refusal(
            "sitting_late",
            at=windows.said(until, office.zone),
            clause=rules_of(uow, office, case).sitting.clause or "—",
        )
    if not casework.log(
        uow, now, case, Did.CALLED, actor_id=person_id, origin=origin, sitting=at.isoformat()
    ):
        return case
    case.stage, case.revision = SITTING, case.revision + 1
    due = rules_of(uow, office, case).result.end(at, office.zone, office.workdays) or at + SILENT_RESULT
    casework.note(case, sat_at=at.isoformat(), result_by=due.isoformat(), late=None)
    for rule in uow.case_timers.pending(case.id):
        if rule != receipts.RECEIPT:
            uow.case_timers.stop(case, rule, reason="called")
    uow.case_timers.set(case, RESULT, due)
    uow.case_timers.set(case, SITS, at)
    soon = at - dt.timedelta(hours=1)
    if soon > now:
        uow.case_timers.set(case, f"{SOON}:1", soon)
    for hours in DUE_HOURS:
        asked = due - dt.timedelta(hours=hours)
        if asked > at:
            uow.case_timers.set(case, f"{DUE}:{hours}", asked)
    appeal_cards.invite(uow, now, case, everybody(case))
    appeal_cards.refresh(uow, now, case)
    return case


def sits(uow: UnitOfWork, _office: Office, now: dt.datetime, case: Case, _rule: str) -> None:
    """The sitting begins: the commission's cards now hold the votes."""
    for person in everybody(case):
        appeal_cards.card(uow, now, case, person)


def _require_open(case: Case) -> None:
    if case.state not in OPEN:
        raise Refusal("case_over", number=case.number)


def vote(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int, said: str, origin: int
) -> AppealView:
    """A member's vote, once the sitting has begun; it may be changed until the decision.

    Raises `Refusal`: `case_gone`, `not_yours`, `case_over`, `sitting_ahead`, `unknown_vote`.
    """
    case = _opened(uow, office, now, case_id)
    person_id = _seated(me, case)
    _require_open(case)
    if said not in (FOR, AGAINST):
        raise Refusal("unknown_vote")
    at = moment(case, "sat_at")
    if at is None or at > now:
        raise Refusal("sitting_ahead", number=case.number)
    if casework.log(uow, now, case, Did.VOTED, actor_id=person_id, origin=origin, vote=said):
        casework.note(case, votes={**case.data.get("votes", {}), str(person_id): said})
        appeal_cards.refresh(uow, now, case)
    return view(uow, office, case, me)


def verdict(uow: UnitOfWork, office: Office, case: Case) -> str:
    """What the votes say. Raises `Refusal`: `appeal_incomplete`, `appeal_quorum`, `appeal_chair_vote`."""
    chair = case.data.get("chair")
    if case.data.get("problem") or chair is None:
        raise Refusal("appeal_incomplete")
    seats.require_fit(uow, office, case)
    return appeals.verdict(votes_of(case), everybody(case), chair, rules_of(uow, office, case))


def to_decide(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int) -> str:
    """`granted` or `refused`, for the chair. Raises `Refusal` as `verdict`, `not_yours`, `case_over`."""
    case = _opened(uow, office, now, case_id)
    _seated(me, case, chair=True)
    _require_open(case)
    return verdict(uow, office, case)


def reseat(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int, origin: int
) -> AppealView:
    """Compose the commission anew from the registers: somebody is away, or was appointed since.

    For its chair and for whoever watches over it. Votes given stay with those who still sit.
    Raises `Refusal`: `case_gone`, `not_yours`, `case_over`.
    """
    case = casework.locked(uow, case_id, Kind.APPEAL)
    person_id = access.require(me.actor, Action.JUDGE_APPEAL)
    if person_id not in uow.cases.told(case):
        raise Refusal("not_yours")
    _require_open(case)
    exam = uow.exams.get(case.exam_id) if case.exam_id else None
    if exam is not None and casework.log(uow, now, case, Did.ROUND, actor_id=person_id, origin=origin):
        case.revision += 1
        _seat(uow, office, now, case, exam)
        votes = {p: v for p, v in votes_of(case).items() if p in everybody(case)}
        casework.note(case, votes={str(p): v for p, v in votes.items()})
        appeal_cards.refresh(uow, now, case)
    return view(uow, office, case, me)


def late(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, rule: str) -> None:
    """No sitting was called, or no decision came in time: chair and watchers hear, again every day."""
    exam = uow.exams.get(case.exam_id) if case.exam_id else None
    kind = "appeal_late" if case.stage == FILED else "appeal_undecided"
    seats.cover(uow, office, now, case)
    casework.log(uow, now, case, Did.DEADLINE, rule=rule)
    casework.note(case, late=case.data.get("late", now.isoformat()))
    for person in sorted({*everybody(case), *_watchers(uow, now, exam)}):
        uow.cases.tell(case, person, now)
        casework.owe(uow, now, case, kind, person, Rank.ESCALATION, suffix=now.isoformat())
    uow.case_timers.set(case, rule, now + AGAIN)


def soon(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, rule: str) -> None:
    """The sitting, or its deadline, is near."""
    seats.cover(uow, office, now, case)
    kind = "appeal_call" if case.stage == FILED else "appeal_soon"
    chair = case.data.get("chair")
    people: Iterable[int] = everybody(case) if case.stage == SITTING else (chair,) if chair else ()
    for person in people:
        casework.owe(uow, now, case, kind, person, Rank.REMINDER, suffix=rule)


def due_soon(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, rule: str) -> None:
    """The student is to hear the decision within the source's term, and it is not written down yet."""
    seats.cover(uow, office, now, case)
    chair = case.data.get("chair")
    if chair:
        casework.owe(uow, now, case, "appeal_due", chair, Rank.ESCALATION, suffix=f"{case.revision}:{rule}")


def waiting_for(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me) -> list[AppealView]:
    """Appeals that wait for the reader, nearest deadline first. Raises `Refusal`: `staff_only`."""
    person_id = access.require(me.actor, Action.SEE_STAFF)
    found = uow.cases.waiting_for(person_id, OPEN, LIST_LIMIT, Kind.APPEAL.value)
    views = [view(uow, office, case, me) for case in found]
    return sorted(views, key=lambda one: one.sitting_by or one.filed_at)


def show(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int) -> AppealView:
    """An appeal for its student and those told. Raises `Refusal`: `case_gone`, `not_yours`."""
    case = _opened(uow, office, now, case_id)
    if me.person_id != case.reporter_id and me.person_id not in uow.cases.told(case):
        raise Refusal("not_yours")
    return view(uow, office, case, me)


def _card_lost(uow: UnitOfWork, office: Office, now: dt.datetime, notice: Notice) -> None:
    """A commission that cannot be reached is the watchers' concern at once."""
    case = uow.cases.get(notice.case_id, lock=True) if notice.case_id else None
    if case is None or case.state not in OPEN or notice.person_id is None:
        return
    uow.cases.lose(case, notice.person_id, now)
    exam = uow.exams.get(case.exam_id) if case.exam_id else None
    if notice.person_id == case.data.get("chair") or not uow.people.reachable(everybody(case)):
        for person in sorted(_watchers(uow, now, exam) - {notice.person_id}):
            uow.cases.tell(case, person, now)
            casework.owe(uow, now, case, "appeal_unreached", person, Rank.ESCALATION)


def _open_only(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> str:
    case = uow.cases.get(claimed.notice.case_id) if claimed.notice.case_id else None
    return "" if case is not None and case.state in OPEN else "over"


LETTERS = {
    appeal_cards.CARD: Letter(about=about, lost=_card_lost),
    appeal_cards.STATUS: Letter(about=about),
    "appeal_withdrawn": Letter(about=about),
    "appeal_decided": Letter(about=about),
    **{
        kind: Letter(about=about, untrue=_open_only)
        for kind in (
            appeal_cards.INVITE,
            "appeal_late",
            "appeal_undecided",
            "appeal_call",
            "appeal_soon",
            "appeal_due",
            "appeal_unreached",
        )
    },
}
