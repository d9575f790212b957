"""Warnings of many people at once begin early, so that the middle of the wave is on the minute."""

import datetime as dt
from itertools import pairwise

from bot.exchange.rows import Problem
from bot.rules import warnings, waves
from bot.services.office import Office
from bot.storage.unit import UnitOfWork

AHEAD = dt.timedelta(minutes=1)
"""A wave is planned so much before it could begin at the earliest."""

USUAL_GAP = 10.0


def plan(uow: UnitOfWork, office: Office, now: dt.datetime, per_second: float) -> int:
    """Write down which moments of the next minutes begin early, at `per_second` messages a second.

    Counted anew until a wave begins: people are linked, exams are moved. Returns how many changed.
    """
    earliest = office.policy.delivery.early
    loads = uow.waves.loads(warnings.LEFT, now, now + earliest + AHEAD)
    return uow.waves.keep(waves.plan(loads, per_second, earliest), now)


def overloads(uow: UnitOfWork, office: Office, now: dt.datetime) -> list[Problem]:
    """Minutes in which more people are warned than any order of sending can serve, and what would help.

    Everybody of the registers counts, linked or not: by the session they are.
    """
    uow.flush()
    gap = _gap(office)
    found = []
    for load in waves.by_minute(uow.waves.loads(warnings.LEFT, now, linked=False)):
        if waves.too_many(load, office.per_second, gap):
            at = load.due_at.astimezone(office.zone).strftime("%Y-%m-%d %H:%M")
            serves, minutes = int(office.per_second * gap.total_seconds()), gap.total_seconds() / 60
            text = (
                f"{at}: {load.people} people are warned in one minute, but {office.per_second:g} messages"
                f" a second serve {serves} in the {minutes:g} minutes until the next warning; link group"
                " chats (/link), let exams end at different minutes, or set EMTIHAN_PAID_BROADCAST=true"
            )
            found.append(Problem(0, "", "too_many_at_once", text))
    return found


def _gap(office: Office) -> dt.timedelta:
    """The shortest time between two warnings of an exam; ten minutes where no kind has two."""
    gaps = [
        earlier - later
        for rules in office.policy.kinds.values()
        for earlier, later in pairwise(sorted(rules.warnings_left, reverse=True))
    ]
    return dt.timedelta(minutes=min(gaps, default=USUAL_GAP))
