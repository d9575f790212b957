"""What every case has in common: a state, a stage, a history in closed words, and which move leads where."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.errors import Refusal


class Kind(StrEnum):
    """What a case is about; each kind has a series of numbers of its own."""

    REPORT = "report"
    APPEAL = "appeal"
    APPLICATION = "application"
    ACT = "act"
    DAY_REPORT = "day_report"
    SITTING = "sitting"
    AFTERMATH = "aftermath"


SERIES: Mapping[Kind, str] = {
    Kind.REPORT: "FM",
    Kind.APPEAL: "AP",
    Kind.APPLICATION: "AR",
    Kind.ACT: "VA",
    Kind.DAY_REPORT: "DR",
    Kind.SITTING: "AS",
    Kind.AFTERMATH: "CR",
}

WAITING, TAKEN, WITHDRAWN, CLOSED = "waiting", "taken", "withdrawn", "closed"
"""Who has it: nobody yet, a holder; taken back by its reporter; at its end."""

OPEN = (WAITING, TAKEN)
ANSWER, ORDER, ACT = "answer", "order", "act"
"""Stages of a report: the chain's answer, the dean's order, the act that the secretary owes."""
GIVE_ORDER = "give_order"
PROMISES = ("call", "admit", "find_out", GIVE_ORDER)
"""What whoever takes a report may promise; a policy says which of them, and by when."""


class Did(StrEnum):
    """Everything that a line of a case's history may say; who, when, old and new stand beside it."""

    FILED = "filed"
    FILED_FOR = "filed_for"
    CONFIRMED = "confirmed"
    NOTE = "note"
    STEP_TOLD = "step_told"
    STEP_SKIPPED = "step_skipped"
    CHAIN_ENDED = "chain_ended"
    ROUND = "round"
    NOT_DELIVERED = "not_delivered"
    TAKEN = "taken"
    PROMISED = "promised"
    KEPT = "kept"
    REMINDED = "reminded"
    LAPSED = "lapsed"
    RELEASED = "released"
    HANDED_OVER = "handed_over"
    TAKEN_OVER = "taken_over"
    REFERRED = "referred"
    DECIDED = "decided"
    SOLVED = "solved"
    WITHDRAWN = "withdrawn"
    CLAIMED = "claimed"
    OUTAGE_BEGAN = "outage_began"
    OUTAGE_ENDED = "outage_ended"
    MINUTES_GIVEN = "minutes_given"
    JOINED = "joined"
    DEADLINE = "deadline"
    DOCUMENT = "document"
    FILE = "file"
    STAGE = "stage"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    VOTED = "voted"
    RAISED = "raised"
    SEATED = "seated"
    CORRECTED = "corrected"
    REOPENED = "reopened"
    CALLED = "called"


@dataclass(frozen=True, slots=True)
class Step:
    """From these states, and these stages (empty: any), to a state and a stage (None: it stays)."""

    sources: frozenset[str]
    target: str
    stages: frozenset[str] = frozenset()
    stage: str | None = None


_OPEN = frozenset(OPEN)
_COMMON: Mapping[Did, Step] = {
    Did.TAKEN: Step(frozenset({WAITING}), TAKEN),
    Did.TAKEN_OVER: Step(frozenset({TAKEN}), TAKEN),
    Did.LAPSED: Step(frozenset({TAKEN}), WAITING),
    Did.RELEASED: Step(frozenset({TAKEN}), WAITING),
    Did.HANDED_OVER: Step(_OPEN, WAITING),
    Did.DECIDED: Step(_OPEN, CLOSED),
    Did.WITHDRAWN: Step(_OPEN, WITHDRAWN),
}
MOVES: Mapping[Kind, Mapping[Did, Step]] = {
    Kind.REPORT: {
        **_COMMON,
        Did.REFERRED: Step(_OPEN, WAITING, stages=frozenset({ANSWER}), stage=ORDER),
        Did.STAGE: Step(_OPEN, TAKEN, stages=frozenset({ANSWER}), stage=ACT),
        Did.SOLVED: Step(frozenset({TAKEN}), CLOSED),
        # The commission has decided: its act is owed, whatever the student says afterwards (AYU 6(5)).
        Did.WITHDRAWN: Step(_OPEN, WITHDRAWN, stages=frozenset({ANSWER, ORDER})),
    },
    Kind.APPEAL: _COMMON,
    Kind.APPLICATION: _COMMON,
    Kind.ACT: _COMMON,
    Kind.DAY_REPORT: _COMMON,
    Kind.SITTING: _COMMON,
    Kind.AFTERMATH: _COMMON,
}
"""The state machine of every kind: what is not here, or not from where the case stands, is refused."""


def after(kind: str, state: str, stage: str, did: Did, number: str = "") -> tuple[str, str]:
    """The state and stage that an action leads to; `number` is named by a refusal.

    Raises `Refusal`: `case_over` for a case at its end, `case_moved` for what cannot follow where it stands.
    """
    step = MOVES[Kind(kind)].get(did)
    if state not in OPEN:
        raise Refusal("case_over", number=number)
    if step is None or state not in step.sources or (step.stages and stage not in step.stages):
        raise Refusal("case_moved", number=number)
    return step.target, stage if step.stage is None else step.stage
