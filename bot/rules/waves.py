"""Many people due at the same moment: when to begin, so that the middle of them is told on the minute."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LEAST_LEAD = dt.timedelta(seconds=1)
"""A wave that would begin less than this before its moment begins at its moment."""


@dataclass(frozen=True, slots=True)
class Load:
    """So many messages are due at `due_at`."""

    due_at: dt.datetime
    people: int


@dataclass(frozen=True, slots=True)
class Wave:
    """`people` messages due at `due_at`, the first of which goes out at `begins_at`."""

    due_at: dt.datetime
    people: int
    begins_at: dt.datetime


def plan(loads: Iterable[Load], per_second: float, earliest: dt.timedelta) -> list[Wave]:
    """When the wave of each moment begins, at `per_second` messages a second for all of them together.

    N messages take N / r seconds: they begin half of that before their moment, so that the last is as late
    as the first is early. Waves that would run into each other share the line in the order of their
    moments and are early and late together. None begins more than `earliest` before its moment, or after it.
    """
    found: list[Wave] = []
    for together in _runs(sorted(loads, key=lambda load: load.due_at), per_second):
        total = sum(load.people for load in together)
        free = _middle(together) - dt.timedelta(seconds=total / per_second / 2)
        for load in together:
            begins = min(load.due_at, max(free, load.due_at - earliest))
            if load.due_at - begins < LEAST_LEAD:
                begins = load.due_at
            found.append(Wave(load.due_at, load.people, begins))
            free += dt.timedelta(seconds=load.people / per_second)
    return found


def _middle(together: Sequence[Load]) -> dt.datetime:
    first, total = together[0].due_at, sum(load.people for load in together)
    return first + sum(((load.due_at - first) * load.people for load in together), dt.timedelta()) / total


def _runs(loads: Iterable[Load], per_second: float) -> list[list[Load]]:
    """Moments whose waves overlap, together; both halves of a wave lie evenly around its middle."""
    runs: list[list[Load]] = []
    for load in loads:
        if load.people <= 0:
            continue
        runs.append([load])
        while len(runs) > 1 and _end(runs[-2], per_second) > _begin(runs[-1], per_second):
            runs[-2:] = [runs[-2] + runs[-1]]
    return runs


def _half(together: Sequence[Load], per_second: float) -> dt.timedelta:
    return dt.timedelta(seconds=sum(load.people for load in together) / per_second / 2)


def _begin(together: Sequence[Load], per_second: float) -> dt.datetime:
    return _middle(together) - _half(together, per_second)


def _end(together: Sequence[Load], per_second: float) -> dt.datetime:
    return _middle(together) + _half(together, per_second)


def too_many(load: Load, per_second: float, gap: dt.timedelta) -> bool:
    """Whether a wave is longer than the time to the next one: then no pace serves wave after wave.

    With ten minutes between two warnings this is 600 r people in one minute.
    """
    return load.people > per_second * gap.total_seconds()


def by_minute(loads: Iterable[Load]) -> list[Load]:
    """The people of each minute together, in order."""
    found: dict[dt.datetime, int] = {}
    for load in loads:
        minute = load.due_at.replace(second=0, microsecond=0)
        found[minute] = found.get(minute, 0) + load.people
    return [Load(minute, found[minute]) for minute in sorted(found)]
