"""The day's hours as bars: reports filed and warnings sent, each drawn to its own greatest hour."""

from dataclasses import dataclass

from bot.rules.board import Board, HourRow

HEIGHT = 100
"""A bar of the greatest hour is so high, in the drawing's own units."""


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars over the hours; `most` is what the highest one stands for."""

    hours: tuple[HourRow, ...]
    most_reports: int
    most_warnings: int

    @classmethod
    def of(cls, board: Board) -> "Chart | None":
        """None for a day in which nothing has happened yet."""
        if not board.hours:
            return None
        reports = max(hour.reports for hour in board.hours)
        warned = max(hour.delivered + hour.missed for hour in board.hours)
        return cls(board.hours, max(1, reports), max(1, warned))

    def reports(self, number: int) -> int:
        """How high a number of reports is drawn; one is never invisible."""
        return _height(number, self.most_reports)

    def warnings(self, number: int) -> int:
        """How high a number of warnings is drawn; one is never invisible."""
        return _height(number, self.most_warnings)


def _height(number: int, most: int) -> int:
    return max(3, round(number / most * HEIGHT)) if number else 0
