"""The proctor's report at the end of a working day (AYU 5.1.5), and the deanery's report made of them."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.errors import Refusal
from bot.rules.exams import ExamBrief

PROCTOR, CENTRE = "proctor", "centre"
SENT = "sent"
LINK_LETTERS, REMARK_LETTERS = 500, 2000
_KEYS = {PROCTOR: 10**12, CENTRE: 10**18}
_LINE = re.compile(r"(\d{1,4})\b\s*(\S*)\s*$")


@dataclass(frozen=True, slots=True)
class ExamLine:
    """An exam of the day. `present`: None while unknown; `reports`: of force majeure; `acts`: numbers."""

    exam: ExamBrief
    groups: tuple[str, ...]
    began_at: dt.datetime | None
    total: int
    present: int | None
    reports: int
    acts: tuple[str, ...]
    link: str
    proctor: str = ""
    report: str = ""
    """The number of the proctor's report that it stands in; '' while there is none."""

    @property
    def absent(self) -> int | None:
        """How many did not come; None while nobody knows."""
        return None if self.present is None else max(0, self.total - self.present)


@dataclass(frozen=True, slots=True)
class DayReport:
    """A report as its people see it. `mine`: the reader is the author, it is not sent; `own`: it is."""

    id: int
    number: str
    scope: str
    day: dt.date
    author: str
    faculty: str
    lines: tuple[ExamLine, ...]
    remarks: str
    state: str
    revision: int
    due_at: dt.datetime | None
    sent_at: dt.datetime | None
    to: tuple[str, ...]
    clause: str
    mine: bool
    own: bool = False

    @property
    def missing(self) -> tuple[str, ...]:
        """Proctors whose exams stand in no report."""
        return tuple(dict.fromkeys(line.proctor for line in self.lines if not line.report and line.proctor))


@dataclass(frozen=True, slots=True)
class DayAgain:
    """A sent report that its author has opened again, for those it went to."""

    number: str
    day: dt.date
    author: str
    reason: str
    clause: str


@dataclass(frozen=True, slots=True)
class DayState:
    """Who has reported on a day and who has not, for whoever the reports go to."""

    day: dt.date
    sent: tuple[str, ...]
    missing: tuple[str, ...]
    clause: str


def key(scope: str, person_id: int, day: dt.date) -> int:
    """One report a scope, person and day: a number that no update has (those are positive)."""
    return -(_KEYS[scope] + person_id * 10**7 + day.toordinal())


def read_line(text: str) -> tuple[int, str]:
    """How many were present, and perhaps the link of the recording: `24` or `24 https://…`.

    Raises `Refusal` (`day_line_unread`).
    """
    found = _LINE.match(text.strip())
    link = found[2] if found else ""
    if found is None or len(link) > LINK_LETTERS or (link and not link.startswith(("https://", "http://"))):
        raise Refusal("day_line_unread")
    return int(found[1]), link


def require_present(present: int, total: int) -> None:
    """Nobody is present who is not on the list. Raises `Refusal` (`day_too_many`)."""
    if present > total:
        raise Refusal("day_too_many", total=total)


def next_due(due: dt.datetime, minutes: Sequence[float], now: dt.datetime) -> list[tuple[float, dt.datetime]]:
    """(minutes after the deadline, when) of the reminders that still lie ahead."""
    found = [(one, due + dt.timedelta(minutes=one)) for one in minutes]
    return [(one, at) for one, at in found if at > now]
