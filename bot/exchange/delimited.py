"""CSV files: the separator is found by trying, rows keep the line they begin on."""

import csv
import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.exchange.encoding import decode
from bot.exchange.findings import FileRefused
from bot.exchange.source import NumberedRow, Score, Source

if TYPE_CHECKING:
    from _csv import Reader

SEPARATORS = (",", ";", "\t")
SNIFFED_ROWS = 20
SNIFFED_LETTERS = 64 * 1024
_SPREADSHEET_HINT = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)


def open_delimited(data: bytes, score: Score) -> Source:
    """Opens the bytes of a text file as a table. Raises FileRefused when they are not text."""
    text = decode(data)
    separator = _separator(text[:SNIFFED_LETTERS], score)
    return Source(_rows(text, separator), strict_width=True)


def _separator(head: str, score: Score) -> str:
    """The separator under which most headings are recognised, then the one that is seen most."""
    hinted = _SPREADSHEET_HINT.match(head)
    if hinted:
        return hinted[1]

    def merit(separator: str) -> tuple[int, int]:
        rows = _first_rows(head, separator)
        return max((score(list(row)) for row in rows), default=0), sum(len(row) for row in rows)

    return max(SEPARATORS, key=merit)


def _first_rows(head: str, separator: str) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        for row in _reader(head, separator):
            rows.append(row)
            if len(rows) == SNIFFED_ROWS:
                break
    except csv.Error:
        pass  # the cut may fall inside quotes; real mistakes are told when the rows are read
    return rows


def _reader(text: str, separator: str) -> "Reader":
    lines = io.StringIO(text, newline="")
    return csv.reader(lines, delimiter=separator, strict=True, skipinitialspace=separator != "\t")


def _rows(text: str, separator: str) -> Iterator[NumberedRow]:
    reader = _reader(text, separator)
    line = 1
    try:
        for row in reader:
            hint = line == 1 and len(row) < 3 and _SPREADSHEET_HINT.match(text) is not None
            if not hint and any(cell and not cell.isspace() for cell in row):
                yield line, list(row)
            line = reader.line_num + 1
    except csv.Error as error:
        raise FileRefused(*_explained(str(error), line), line=line) from error


def _explained(error: str, line: int) -> tuple[str, str]:
    if "end of data" in error:
        return "quote_open", f"A quote opened on line {line} is never closed: add the closing one."
    if "field limit" in error:
        return "cell_large", f"A cell on line {line} is far too long: look for a quote that is never closed."
    if "expected after" in error:
        return (
            "quote_stray",
            f"A cell on line {line} goes on after its closing quote: double quotes inside it.",
        )
    return "csv", f"Line {line} cannot be read as CSV ({error}): save the file again as CSV UTF-8."
