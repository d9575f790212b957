"""Votes of the commission: opened by the secretary, one vote each, counted, logged, secret or open."""

import datetime as dt
from typing import Any

from bot.errors import Refusal
from bot.rules import access
from bot.rules import sittings as rules
from bot.rules.access import Action
from bot.rules.casework import OPEN, Did, Kind
from bot.rules.notices import Rank
from bot.rules.people import Me
from bot.rules.sittings import CHOICES, DONE, SittingView
from bot.services import casework, live, sittings
from bot.services.letters import Letter
from bot.services.office import Office
from bot.storage.notices import Claimed
from bot.storage.tables import Case
from bot.storage.unit import UnitOfWork

CARD = "ballot_card"


def _key(person_id: int, what: str) -> str:
    return f"{person_id}:{what}"


def open_ballot(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    me: Me,
    case_id: int,
    person_id: int,
    what: str,
    origin: int,
    *,
    secret: bool,
) -> SittingView:
    """Ask everybody of the commission who is there: the grade, or the degree.

    Refuses as `sittings.led`, and `act_moved`, `sitting_not_spoken`, `ballot_not_secret` (it is open),
    `sitting_no_chair`.
    """
    case, exam = sittings.led(uow, office, now, me, case_id)
    found, there = sittings.rules_of(office, exam), sittings.present(case)
    if what not in CHOICES or person_id not in case.data["order"]:
        raise Refusal("act_moved")
    if sittings.state_of(case, person_id) != DONE:
        raise Refusal("sitting_not_spoken")
    if secret and not rules.secret_allowed(found, what):
        raise Refusal("ballot_not_secret", clause=found.vote_clause or "—")
    if not there or (found.needs_chair and not set(case.data.get("chairs", ())) & set(there)):
        raise Refusal("sitting_no_chair")
    key = _key(person_id, what)
    if key not in case.data["ballots"]:
        casework.log(
            uow, now, case, Did.STAGE, actor_id=me.person_id, origin=origin, ballot=key, secret=secret
        )
        fresh: dict[str, Any] = {"secret": secret, "voted": [], "tally": {}, "opened": now.isoformat()}
        casework.note(case, ballots={**case.data["ballots"], key: fresh if secret else {**fresh, "by": {}}})
        for person in there:
            _card(uow, now, case, person, key)
    return sittings.view(uow, office, now, case, me.person_id)


def _card(uow: UnitOfWork, now: dt.datetime, case: Case, person_id: int, key: str) -> None:
    live.owe(
        uow,
        now,
        f"ballot:{case.id}:{key}",
        CARD,
        person_id,
        Rank.ESCALATION,
        case_id=case.id,
        exam_id=case.exam_id,
        facts={"ballot": key},
    )


def look(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int) -> SittingView:
    """A sitting for whoever has a part in it. Raises `Refusal`: `staff_only`, `case_gone`, `not_yours`."""
    person_id = access.require(me.actor, Action.SEE_STAFF)
    case = casework.locked(uow, case_id, Kind.SITTING)
    exam = uow.exams.get(case.exam_id) if case.exam_id else None
    if exam is None or not sittings.part_of(uow, exam, person_id):
        raise Refusal("not_yours")
    return sittings.view(uow, office, now, case, person_id)


def vote(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    me: Me,
    case_id: int,
    person_id: int,
    what: str,
    choice: str,
    origin: int,
) -> SittingView:
    """One vote of one member; it stands. Who has voted is kept; how, only of an open vote: not even the tap.

    Raises `Refusal`: `staff_only`, `case_gone`, `not_yours`, `case_over`, `act_moved`, `ballot_voted`.
    """
    me_id = access.require(me.actor, Action.SEE_STAFF)
    case = casework.locked(uow, case_id, Kind.SITTING)
    key = _key(person_id, what)
    kept = case.data["ballots"].get(key)
    if me_id not in sittings.present(case):
        raise Refusal("not_yours")
    if case.state not in OPEN:
        raise Refusal("case_over", number=case.number)
    if uow.cases.acted(case.id, origin, Did.VOTED):
        return sittings.view(uow, office, now, case, me_id)
    if kept is None or choice not in CHOICES.get(what, ()):
        raise Refusal("act_moved")
    if me_id in kept["voted"]:
        raise Refusal("ballot_voted")
    how = {} if kept["secret"] else {"vote": choice}
    if kept["secret"]:
        uow.inbox.veil(origin)
    casework.log(uow, now, case, Did.VOTED, actor_id=me_id, origin=origin, ballot=key, **how)
    tally = {**kept["tally"], choice: kept["tally"].get(choice, 0) + 1}
    changed = {**kept, "voted": [*kept["voted"], me_id], "tally": tally}
    if not kept["secret"]:
        changed["by"] = {**kept["by"], str(me_id): choice}
    casework.note(case, ballots={**case.data["ballots"], key: changed})
    if set(sittings.present(case)) <= set(changed["voted"]):
        for person in dict.fromkeys([*sittings.present(case), case.reporter_id]):
            _card(uow, now, case, person, key)
    return sittings.view(uow, office, now, case, me_id)


def settle(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    me: Me,
    case_id: int,
    person_id: int,
    what: str,
    choice: str,
    origin: int,
) -> SittingView:
    """Of equal votes the chair's word decides: the sources are silent, it is written down as the chair's.

    Refuses as `sittings.led` (for the chair), and `act_moved` where there is no tie.
    """
    case, _ = sittings.led(uow, office, now, me, case_id, (sittings.CHAIR,))
    key = _key(person_id, what)
    seen = sittings.view(uow, office, now, case, me.person_id).defender(person_id)
    tied = next((one.tied for one in seen.ballots if one.what == what), ()) if seen else ()
    if uow.cases.acted(case.id, origin, Did.RAISED):
        return sittings.view(uow, office, now, case, me.person_id)
    if choice not in tied:
        raise Refusal("act_moved")
    casework.log(uow, now, case, Did.RAISED, actor_id=me.person_id, origin=origin, ballot=key, settled=choice)
    kept = {**case.data["ballots"][key], "settled": choice}
    casework.note(case, ballots={**case.data["ballots"], key: kept})
    for person in dict.fromkeys([*sittings.present(case), case.reporter_id]):
        _card(uow, now, case, person, key)
    return sittings.view(uow, office, now, case, me.person_id)


def _about(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> SittingView | None:
    case = uow.cases.get(claimed.notice.case_id) if claimed.notice.case_id else None
    return sittings.view(uow, office, now, case, claimed.notice.person_id) if case is not None else None


LETTERS = {CARD: Letter(about=_about)}
