"""What is doubtful in a timetable though nothing forbids it: said to whoever imports it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from bot.rules.exams import Span
from bot.rules.policy import KindRules

What = Literal["group", "examiner", "proctor"]


@dataclass(frozen=True, slots=True)
class Slot:
    """An exam and who is in it, by what the university calls them; `new`: from this file."""

    exam: str
    span: Span
    groups: tuple[str, ...]
    examiners: tuple[str, ...]
    proctor: str
    new: bool


@dataclass(frozen=True, slots=True)
class Clash:
    """Somebody in two places at once."""

    what: What
    who: str
    first: str
    second: str


def clashes(slots: Iterable[Slot]) -> Iterator[Clash]:
    """Groups, examiners and proctors in two exams at once, one of them from this file; each pair once."""
    places: dict[tuple[What, str], list[Slot]] = {}
    for slot in slots:
        for what, people in _people(slot):
            for who in people:
                places.setdefault((what, who), []).append(slot)
    for (what, who), listed in places.items():
        running: list[Slot] = []
        for slot in sorted(listed, key=lambda each: (each.span.start, each.exam)):
            running = [other for other in running if other.span.end > slot.span.start]
            for other in running:
                if other.new or slot.new:
                    yield Clash(what, who, other.exam, slot.exam)
            running.append(slot)


def _people(slot: Slot) -> Iterator[tuple[What, tuple[str, ...]]]:
    yield "group", slot.groups
    yield "examiner", slot.examiners
    yield "proctor", (slot.proctor,) if slot.proctor else ()


def forbidden_minutes(minutes: int, rules: KindRules | None) -> tuple[float, str] | None:
    """The minutes and the clause that a policy's source gives for the kind when an exam has others.

    The length of a kind that has one; else the least that a written exam must last.
    """
    if rules is None:
        return None
    length, least = rules.figures.get("duration_minutes"), rules.figures.get("written_minutes_min")
    if length is not None and length.mark == "source" and length.value not in (None, minutes):
        return length.value, length.clause or ""
    if least is not None and least.value is not None and minutes < least.value:
        return least.value, least.clause or ""
    return None


def needs_proctor(rules: KindRules | None) -> bool:
    """Whether exams of a kind are proctored by its policy."""
    proctoring = rules.figures.get("proctoring") if rules else None
    return bool(proctoring and proctoring.value)
