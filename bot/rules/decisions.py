"""What may be decided about a report, and by whom the source gives it to."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.errors import Refusal
from bot.rules.casework import ACT, ORDER
from bot.rules.policy import Policy
from bot.rules.vocabulary import Attestation, Role

NUMBER_LETTERS, REASON_LETTERS = 40, 1000


class Verdict(StrEnum):
    """How a report may end. `readmitted` goes on in the running exam, `same_day` sits it again today."""

    READMITTED = "readmitted"
    SAME_DAY = "same_day"
    REFER = "refer"
    ORDER = "order"
    REFUSED = "refused"
    RESUMED = "resumed"
    STOPPED = "stopped"
    SOLVED = "solved"


ADMISSIONS = (Verdict.READMITTED, Verdict.SAME_DAY)
COMMISSION = (Role.SECRETARY, Role.COMMISSION_CHAIR)


@dataclass(frozen=True, slots=True)
class Ruling:
    """A decision. `at`: the exam's new time; `number`: of the order; `reason`: of a refusal."""

    verdict: Verdict
    at: dt.datetime | None = None
    number: str = ""
    reason: str = ""


def offered(stage: str, attestation: Attestation) -> tuple[Verdict, ...]:
    """The decisions that a report may come to where it stands."""
    if stage == ACT:
        return ()
    if attestation is Attestation.FINAL:
        return (Verdict.RESUMED, Verdict.STOPPED, Verdict.SOLVED)
    if stage == ORDER:
        return (Verdict.ORDER, Verdict.REFUSED)
    return (Verdict.READMITTED, Verdict.SAME_DAY, Verdict.REFER, Verdict.SOLVED)


def deciders(verdict: Verdict, policy: Policy) -> tuple[str, ...]:
    """Roles whose decision it is; none: the source is silent, so whoever holds the report decides."""
    rules = policy.force_majeure
    if verdict in ADMISSIONS:
        return (rules.same_day_by,) if rules.same_day_by else ()
    if verdict in (Verdict.ORDER, Verdict.REFUSED):
        return (rules.other_day_by,) if rules.other_day_by else ()
    if verdict in (Verdict.RESUMED, Verdict.STOPPED):
        return COMMISSION
    return ()


def clause(verdict: Verdict, policy: Policy) -> str | None:
    """The clause that says whose decision it is."""
    name = "same_day_admission_by" if verdict in ADMISSIONS else "other_day_admission_by"
    leaf = policy.leaves.get(f"force_majeure.{name}")
    return leaf.clause if leaf else None


def require(
    verdict: Verdict,
    policy: Policy,
    *,
    stage: str,
    attestation: Attestation,
    roles: Iterable[str],
    holds: bool,
) -> None:
    """Whether somebody with these roles in the case may decide so.

    Raises `Refusal`: `not_now` for what the case cannot come to where it stands, `decides_examiner`,
    `decides_dean`, `decides_commission`, `decides_holder` for what is another's to decide.
    """
    if verdict not in offered(stage, attestation):
        raise Refusal("not_now")
    wanted = deciders(verdict, policy)
    mine = frozenset(roles)
    if wanted and mine.isdisjoint(wanted):
        said = clause(verdict, policy) or ""
        if Role.EXAMINER in wanted:
            raise Refusal("decides_examiner", clause=said)
        if Role.SECRETARY in wanted:
            raise Refusal("decides_commission")
        raise Refusal("decides_dean", clause=said)
    if not wanted and not holds and verdict is not Verdict.REFER:
        raise Refusal("decides_holder")


def check(ruling: Ruling, now: dt.datetime, local_day: dt.date, zone: dt.tzinfo) -> None:
    """Whether a decision says all it must.

    Raises `Refusal`: `time_past`, `time_not_today`, `order_number`, `reason_needed`.
    """
    if ruling.verdict in (Verdict.SAME_DAY, Verdict.ORDER):
        if ruling.at is None or ruling.at <= now:
            raise Refusal("time_past")
        if ruling.verdict is Verdict.SAME_DAY and ruling.at.astimezone(zone).date() != local_day:
            raise Refusal("time_not_today")
    if ruling.verdict is Verdict.ORDER and not 0 < len(ruling.number) <= NUMBER_LETTERS:
        raise Refusal("order_number", limit=NUMBER_LETTERS)
    if ruling.verdict is Verdict.REFUSED and not 0 < len(ruling.reason) <= REASON_LETTERS:
        raise Refusal("reason_needed", limit=REASON_LETTERS)


SLOTS = 9
SLOT = dt.timedelta(minutes=15)


def slots(
    now: dt.datetime, zone: dt.tzinfo, count: int = SLOTS, step: dt.timedelta = SLOT
) -> list[dt.datetime]:
    """Times to offer for today: whole steps of the local clock, the first one a step or more from now."""
    local = now.astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    first = midnight + step * (int((local - midnight) / step) + 2)
    found = [first + step * index for index in range(count)]
    return [moment.astimezone(dt.UTC) for moment in found if moment.date() == local.date()]
