"""What somebody wants to get by itself, and when. Warnings always come."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Literal

from bot.rules.policy import Moment, Quiet

Switch = Literal["reminders", "deadlines"]
SWITCHES: tuple[Switch, ...] = ("reminders", "deadlines")
DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Wishes:
    """Which classes of timed messages somebody gets, and their quiet hours (None: none).

    `own`: they have chosen; else the university's quiet hours are meant.
    """

    reminders: bool = True
    deadlines: bool = True
    quiet: Quiet | None = None
    own: bool = False

    def wants(self, switch: Switch) -> bool:
        """Whether a class is switched on."""
        return self.reminders if switch == "reminders" else self.deadlines

    def switched(self, switch: Switch) -> "Wishes":
        """The same with a class switched over."""
        if switch == "reminders":
            return replace(self, reminders=not self.reminders, own=True)
        return replace(self, deadlines=not self.deadlines, own=True)


def switch_of(moment: Moment) -> Switch:
    """The class that a moment's offers belong to."""
    return "reminders" if moment.mere else "deadlines"


def quiet_until(quiet: Quiet | None, now: dt.datetime, zone: dt.tzinfo) -> dt.datetime | None:
    """When the quiet hours end that `now` lies in (UTC); None outside them."""
    if quiet is None or quiet.since == quiet.until:
        return None
    local = now.astimezone(zone)
    minute = local.hour * 60 + local.minute
    if (minute - quiet.since) % DAY_MINUTES >= (quiet.until - quiet.since) % DAY_MINUTES:
        return None
    midnight = dt.datetime.combine(local.date(), dt.time(), zone)
    days = 1 if minute >= quiet.until else 0
    return (midnight + dt.timedelta(days=days, minutes=quiet.until)).astimezone(dt.UTC)


@dataclass(frozen=True, slots=True)
class Judged:
    """What becomes of a timed message: sent (nothing set), left out with `reason`, or held `until`."""

    reason: str = ""
    until: dt.datetime | None = None


def judge(
    moment: Moment, wishes: Wishes, use_by: dt.datetime | None, now: dt.datetime, zone: dt.tzinfo
) -> Judged:
    """Whether a reader wants this now.

    In quiet hours a mere reminder waits for their end. When it would be of no use by then, it goes out all
    the same, unless the reader chose these hours.
    """
    if not wishes.wants(switch_of(moment)):
        return Judged(reason="muted")
    until = quiet_until(wishes.quiet, now, zone) if moment.mere and not moment.wakes else None
    if until is None or use_by is None or until < use_by:
        return Judged(until=until)
    return Judged(reason="quiet") if wishes.own else Judged()
