"""Troubleshooting: what is tried in which order, learned from what has helped others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from bot.rules.exams import ExamBrief

Outcome = Literal["helped", "failed", "cant"]
OUTCOMES: tuple[Outcome, ...] = ("helped", "failed", "cant")
GROUPS = ("conference", "lms", "device", "connection")
DEVICES = ("android", "iphone", "windows", "mac")
OWN, CALL = "o", "c"
"""Whose trouble it is: the reader's own, or a caller's whom the reader helps."""

FIRST, NEXT = 0.5, 0.8
"""The editor's guess: the first fix helps every second time, each one after it so much more seldom."""
GUESS_WEIGHT = 12
"""The editor's guess counts as much as so many people who have tried."""


@dataclass(frozen=True, slots=True)
class Fix:
    """A fix of a problem, and the devices it is for (none named: all)."""

    id: str
    devices: tuple[str, ...] = ()
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem: its fixes in the editor's order, and the neighbouring problems offered after them.

    An `urgent` one stops an exam that runs.
    """

    id: str
    platform: str
    fixes: tuple[Fix, ...]
    devices: tuple[str, ...] = ()
    urgent: bool = False
    leads_to: tuple[str, ...] = ()
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Platform:
    """A program, system or thing that troubles: its group and its problems, the commonest first."""

    id: str
    group: str
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """How often a fix has helped, has not, and could not be tried."""

    helped: int = 0
    failed: int = 0
    cant: int = 0

    @property
    def shown(self) -> int:
        """How many people have said how it went."""
        return self.helped + self.failed + self.cant


Tallies = Mapping[str, Tally]


@dataclass(frozen=True, slots=True)
class Tried:
    """A fix and how it went."""

    fix: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Stand:
    """Where somebody stands in a problem: what was tried, and the fix to try now (None: all were).

    `scope`: whose trouble it is. `language`: of the one who is helped, '' for the reader's own.
    """

    problem: Problem
    device: str = ""
    tried: tuple[Tried, ...] = ()
    fix: str | None = None
    solved: bool = False
    exam: ExamBrief | None = None
    scope: str = OWN
    language: str = ""
    left: int = 0


@dataclass(frozen=True, slots=True)
class Desk:
    """Who asks for help: the device they have said they use, and their exam that runs now."""

    device: str = ""
    exam: ExamBrief | None = None
    scope: str = OWN
    language: str = ""
    scripts: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the register of outcomes. An empty fix: how the problem as a whole ended."""

    problem: str
    fix: str
    device: str
    tally: Tally = field(default_factory=Tally)


def promise(tally: Tally, place: int) -> float:
    """How likely a fix is to help when it is shown, 0 to 1: the editor's guess, corrected by what happened.

    Those who could not try it count as not helped: it has cost them a screen.
    """
    guess = FIRST * NEXT**place
    return (tally.helped + GUESS_WEIGHT * guess) / (tally.shown + GUESS_WEIGHT)


def for_device(problem: Problem, device: str) -> list[Fix]:
    """The fixes that a device can use; all of them while the device is not known."""
    return [fix for fix in problem.fixes if not device or not fix.devices or device in fix.devices]


def order(problem: Problem, device: str, tallies: Tallies) -> list[str]:
    """Fixes for a device, the most promising first; the editor's order where nothing is known."""
    places = {fix.id: place for place, fix in enumerate(for_device(problem, device))}
    return sorted(places, key=lambda fix: (-promise(tallies.get(fix, Tally()), places[fix]), places[fix]))


def following(ordered: Sequence[str], tried: Sequence[Tried]) -> str | None:
    """The fix to try next, None when all were."""
    done = {one.fix for one in tried}
    return next((fix for fix in ordered if fix not in done), None)


def suits(problem: Problem, device: str) -> bool:
    """Whether a problem happens on a device."""
    return not device or not problem.devices or device in problem.devices


def dead_ends(lines: Sequence[Line], at_least: int) -> list[Line]:
    """Problems that so many people have left without a fix, more than were helped; the worst first."""
    whole = [line for line in lines if not line.fix and line.tally.failed >= at_least]
    worst = [line for line in whole if line.tally.failed > line.tally.helped]
    return sorted(worst, key=lambda line: (line.tally.helped - line.tally.failed, line.problem))
