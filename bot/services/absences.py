"""Somebody is away: whoever stands in hears of reports in their place, those that wait already included."""

import datetime as dt

from bot.errors import Refusal
from bot.rules import absences as rules
from bot.rules import access
from bot.rules.absences import Absences, Away, Choice, Colleague
from bot.rules.casework import OPEN
from bot.rules.notices import Rank
from bot.rules.people import Me
from bot.rules.vocabulary import PersonKind
from bot.services import chains, holding
from bot.services.letters import Letter
from bot.services.office import Office
from bot.storage.notices import Claimed
from bot.storage.tables import Absence, Person
from bot.storage.unit import UnitOfWork

STANDS_IN, AWAY = "stands_in", "sent_away"
FOUND_MAX = 8


def overview(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me) -> Absences:
    """The reader's absence, and those of colleagues they speak for. Raises `link_first`, `staff_only`."""
    person_id = access.require(me.actor, access.Action.SEE_STAFF)
    own = uow.absences.of_person(person_id, now)
    speaks = access.speaks_for_staff(me.actor)
    others = [
        _view(uow, row)
        for row in (uow.absences.standing(now) if speaks else ())
        if row.person_id != person_id and _may(uow, me, row.person_id)
    ]
    return Absences(
        Colleague(person_id, me.name), _view(uow, own) if own is not None else None, tuple(others), speaks
    )


def about(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, person_id: int) -> Colleague:
    """Whose absence the reader may declare. Raises `link_first`, `staff_only`, `no_such_colleague`."""
    return _colleague(_require(uow, me, person_id))


def colleagues(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, words: str) -> list[Colleague]:
    """Staff the reader may send away, by id or a part of the name. Raises `no_such_colleague` for none."""
    person_id = access.require(me.actor, access.Action.SEE_STAFF)
    if not access.speaks_for_staff(me.actor):
        raise Refusal("no_such_colleague")
    staff = uow.people.staff(me.faculty)
    found = [one for one in staff if one.id != person_id and me.faculty in ("", one.faculty)]
    return _named(found, words)


def choice(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    me: Me,
    person_id: int,
    until: dt.datetime,
    words: str = "",
) -> Choice:
    """Who may stand in: those of the same roles and department first. Refuses as `about`, `rules.check`."""
    person = _require(uow, me, person_id)
    rules.check(until, now)
    away = uow.absences.away([one.id for one in uow.people.staff(person.faculty)], now)
    staff = [one for one in uow.people.staff(person.faculty) if one.id != person.id and one.id not in away]
    roles = uow.people.roles()
    mine = roles.get(person.id, frozenset())
    staff.sort(
        key=lambda one: (
            mine.isdisjoint(roles.get(one.id, frozenset())),
            one.department != person.department,
            one.full_name,
        )
    )
    named = _named(staff, words) if words else [_colleague(one) for one in staff[:FOUND_MAX]]
    return Choice(_colleague(person), until, tuple(named))


def declare(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    me: Me,
    person_id: int,
    until: dt.datetime,
    stands_in: int | None,
) -> Away:
    """Somebody is away from now on; whoever stands in is told, and hears of what waits.

    What the one who leaves holds goes back to its chain. The same again changes nothing. Raises `Refusal`:
    as `about` and `rules.check`, `no_such_colleague` for a stand-in of elsewhere, `stand_in_away`.
    """
    person = _require(uow, me, person_id)
    rules.check(until, now)
    if stands_in is not None:
        _check_stand_in(uow, now, person, stands_in)
    standing = uow.absences.of_person(person_id, now)
    if standing is not None and (standing.until_at, standing.stands_in_id) == (until, stands_in):
        return _view(uow, standing)
    if standing is not None:
        _end(uow, now, me, standing)
    row = uow.absences.add(Absence(person_id=person_id, from_at=now, until_at=until, stands_in_id=stands_in))
    uow.records.audit(now, "absence_declared", me.account_id, absence=row.id)
    if stands_in is not None:
        _tell(uow, now, row, STANDS_IN, stands_in)
    if me.person_id != person_id:
        _tell(uow, now, row, AWAY, person_id)
    _pass_on(uow, office, now, person_id)
    return _view(uow, row)


def cancel(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, absence_id: int) -> None:
    """They are back: from now on they hear of reports themselves. Refuses as `about`, `case_gone`."""
    row = uow.absences.get(absence_id)
    if row is None:
        raise Refusal("absence_gone")
    _require(uow, me, row.person_id)
    if row.until_at > now:
        _end(uow, now, me, row)
        uow.records.audit(now, "absence_ended", me.account_id, absence=row.id)


def _end(uow: UnitOfWork, now: dt.datetime, me: Me, row: Absence) -> None:
    """Both learn it; whoever said so knows it."""
    row.until_at = now
    for person in (row.stands_in_id, row.person_id):
        if person is not None and person != me.person_id:
            _tell(uow, now, row, "absence_over", person)


def _require(uow: UnitOfWork, me: Me, person_id: int) -> Person:
    access.require(me.actor, access.Action.SEE_STAFF)
    person = uow.people.get(person_id)
    if person is None or person.kind != PersonKind.STAFF or not _may(uow, me, person_id):
        raise Refusal("no_such_colleague")
    return person


def _may(uow: UnitOfWork, me: Me, person_id: int) -> bool:
    person = uow.people.get(person_id)
    return person is not None and access.may_send_away(me.actor, me.faculty, person.id, person.faculty)


def _check_stand_in(uow: UnitOfWork, now: dt.datetime, person: Person, stands_in: int) -> None:
    other = uow.people.get(stands_in)
    known = {one.id for one in uow.people.staff(person.faculty)}
    if other is None or other.id not in known or other.id == person.id:
        raise Refusal("no_such_colleague")
    if uow.absences.away([stands_in], now):
        raise Refusal("stand_in_away", name=other.full_name)


def _pass_on(uow: UnitOfWork, office: Office, now: dt.datetime, person_id: int) -> None:
    """Reports that wait for the one who leaves, or are held by them, go on without them."""
    for case in uow.cases.waiting_for(person_id, OPEN, limit=None):
        if case.holder_id == person_id:
            holding.leave(uow, office, now, case)
        chains.stand_in(uow, office, now, case, person_id)


def _tell(uow: UnitOfWork, now: dt.datetime, row: Absence, kind: str, person_id: int) -> None:
    account = uow.people.account_of(person_id)
    if account is None:
        return
    blocked = account.blocked_at is not None
    uow.notices.owe(
        f"absence:{row.id}:{kind}:{person_id}",
        kind=kind,
        person_id=person_id,
        account_id=account.id,
        facts={"absence": row.id},
        rank=int(Rank.REMINDER),
        due_at=now,
        state="unreachable" if blocked else "pending",
        reason="blocked" if blocked else "",
    )


def _view(uow: UnitOfWork, row: Absence) -> Away:
    person = uow.people.get(row.person_id)
    other = uow.people.get(row.stands_in_id) if row.stands_in_id else None
    idle = other is not None and not uow.people.reachable([other.id])
    who = _colleague(person) if person else Colleague(row.person_id, "")
    return Away(row.id, who, row.until_at, other.full_name if other else "", idle)


def _colleague(person: Person) -> Colleague:
    return Colleague(person.id, person.full_name, person.department)


def _named(staff: list[Person], words: str) -> list[Colleague]:
    said = words.strip().casefold()
    found = [
        one for one in staff if said and (said == one.ext_id.casefold() or said in one.full_name.casefold())
    ]
    if not found:
        raise Refusal("no_such_colleague")
    return [_colleague(one) for one in found[:FOUND_MAX]]


def _about(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> Away | None:
    row = uow.absences.get(int(claimed.notice.facts["absence"]))
    return _view(uow, row) if row is not None else None


def _over(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> str:
    row = uow.absences.get(int(claimed.notice.facts["absence"]))
    return "" if row is not None and row.until_at > now else "over"


LETTERS = {
    STANDS_IN: Letter(untrue=_over, about=_about),
    AWAY: Letter(untrue=_over, about=_about),
    "absence_over": Letter(about=_about),
}
