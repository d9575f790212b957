"""When a report is not on its way any more though it should be."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

OVERDUE = dt.timedelta(minutes=2)
"""A timer that is due so long is one that nobody wakes."""

UNHEARD = dt.timedelta(minutes=5)
"""So long a report may have reached nobody before a person is asked to look."""


class Trouble(StrEnum):
    """What is wrong."""

    NO_HOLDER = "no_holder"
    NO_TIMER = "no_timer"
    FAILED = "failed"
    OVERDUE = "overdue"
    UNHEARD = "unheard"

    @property
    def sentence(self) -> str:
        """For the operator."""
        return {
            Trouble.NO_HOLDER: "taken, but held by nobody",
            Trouble.NO_TIMER: "nothing would ever happen next",
            Trouble.FAILED: "a timer failed",
            Trouble.OVERDUE: "a timer is due and was not carried out",
            Trouble.UNHEARD: "nobody could be told",
        }[self]


@dataclass(frozen=True, slots=True)
class State:
    """An open report as the auditor sees it; `next_due` of its running timers, None without any."""

    held: bool
    holder: bool
    next_due: dt.datetime | None
    failed: bool
    told: bool
    since: dt.datetime


@dataclass(frozen=True, slots=True)
class Finding:
    """A report with which something is wrong."""

    number: str
    trouble: Trouble
    since: dt.datetime


def judge(state: State, now: dt.datetime) -> Trouble | None:
    """The worst that is wrong with an open report; None when it is on its way."""
    if state.held and not state.holder:
        return Trouble.NO_HOLDER
    if state.next_due is None:
        return Trouble.FAILED if state.failed else Trouble.NO_TIMER
    if state.next_due <= now - OVERDUE:
        return Trouble.OVERDUE
    if not state.told and not state.held and state.since <= now - UNHEARD:
        return Trouble.UNHEARD
    return None
