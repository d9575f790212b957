"""Who hears of a case, and when the next one does."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of a frozen chain: a role, the people who hold it, and those of them who can be told now.

    `patience`: how long this step has to take the case; None: as long as the chain's own.
    """

    role: str
    people: tuple[int, ...]
    reachable: tuple[int, ...]
    patience: dt.timedelta | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """What happens now: `skipped` rungs had nobody, `step` is told (None: the chain is at its end).

    `also`: further rungs that are told at the same time. `next_at`: when the one after them is, if nobody
    takes the case.
    """

    skipped: tuple[int, ...]
    step: int | None
    next_at: dt.datetime | None
    also: tuple[int, ...] = ()

    @property
    def told(self) -> tuple[int, ...]:
        """Every rung that is told now."""
        return () if self.step is None else (self.step, *self.also)


def advance(
    rungs: Sequence[Rung],
    after: int,
    now: dt.datetime,
    acknowledge: dt.timedelta,
    *,
    until: dt.datetime | None = None,
    at_once: bool = False,
) -> Move:
    """The next rungs after index `after` that have somebody to tell; the empty ones are skipped at once.

    One by one, unless the chain could not be gone through before `until` (the exam's end): then so many are
    told together that it can, all when there is no time at all; from the end itself on, one by one again.
    `at_once`: the policy tells everybody.
    """
    ahead = [index for index in range(after + 1, len(rungs)) if rungs[index].reachable]
    if not ahead:
        return Move(tuple(range(after + 1, len(rungs))), None, None)
    together = len(ahead) if at_once else _together([rungs[i] for i in ahead], now, acknowledge, until)
    told = ahead[:together]
    skipped = tuple(i for i in range(after + 1, told[-1]) if not rungs[i].reachable)
    patience = max(_patience(rungs[index], acknowledge) for index in told)
    return Move(skipped, told[0], now + patience, tuple(told[1:]))


def _patience(rung: Rung, acknowledge: dt.timedelta) -> dt.timedelta:
    return acknowledge if rung.patience is None else rung.patience


def _together(
    ahead: Sequence[Rung], now: dt.datetime, acknowledge: dt.timedelta, until: dt.datetime | None
) -> int:
    """How many rungs must be told now, so that the last one is told before `until`."""
    if until is None or until <= now:
        return 1
    left = until - now
    for together in range(1, len(ahead)):
        waits = [max(_patience(rung, acknowledge) for rung in ahead[:together])]
        waits += [_patience(rung, acknowledge) for rung in ahead[together:]]
        if sum(waits, dt.timedelta()) <= left:
            return together
    return len(ahead)


def resolve(
    roles: Sequence[str], holders: Mapping[str, Sequence[int]], reachable: frozenset[int], reporter: int
) -> list[Rung]:
    """The chain's roles as people; whoever reports is not their own addressee."""
    rungs = []
    for role in roles:
        people = tuple(person for person in holders.get(role, ()) if person != reporter)
        rungs.append(Rung(role, people, tuple(person for person in people if person in reachable)))
    return rungs


def present(people: Sequence[int], away: Mapping[int, int | None]) -> list[int]:
    """These people with whoever stands in for those who are away; nobody twice.

    Somebody whose stand-in is away too, or who has none, is left out.
    """
    found: list[int] = []
    for person in people:
        seen: set[int] = set()
        standing: int | None = person
        while standing is not None and standing in away and standing not in seen:
            seen.add(standing)
            standing = away[standing]
        if standing is not None and standing not in away and standing not in found:
            found.append(standing)
    return found


def narrowest(candidates: Sequence[tuple[int, str, str]], faculty: str, department: str) -> list[int]:
    """Of a role's holders (id, faculty, department) those nearest to an exam.

    The department's own first, else the faculty's, else those of the whole university (empty faculty).
    """
    levels = (
        [p for p, f, d in candidates if department and d == department and f in ("", faculty)],
        [
            p
            for p, f, d in candidates
            if faculty and f == faculty and not (d and department and d != department)
        ],
        [p for p, f, _ in candidates if faculty and f == faculty],
        [p for p, f, _ in candidates if not f],
    )
    return next((level for level in levels if level), [])
