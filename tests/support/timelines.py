"""Words for timelines: let time pass, jump, expect nothing."""

import datetime as dt

from tests.support.clock import ALMATY, local
from tests.support.hall import Hall

DAY = "2026-12-21"
"""The day on which a hall's clock starts, at eight in the morning."""
STEP = "Уақыты келді"
"""What the offer of a clock-bound step says."""
MOVED = "уақыты өзгерді"


def at(moment: str) -> dt.datetime:
    """A local moment: `10:30` or `10:30:05` of the day, or `2026-12-22 10:30`."""
    return local(moment if "-" in moment else f"{DAY} {moment}")


def to(hall: Hall, moment: str, *, step_seconds: float = 60) -> None:
    """Let time pass, ticking all the way, until a local moment."""
    hall.forward(seconds=(at(moment) - hall.clock()).total_seconds(), step_seconds=step_seconds)


def just_before(moment: str) -> str:
    """A second earlier."""
    return f"{at(moment).astimezone(ALMATY) - dt.timedelta(seconds=1):%Y-%m-%d %H:%M:%S}"


def jump(hall: Hall, moment: str) -> None:
    """The clock is elsewhere and nothing ran in between; then one tick."""
    hall.clock.now = at(moment)
    hall.tick()


def nothing_until(hall: Hall, moment: str, *, step_seconds: float = 60) -> None:
    """Time passes and nobody gets anything."""
    to(hall, moment, step_seconds=step_seconds)
    hall.expect()
