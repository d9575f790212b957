"""Is everything ready for tomorrow's exam? What is missing leads to a fix or to a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.rules.exams import ExamBrief
from bot.rules.policy import KindRules, Policy

SECOND_DEVICE = "second_device"
EVENT = "readiness"


@dataclass(frozen=True, slots=True)
class Readiness:
    """A student's check for one exam: every item with its answer (None: not asked yet)."""

    exam: ExamBrief
    answers: tuple[tuple[str, bool | None], ...]

    @property
    def next_item(self) -> int | None:
        """Index of the first item not answered yet."""
        return next((i for i, (_, answer) in enumerate(self.answers) if answer is None), None)

    @property
    def missing(self) -> tuple[str, ...]:
        """Items that are not there."""
        return tuple(item for item, answer in self.answers if answer is False)

    @property
    def ready(self) -> bool:
        """Everything is there."""
        return all(answer for _, answer in self.answers)


@dataclass(frozen=True, slots=True)
class GroupReadiness:
    """What the examiner sees: how many are ready, and who lacks what (names in the nominative)."""

    exam: ExamBrief
    total: int
    ready: int
    missing: tuple[tuple[str, tuple[str, ...]], ...]
    silent: tuple[str, ...]


def items_for(policy: Policy, rules: KindRules | None) -> tuple[str, ...]:
    """The items asked for a kind of exam: the second device only where its policy needs one."""
    needs = rules.figures.get(SECOND_DEVICE) if rules else None
    if needs is not None and needs.value:
        return policy.readiness
    return tuple(item for item in policy.readiness if item != SECOND_DEVICE)


def answered(items: Sequence[str], given: Mapping[str, bool]) -> tuple[tuple[str, bool | None], ...]:
    """Each item with its answer; an answer to an item that is asked no more is left out."""
    return tuple((item, given.get(item)) for item in items)
