"""A report comes to its decision, taken by whom the source gives it to (AYU 5.1.11, 6.3.5, 6.4.5, 6(5))."""

import datetime as dt

from bot.errors import Refusal
from bot.rules import access, decisions
from bot.rules.cases import CaseView
from bot.rules.casework import ACT, OPEN, ORDER, TAKEN, Did, Kind
from bot.rules.decisions import Ruling, Verdict
from bot.rules.notices import Rank
from bot.rules.people import Me
from bot.rules.vocabulary import Attestation, Role
from bot.services import case_papers, cases, casework, chains, holding, resits
from bot.services.letters import Letter
from bot.services.office import Office
from bot.storage.notices import Claimed
from bot.storage.tables import Case
from bot.storage.unit import UnitOfWork

ACT_DUE = "act"
DECIDED, REFERRED = "case_decided", "case_referred"


def attestation_of(uow: UnitOfWork, case: Case) -> Attestation:
    """Which attestation the case's exam belongs to; interim without an exam."""
    exam = uow.exams.get(case.exam_id) if case.exam_id is not None else None
    return Attestation(exam.attestation) if exam else Attestation.INTERIM


def roles_in(uow: UnitOfWork, case: Case, person_id: int) -> frozenset[str]:
    """What somebody is to a case: an examiner of its exam, and what they were told of it as.

    A stand-in is what the one is whom they stand in for.
    """
    told = {
        row.role for row, person in uow.cases.people(case) if person.id == person_id and row.lost_at is None
    }
    own = {role.value for role in uow.people.roles_of(person_id)}
    examines = case.exam_id is not None and person_id in uow.exams.examiners_of(case.exam_id)
    present = {role for role in told if role in own or _stands_in(case, role, person_id)}
    return frozenset(present - {Role.EXAMINER.value} | ({Role.EXAMINER.value} if examines else set()))


def _stands_in(case: Case, role: str, person_id: int) -> bool:
    """Whether a step of the chain was told to this person for somebody else."""
    return any(
        rung["role"] == role and person_id in rung["told"] and person_id not in rung["people"]
        for rung in case.chain
    )


def open_for(uow: UnitOfWork, me: Me, case_id: int, revision: int | None) -> Case:
    """A case that the reader may act on: they were told of it, or examine its exam.

    Raises `Refusal`: `case_gone`, `case_over`, `case_moved`, `not_yours`, `link_first`, `staff_only`.
    """
    case = casework.locked(uow, case_id, Kind.REPORT)
    addressees = uow.cases.told(case)
    if case.exam_id is not None:
        addressees |= frozenset(uow.exams.examiners_of(case.exam_id))
    access.require_holder(me.actor, addressees - {case.reporter_id})
    if case.state not in OPEN:
        raise Refusal("case_over", number=case.number)
    if revision is not None and case.revision != revision:
        raise Refusal("case_moved", number=case.number)
    return case


def choices(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int, revision: int | None
) -> tuple[Verdict, ...]:
    """The decisions that the reader may take where the case stands. Refuses as `open_for`, `decides_…`."""
    case = open_for(uow, me, case_id, revision)
    offered = decisions.offered(case.stage, attestation_of(uow, case))
    found, refused = [], None
    for verdict in offered:
        try:
            _require(uow, office, case, me, verdict)
        except Refusal as refusal:
            refused = refused or refusal
        else:
            found.append(verdict)
    if not found:
        raise refused or Refusal("not_now")
    return tuple(found)


def shown(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int) -> CaseView:
    """A report for whoever may act on it or has just done so. Raises `Refusal`: `case_gone`, `not_yours`."""
    case = casework.locked(uow, case_id, Kind.REPORT)
    near = {person.id for _, person in uow.cases.people(case)}
    if case.exam_id is not None:
        near |= set(uow.exams.examiners_of(case.exam_id))
    access.require_holder(me.actor, uow.people.serving(near - {case.reporter_id}, case.exam_id))
    return cases.view(uow, case, now=now)


def _require(uow: UnitOfWork, office: Office, case: Case, me: Me, verdict: Verdict) -> None:
    assert me.person_id is not None
    roles = roles_in(uow, case, me.person_id)
    if verdict in decisions.ADMISSIONS and case.exam_id is None:
        raise Refusal("not_now")
    decisions.require(
        verdict,
        office.policy,
        stage=case.stage,
        attestation=attestation_of(uow, case),
        roles=roles | _as_examiner(case, me.person_id),
        holds=case.state == TAKEN and case.holder_id == me.person_id,
    )


def _as_examiner(case: Case, person_id: int) -> frozenset[str]:
    """Whoever stands in for an examiner was told as one."""
    stands_in = _stands_in(case, Role.EXAMINER.value, person_id)
    return frozenset({Role.EXAMINER.value} if stands_in else ())


def decide(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    me: Me,
    case_id: int,
    origin: int,
    ruling: Ruling,
    revision: int | None = None,
) -> Case:
    """Take a decision; the student and everybody told learn it, what follows is planned, in one transaction.

    Decided by this very update already: nothing more happens. Refuses as `open_for`,
    `bot.rules.decisions.require` and `check`.
    """
    standing = casework.locked(uow, case_id, Kind.REPORT)
    if standing.data.get("decided_by_update") == origin:
        return standing
    case = open_for(uow, me, case_id, revision)
    _require(uow, office, case, me, ruling.verdict)
    decisions.check(ruling, now, now.astimezone(office.zone).date(), office.zone)
    assert me.person_id is not None
    rule(uow, office, now, case, me.person_id, origin, ruling)
    return case


def rule(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    case: Case,
    person_id: int,
    origin: int,
    ruling: Ruling,
) -> None:
    """Carry out a decision that has been checked."""
    if ruling.verdict is Verdict.REFER:
        _refer(uow, office, now, case, person_id, origin)
        return
    casework.note(
        case,
        decided_by_update=origin,
        decided_by=person_id,
        decided_at=now.isoformat(),
        at=ruling.at.isoformat() if ruling.at else None,
        order=ruling.number or None,
        reason=ruling.reason or None,
    )
    detail = {"verdict": ruling.verdict.value, "time": ruling.at.isoformat() if ruling.at else None}
    detail |= {"order": ruling.number or None, "reason": ruling.reason or None}
    case.outcome = ruling.verdict.value
    if ruling.verdict in (Verdict.RESUMED, Verdict.STOPPED):
        _await_act(uow, office, now, case, person_id, origin, detail)
    else:
        did = Did.SOLVED if ruling.verdict is Verdict.SOLVED else Did.DECIDED
        casework.move(uow, now, case, did, actor_id=person_id, origin=origin, **detail)
        if ruling.at is not None:
            resits.plan(uow, office, now, case, ruling.at)
    if ruling.verdict is Verdict.ORDER:
        people = [person_id, case.reporter_id]
        case_papers.issue(uow, office, now, case, case_papers.ORDER, people, office.languages)
    _tell(uow, now, case, person_id)


def _tell(uow: UnitOfWork, now: dt.datetime, case: Case, person_id: int) -> None:
    suffix = str(case.revision)
    casework.owe(
        uow, now, case, DECIDED, case.reporter_id, Rank.ESCALATION, suffix=suffix, use_by=resits.latest(now)
    )
    casework.status(uow, now, case)
    for addressee in sorted(uow.cases.told(case) - {person_id, case.reporter_id}):
        casework.owe(uow, now, case, "case_closed", addressee, Rank.REMINDER, suffix=suffix)


def _refer(
    uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, person_id: int, origin: int
) -> None:
    """To whoever orders an admission on another day; the student is asked for the application."""
    casework.move(uow, now, case, Did.REFERRED, actor_id=person_id, origin=origin)
    casework.note(case, decided_by_update=origin, promise=None, promises=None, referred_by=person_id)
    case.taken_at = None
    uow.case_timers.stop(case, *holding.STAFF, reason=Did.REFERRED)
    role = office.policy.force_majeure.other_day_by or Role.DEAN.value
    chains.restart(uow, office, now, case, chains.frozen(uow, office, case, (role,)))
    suffix = str(case.revision)
    casework.owe(
        uow, now, case, REFERRED, case.reporter_id, Rank.ESCALATION, suffix=suffix, use_by=resits.latest(now)
    )
    casework.status(uow, now, case)


def apply(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int, origin: int) -> Case:
    """The student's application for an admission on another day (AYU 5.1.11), in one tap.

    Raises `Refusal`: `not_yours`, `case_gone`, `case_over`, `not_now` outside the order's stage.
    """
    case = casework.locked(uow, case_id, Kind.REPORT)
    access.require_reporter(me.actor, case.reporter_id)
    if case.state not in OPEN:
        raise Refusal("case_over", number=case.number)
    if case.stage != ORDER:
        raise Refusal("not_now")
    if "applied_at" not in case.data:
        casework.note(case, applied_at=now.isoformat())
        casework.log(uow, now, case, Did.ACCEPTED, actor_id=me.person_id, origin=origin)
        for addressee in sorted(uow.cases.told(case)):
            casework.owe(uow, now, case, "case_applied", addressee, Rank.ESCALATION)
        people = [case.reporter_id, *sorted(uow.cases.told(case))]
        case_papers.issue(uow, office, now, case, case_papers.APPLICATION, people, [me.language])
        casework.status(uow, now, case)
    return case


def withdraw(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int, origin: int) -> Case:
    """«It works again, I went on»: the reporter takes the report back; everybody told learns it.

    Raises `Refusal`: `not_yours`, `case_gone`, `case_over`, `act_owed` once the commission has decided:
    its act goes to all members the same day (AYU 6(5), MIN 23).
    """
    case = casework.locked(uow, case_id, Kind.REPORT)
    access.require_reporter(me.actor, case.reporter_id)
    if case.state == "withdrawn":
        return case
    if case.state in OPEN and case.stage == ACT:
        leaf = office.policy.leaves.get("final_attestation.technical_act_by")
        raise Refusal("act_owed", number=case.number, clause=(leaf.clause if leaf else "") or "—")
    casework.move(uow, now, case, Did.WITHDRAWN, actor_id=me.person_id, origin=origin)
    for addressee in sorted(uow.cases.told(case) - {case.reporter_id}):
        casework.owe(uow, now, case, "case_closed", addressee, Rank.ESCALATION, suffix=str(case.revision))
    return case


def _await_act(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    case: Case,
    person_id: int,
    origin: int,
    detail: dict[str, str | None],
) -> None:
    """The commission has decided; its secretary owes all members an act the same day (AYU 6(5), MIN 23)."""
    secretaries = [person.id for row, person in uow.cases.people(case) if row.role == Role.SECRETARY]
    holder = next(iter(sorted(uow.people.reachable(secretaries))), person_id)
    casework.move(uow, now, case, Did.STAGE, actor_id=person_id, origin=origin, **detail)
    case.holder_id, case.taken_at = holder, case.taken_at or now
    uow.cases.tell(case, holder, now, Role.SECRETARY.value)
    uow.case_timers.stop(case, *holding.STAFF, reason=Did.STAGE)
    local = now.astimezone(office.zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0) + dt.timedelta(days=1)
    uow.case_timers.set(case, ACT_DUE, midnight.astimezone(dt.UTC))
    uow.case_timers.set(case, holding.REMIND, now + office.policy.force_majeure.remind)
    casework.owe(uow, now, case, "case_act_due", holder, Rank.ESCALATION, suffix=str(case.revision))


def send_act(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int, origin: int, revision: int | None
) -> Case:
    """The secretary sends the act of the technical failure to every member; the report is at its end.

    Raises `Refusal`: as `holding.held`, `not_now` outside the act's stage.
    """
    if uow.cases.acted(case_id, origin, Did.DECIDED):
        return casework.locked(uow, case_id, Kind.REPORT)
    case = holding.held(uow, me, case_id, revision)
    if case.stage != ACT:
        raise Refusal("not_now")
    members = members_of(uow, office, case)
    for member in members:
        uow.cases.tell(case, member, now, Role.COMMISSION_MEMBER.value, part="member")
        casework.owe(uow, now, case, "case_act", member, Rank.ESCALATION)
    case_papers.issue(
        uow, office, now, case, case_papers.ACT, [*members, case.holder_id or 0], office.languages
    )
    casework.note(case, act_at=now.isoformat(), act_by=me.person_id, act_to=members)
    casework.move(uow, now, case, Did.DECIDED, actor_id=me.person_id, origin=origin, members=members)
    casework.status(uow, now, case)
    return case


def members_of(uow: UnitOfWork, office: Office, case: Case) -> list[int]:
    """The attestation commission of the case's exam: its chair and members."""
    roles = (Role.COMMISSION_CHAIR.value, Role.COMMISSION_MEMBER.value)
    found = chains.frozen(uow, office, case, roles)
    return sorted({person for rung in found if rung["role"] in roles for person in rung["people"]})


def act_missed(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, rule: str) -> None:
    """The day is over without the act: the dean and the administrator hear of it, once."""
    casework.log(uow, now, case, Did.DEADLINE, rule=rule, holder=case.holder_id)
    found = chains.frozen(uow, office, case, (Role.DEAN.value,))
    for person in sorted({person for rung in found for person in rung["people"]}):
        casework.owe(uow, now, case, "case_act_missed", person, Rank.ESCALATION)


def _still_open(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> str:
    case = uow.cases.get(claimed.notice.case_id) if claimed.notice.case_id else None
    return "" if case is not None and case.state in OPEN else "over"


TIMERS = {(Kind.REPORT.value, ACT_DUE): act_missed}
LETTERS = {
    REFERRED: Letter(untrue=_still_open),
    "case_act_due": Letter(untrue=_still_open),
    "case_applied": Letter(untrue=_still_open),
    **resits.LETTERS,
}
