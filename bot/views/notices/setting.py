"""What every notice is rendered with."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.rules.exams import ExamBrief
from bot.rules.parcels import Parcel
from bot.rules.policy import Policy
from bot.rules.walk import Algorithm
from bot.views.screen import Screen
from bot.views.speech import Speech


@dataclass(frozen=True, slots=True)
class Setting:
    """The rules in force."""

    policy: Policy
    algorithms: Mapping[str, Algorithm]


Render = Callable[[Setting, Speech, Parcel, dt.datetime], Screen]
"""A notice as things stand now."""


def exam_of(parcel: Parcel) -> ExamBrief:
    """The exam of a notice that cannot be without one."""
    assert parcel.exam is not None, f"a {parcel.kind} notice has an exam"
    return parcel.exam
