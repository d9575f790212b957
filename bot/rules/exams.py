"""An exam on the clock: its span, its phase, and which one a person means."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.rules.policy import KindRules, Moment

Phase = Literal["upcoming", "running", "over"]


@dataclass(frozen=True, slots=True)
class Span:
    """When an exam starts and ends, in UTC. Raises `ValueError` for an end before its start."""

    start: dt.datetime
    end: dt.datetime

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError("an exam ends after it starts")

    def phase(self, now: dt.datetime) -> Phase:
        """Upcoming before the start, running up to but not including the end, then over."""
        if now < self.start:
            return "upcoming"
        return "running" if now < self.end else "over"

    def at(self, moment: Moment) -> dt.datetime:
        """The moment on this exam's clock, in UTC; what is due on its day is never before its end."""
        if moment.anchor == "day":
            day = self.start.astimezone(moment.zone).date()
            at = (dt.datetime.combine(day, dt.time(), moment.zone) + moment.offset).astimezone(dt.UTC)
            return at if moment.offset < dt.timedelta() else max(at, self.end)
        return (self.start if moment.anchor == "start" else self.end) + moment.offset

    def longer(self, minutes: int) -> "Span":
        """The same with so many minutes more at its end."""
        return Span(self.start, self.end + dt.timedelta(minutes=minutes))


def planned_duration(given_minutes: int | None, rules: KindRules | None) -> int | None:
    """Minutes of an exam: the file's, else the profile's for the kind, else None (nobody says)."""
    return given_minutes if given_minutes is not None else rules.duration_minutes if rules else None


@dataclass(frozen=True, slots=True)
class Candidate:
    """An exam a reporter may mean."""

    id: int
    span: Span


def meant(candidates: Iterable[Candidate], now: dt.datetime, near: dt.timedelta) -> Sequence[Candidate]:
    """The exams a report filed now may be about: the running ones; else those within `near` of now.

    Nearest to now first. Nobody is asked when there is exactly one.
    """
    listed = list(candidates)
    running = [c for c in listed if c.span.phase(now) == "running"]
    if running:
        return sorted(running, key=lambda c: c.span.end)
    close = [c for c in listed if _distance(c.span, now) <= near]
    return sorted(close, key=lambda c: _distance(c.span, now))


def _distance(span: Span, now: dt.datetime) -> dt.timedelta:
    return span.start - now if now < span.start else now - span.end


@dataclass(frozen=True, slots=True)
class ExamBrief:
    """An exam as a reader needs it; `subjects` by language, times in UTC.

    `span` is the reader's own: `extra` minutes of it are given to them alone. `sitting`: the number of the
    decision that gave them this time, '' where it is the timetable's.
    """

    id: int
    ext_id: str
    subjects: Mapping[str, str]
    kind: str
    attestation: str
    span: Span
    meeting_url: str
    lms_url: str
    revision: int
    extra: int = 0
    cancelled: bool = False
    sitting: str = ""

    def subject(self, language: str) -> str:
        """The subject in the reader's language, else in any."""
        return self.subjects.get(language) or next(iter(self.subjects.values()))


@dataclass(frozen=True, slots=True)
class MyExam:
    """An exam in somebody's list, with its phase and whether the reader sits it or holds it."""

    exam: ExamBrief
    phase: Phase
    holds: bool
