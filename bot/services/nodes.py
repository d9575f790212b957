"""Several machines on one PostgreSQL: who lives, what one of them does alone, the pace they share."""

import datetime as dt

from bot.services.office import Office
from bot.storage.unit import UnitOfWork
from bot.telemetry import log

BEAT_SECONDS = 1.0
TRUSTED_SECONDS = 3.0
"""A node that has not said for so long that it lives begins nothing: others may have taken over."""

SILENT = dt.timedelta(seconds=5)
"""Who is silent for so long is dead for the others. Longer than a node trusts itself."""


def join(uow: UnitOfWork, office: Office, now: dt.datetime, name: str) -> int:
    """This process is a node from now on; its number, which it never gets twice."""
    return uow.nodes.join(name, now)


def beat(uow: UnitOfWork, office: Office, now: dt.datetime, node_id: int) -> bool:
    """Say that a node lives, and free what silent ones held.

    Returns False when this node itself was given up meanwhile: nothing that it has in hand is its own.
    """
    alive = uow.nodes.beat(node_id, now)
    dead = uow.nodes.bury(SILENT, now)
    if dead:
        log.warning("node.taken_over", nodes=dead)
    return alive


def living(uow: UnitOfWork, office: Office, now: dt.datetime) -> int:
    """How many machines there are now."""
    return uow.nodes.count()


def make_room(uow: UnitOfWork, office: Office, now: dt.datetime, name: str, script: str) -> None:
    """What hands out the keepers' rounds has its tables in a schema of that name from now on."""
    uow.nodes.make_room(name, script)


def leave(uow: UnitOfWork, office: Office, now: dt.datetime, node_id: int) -> None:
    """A node ends cleanly: the others go on at once."""
    uow.nodes.leave(node_id)


def lead(uow: UnitOfWork, office: Office, now: dt.datetime, duty: str) -> bool:
    """Whether this node does what only one may do; taken when nobody living has it."""
    return office.node.id is not None and uow.nodes.lead(duty, office.node.id)


def draw(uow: UnitOfWork, office: Office, now: dt.datetime, pace: str, moments: int, gap: float) -> float:
    """Take the next moments of a pace, `gap` seconds apart. Returns seconds until the first."""
    return uow.nodes.draw(pace, moments, dt.timedelta(seconds=gap), now).total_seconds()


def pause(uow: UnitOfWork, office: Office, now: dt.datetime, pace: str, seconds: float) -> None:
    """Telegram asked the whole bot to wait: no node sends for so long."""
    uow.nodes.pause(pace, dt.timedelta(seconds=seconds), now)
