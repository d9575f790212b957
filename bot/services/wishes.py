"""What people want to get by itself: chosen on the settings screen, asked again before a message goes out."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import replace

from bot.errors import Refusal
from bot.rules import preferences
from bot.rules.people import Me
from bot.rules.policy import Moment, Quiet
from bot.rules.preferences import SWITCHES, Judged, Switch, Wishes
from bot.services import timers
from bot.services.office import Office
from bot.storage.notices import Claimed
from bot.storage.unit import UnitOfWork


def judge(office: Office, now: dt.datetime, claimed: Claimed, known: Mapping[int, Wishes]) -> Judged:
    """Whether the reader wants a timed message now. Warnings, and all that is no timed message, always.

    `known`: the wishes of everybody whose message may be unwanted (`of_many`).
    """
    moment, person = _moment(office, claimed), claimed.notice.person_id
    if moment is None or person is None:
        return Judged()
    return preferences.judge(moment, known[person], claimed.notice.use_by, now, office.zone)


def may_be_unwanted(office: Office, claimed: Claimed) -> bool:
    """Whether a message is one that its reader can switch off or have wait."""
    return _moment(office, claimed) is not None


def _moment(office: Office, claimed: Claimed) -> Moment | None:
    reminder, exam = claimed.reminder, claimed.exam
    return (
        timers.moment_of(office, exam, reminder.rule) if reminder is not None and exam is not None else None
    )


def of_many(uow: UnitOfWork, office: Office, people: Collection[int]) -> dict[int, Wishes]:
    """The wishes of all of these, in one look."""
    chosen = uow.people.wishes_of(people)
    usual = Wishes(quiet=office.policy.quiet)
    return {person: chosen.get(person, usual) for person in people}


def of(uow: UnitOfWork, office: Office, person_id: int) -> Wishes:
    """Somebody's wishes; the university's quiet hours for whoever has chosen none."""
    found = uow.people.wishes(person_id)
    return found if found.own else replace(found, quiet=office.policy.quiet)


def mine(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me) -> Wishes:
    """The reader's own. Raises `Refusal` (`link_first`)."""
    return of(uow, office, _person(me))


def switch(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, switch: str, on: bool) -> Wishes:
    """Switch a class on or off.

    Raises `Refusal`: `link_first`, `unknown_setting` for a class there is not.
    """
    person = _person(me)
    known: dict[str, Switch] = {name: name for name in SWITCHES}
    if switch not in known:
        raise Refusal("unknown_setting")
    wishes = of(uow, office, person)
    if wishes.wants(known[switch]) is not on:
        wishes = wishes.switched(known[switch])
    uow.people.keep_wishes(person, wishes)
    return replace(wishes, own=True)


def keep_quiet(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, since: int, until: int) -> Wishes:
    """Choose quiet hours (minutes after midnight; equal ones: none).

    Raises `Refusal`: `link_first`, `unknown_setting` for minutes that no day has.
    """
    person = _person(me)
    if not all(0 <= minute < preferences.DAY_MINUTES for minute in (since, until)):
        raise Refusal("unknown_setting")
    wishes = replace(of(uow, office, person), quiet=Quiet(since, until), own=True)
    uow.people.keep_wishes(person, wishes)
    return wishes


def _person(me: Me) -> int:
    if me.person_id is None:
        raise Refusal("link_first")
    return me.person_id
