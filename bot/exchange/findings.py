"""What is found while a file is read: refusals of the whole file, of a cell, and notes."""

from typing import TypeVar

from bot.errors import EmtihanError
from bot.exchange.rows import Parsed, Problem

T = TypeVar("T")

PROBLEMS_SHOWN = 1_000
NOTES_SHOWN = 50


class FileRefused(EmtihanError):
    """The file cannot be read any further; carries the one problem that says why."""

    def __init__(self, code: str, message: str, line: int = 0, column: str = "") -> None:
        self.problem = Problem(line, column, code, message)
        super().__init__(message)


class CellRefused(EmtihanError):
    """A cell's value is not acceptable; whoever knows line and column records it."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(message)


class Findings:
    """Collects problems and notes of one file; keeps at most 1,000 problems and counts the rest."""

    def __init__(self) -> None:
        self._problems: list[Problem] = []
        self._notes: list[Problem] = []
        self._total = 0
        self._rejected = 0
        self._last_rejected = 0

    def refuse_file(self, problem: Problem) -> None:
        """Records a problem that belongs to the file and not to a row."""
        self._total += 1
        if len(self._problems) < PROBLEMS_SHOWN:
            self._problems.append(problem)

    def refuse_row(self, problem: Problem) -> None:
        """Records a problem of a row; the row is counted as rejected once."""
        if problem.line != self._last_rejected:
            self._last_rejected = problem.line
            self._rejected += 1
        self.refuse_file(problem)

    def note(self, line: int, column: str, code: str, message: str) -> None:
        """Records something worth saying that refuses nothing."""
        if len(self._notes) < NOTES_SHOWN:
            self._notes.append(Problem(line, column, code, message))

    def parsed(self, rows: list[T]) -> Parsed[T]:
        """The outcome; when problems were left out, the last one says how many."""
        problems = list(self._problems)
        left = self._total - len(problems)
        if left:
            problems.append(Problem(0, "", "more", f"And {left} more: correct these and try again."))
        return Parsed(rows, problems, list(self._notes), self._rejected)
