"""A force-majeure report as people see it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.rules.exams import ExamBrief
from bot.rules.outages import Outage

NO_OUTAGE = Outage()


@dataclass(frozen=True, slots=True)
class Rung:
    """A step of a case's chain as shown: role, names, and whether it was told, skipped (why) or lies ahead.

    A `fallback` step hears only when none before it could be reached or answered. `instead`: those of it whom
    somebody named stands in for.
    """

    role: str
    names: tuple[str, ...]
    state: str
    reason: str = ""
    fallback: bool = False
    instead: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Promise:
    """What the holder of a case promised, by when, and when it was done."""

    what: str
    due: dt.datetime
    kept: dt.datetime | None


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as its reporter and its addressees see it.

    `lost`: whole minutes of the exam; `left`: of a test that may be gone on with. `at`: the exam's new time
    by a decision, `clause`: whose it is.
    `filed_by`: who filed it for the reporter; `claimed_at`: when it happened, as the reporter says.
    """

    id: int
    number: str
    trouble: str
    state: str
    filed_at: dt.datetime
    exam: ExamBrief | None
    reporter: str
    reporter_group: str
    chain: tuple[Rung, ...]
    holder: str
    taken_at: dt.datetime | None
    notes: tuple[Mapping[str, Any], ...] = ()
    fresh: bool = True
    nobody: bool = False
    holder_id: int | None = None
    reporter_id: int = 0
    stage: str = ""
    outcome: str = ""
    revision: int = 0
    promise: Promise | None = None
    ended_at: dt.datetime | None = None
    outage: Outage = NO_OUTAGE
    lost: int = 0
    at: dt.datetime | None = None
    order: str = ""
    reason: str = ""
    decided_by: str = ""
    applied_at: dt.datetime | None = None
    filed_by: str = ""
    confirmed: bool = True
    claimed_at: dt.datetime | None = None
    incident: str = ""
    final: bool = False
    faculty: str = ""
    first_taken_at: dt.datetime | None = None
    left: int | None = None


@dataclass(frozen=True, slots=True)
class Seat:
    """A step of a chain to which a report can go now: (whom it names, who is told) of each of its people."""

    step: int
    role: str
    people: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a case's history as shown: when, what, by whom, as whom, to whom; `since`: what it names."""

    at: dt.datetime
    did: str
    who: str
    role: str = ""
    people: tuple[str, ...] = ()
    since: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Filing:
    """What the reporter is asked: which trouble, and in which exam when several may be meant."""

    troubles: tuple[str, ...]
    exams: tuple[ExamBrief, ...]
