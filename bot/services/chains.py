"""A case's chain: frozen into it when it opens, then told step by step."""

import datetime as dt
from typing import Any

from bot.rules import escalation
from bot.rules.escalation import Rung
from bot.rules.notices import Rank
from bot.rules.vocabulary import Attestation, Role
from bot.services.letters import Letter
from bot.services.office import Office
from bot.storage.cases import told
from bot.storage.tables import Case, Notice
from bot.storage.unit import UnitOfWork

TOLD, SKIPPED, AHEAD = "told", "skipped", "ahead"


def freeze(
    uow: UnitOfWork, office: Office, case: Case, party: str, attestation: Attestation
) -> list[dict[str, Any]]:
    """The policy's chain as people: the exam's own examiners first, the others by department and faculty."""
    roles = office.policy.chain(attestation, party).steps
    backup = office.policy.force_majeure.nobody
    holders = _holders(uow, case, (*roles, *backup))
    rungs = escalation.resolve(roles, holders, frozenset(), case.reporter_id)
    frozen = [_rung(rung, fallback=False) for rung in rungs]
    named = {person for rung in rungs for person in rung.people}
    for rung in escalation.resolve(backup, holders, frozenset(), case.reporter_id):
        people = tuple(person for person in rung.people if person not in named)
        if people:
            frozen.append(_rung(Rung(rung.role, people, ()), fallback=True))
    return frozen


def _rung(rung: Rung, *, fallback: bool) -> dict[str, Any]:
    return {
        "role": rung.role,
        "people": list(rung.people),
        "told": [],
        "state": AHEAD,
        "fallback": fallback,
    }


def _holders(uow: UnitOfWork, case: Case, roles: tuple[str, ...]) -> dict[str, list[int]]:
    exam = uow.exams.get(case.exam_id) if case.exam_id else None
    reporter = uow.people.get(case.reporter_id)
    faculty = exam.faculty if exam and exam.faculty else reporter.faculty if reporter else ""
    department = exam.department if exam else ""
    by_role: dict[str, list[tuple[int, str, str]]] = {}
    for role, person, its_faculty, its_department in uow.people.holders(roles):
        by_role.setdefault(role, []).append((person, its_faculty, its_department))
    holders = {
        role: escalation.narrowest(candidates, faculty, department) for role, candidates in by_role.items()
    }
    holders[Role.EXAMINER] = uow.exams.examiners_of(exam.id) if exam else []
    return holders


def advance(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case) -> bool:
    """Tell the next step that can be reached; steps with nobody new to reach are skipped at once, and logged.

    At the chain's end nobody more is told and no timer is left. Returns whether somebody new was told.
    """
    again = case.step >= 0
    everybody = {person for rung in case.chain for person in rung["people"]}
    reachable = uow.people.reachable(everybody - told(case))
    rungs = [
        Rung(r["role"], tuple(r["people"]), tuple(p for p in r["people"] if p in reachable))
        for r in case.chain
    ]
    move = escalation.advance(rungs, case.step, now, office.policy.force_majeure.acknowledge)
    chain = [dict(rung) for rung in case.chain]
    for index in move.skipped:
        chain[index]["state"] = SKIPPED
        uow.cases.log(case, now, "step_skipped", step=index, role=chain[index]["role"])
    if move.step is not None:
        chain[move.step]["state"] = TOLD
        chain[move.step]["told"] = list(rungs[move.step].reachable)
        uow.cases.log(case, now, "step_told", step=move.step, role=chain[move.step]["role"])
        case.step = move.step
    else:
        case.step = len(chain) - 1
        uow.cases.log(case, now, "chain_ended")
    case.chain, case.escalate_at = chain, move.next_at
    if move.step is None:
        return False
    for person in chain[move.step]["told"]:
        owe(uow, now, case, "case_card", person, Rank.ESCALATION)
    if again:
        owe(uow, now, case, "case_escalated", case.reporter_id, Rank.ESCALATION, suffix=str(move.step))
    return True


def unreachable(uow: UnitOfWork, office: Office, now: dt.datetime, case_id: int, person_id: int) -> None:
    """A card could not be delivered: when nobody of the present step is left, the next hears at once."""
    case = uow.cases.get(case_id, lock=True)
    if case is None or case.state != "waiting" or not 0 <= case.step < len(case.chain):
        return
    uow.cases.log(case, now, "not_delivered", person=person_id)
    present = case.chain[case.step]["told"]
    if person_id not in present:
        return
    left = [person for person in present if person != person_id]
    chain = [dict(rung) for rung in case.chain]
    chain[case.step].update(told=left, state=TOLD if left else SKIPPED)
    case.chain = chain
    if not uow.people.reachable(left) and not advance(uow, office, now, case) and not told(case):
        owe(uow, now, case, "case_escalated", case.reporter_id, Rank.ESCALATION, suffix="nobody")


def owe(
    uow: UnitOfWork,
    now: dt.datetime,
    case: Case,
    kind: str,
    person_id: int,
    rank: Rank,
    *,
    suffix: str = "",
    **facts: Any,
) -> None:
    """Write down a message about a case for one person, in this transaction; nobody is owed it twice."""
    account = uow.people.account_of(person_id)
    blocked = account is None or account.blocked_at is not None
    uow.notices.owe(
        f"case:{case.id}:{kind}:{suffix}:{person_id}",
        kind=kind,
        person_id=person_id,
        account_id=account.id if account else None,
        case_id=case.id,
        exam_id=case.exam_id,
        facts={"step": case.step, **facts},
        rank=int(rank),
        due_at=now,
        state="unreachable" if blocked else "pending",
        reason="" if account and not blocked else "blocked" if account else "not_linked",
    )


def _card_lost(uow: UnitOfWork, office: Office, now: dt.datetime, notice: Notice) -> None:
    if notice.case_id and notice.person_id:
        unreachable(uow, office, now, notice.case_id, notice.person_id)


LETTERS = {"case_card": Letter(lost=_card_lost)}
