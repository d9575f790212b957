"""The account of reports: how long they waited to be taken and to be decided."""

import datetime as dt

from bot.errors import Refusal
from bot.rules import access, account
from bot.rules.account import Pace, Times
from bot.rules.casework import OPEN
from bot.rules.people import Me
from bot.services.office import Office
from bot.storage.unit import UnitOfWork


def overview(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me) -> list[Pace]:
    """The reader's faculty, every one for those of the whole university.

    Raises `Refusal`: `link_first`, `staff_only`, `deans_only`.
    """
    access.require(me.actor, access.Action.SEE_STAFF)
    if not access.speaks_for_staff(me.actor):
        raise Refusal("deans_only")
    return _paces(uow, me.faculty)


def register(uow: UnitOfWork, office: Office, now: dt.datetime) -> list[Pace]:
    """Every faculty, then all together."""
    return _paces(uow, "")


def _paces(uow: UnitOfWork, faculty: str) -> list[Pace]:
    """A withdrawn report counts as taken, where it was, but not as decided."""
    times = [
        Times(
            its,
            filed,
            dt.datetime.fromisoformat(taken) if taken else None,
            ended if outcome else None,
            state in OPEN,
        )
        for its, filed, taken, ended, outcome, state in uow.cases.times()
        if faculty in ("", its)
    ]
    return account.paces(times)
