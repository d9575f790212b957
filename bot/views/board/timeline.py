"""Where the exams of a day lie on a line, in thousandths of its length."""

import datetime as dt
from dataclasses import dataclass

from bot.rules.board import Board
from bot.rules.exams import Span

LENGTH = 1000
MARGIN = dt.timedelta(minutes=30)
HOUR = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Timeline:
    """A stretch of time, drawn from 0 to `LENGTH`."""

    start: dt.datetime
    end: dt.datetime
    now: dt.datetime

    @classmethod
    def of(cls, board: Board) -> "Timeline | None":
        """From before the first start to after the last end, in whole hours; None without exams."""
        spans = [row.exam.span for row in board.exams]
        if not spans:
            return None
        start = min(span.start for span in spans) - MARGIN
        end = max(span.end for span in spans) + MARGIN
        return cls(start.replace(minute=0, second=0, microsecond=0), end, board.now)

    def x(self, moment: dt.datetime) -> int:
        """Where a moment lies, inside the line."""
        share = (moment - self.start) / (self.end - self.start)
        return round(min(1.0, max(0.0, share)) * LENGTH)

    def width(self, span: Span) -> int:
        """How long a span is drawn, never invisible."""
        return max(6, self.x(span.end) - self.x(span.start))

    @property
    def has_now(self) -> bool:
        """Whether the present lies on the line."""
        return self.start <= self.now <= self.end

    def hours(self) -> list[tuple[int, dt.datetime]]:
        """Marks of whole hours, at most a dozen."""
        count = int((self.end - self.start) / HOUR) + 1
        step = max(1, -(-count // 12))
        marks = [self.start + HOUR * index for index in range(0, count, step)]
        return [(self.x(mark), mark) for mark in marks if mark <= self.end]
