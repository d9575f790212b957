"""Warnings of many people at once begin early, so that the middle of the wave is on the minute."""

import datetime as dt

from bot.rules import warnings, waves
from bot.services.office import Office
from bot.storage.unit import UnitOfWork

AHEAD = dt.timedelta(minutes=1)
"""A wave is planned so much before it could begin at the earliest."""


def plan(uow: UnitOfWork, office: Office, now: dt.datetime, per_second: float) -> int:
    """Write down which moments of the next minutes begin early, at `per_second` messages a second.

    Counted anew until a wave begins: people are linked, exams are moved. Returns how many changed.
    """
    earliest = office.policy.delivery.early
    loads = uow.waves.loads(warnings.LEFT, now, now + earliest + AHEAD)
    return uow.waves.keep(waves.plan(loads, per_second, earliest), now)
