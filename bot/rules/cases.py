"""A force-majeure report as people see it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.rules.exams import ExamBrief


@dataclass(frozen=True, slots=True)
class Rung:
    """A step of a case's chain as shown: role, names, and whether it was told, skipped or lies ahead."""

    role: str
    names: tuple[str, ...]
    state: str


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as its reporter and its addressees see it."""

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


@dataclass(frozen=True, slots=True)
class Filing:
    """What the reporter is asked: which trouble, and in which exam when several may be meant."""

    troubles: tuple[str, ...]
    exams: tuple[ExamBrief, ...]
