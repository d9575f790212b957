"""A file as rows of the contract's columns: finds the heading row and takes cells by their column's name."""

import difflib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from itertools import chain, islice
from pathlib import Path
from typing import TypeVar

from bot.exchange.cells import Cell, is_empty, shown
from bot.exchange.findings import CellRefused, FileRefused, Findings
from bot.exchange.headings import Headings, fold
from bot.exchange.rows import Parsed, Problem
from bot.exchange.source import DATA_ROWS, Source, open_source

T = TypeVar("T")

Progress = Callable[[int], None]

HEADING_ROWS = 20
PROGRESS_ROWS = 1_000
VOID_MESSAGES = {
    "formula_error": "The formula in this cell gives an error: correct it or type the value.",
    "formula_empty": "The formula in this cell has no value: type one, or save the file in a spreadsheet.",
}


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of one kind of file: all, those whose cells may be empty, those that may be absent."""

    columns: tuple[str, ...]
    may_be_empty: frozenset[str] = frozenset()
    may_be_absent: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Setting:
    """What the cells of a file are read against: accepted words, the content's languages, the local zone."""

    headings: Headings
    languages: frozenset[str]
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class _Top:
    """The heading row: its line, its cells, and the place of every column that was recognised."""

    line: int
    cells: list[Cell]
    places: dict[str, int]


class Row:
    """One row on its way to a record: takes its cells apart and keeps what is wrong with them."""

    __slots__ = ("_cells", "_findings", "_places", "_voids", "line", "wrong")

    def __init__(
        self,
        line: int,
        cells: list[Cell],
        places: dict[str, int],
        findings: Findings,
        voids: Mapping[int, str],
    ) -> None:
        self.line = line
        self.wrong: set[str] = set()
        self._cells = cells
        self._places = places
        self._findings = findings
        self._voids = voids

    @property
    def blank(self) -> bool:
        """Whether all cells of the known columns are empty, failed formulas not counted."""
        return not self._voids and all(is_empty(self._cell(column)) for column in self._places)

    def need(self, column: str, read: Callable[[Cell], T], otherwise: T) -> T:
        """The value of a required cell; `otherwise` when it is empty or wrong, which refuses the row."""
        cell = self._cell(column)
        if is_empty(cell):
            self.refuse(column, *self._empty(column))
            return otherwise
        return self._read(column, cell, read, otherwise)

    def may(self, column: str, read: Callable[[Cell], T], otherwise: T) -> T:
        """The value of a cell that may be empty, then `otherwise`; a wrong value refuses the row."""
        cell = self._cell(column)
        if is_empty(cell):
            if self._places.get(column, -1) in self._voids:
                self.refuse(column, *self._empty(column))
            return otherwise
        return self._read(column, cell, read, otherwise)

    def has(self, column: str) -> bool:
        """Whether the file has this column."""
        return column in self._places

    def refuse(self, column: str, code: str, message: str) -> None:
        """Records what is wrong with the row; the row is not kept."""
        self.wrong.add(column)
        self._findings.refuse_row(Problem(self.line, column, code, message))

    def once(self, column: str, key: str, first_lines: dict[str, int]) -> None:
        """Refuses a key that an earlier row of the file has; `first_lines` remembers them."""
        if not key or column in self.wrong:
            return
        first = first_lines.setdefault(key, self.line)
        if first != self.line:
            message = f"{shown(key)} is on line {first} already: keep one of the two rows."
            self.refuse(column, "repeated", message)

    def note(self, column: str, code: str, message: str) -> None:
        """Records what is worth knowing about the row."""
        self._findings.note(self.line, column, code, message)

    def _cell(self, column: str) -> Cell:
        place = self._places.get(column, -1)
        return self._cells[place] if 0 <= place < len(self._cells) else None

    def _empty(self, column: str) -> tuple[str, str]:
        code = self._voids.get(self._places.get(column, -1))
        if code is not None:
            return code, VOID_MESSAGES[code]
        return "empty", f"The cell is empty: fill in {column}."

    def _read(self, column: str, cell: Cell, read: Callable[[Cell], T], otherwise: T) -> T:
        try:
            return read(cell)
        except CellRefused as refused:
            self.refuse(column, refused.code, refused.message)
            return otherwise


def parse(
    path: Path, layout: Layout, headings: Headings, read: Callable[[Row], T], progress: Progress | None
) -> Parsed[T]:
    """Reads a CSV or XLSX file row by row; keeps the records of the rows without problems.

    `progress` is called with the number of rows read so far, every 1,000 rows. Raises nothing
    about the file: what is wrong with it is in the outcome.
    """
    findings = Findings()
    records: list[T] = []
    try:
        for row in _rows(Path(path), layout, headings, findings, progress):
            record = read(row)
            if not row.wrong:
                records.append(record)
    except FileRefused as refused:
        findings.refuse_file(refused.problem)
    return findings.parsed(records)


def _rows(
    path: Path, layout: Layout, headings: Headings, findings: Findings, progress: Progress | None
) -> Iterator[Row]:
    known = _known(layout, headings)
    source = open_source(path, lambda cells: len(_places(cells, known)))
    first = list(islice(source.rows, HEADING_ROWS))
    if not first:
        raise FileRefused("file_empty", "The file is empty: fill it and try again.")
    at = max(range(len(first)), key=lambda number: (len(_places(first[number][1], known)), -number))
    top = _Top(first[at][0], first[at][1], _places(first[at][1], known))
    if not _headings_fit(source, layout, headings, known, findings, top):
        return
    if source.unread_sheets:
        findings.note(0, "", "sheets", f"Of several sheets only {shown(source.sheet)} was read.")
    filled = False
    for count, (line, cells) in enumerate(chain(first[at + 1 :], source.rows), start=1):
        if count > DATA_ROWS:
            raise FileRefused("rows_many", f"There are more than {DATA_ROWS} rows: split the file.")
        if progress is not None and count % PROGRESS_ROWS == 0:
            progress(count)
        row = Row(line, cells, top.places, findings, source.voids.get(line, {}))
        filled = filled or not row.blank
        if _is_wanted(row, cells, top, layout, source.strict_width):
            yield row
    if not filled:
        raise FileRefused("rows_none", "The file has headings and no rows: add rows below them.", top.line)


def _known(layout: Layout, headings: Headings) -> dict[str, str]:
    """Folded heading -> column of this layout, in every language."""
    known = {heading: column for heading, column in headings.columns.items() if column in layout.columns}
    known.update((fold(column), column) for column in layout.columns)
    return known


def _places(cells: list[Cell], known: dict[str, str]) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, cell in enumerate(cells):
        column = known.get(fold(cell)) if isinstance(cell, str) else None
        if column is not None:
            places.setdefault(column, place)
    return places


def _headings_fit(
    source: Source, layout: Layout, headings: Headings, known: dict[str, str], findings: Findings, top: _Top
) -> bool:
    """Whether the columns can be used; missing, repeated and merged ones are problems, unknown ones notes."""
    problems: list[Problem] = []
    unknown: list[str] = []
    for place, cell in enumerate(top.cells):
        text = "" if is_empty(cell) else str(cell).strip()
        column = known.get(fold(text))
        if column is None:
            unknown.extend([text] if text else [])
        elif top.places[column] != place:
            message = f"The heading {shown(text)} repeats column {top.places[column] + 1}: keep one of them."
            problems.append(Problem(top.line, column, "column_twice", message))
        elif any(line == top.line and left <= place < right for line, left, right in source.merged):
            message = f"The heading {shown(text)} is merged over several columns: give each its own heading."
            problems.append(Problem(top.line, column, "column_merged", message))
    for column in layout.columns:
        if column not in top.places and column not in layout.may_be_absent:
            message = _missing(column, headings, unknown)
            problems.append(Problem(top.line, column, "column_missing", message))
    for problem in problems:
        findings.refuse_file(problem)
    for text in unknown:
        findings.note(
            top.line, shown(text).strip("'"), "column_unknown", f"The column {shown(text)} is not used."
        )
    return not problems


def _missing(column: str, headings: Headings, unknown: list[str]) -> str:
    others = headings.shown.get(column, ())
    accepted = f" (or {', '.join(others)})" if others else ""
    words = {fold(text): text for text in unknown[:HEADING_ROWS]}
    near = difflib.get_close_matches(fold(column), list(words), n=1, cutoff=0.7)
    hint = f", perhaps it is the one called {shown(words[near[0]])}" if near else ""
    return f"The column {column} is missing: add a column headed {column}{accepted}{hint}."


def _is_wanted(row: Row, cells: list[Cell], top: _Top, layout: Layout, strict: bool) -> bool:
    """Whether the row can be read; cells cut off at its end count as empty.

    Rows with nothing in the known columns (numbered forms, totals) are passed over.
    """
    width = len(top.cells)
    if strict and any(not is_empty(cell) for cell in cells[width:]):
        message = f"The row has {len(cells)} cells for {width} headings: quote cells that hold the separator."
        row.refuse(str(width + 1), "row_long", message)
        return False
    if row.blank:
        return False
    for column, place in top.places.items():
        if place >= len(cells) and column not in layout.may_be_empty:
            message = f"The row ends after {len(cells)} of {width} cells: add what is missing."
            row.refuse(column, "row_short", message)
            return False
    return True
