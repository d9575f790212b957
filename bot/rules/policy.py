"""A university's regulation as data: every value with its source clause. Built by `bot.library.policy`."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Literal, TypeVar

from bot.rules.casework import GIVE_ORDER, ORDER
from bot.rules.conduct import QUIET, Conduct
from bot.rules.files import FileLimits
from bot.rules.vocabulary import Attestation, ExamKind

T = TypeVar("T")
Anchor = Literal["start", "end", "day"]
STUDENT = "student"


@dataclass(frozen=True, slots=True)
class Sourced(Generic[T]):
    """A value, its clause (None: no source), and whether it is source, chosen or derived.

    `rows` are the time rules of the sources that it states (`A17`), as the regulations' digest numbers them.
    """

    value: T
    clause: str | None
    mark: str
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Moment:
    """A clock-bound moment: `offset` from the exam's start, its end, or the midnight its day begins with.

    It is offered `offers` minutes before itself to the roles of `tell`. After a deadline it is no longer
    worth naming; anything else is until the exam starts or ends, or for `useful` where that is said.
    `at_once`: to be acted on at once, so not a mere reminder. `wakes`: quiet hours do not hold it. `zone` is
    that of the midnight.
    """

    id: str
    anchor: Anchor
    offset: dt.timedelta
    offers: tuple[float, ...]
    clause: str | None
    deadline: bool = True
    tell: tuple[str, ...] = (STUDENT,)
    at_once: bool = False
    wakes: bool = False
    useful: dt.timedelta | None = None
    zone: dt.tzinfo = dt.UTC

    @property
    def mere(self) -> bool:
        """A mere reminder: it waits for the end of the quiet hours."""
        return not (self.deadline or self.at_once)

    @property
    def for_students(self) -> bool:
        """Whether students are told."""
        return STUDENT in self.tell

    @property
    def staff(self) -> tuple[str, ...]:
        """Roles of staff that are told."""
        return tuple(role for role in self.tell if role != STUDENT)


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours in which mere reminders wait: from and to in minutes after the local midnight."""

    since: int
    until: int


@dataclass(frozen=True, slots=True)
class KindRules:
    """What a policy says of one kind of exam. `duration_minutes` is None where the source is silent."""

    kind: ExamKind
    duration_minutes: int | None
    warnings_left: tuple[float, ...]
    warnings_clause: str | None
    moments: Mapping[str, Moment]
    figures: Mapping[str, Sourced[Any]]


@dataclass(frozen=True, slots=True)
class Chain:
    """Who hears of a trouble, in order (roles)."""

    steps: tuple[str, ...]
    clause: str | None


@dataclass(frozen=True, slots=True)
class ForceMajeure:
    """How a report travels. `nobody` hears it when no step of the chain can be reached.

    `promises`: what a holder may promise, and by when. `same_day_by`, `other_day_by`: whose decision an
    admission is (None: the source is silent). `round`: after the chain's end all are asked again, so often.
    """

    acknowledge: dt.timedelta
    troubles: tuple[str, ...]
    chains: Mapping[tuple[Attestation, str], Chain]
    nobody: tuple[str, ...]
    reports_per_hour: int
    inform: str
    steps: Mapping[str, dt.timedelta]
    round: dt.timedelta
    rounds: int
    promises: Mapping[str, dt.timedelta]
    promises_max: int
    remind: dt.timedelta
    decide: dt.timedelta
    order: dt.timedelta
    order_remind: dt.timedelta
    mass_reports: int
    mass_within: dt.timedelta
    mass_troubles: tuple[str, ...]
    mass_platforms: tuple[str, ...]
    same_day_by: str | None = None
    other_day_by: str | None = None

    def promised(self, stage: str) -> Mapping[str, dt.timedelta]:
        """What may be promised at a stage, and by when; a bare "taken" means the first.

        Whoever takes what waits for an order on another day promises the order.
        """
        return {GIVE_ORDER: self.order} if stage == ORDER else self.promises

    def reminded(self, stage: str) -> dt.timedelta:
        """How often a holder is reminded until the decision."""
        return self.order_remind if stage == ORDER else self.remind

    def patience(self, role: str) -> dt.timedelta:
        """How long a step of the chain has to take a report."""
        return self.steps.get(role, self.acknowledge)


@dataclass(frozen=True, slots=True)
class Delivery:
    """Limits of sending that the product chose inside Telegram's own."""

    attempts_max: int
    retry_first: dt.timedelta
    retry_longest: dt.timedelta
    per_chat: dt.timedelta
    margin_percent: float
    group_per_minute: int = 20
    early: dt.timedelta = dt.timedelta(0)
    """A wave begins at most so much before its moment."""
    group_grace: dt.timedelta = dt.timedelta(0)
    """People of a group chat wait so long for the chat's post before they are written to singly."""
    member_known: dt.timedelta = dt.timedelta(0)
    """So long it counts as certain that somebody is in a group chat."""
    probe_longest: dt.timedelta = dt.timedelta(0)
    """While no call gets through, one is tried at least so often; at least `retry_first`."""


@dataclass(frozen=True, slots=True)
class Policy:
    """All rules in force for one university; `leaves` are all its values by their dotted path."""

    profile: str
    timezone: str
    kinds: Mapping[ExamKind, KindRules]
    force_majeure: ForceMajeure
    delivery: Delivery
    consent_version: int
    wrong_codes_per_hour: int
    updates_days: int | None
    phones: tuple[str, ...]
    files: FileLimits
    readiness: tuple[str, ...] = ()
    quiet: Quiet | None = None
    extend_minutes: tuple[int, ...] = ()
    """By how much an exam may be extended with one tap."""
    conduct: Conduct = QUIET
    leaves: Mapping[str, Sourced[Any]] = field(default_factory=dict)

    def in_zone(self, zone: dt.tzinfo) -> "Policy":
        """The same rules with the days of this zone."""
        kinds = {
            kind: replace(
                rules, moments={name: replace(moment, zone=zone) for name, moment in rules.moments.items()}
            )
            for kind, rules in self.kinds.items()
        }
        return replace(self, kinds=kinds)

    def chain(self, attestation: Attestation, party: str) -> Chain:
        """The chain for a `student` or for `staff`; empty where the source names none."""
        return self.force_majeure.chains.get((attestation, party), Chain((), None))
