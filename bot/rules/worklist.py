"""One queue of all cases, whatever their kind: what waits, for whom, how long, until when."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.rules.casework import Did, Kind

PAGE = 8
EVERY = "-"
KINDS = {
    "r": Kind.REPORT,
    "a": Kind.APPEAL,
    "p": Kind.APPLICATION,
    "v": Kind.ACT,
    "d": Kind.DAY_REPORT,
    "s": Kind.SITTING,
}
"""Letters that a button carries."""

STUDENTS = frozenset(
    {
        Did.FILED, Did.FILED_FOR, Did.CONFIRMED, Did.NOTE, Did.FILE, Did.STEP_TOLD, Did.TAKEN, Did.PROMISED,
        Did.REFERRED, Did.STAGE, Did.SEATED, Did.DEADLINE, Did.DECIDED, Did.SOLVED, Did.WITHDRAWN,
        Did.OUTAGE_BEGAN, Did.OUTAGE_ENDED, Did.MINUTES_GIVEN, Did.DOCUMENT, Did.RETURNED, Did.ACCEPTED,
        Did.CORRECTED, Did.CALLED,
    }
)  # fmt: skip
"""What of a case's history concerns its student: not who could not be reached, nor who voted how."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which cases: of a kind (`-`: any), told to the reader or all they may see, late ones only, a page."""

    kind: str = EVERY
    everybodys: bool = False
    late: bool = False
    page: int = 0


@dataclass(frozen=True, slots=True)
class Work:
    """An open case in the queue.

    `about`: the trouble, the form or the ground, by its id. `owner`: who has to act, `role`: or which role.
    `due`: until when, None where nothing says. `mine`: the reader was told of it and may open it.
    `seats`: the reader may change its commission.
    """

    id: int
    number: str
    kind: str
    about: str
    student: str
    group: str
    subjects: dict[str, str]
    filed_at: dt.datetime
    due: dt.datetime | None
    late: bool
    owner: str
    role: str
    mine: bool
    seats: bool = False
    exam_id: int | None = None


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of the queue: what was asked, its cases, how many there are in all, and how many late."""

    asked: Asked
    works: tuple[Work, ...]
    total: int
    late: int
    wide: bool
    """Whether the reader may see cases that were not told to them."""

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // PAGE))


@dataclass(frozen=True, slots=True)
class Timeline:
    """A case's history for one reader. `brief`: what concerns its student."""

    case_id: int
    number: str
    kind: str
    lines: tuple["Happened", ...]
    brief: bool


@dataclass(frozen=True, slots=True)
class Happened:
    """One line: when, what, by whom; whom else it names; the moment it speaks of."""

    at: dt.datetime
    did: str
    who: str
    role: str
    people: tuple[str, ...]
    moment: dt.datetime | None = None


def order(works: Iterable[Work]) -> list[Work]:
    """Late ones first, then by deadline; those without one by age, last."""
    return sorted(works, key=lambda one: (not one.late, one.due is None, one.due or one.filed_at, one.id))


def page_of(works: Sequence[Work], asked: Asked, wide: bool) -> Queue:
    """The page that was asked for; beyond the last, the last."""
    wanted = [one for one in works if not asked.late or one.late]
    last = max(0, -(-len(wanted) // PAGE) - 1)
    page = min(asked.page, last)
    shown = order(wanted)[page * PAGE : (page + 1) * PAGE]
    asked = Asked(asked.kind, asked.everybodys, asked.late, page)
    return Queue(asked, tuple(shown), len(wanted), sum(one.late for one in works), wide)
