"""Who sits on an appeal's commission, changed by hand: a member swapped, added, taken out; the chair away."""

import datetime as dt
from collections.abc import Sequence

from bot.errors import Refusal
from bot.rules import access, appeals
from bot.rules.access import Action
from bot.rules.appeals import Candidate, Seat, Seats
from bot.rules.casework import OPEN, Did, Kind
from bot.rules.people import Me
from bot.rules.vocabulary import PersonKind, Role
from bot.services import appeal_cards, casework
from bot.services.appeal_facts import everybody, moment, name, rules_of, votes_of
from bot.services.office import Office
from bot.storage.tables import Case, Exam
from bot.storage.unit import UnitOfWork

SHOWN = 8
SEATED_BY = frozenset({Role.REGISTRAR, Role.ADMIN})
"""Beside the chair: who may change a commission (the product's choice, the sources are silent)."""


def may_change(uow: UnitOfWork, me: Me, case: Case) -> bool:
    """Whether the reader may change a commission: its chair, or the registrar of the exam's faculty."""
    if me.person_id is None or me.kind is not PersonKind.STAFF:
        return False
    exam = _exam(uow, case)
    faculty = exam.faculty if exam is not None else ""
    near = not me.faculty or not faculty or me.faculty == faculty
    return me.person_id == case.data.get("chair") or (bool(me.roles & SEATED_BY) and near)


def _exam(uow: UnitOfWork, case: Case) -> Exam | None:
    return uow.exams.get(case.exam_id) if case.exam_id else None


def _open(uow: UnitOfWork, me: Me, case_id: int, revision: int | None = None) -> Case:
    access.require(me.actor, Action.JUDGE_APPEAL)
    case = casework.locked(uow, case_id, Kind.APPEAL, revision)
    if not may_change(uow, me, case):
        raise Refusal("not_yours")
    if case.state not in OPEN:
        raise Refusal("case_over", number=case.number)
    return case


def shown(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int, words: str = "") -> Seats:
    """Who sits, and who else might: those appointed to appeals, or whose id or name has these words.

    Raises `Refusal`: `case_gone`, `not_yours`, `case_over`.
    """
    case = _open(uow, me, case_id)
    rules, seated = rules_of(uow, office, case), everybody(case)
    found = uow.people.staff_called(words, SHOWN * 4) if words else _appointed(uow)
    others = [person for person in found if person not in seated]
    held = uow.appeals.roles([*seated, *others])
    examiners = _examiners(uow, case)
    offered = [
        Seat(p, name(uow, p), appeals.conflict(Candidate(p, held.get(p, frozenset())), examiners, rules))
        for p in others
    ]
    offered.sort(key=lambda seat: (bool(seat.conflict), seat.name))
    return Seats(
        case_id=case.id,
        number=case.number,
        revision=case.revision,
        seated=tuple(Seat(p, name(uow, p), "") for p in seated),
        offered=tuple(offered[:SHOWN]),
        odd=rules.odd,
        problem=case.data.get("problem", ""),
    )


def _appointed(uow: UnitOfWork) -> list[int]:
    roles = (Role.APPEAL_MEMBER.value, Role.APPEAL_CHAIR.value)
    return list(dict.fromkeys(person for _, person, _, _ in uow.people.holders(roles)))


def _examiners(uow: UnitOfWork, case: Case) -> Sequence[int]:
    return uow.exams.examiners_of(case.exam_id) if case.exam_id else ()


def change(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    me: Me,
    case_id: int,
    revision: int,
    origin: int,
    *,
    out: Sequence[int] = (),
    into: Sequence[int] = (),
) -> Case:
    """Let members go and others in, at once; who comes for the chair is the chair. Votes of who stays stand.

    The newcomers get the card, and an invitation where the sitting is called. Raises `Refusal`: `case_gone`,
    `not_yours`, `case_over`, `case_moved`; `seat_gone` (not on it, or no member of staff), `seat_taken`;
    `seat_conflict` with the reason; `seat_even` with the clause, `seat_few` with the least number.
    """
    case = _open(uow, me, case_id, revision)
    seated = everybody(case)
    _require_known(uow, seated, out, into)
    rules = rules_of(uow, office, case)
    held = uow.appeals.roles(into)
    for person in into:
        reason = appeals.conflict(
            Candidate(person, held.get(person, frozenset())), _examiners(uow, case), rules
        )
        if reason:
            raise Refusal("seat_conflict", name=name(uow, person), reason=reason)
    after = appeals.reseated(seated, out, into)
    appeals.require_size(len(after), rules)
    if not casework.log(
        uow, now, case, Did.SEATED, actor_id=me.person_id, origin=origin, into=list(into), out=list(out)
    ):
        return case
    _seat(uow, now, case, after)
    return case


def _require_known(uow: UnitOfWork, seated: Sequence[int], out: Sequence[int], into: Sequence[int]) -> None:
    if set(out) - set(seated) or not (out or into):
        raise Refusal("seat_gone")
    if set(into) & set(seated) or len(set(into)) != len(into):
        raise Refusal("seat_taken")
    for person_id in into:
        person = uow.people.get(person_id)
        if person is None or person.kind != PersonKind.STAFF:
            raise Refusal("seat_gone")


def _seat(uow: UnitOfWork, now: dt.datetime, case: Case, seated: Sequence[int]) -> None:
    """Write a commission down, its chair first; who is new is told, who is gone has no say any more."""
    before = everybody(case)
    votes = {str(person): said for person, said in votes_of(case).items() if person in seated}
    case.data = {
        **case.data,
        "chair": seated[0] if seated else None,
        "members": list(seated[1:]),
        "problem": "",
        "votes": votes,
    }
    case.revision += 1
    for person in seated:
        uow.cases.tell(case, person, now, role=Role.APPEAL_MEMBER.value)
    for person in set(before) - set(seated):
        uow.cases.lose(case, person, now)
    if moment(case, "sat_at") is not None:
        appeal_cards.invite(uow, now, case, [person for person in seated if person not in before])
    appeal_cards.refresh(uow, now, case)


def cover(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case) -> None:
    """While the chair is away somebody else leads: whoever stands in for them, else the first member present.

    The number stays what it was: a stand-in comes in the chair's place, a member changes places with the
    chair. Nobody fit: nothing changes, and the deadline is raised to the dean as always.
    """
    chair = case.data.get("chair")
    if chair is None or case.state not in OPEN:
        return
    away = uow.absences.away(everybody(case), now)
    if chair not in away:
        return
    seated = everybody(case)
    stands_in = away[chair]
    if stands_in is not None and stands_in not in seated and _fit(uow, office, case, stands_in):
        after = appeals.reseated(seated, [chair], [stands_in])
        into, out = [stands_in], [chair]
    else:
        present = [person for person in seated[1:] if person not in away]
        if stands_in in present:
            present = [stands_in]
        if not present:
            return
        after = [present[0], *(p if p != present[0] else chair for p in seated[1:])]
        into, out = present[:1], []
    casework.log(uow, now, case, Did.SEATED, role=Role.APPEAL_CHAIR, into=into, out=out)
    _seat(uow, now, case, after)


def _fit(uow: UnitOfWork, office: Office, case: Case, person: int) -> bool:
    roles = uow.appeals.roles([person]).get(person, frozenset())
    rules = rules_of(uow, office, case)
    return not appeals.conflict(Candidate(person, roles), _examiners(uow, case), rules)


def require_fit(uow: UnitOfWork, office: Office, case: Case) -> None:
    """Whoever sits may still sit: the timetable and the roles may have changed since.

    Raises `Refusal` (`seat_conflict`) with the name and the reason.
    """
    roles, rules = uow.appeals.roles(everybody(case)), rules_of(uow, office, case)
    examiners = _examiners(uow, case)
    for person in everybody(case):
        reason = appeals.conflict(Candidate(person, roles.get(person, frozenset())), examiners, rules)
        if reason:
            raise Refusal("seat_conflict", name=name(uow, person), reason=reason)
