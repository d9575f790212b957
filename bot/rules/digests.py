"""What a dean reads in the morning and in the evening."""

import datetime as dt
from dataclasses import dataclass

from bot.rules.board import Board, ExamRow

MORNING, EVENING, WEEK = "morning", "evening", "week"


@dataclass(frozen=True, slots=True)
class Digest:
    """A day of a faculty. `today`: the day so far; `tomorrow`: its exams, told in the evening."""

    slot: str
    today: Board
    tomorrow: tuple[ExamRow, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to tell."""
        day = self.today
        return not (day.exams or day.cases or day.matters or day.incidents or self.tomorrow)

    @property
    def filed(self) -> int:
        """Reports of the day."""
        return sum(hour.reports for hour in self.today.hours)

    @property
    def delivered(self) -> int:
        """Warnings of the day that arrived."""
        return sum(hour.delivered for hour in self.today.hours)

    @property
    def missed(self) -> int:
        """Warnings of the day that did not."""
        return sum(hour.missed for hour in self.today.hours)

    def due_by(self, until: dt.datetime) -> int:
        """Appeals and applications on which somebody must act by a moment."""
        return sum(row.deadline is not None and row.deadline.at <= until for row in self.today.matters)
