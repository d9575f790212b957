"""What may be changed of an exam, and to what."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.errors import Refusal
from bot.rules.exams import ExamBrief, Span

HORIZON_DAYS = 366
_TYPED = re.compile(
    r"(?:(?P<d>\d{1,2})[./](?P<m>\d{1,2})(?:[./](?P<y>\d{4}))?|(?P<y2>\d{4})-(?P<m2>\d{1,2})-(?P<d2>\d{1,2}))"
    r"[\s,T]+(?P<h>\d{1,2})[:.](?P<min>\d{2})",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Student:
    """A student of an exam, with the minutes that are theirs alone."""

    person_id: int
    name: str
    extra: int


@dataclass(frozen=True, slots=True)
class Changeable:
    """An exam as those who may change it see it; `changes` says how often it was changed here."""

    exam: ExamBrief
    students: Sequence[Student]
    changes: int


def require_current(revision: int, asked: int) -> None:
    """An old button never acts on a newer state. Raises `Refusal` (`exam_changed`)."""
    if revision != asked:
        raise Refusal("exam_changed")


def moved(span: Span, starts_at: dt.datetime, now: dt.datetime) -> Span:
    """The exam at another time, as long as before.

    Raises `Refusal`: `exam_over` for one that has ended, `move_past` for a time that is over or more than a
    year ahead, `move_same` for the time it has.
    """
    require_not_over(span, now)
    if starts_at == span.start:
        raise Refusal("move_same")
    if not now < starts_at <= now + dt.timedelta(days=HORIZON_DAYS):
        raise Refusal("move_past")
    return Span(starts_at, starts_at + (span.end - span.start))


def require_not_over(span: Span, now: dt.datetime) -> None:
    """Raises `Refusal` (`exam_over`) for an exam that has ended."""
    if span.phase(now) == "over":
        raise Refusal("exam_over")


def require_allowed(minutes: int, allowed: Sequence[int]) -> None:
    """Raises `Refusal` (`exam_changed`) for minutes that no button offers."""
    if minutes not in allowed:
        raise Refusal("exam_changed")


def typed(text: str, now: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    """The moment (UTC) that somebody typed as local time: `22.12 14:00`, `2026-12-22 14:00`.

    Without a year the next such day is meant. Raises `Refusal` (`move_unclear`).
    """
    found = _TYPED.fullmatch(text.strip())
    if found is None:
        raise Refusal("move_unclear")
    day, month = int(found["d"] or found["d2"]), int(found["m"] or found["m2"])
    year = found["y"] or found["y2"]
    today = now.astimezone(zone).date()
    try:
        clock = dt.time(int(found["h"]), int(found["min"]))
        date = dt.date(int(year or today.year), month, day)
        if year is None and date < today:
            date = date.replace(year=today.year + 1)
    except ValueError:
        raise Refusal("move_unclear") from None
    return dt.datetime.combine(date, clock, zone).astimezone(dt.UTC)
