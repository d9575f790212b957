"""What delivery asks of a kind of notice: is it still true, what is it about, what follows if it is lost."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.rules.parcels import Sent
from bot.services.office import Office
from bot.storage.notices import Claimed
from bot.storage.tables import Notice
from bot.storage.unit import UnitOfWork


def _true(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> str:
    return ""


def _as_written(uow: UnitOfWork, office: Office, now: dt.datetime, notice: Notice) -> dict[str, Any]:
    return dict(notice.facts)


def _nothing(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> object | None:
    return None


def _lost(uow: UnitOfWork, office: Office, now: dt.datetime, notice: Notice) -> None:
    return None


def subject_of(notice: Notice) -> int:
    """What a live message is about, by its key: that can be read even when what it says cannot."""
    return int(notice.key.split(":")[2])


Together = Callable[[UnitOfWork, Office, dt.datetime, Sequence[Claimed]], dict[int, str]]


@dataclass(frozen=True, slots=True)
class Letter:
    """One kind of notice. Each family of services says so of its kinds in a table `LETTERS`.

    `untrue`: why it must not go out any more, '' while it may. `untrue_together`: the same for all claimed
    messages of a kind that goes out to hundreds, by their ids. `facts`: what it says, as things are now.
    `about`: what else it speaks of, for its view. `landed`, `lost`: what follows when it was delivered, or
    could not be.
    """

    untrue: Callable[[UnitOfWork, Office, dt.datetime, Claimed], str] = _true
    untrue_together: Callable[[UnitOfWork, Office, dt.datetime, Sequence[Claimed]], dict[int, str]] | None = (
        None
    )
    facts: Callable[[UnitOfWork, Office, dt.datetime, Notice], dict[str, Any]] = _as_written
    about: Callable[[UnitOfWork, Office, dt.datetime, Claimed], object | None] = _nothing
    landed: Callable[[UnitOfWork, Office, dt.datetime, Notice, Sent], None] | None = None
    lost: Callable[[UnitOfWork, Office, dt.datetime, Notice], None] = _lost


PLAIN = Letter()
