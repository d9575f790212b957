"""How urgent a message is, and what becomes of one that could not be sent."""

import datetime as dt
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

from bot.rules.policy import Delivery


class Rank(IntEnum):
    """Lower goes first: answers to taps, warnings, escalations, reminders, news."""

    ANSWER = 0
    WARNING = 10
    ESCALATION = 20
    REMINDER = 30
    NEWS = 40


Outcome = Literal["sent", "blocked", "flood", "refused", "trouble", "down", "held", "moved"]
"""`trouble`: it may have arrived. `down`: it certainly has not. `held`: it was not tried.
`moved`: the chat has another number."""


@dataclass(frozen=True, slots=True)
class Next:
    """What to write down: a final state, or `pending` again at `due_at` (None: when it was due already)."""

    state: Literal["sent", "failed", "unreachable", "pending"]
    due_at: dt.datetime | None = None


def after_attempt(
    outcome: Outcome, attempts: int, now: dt.datetime, rules: Delivery, retry_after: float | None = None
) -> Next:
    """What follows an attempt (the `attempts`-th, from 1).

    Flood control never uses up an attempt: the wave is late, not lost. Nor does a line that is down,
    however long: only a message that may have arrived each time is given up at last. A refused one is not
    tried again. While the whole line is down, `retry_after` says when this one is tried again.
    """
    if outcome == "sent":
        return Next("sent")
    if outcome == "blocked":
        return Next("unreachable")
    if outcome == "refused":
        return Next("failed")
    if outcome == "moved":
        return Next("pending")
    if outcome == "held":
        return Next("pending", now + dt.timedelta(seconds=retry_after) if retry_after else None)
    if outcome == "flood":
        return Next("pending", now + dt.timedelta(seconds=retry_after or 1))
    if outcome == "trouble" and attempts >= rules.attempts_max:
        return Next("failed")
    if outcome == "down" and retry_after is not None:
        return Next("pending", now + dt.timedelta(seconds=retry_after))
    return Next("pending", now + backoff(attempts, rules))


def backoff(attempts: int, rules: Delivery) -> dt.timedelta:
    """Pause after the `attempts`-th failure: doubling from the first to the longest."""
    return min(rules.retry_first * (1 << min(attempts - 1, 16)), rules.retry_longest)
