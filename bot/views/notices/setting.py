"""What every notice is rendered with."""

import datetime as dt
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field

from bot.rules.exams import ExamBrief
from bot.rules.parcels import Parcel
from bot.rules.policy import Policy
from bot.rules.walk import Algorithm
from bot.views.screen import Screen
from bot.views.speech import Speech

DRAWN = 512
"""So many screens are kept: more than there are exams in one wave's minute."""


@dataclass(frozen=True, slots=True)
class Setting:
    """The rules in force."""

    policy: Policy
    algorithms: Mapping[str, Algorithm]
    drawn: dict[Hashable, Screen] = field(default_factory=dict, compare=False)

    def once(self, said: Hashable, draw: Callable[[], Screen]) -> Screen:
        """A screen that hundreds get: drawn once for all that it says (`said` names every bit of it)."""
        found = self.drawn.get(said)
        if found is None:
            if len(self.drawn) >= DRAWN:
                self.drawn.clear()
            found = self.drawn[said] = draw()
        return found


Render = Callable[[Setting, Speech, Parcel, dt.datetime], Screen]
"""A notice as things stand now."""


def exam_of(parcel: Parcel) -> ExamBrief:
    """The exam of a notice that cannot be without one."""
    assert parcel.exam is not None, f"a {parcel.kind} notice has an exam"
    return parcel.exam
