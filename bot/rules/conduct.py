"""How an exam day is watched: the minutes of the live card, of a late start and of the rehearsals."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Conduct:
    """Spans before (`…_before`) or after an exam's start or end; None: not done by itself.

    The card opens `card_before` the start, closes `card_after` the end and changes at most every
    `card_every`; its minutes left go in steps of `card_clock`. A rehearsal's probes go out `probe_before` its
    own moment; who got a message within `fresh` is reachable. Nobody is asked whether an exam began
    when `start_useful` has passed since it should have. `rehearsal_hour`: local, of the day before.
    """

    card_before: dt.timedelta | None
    card_after: dt.timedelta
    card_every: dt.timedelta
    card_clock: dt.timedelta
    card_exams_a_round: int
    call_pause: dt.timedelta
    start_asked: dt.timedelta | None
    start_told: dt.timedelta | None
    start_useful: dt.timedelta
    start_told_to: str | None
    start_clause: str | None
    rehearsal_hour: int | None
    rehearsal_before: dt.timedelta | None
    probe_before: dt.timedelta
    fresh: dt.timedelta


_AT_ONCE = dt.timedelta(0)
QUIET = Conduct(
    card_before=None,
    card_after=_AT_ONCE,
    card_every=_AT_ONCE,
    card_clock=dt.timedelta(minutes=1),
    card_exams_a_round=1,
    call_pause=_AT_ONCE,
    start_asked=None,
    start_told=None,
    start_useful=_AT_ONCE,
    start_told_to=None,
    start_clause=None,
    rehearsal_hour=None,
    rehearsal_before=None,
    probe_before=_AT_ONCE,
    fresh=_AT_ONCE,
)
"""Nothing happens by itself."""
