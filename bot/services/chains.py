"""A case's chain: frozen into it when it opens, then told step by step until somebody takes it."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from bot.rules import escalation
from bot.rules.cases import Seat
from bot.rules.casework import WAITING, Did, Kind
from bot.rules.escalation import Rung
from bot.rules.notices import Rank
from bot.rules.vocabulary import Attestation, Role
from bot.services import casework, incidents
from bot.services.casework import owe
from bot.services.letters import Letter
from bot.services.office import Office
from bot.storage.notices import Claimed
from bot.storage.tables import Case, Notice
from bot.storage.unit import UnitOfWork

TOLD, SKIPPED, AHEAD = "told", "skipped", "ahead"
CLIMB, ROUND = "climb", "round"
"""Timers: the next step hears; everybody told is asked again, and whoever can be reached by now."""


def freeze(
    uow: UnitOfWork, office: Office, case: Case, party: str, attestation: Attestation
) -> list[dict[str, Any]]:
    """The policy's chain as people: the exam's own examiners first, the others by department and faculty."""
    roles = office.policy.chain(attestation, party).steps
    return frozen(uow, office, case, roles)


def frozen(uow: UnitOfWork, office: Office, case: Case, roles: Sequence[str]) -> list[dict[str, Any]]:
    """A chain of these roles, and after it those who hear when none of them can be reached."""
    backup = office.policy.force_majeure.nobody
    holders = _holders(uow, case, (*roles, *backup))
    rungs = escalation.resolve(roles, holders, frozenset(), case.reporter_id)
    chain = [rung(office, found.role, found.people) for found in rungs]
    named = {person for found in rungs for person in found.people}
    for found in escalation.resolve(backup, holders, frozenset(), case.reporter_id):
        people = [person for person in found.people if person not in named]
        if people:
            chain.append(rung(office, found.role, people, fallback=True))
    return chain


def rung(
    office: Office, role: str, people: Iterable[int], *, fallback: bool = False, minutes: float | None = None
) -> dict[str, Any]:
    """One step as it is kept in the case. `minutes`: how long it has to take the case."""
    patience = office.policy.force_majeure.patience(role)
    return {
        "role": role,
        "people": list(people),
        "told": [],
        "state": AHEAD,
        "fallback": fallback,
        "minutes": patience.total_seconds() / 60 if minutes is None else minutes,
    }


def _holders(uow: UnitOfWork, case: Case, roles: tuple[str, ...]) -> dict[str, list[int]]:
    exam = uow.exams.get(case.exam_id) if case.exam_id else None
    reporter = uow.people.get(case.reporter_id)
    faculty = exam.faculty if exam and exam.faculty else reporter.faculty if reporter else ""
    department = exam.department if exam else ""
    by_role: dict[str, list[tuple[int, str, str]]] = {}
    # The exam's own examiners are asked of the exam: a university has hundreds of them.
    asked = sorted(set(roles) - {Role.EXAMINER.value})
    for role, person, its_faculty, its_department in uow.people.holders(asked):
        by_role.setdefault(role, []).append((person, its_faculty, its_department))
    holders = {
        role: escalation.narrowest(candidates, faculty, department) for role, candidates in by_role.items()
    }
    holders[Role.EXAMINER] = uow.exams.examiners_of(exam.id) if exam else []
    return holders


def advance(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case) -> bool:
    """Tell the next step that can be reached; those with nobody new to reach are skipped at once, and logged.

    Where the chain cannot be gone through before the exam ends, several are told together. At the chain's end
    everybody is asked again round by round. Returns whether somebody new was told.
    """
    begun = case.step >= 0
    rungs = _rungs(uow, now, case)
    exam = uow.exams.get(case.exam_id) if case.exam_id else None
    rules = office.policy.force_majeure
    ends = exam.ends_at if exam is not None and exam.starts_at <= now else None
    move = escalation.advance(
        rungs, case.step, now, rules.acknowledge, until=ends, at_once=rules.inform == "all"
    )
    chain = [dict(found) for found in case.chain]
    for index in move.skipped:
        chain[index].update(state=SKIPPED, reason=_why(uow, now, case, chain[index]["people"]))
        detail = {"role": chain[index]["role"], "reason": chain[index]["reason"]}
        casework.log(uow, now, case, Did.STEP_SKIPPED, step=index, **detail)
    for index in move.told:
        chain[index].update(state=TOLD, told=list(rungs[index].reachable), at=now.isoformat())
        detail = {"role": chain[index]["role"], "people": chain[index]["told"]}
        casework.log(uow, now, case, Did.STEP_TOLD, step=index, **detail)
    case.chain, case.step = chain, max(move.told, default=len(chain) - 1)
    if move.step is None:
        casework.log(uow, now, case, Did.CHAIN_ENDED)
        uow.case_timers.stop(case, CLIMB)
        uow.case_timers.set(case, ROUND, now + rules.round)
        return False
    assert move.next_at is not None
    uow.case_timers.set(case, CLIMB, move.next_at)
    for index in move.told:
        for person in chain[index]["told"]:
            tell(uow, office, now, case, person, chain[index]["role"])
    if begun:
        casework.status(uow, now, case)
    return True


def _rungs(uow: UnitOfWork, now: dt.datetime, case: Case) -> list[Rung]:
    """The frozen steps with whoever of them is there, can be reached and has not been told."""
    everybody = {person for found in case.chain for person in found["people"]}
    away = away_of(uow, everybody, now)
    there = {index: escalation.present(found["people"], away) for index, found in enumerate(case.chain)}
    open_to = {person for people in there.values() for person in people} - {case.reporter_id}
    reachable = _can_hear(uow, case, open_to - uow.cases.told(case))
    return [
        Rung(
            found["role"],
            tuple(found["people"]),
            tuple(person for person in there[index] if person in reachable),
            dt.timedelta(minutes=found["minutes"]) if "minutes" in found else None,
        )
        for index, found in enumerate(case.chain)
    ]


def _can_hear(uow: UnitOfWork, case: Case, people: Iterable[int]) -> frozenset[int]:
    """Of these people those who can be reached and are still in office: only the chain is frozen."""
    return uow.people.reachable(uow.people.serving(people, case.exam_id))


def goes_on(uow: UnitOfWork, now: dt.datetime, case: Case) -> bool:
    """Whether a step lies ahead, before those who hear when nobody answers, with somebody new to tell."""
    return any(
        index > case.step and found.reachable and not case.chain[index]["fallback"]
        for index, found in enumerate(_rungs(uow, now, case))
    )


def above(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case) -> list[int]:
    """Administrators who can be told now; without any, everybody whom the policy names for that."""
    backup = {found["role"]: found["people"] for found in frozen(uow, office, case, (Role.ADMIN.value,))}
    admins = there(uow, now, case, backup.pop(Role.ADMIN.value, []))
    return admins or there(uow, now, case, [person for people in backup.values() for person in people])


def seats(uow: UnitOfWork, now: dt.datetime, case: Case, *, but: int | None) -> list[Seat]:
    """The steps of a case's chain with whoever of them can be told now (or stands in), without one person."""
    away = away_of(uow, {person for found in case.chain for person in found["people"]}, now)
    present = {
        person: stands
        for found in case.chain
        for person in found["people"]
        for stands in escalation.present([person], away)
        if stands not in (but, case.reporter_id)
    }
    reachable = _can_hear(uow, case, present.values())
    uow.people.read(reachable)
    names = {person: uow.people.get(stands) for person, stands in present.items() if stands in reachable}
    found_seats = []
    for index, found in enumerate(case.chain):
        people = [(person, names.get(person)) for person in found["people"]]
        named = tuple((person, who.full_name) for person, who in people if who is not None)
        if named:
            found_seats.append(Seat(index, found["role"], named))
    return found_seats


def there(uow: UnitOfWork, now: dt.datetime, case: Case, people: Sequence[int]) -> list[int]:
    """Of these people (or whoever stands in for them) those who can be told of a case now."""
    present = escalation.present(people, away_of(uow, people, now))
    reachable = _can_hear(uow, case, present)
    return [person for person in present if person in reachable]


def away_of(uow: UnitOfWork, people: Iterable[int], now: dt.datetime) -> dict[int, int | None]:
    """Who is away, their stand-ins and theirs included."""
    away: dict[int, int | None] = {}
    asked = set(people)
    while asked:
        found = uow.absences.away(asked, now)
        away.update(found)
        asked = {person for person in found.values() if person is not None} - away.keys()
    return away


def stand_in(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, person_id: int) -> None:
    """Somebody told of a case has left: whoever stands in is told in their place.

    With nobody left in the present step the next one hears at once.
    """
    chain = [dict(found) for found in case.chain]
    theirs = [index for index, found in enumerate(chain) if person_id in found["told"]]
    fresh = [one for one in there(uow, now, case, [person_id]) if one not in uow.cases.told(case)]
    for index in theirs:
        for person in fresh:
            if person == case.reporter_id:
                continue
            chain[index]["told"] = [*chain[index]["told"], person]
            role = chain[index]["role"]
            casework.log(uow, now, case, Did.STEP_TOLD, step=index, role=role, people=[person])
            tell(uow, office, now, case, person, role)
    case.chain = chain
    if case.state == WAITING and case.step in theirs and not there(uow, now, case, chain[case.step]["told"]):
        advance(uow, office, now, case)


def _why(uow: UnitOfWork, now: dt.datetime, case: Case, people: Sequence[int]) -> str:
    """Why nobody of a step is told."""
    if not uow.people.serving(people, case.exam_id):
        return "nobody"
    if not escalation.present(people, away_of(uow, people, now)):
        return "away"
    linked = [uow.people.account_of(person) for person in people]
    if not any(linked):
        return "not_linked"
    return "told" if uow.people.reachable(people) else "blocked"


def tell(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, person: int, role: str) -> None:
    """Send somebody the card; of a report that belongs to an incident, the incident's card."""
    uow.cases.tell(case, person, now, role)
    if incidents.carries(uow, office, now, case, person):
        return
    owe(uow, now, case, "case_card", person, Rank.ESCALATION, suffix=_round_of(case))


def _round_of(case: Case) -> str:
    """Cards of one turn of the chain are owed once; a case that came back to it is told anew."""
    turn = case.data.get("turn", 0)
    return str(turn) if turn else ""


def restart(
    uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, chain: list[dict[str, Any]]
) -> None:
    """Begin a chain anew: for the dean's order, for a person or a step that it was handed to."""
    casework.note(case, turn=case.data.get("turn", 0) + 1)
    for person in uow.cases.told(case):
        uow.cases.lose(case, person, now)
    case.chain, case.step = chain, -1
    advance(uow, office, now, case)


def climb(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, rule: str) -> None:
    """Nobody took it in time: the next step hears."""
    if case.state == WAITING:
        advance(uow, office, now, case)


def again(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, rule: str) -> None:
    """The chain is at its end: whoever can be reached by now is told, and a few times all are asked again.

    The timer goes on while the case waits; when the rounds are used up it only looks for somebody new.
    """
    if case.state != WAITING:
        return
    rules = office.policy.force_majeure
    rungs = _rungs(uow, now, case)
    fresh = [(index, found) for index, found in enumerate(rungs) if found.reachable]
    chain = [dict(found) for found in case.chain]
    for index, found in fresh:
        told = [*chain[index]["told"], *found.reachable]
        chain[index].update(state=TOLD, told=told, at=now.isoformat())
        casework.log(uow, now, case, Did.STEP_TOLD, step=index, role=found.role, people=list(found.reachable))
        for person in found.reachable:
            tell(uow, office, now, case, person, found.role)
    case.chain = chain
    turn = int(case.data.get("rounds", 0)) + 1
    asked = sorted(uow.people.reachable(uow.cases.told(case))) if turn <= rules.rounds else []
    for person in asked:
        if not incidents.carries(uow, office, now, case, person):
            owe(uow, now, case, "case_again", person, Rank.ESCALATION, suffix=str(turn))
    if asked:
        casework.log(uow, now, case, Did.ROUND, turn=turn)
    casework.note(case, rounds=turn)
    uow.case_timers.set(case, ROUND, now + rules.round)
    if fresh:
        casework.status(uow, now, case)


def unreachable(uow: UnitOfWork, office: Office, now: dt.datetime, case_id: int, person_id: int) -> None:
    """A card could not be delivered: when nobody of the present step is left, the next hears at once."""
    case = uow.cases.get(case_id, lock=True)
    if case is None or case.state != WAITING or not 0 <= case.step < len(case.chain):
        return
    casework.log(uow, now, case, Did.NOT_DELIVERED, person=person_id)
    uow.cases.lose(case, person_id, now)
    present = case.chain[case.step]["told"]
    if person_id not in present:
        return
    left = [person for person in present if person != person_id]
    chain = [dict(found) for found in case.chain]
    chain[case.step].update(told=left, state=TOLD if left else SKIPPED)
    if not left:
        chain[case.step]["reason"] = "blocked"
    case.chain = chain
    if not _can_hear(uow, case, left) and not advance(uow, office, now, case) and not uow.cases.told(case):
        casework.status(uow, now, case)


def _card_lost(uow: UnitOfWork, office: Office, now: dt.datetime, notice: Notice) -> None:
    if notice.case_id and notice.person_id:
        unreachable(uow, office, now, notice.case_id, notice.person_id)


def _no_longer_waits(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> str:
    """A question to take a case goes out only while the case waits for it."""
    case = uow.cases.get(claimed.notice.case_id) if claimed.notice.case_id else None
    return "" if case is not None and case.state == WAITING else "taken"


TIMERS = {(Kind.REPORT.value, CLIMB): climb, (Kind.REPORT.value, ROUND): again}


def _asked_already(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> str:
    """After a line that was down, one question is enough: an earlier one that comes now says the same."""
    notice = claimed.notice
    if notice.case_id is None or notice.person_id is None:
        return ""
    for kind in ("case_card", "case_again"):
        for earlier in uow.notices.of_kind(kind, notice.case_id, notice.person_id):
            late = earlier.finished_at is not None and earlier.finished_at > notice.due_at
            if earlier.id < notice.id and (earlier.state in ("pending", "sending") or late):
                return "superseded"
    return _no_longer_waits(uow, office, now, claimed)


LETTERS = {
    "case_card": Letter(lost=_card_lost),
    "case_again": Letter(untrue=_asked_already, lost=_card_lost),
}
