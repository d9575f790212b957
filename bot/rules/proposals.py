"""A decision that is about to be stored: shown for review, so that a mistyped date moves no exam."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from bot.rules.exams import ExamBrief


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would be stored. `turn`: of this very version; `was`: the standing date, of a correction.

    `day_off`: whether nobody works on that day; `clash`: the student's other exam at that time.
    """

    id: int
    turn: int
    case_id: int
    kind: str
    number: str
    student: str
    group: str
    subjects: Mapping[str, str]
    at: dt.datetime | None
    grade: str = ""
    was: dt.datetime | None = None
    day_off: bool = False
    clash: ExamBrief | None = None
