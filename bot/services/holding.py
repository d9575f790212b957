"""Who holds a report: taken with a promise, reminded, lapsed, given back, handed over, taken over."""

import datetime as dt

from bot.errors import Refusal
from bot.rules import access
from bot.rules.cases import Seat
from bot.rules.casework import OPEN, ORDER, TAKEN, WAITING, Did, Kind
from bot.rules.notices import Rank
from bot.rules.people import Me
from bot.rules.vocabulary import Role
from bot.services import casework, chains
from bot.services.letters import Letter
from bot.services.office import Office
from bot.storage.notices import Claimed
from bot.storage.tables import Case
from bot.storage.unit import UnitOfWork

PROMISE, REMIND, DECIDE = "promise", "remind", "decide"
"""Timers of a holder: what they promised, being reminded, by when a decision is needed."""

STAFF = (PROMISE, REMIND, DECIDE, chains.CLIMB, chains.ROUND)
"""Timers of the chain and of a holder: the student's own clocks and the act's run on without one."""

Turn = int | None
"""The revision of the button that was tapped."""

LATE = "case_late"
RAISED_AT = 2
"""So often a deadline of the last holder passes before others hear of it."""


def take(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    me: Me,
    case_id: int,
    origin: int,
    promise: str = "",
    revision: int | None = None,
    *,
    quiet: bool = False,
) -> Case:
    """Acknowledge a report with a promise ('': the policy's first): the first tap wins, all learn who.

    `quiet`: the others told see it elsewhere (on an incident's card).

    Raises `Refusal`: `link_first`, `staff_only`, `not_yours`, `case_gone`, `case_over`, `taken_by`,
    `case_moved` (a button of an older state), `unknown_promise`.
    """
    case = casework.locked(uow, case_id, Kind.REPORT)
    person_id = access.require_holder(me.actor, uow.cases.told(case))
    if case.state == TAKEN and case.holder_id == person_id:
        return case
    if case.state == TAKEN and case.holder_id is not None:
        raise Refusal("taken_by", name=_name(uow, case.holder_id), at=case.taken_at, number=case.number)
    if revision is not None and case.state == WAITING and case.revision != revision:
        raise Refusal("case_moved", number=case.number)
    hold(uow, office, now, case, person_id, origin, Did.TAKEN, promise)
    casework.owe(uow, now, case, "case_taken", case.reporter_id, Rank.ESCALATION, suffix=_turn(case))
    if not quiet:
        _tell_the_others(uow, now, case)
    return case


def hold(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    case: Case,
    person_id: int,
    origin: int | None,
    did: Did,
    promise: str = "",
) -> None:
    """Somebody holds the case from now on: their promise, reminders to them, by when a decision is needed."""
    rules = office.policy.force_majeure
    offered = rules.promised(case.stage)
    chosen = promise or next(iter(offered))
    if chosen not in offered:
        raise Refusal("unknown_promise")
    casework.move(uow, now, case, did, actor_id=person_id, origin=origin, promise=chosen)
    case.holder_id, case.taken_at = person_id, now
    casework.note(case, first_taken_at=case.data.get("first_taken_at") or now.isoformat())
    uow.case_timers.stop(case, chains.CLIMB, chains.ROUND)
    _promised(uow, office, now, case, chosen)
    uow.case_timers.set(case, REMIND, now + rules.reminded(case.stage))
    uow.case_timers.set(case, DECIDE, now + (rules.order if case.stage == ORDER else rules.decide))
    casework.note(case, rounds=None, late=None)
    casework.status(uow, now, case)


def _promised(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, promise: str) -> None:
    due = now + office.policy.force_majeure.promised(case.stage)[promise]
    casework.note(case, promise={"what": promise, "due": due.isoformat(), "kept": None})
    uow.case_timers.set(case, PROMISE, due)


def _turn(case: Case) -> str:
    """What tells the messages of one holding from those of the next; '' for the first."""
    return str(case.revision) if case.revision > 1 else ""


def _tell_the_others(uow: UnitOfWork, now: dt.datetime, case: Case) -> None:
    for person in sorted(uow.cases.told(case) - {case.holder_id or 0}):
        casework.owe(uow, now, case, "case_taken_by_other", person, Rank.REMINDER, suffix=_turn(case))


def _name(uow: UnitOfWork, person_id: int | None) -> str:
    person = uow.people.get(person_id) if person_id else None
    return person.full_name if person else ""


def held(uow: UnitOfWork, me: Me, case_id: int, revision: int | None = None) -> Case:
    """The case when the reader holds it. Raises `Refusal`: as `take`, and `not_holder`."""
    case = casework.locked(uow, case_id, Kind.REPORT)
    person_id = access.require_holder(me.actor, uow.cases.told(case))
    if case.state not in OPEN:
        raise Refusal("case_over", number=case.number)
    if case.state != TAKEN or case.holder_id != person_id:
        raise Refusal("not_holder", number=case.number)
    if revision is not None and case.revision != revision:
        raise Refusal("case_moved", number=case.number)
    return case


def promise(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    me: Me,
    case_id: int,
    origin: int,
    what: str,
    revision: int | None = None,
) -> Case:
    """The holder promises something else, or more time. Raises `Refusal`: as `held`, `unknown_promise`,
    `promises_used_up`."""
    case = held(uow, me, case_id, revision)
    rules = office.policy.force_majeure
    if what not in rules.promised(case.stage):
        raise Refusal("unknown_promise")
    made = int(case.data.get("promises", 1))
    if made >= rules.promises_max:
        raise Refusal("promises_used_up", number=case.number)
    if casework.log(uow, now, case, Did.PROMISED, actor_id=me.person_id, origin=origin, promise=what):
        casework.note(case, promises=made + 1)
        _promised(uow, office, now, case, what)
        casework.status(uow, now, case)
    return case


def keep(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    me: Me,
    case_id: int,
    origin: int,
    revision: Turn = None,
) -> Case:
    """The holder did what they promised; the decision is still ahead. Raises `Refusal`: as `held`."""
    case = held(uow, me, case_id, revision)
    standing = case.data.get("promise") or {}
    if casework.log(
        uow, now, case, Did.KEPT, actor_id=me.person_id, origin=origin, promise=standing.get("what")
    ):
        casework.note(case, promise={**standing, "kept": now.isoformat()})
        uow.case_timers.stop(case, PROMISE, reason="kept")
        casework.status(uow, now, case)
    return case


def give_back(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    me: Me,
    case_id: int,
    origin: int,
    revision: Turn = None,
) -> Case:
    """The holder cannot go on: the chain does. Raises `Refusal`: as `held`."""
    case = held(uow, me, case_id, revision)
    release(uow, office, now, case, Did.RELEASED, origin=origin, actor_id=me.person_id)
    return case


def take_over(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    me: Me,
    case_id: int,
    origin: int,
    revision: Turn = None,
) -> Case:
    """Somebody told of a report takes it from its holder, who learns it with everybody concerned.

    Raises `Refusal`: as `take`, `case_moved` when nobody holds it any more.
    """
    case = casework.locked(uow, case_id, Kind.REPORT)
    person_id = access.require_holder(me.actor, uow.cases.told(case))
    if case.state == TAKEN and case.holder_id == person_id:
        return case
    if case.state not in OPEN:
        raise Refusal("case_over", number=case.number)
    if revision is not None and case.revision != revision:
        raise Refusal("case_moved", number=case.number)
    did = Did.TAKEN_OVER if case.state == TAKEN else Did.TAKEN
    hold(uow, office, now, case, person_id, origin, did)
    casework.owe(uow, now, case, "case_taken", case.reporter_id, Rank.ESCALATION, suffix=_turn(case))
    _tell_the_others(uow, now, case)
    return case


def seats(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int, revision: Turn = None
) -> tuple[str, list[Seat]]:
    """The number of the report the reader holds, and to whom of its chain it can go. Refuses as `held`."""
    case = held(uow, me, case_id, revision)
    return case.number, chains.seats(uow, now, case, but=me.person_id)


def hand_over(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    me: Me,
    case_id: int,
    origin: int,
    step: int,
    person_id: int | None = None,
    revision: int | None = None,
) -> Case:
    """The holder passes a report to a step of its chain, or to one person of it; the chain goes on there.

    They have the step's minutes to take it. Raises `Refusal`: as `held`, `nobody_there` for those who cannot
    be reached now, `case_moved` for what is not in the chain.
    """
    case = held(uow, me, case_id, revision)
    if not 0 <= step < len(case.chain):
        raise Refusal("case_moved", number=case.number)
    rung = case.chain[step]
    people = [person_id] if person_id is not None else [p for p in rung["people"] if p != me.person_id]
    if person_id is not None and person_id not in rung["people"]:
        raise Refusal("case_moved", number=case.number)
    if not chains.there(uow, now, case, people):
        raise Refusal("nobody_there")
    before = case.holder_id
    casework.move(
        uow,
        now,
        case,
        Did.HANDED_OVER,
        actor_id=me.person_id,
        origin=origin,
        role=rung["role"],
        people=people,
    )
    uow.case_timers.stop(case, *STAFF, reason=Did.HANDED_OVER)
    casework.note(case, promise=None, promises=None, late=None)
    case.taken_at = None
    chosen = {**rung, "people": people, "told": [], "state": chains.AHEAD, "fallback": False}
    rest = [
        {**later, "told": [], "state": chains.AHEAD}
        for index, later in enumerate(case.chain)
        if index > step or (later["fallback"] and index != step)
    ]
    chains.restart(uow, office, now, case, [chosen, *rest])
    if before is not None:
        uow.cases.tell(case, before, now)
    casework.status(uow, now, case)
    return case


def release(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    case: Case,
    did: Did,
    *,
    origin: int | None = None,
    actor_id: int | None = None,
    reason: str = "",
) -> None:
    """Nobody holds the case any more: its chain goes on at once, everybody concerned learns it."""
    holder = case.holder_id
    casework.move(uow, now, case, did, origin=origin, actor_id=actor_id, reason=reason, holder=holder)
    uow.case_timers.stop(case, PROMISE, REMIND, DECIDE, reason=did)
    casework.note(case, promise=None, promises=None, late=None)
    case.taken_at = None
    if holder is not None and did is Did.LAPSED:
        casework.owe(uow, now, case, "case_lapsed", holder, Rank.ESCALATION, suffix=str(case.revision))
    casework.owe(uow, now, case, "case_back", case.reporter_id, Rank.ESCALATION, suffix=str(case.revision))
    chains.advance(uow, office, now, case)
    casework.status(uow, now, case)


def leave(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case) -> None:
    """Its holder goes away: the report is the chain's again."""
    release(uow, office, now, case, Did.RELEASED, actor_id=case.holder_id, reason="away")


def lapse(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, rule: str) -> None:
    """What was promised, or the decision, did not come in time: back to the chain, while it goes on.

    The last one of the chain keeps the report: the first time reminded, the second time it is raised.
    """
    if case.state != TAKEN or case.holder_id is None:
        return
    if _lost(uow, case, case.holder_id) or chains.goes_on(uow, now, case):
        release(uow, office, now, case, Did.LAPSED, reason=rule)
        return
    standing = case.data.get("late") or {"times": 0}
    uow.case_timers.set(case, rule, now + office.policy.force_majeure.reminded(case.stage))
    if standing.get("at") == now.isoformat(timespec="minutes"):
        return
    times = int(standing["times"]) + 1
    casework.note(case, late={"times": times, "at": now.isoformat(timespec="minutes")})
    casework.log(uow, now, case, Did.DEADLINE, rule=rule, person=case.holder_id)
    turn = f"{case.revision}.{times}"
    casework.owe(uow, now, case, LATE, case.holder_id, Rank.ESCALATION, suffix=turn)
    if times == RAISED_AT:
        _raise(uow, office, now, case)
    casework.status(uow, now, case)


def _raise(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case) -> None:
    """The administrators, and whoever else was told, hear that the holder is late: they may take it over."""
    for person in chains.above(uow, office, now, case):
        uow.cases.tell(case, person, now, Role.ADMIN.value)
    told = sorted(uow.people.reachable(uow.cases.told(case)) - {case.holder_id})
    for person in told:
        casework.owe(uow, now, case, "case_stuck", person, Rank.ESCALATION, suffix=str(case.revision))
    casework.log(uow, now, case, Did.RAISED, reason=LATE, people=told)


def remind(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, rule: str) -> None:
    """The holder is reminded until the report is decided; one who left or blocks the bot holds it no more."""
    if case.state != TAKEN or case.holder_id is None:
        return
    lost = _lost(uow, case, case.holder_id)
    if lost:
        release(uow, office, now, case, Did.LAPSED, reason=lost)
        return
    turn = now.isoformat(timespec="minutes")
    casework.owe(uow, now, case, "case_remind", case.holder_id, Rank.REMINDER, suffix=turn)
    casework.log(uow, now, case, Did.REMINDED, person=case.holder_id)
    uow.case_timers.set(case, REMIND, now + office.policy.force_majeure.reminded(case.stage))


def _lost(uow: UnitOfWork, case: Case, holder: int) -> str:
    """Why the holder of a case cannot hold it any more; '' while they can."""
    if not uow.people.reachable([holder]):
        return "unreachable"
    return "" if uow.people.serving([holder], case.exam_id) else "no_role"


def _still_held(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> str:
    case = uow.cases.get(claimed.notice.case_id) if claimed.notice.case_id else None
    held_by = case.holder_id if case is not None and case.state == TAKEN else None
    return "" if held_by == claimed.notice.person_id else "moved"


def _still_anybodys(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> str:
    case = uow.cases.get(claimed.notice.case_id) if claimed.notice.case_id else None
    return "" if case is not None and case.state == TAKEN else "moved"


def _still_back(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> str:
    case = uow.cases.get(claimed.notice.case_id) if claimed.notice.case_id else None
    return "" if case is not None and case.state == WAITING else "moved"


TIMERS = {
    (Kind.REPORT.value, PROMISE): lapse,
    (Kind.REPORT.value, DECIDE): lapse,
    (Kind.REPORT.value, REMIND): remind,
}
LETTERS = {
    "case_remind": Letter(untrue=_still_held),
    LATE: Letter(untrue=_still_held),
    "case_stuck": Letter(untrue=_still_anybodys),
    "case_back": Letter(untrue=_still_back),
}
