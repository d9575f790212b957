"""A file as numbered rows of cells; its format is told by the content, not by the name."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.exchange.cells import Cell
from bot.exchange.findings import FileRefused

FILE_BYTES = 20 * 1024 * 1024
DATA_ROWS = 200_000

Score = Callable[[list[Cell]], int]
NumberedRow = tuple[int, list[Cell]]


@dataclass(frozen=True)
class Source:
    """Rows with their 1-based line numbers, blank rows left out.

    `merged` lists the cells (line, first column, last column; from 0) that stretch over several
    columns; `strict_width` says that a value beyond the last heading is a mistake; `voids` has the
    code of each formula that came without a value, by line and column from 0.
    """

    rows: Iterator[NumberedRow]
    strict_width: bool
    merged: tuple[tuple[int, int, int], ...] = ()
    unread_sheets: tuple[str, ...] = ()
    sheet: str = ""
    voids: Mapping[int, Mapping[int, str]] = field(default_factory=dict)


def read_bytes(path: Path) -> bytes:
    """The file's content; FileRefused when there is none, it is not readable, empty or above 20 MB."""
    try:
        if path.is_dir():
            raise FileRefused("file_missing", f"{path} is a folder: name a file.")
        if path.exists() and not path.is_file():
            raise FileRefused("file_missing", f"{path} is not an ordinary file: name a CSV or XLSX file.")
        with path.open("rb") as stream:
            data = stream.read(FILE_BYTES + 1)
    except FileNotFoundError:
        raise FileRefused("file_missing", f"There is no file {path}: check the path.") from None
    except (OSError, ValueError) as error:
        raise FileRefused("file_unreadable", f"The file {path} cannot be opened: {error}.") from error
    if len(data) > FILE_BYTES:
        limit = FILE_BYTES // (1024 * 1024)
        raise FileRefused("file_large", f"The file is larger than {limit} MB: split it into several files.")
    if not data.strip(b"\xef\xbb\xbf \t\r\n"):
        raise FileRefused("file_empty", "The file is empty: fill it and try again.")
    return data


def open_source(path: Path, score: Score) -> Source:
    """Opens a CSV or XLSX file; `score` tells how many headings a row has and picks separator and sheet.

    Raises FileRefused; so does taking rows from the result.
    """
    data = read_bytes(path)
    if data.startswith(b"PK\x03\x04"):
        from bot.exchange.workbook import open_workbook  # the XLSX reader only for those who need it

        return open_workbook(data, score)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise FileRefused("encrypted", "The workbook is protected by a password: save it without one.")
        raise FileRefused("not_table", "The file is in an old Office format (.xls, .doc): save it as .xlsx.")
    from bot.exchange.delimited import open_delimited

    return open_delimited(data, score)
