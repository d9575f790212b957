"""Who hears of a report, and when the next one does."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of a frozen chain: a role, the people who hold it, and those of them who can be written to."""

    role: str
    people: tuple[int, ...]
    reachable: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """What happens now: `skipped` rungs had nobody, `step` is told (None: the chain is at its end)."""

    skipped: tuple[int, ...]
    step: int | None
    next_at: dt.datetime | None


def advance(rungs: Sequence[Rung], after: int, now: dt.datetime, acknowledge: dt.timedelta) -> Move:
    """The next rung after index `after` that has somebody reachable; the empty ones are skipped at once.

    `next_at` is when the one after it will be told if nobody takes the report; None at the chain's end.
    """
    skipped: list[int] = []
    for index in range(after + 1, len(rungs)):
        if not rungs[index].reachable:
            skipped.append(index)
            continue
        return Move(tuple(skipped), index, now + acknowledge)
    return Move(tuple(skipped), None, None)


def resolve(
    roles: Sequence[str], holders: Mapping[str, Sequence[int]], reachable: frozenset[int], reporter: int
) -> list[Rung]:
    """The chain's roles as people; whoever reports is not their own addressee."""
    rungs = []
    for role in roles:
        people = tuple(person for person in holders.get(role, ()) if person != reporter)
        rungs.append(Rung(role, people, tuple(person for person in people if person in reachable)))
    return rungs


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
