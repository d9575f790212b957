"""What one leaf of a policy may hold: types, limits and vocabulary of ranges.yaml."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

from bot.clock import zone
from bot.library.hints import hint
from bot.rules.vocabulary import Role

_WORD = re.compile(r"[a-z][a-z0-9_]*")
_ROLES = tuple(role.value for role in Role)


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of ranges.yaml."""

    type: str
    low: float | None
    high: float | None
    one_of: tuple[str, ...]
    required: bool


def refusal(rule: Rule, value: Any) -> str:
    """Why a value (not None) is not acceptable, empty when it is."""
    return TYPES[rule.type](rule, value)


def _said(value: Any) -> str:
    if isinstance(value, tuple):
        return "a list"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _number(rule: Rule, value: Any) -> str:
    if not _is_number(value):
        return f"{_said(value)} is not a number"
    if rule.low is not None and value < rule.low:
        return f"{_said(value)} is under {_said(rule.low)}"
    if rule.high is not None and value > rule.high:
        return f"{_said(value)} is over {_said(rule.high)}"
    return ""


def _count(rule: Rule, value: Any) -> str:
    if not _is_number(value) or value != int(value):
        return f"{_said(value)} is not a whole number"
    return _number(rule, value)


def _word(rule: Rule, value: Any) -> str:
    if not isinstance(value, str) or not _WORD.fullmatch(value):
        return f"{_said(value)} is not a word of small Latin letters"
    if rule.one_of and value not in rule.one_of:
        return f"{value} is not one of {', '.join(rule.one_of)}{hint(value, rule.one_of)}"
    return ""


def _role(rule: Rule, value: Any) -> str:
    return "" if value in _ROLES else f"{_said(value)} is not a role{hint(str(value), _ROLES)}"


def _text(rule: Rule, value: Any) -> str:
    if isinstance(value, str) and value:
        return ""
    return f"{_said(value) or 'nothing'} is not a text" + (": put it in quotes" if _is_number(value) else "")


def _flag(rule: Rule, value: Any) -> str:
    return "" if isinstance(value, bool) else f"{_said(value)} is not true or false"


def _date(rule: Rule, value: Any) -> str:
    try:
        date.fromisoformat(value if isinstance(value, str) and len(value) == 10 else "")
    except ValueError:
        return f"{_said(value)} is not a date such as 2026-06-30"
    return ""


def _zone(rule: Rule, value: Any) -> str:
    try:
        zone(value if isinstance(value, str) else "")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return f"{_said(value)} is not a time zone such as Asia/Almaty"
    return ""


Check = Callable[[Rule, Any], str]


def _listed(check: Check, *, distinct: bool = True) -> Check:
    def checked(rule: Rule, value: Any) -> str:
        if not isinstance(value, tuple):
            return f"{_said(value)} is not a list"
        if distinct and len(set(value)) < len(value):
            return "names something twice"
        return next(filter(None, (check(rule, item) for item in value)), "")

    return checked


def _paired(check: Check) -> Check:
    def checked(rule: Rule, value: Any) -> str:
        if not isinstance(value, tuple) or len(value) != 2:
            return f"{_said(value)} is not a pair [from, to]"
        wrong = check(rule, value[0]) or check(rule, value[1])
        return wrong or ("" if value[0] <= value[1] else f"{_said(value[0])} is over {_said(value[1])}")

    return checked


_QUANTITIES = ("minutes", "hours", "days", "weeks", "months", "working_days", "seconds", "percent")
TYPES: dict[str, Check] = dict.fromkeys(_QUANTITIES, _number) | {
    "count": _count,
    "minutes_list": _listed(_number),
    "days_list": _listed(_number),
    "minutes_pair": _paired(_number),
    "days_pair": _paired(_number),
    "count_pair": _paired(_count),
    "flag": _flag,
    "word": _word,
    "words": _listed(_word),
    "counts": _listed(_count),
    "role": _role,
    "roles": _listed(_role),
    "date": _date,
    "zone": _zone,
    "text": _text,
    "texts": _listed(_text, distinct=False),
}
