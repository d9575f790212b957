"""What the registrar waits for after an exam."""

import datetime as dt
from dataclasses import dataclass

from bot.rules.exams import ExamBrief


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that is due after an exam (`what`: a moment of the policy), with its clause."""

    exam: ExamBrief
    what: str
    due: dt.datetime
    clause: str
