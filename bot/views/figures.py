"""Values of the policy as a reader's language says them: «48 hours», «7–10 minutes», «dean», «70 %»."""

import datetime as dt
from typing import Any

from babel.dates import format_date

from bot.library.rulebook import Figure
from bot.views.screen import Html, safe
from bot.views.speech import MINUTES_IN_HOUR, Speech

COUNTED = ("days", "working_days", "weeks", "months", "academic_hours")


def said(voice: Speech, figure: Figure) -> Html:
    """A figure with its unit, in the nominative; a pair as a range, a list as «30, 20 and 10 minutes»."""
    value = figure.value
    if not isinstance(value, tuple):
        return _one(voice, value, figure.unit)
    if len(value) == 2 and _is_number(value[0]) and value[0] < value[1]:
        return Html(f"{_number(value[0])}–{_one(voice, value[1], figure.unit)}")
    first = [_bare(voice, item, figure.unit) for item in value[:-1]]
    return voice.listed([*first, _one(voice, value[-1], figure.unit)])


def _bare(voice: Speech, value: Any, unit: str) -> Html:
    return safe(_number(value)) if _is_number(value) else _one(voice, value, unit)


def _one(voice: Speech, value: Any, unit: str) -> Html:
    if unit == "role":
        return voice.t(f"role.{value}")
    if unit == "date":
        return safe(format_date(dt.date.fromisoformat(value), "d MMMM y", locale=voice.language))
    if not _is_number(value):
        return safe(value)
    if unit in ("minutes", "hours"):
        return voice.duration(abs(value) * (MINUTES_IN_HOUR if unit == "hours" else 1))
    if unit in COUNTED:
        return voice.n(f"unit.{unit}", abs(round(value)))
    return safe(f"{_number(value)} %" if unit == "percent" else _number(value))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float)


def _number(value: float) -> str:
    return f"{abs(value):g}"
