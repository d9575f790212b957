"""Policies as rules need them, without reading any file."""

import datetime as dt
from typing import Any

from bot.rules.policy import ForceMajeure

FIVE = dt.timedelta(minutes=5)


def governing(**changes: Any) -> ForceMajeure:
    """How reports travel; everything may be changed."""
    values: dict[str, Any] = {
        "acknowledge": FIVE,
        "troubles": ("internet",),
        "chains": {},
        "nobody": ("admin",),
        "reports_per_hour": 6,
        "inform": "in_turn",
        "steps": {},
        "round": FIVE * 3,
        "rounds": 3,
        "promises": {"call": FIVE},
        "promises_max": 3,
        "remind": FIVE * 2,
        "decide": FIVE * 12,
        "order": FIVE * 12 * 24,
        "order_remind": FIVE * 12 * 4,
        "mass_reports": 5,
        "mass_within": FIVE * 2,
        "mass_troubles": ("internet",),
        "mass_platforms": (),
    }
    return ForceMajeure(**{**values, **changes})
