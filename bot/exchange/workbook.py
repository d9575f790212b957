"""XLSX workbooks: checked before they are opened, because a sheet may claim any size."""

import io
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING

from bot.exchange.cells import Cell
from bot.exchange.findings import FileRefused
from bot.exchange.scan import Scan
from bot.exchange.source import DATA_ROWS, NumberedRow, Score, Source

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

UNPACKED_BYTES = 300 * 1024 * 1024
# The reader keeps every cell of the used rectangle in memory, empty ones too.
AREA_CELLS = DATA_ROWS * 30
SNIFFED_ROWS = 20
_CHUNK = 1024 * 1024
_NO_CELLS = re.compile(r"xl/(media|theme|drawings|charts)/|xl/(sharedStrings|styles)\.xml$|docProps/")
_UNZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    struct.error,
)
_SAVE_AS = "open it in a spreadsheet and save it as .xlsx"


def open_workbook(data: bytes, score: Score) -> Source:
    """Opens the bytes of a zip file as a workbook and picks the sheet with the headings.

    Raises FileRefused for other zip files, damaged or protected workbooks and for sheets of absurd size.
    """
    voids = _check(data)
    with _told():
        return _chosen(_load(data), score, voids)


@contextmanager
def _told() -> Iterator[None]:
    """Turns whatever the reader raises into the one refusal that a person can act on."""
    try:
        yield
    except FileRefused:
        raise
    except Exception as error:
        raise _damaged(error) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # how the reader's Rust half gives up
            raise
        raise _damaged("the reader gave up") from error


def _damaged(why: object) -> FileRefused:
    return FileRefused("workbook_damaged", f"The workbook is damaged ({why}): {_SAVE_AS} again.")


def _load(data: bytes) -> "CalamineWorkbook":
    from python_calamine import CalamineWorkbook

    return CalamineWorkbook.from_filelike(io.BytesIO(data))


def _check(data: bytes) -> dict[int, dict[int, str]]:
    """Formulas without a value, by line and column: the reader shows them as empty and data would be lost."""
    voids: dict[int, dict[int, str]] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_kind(archive)
            for entry in archive.infolist():
                _check_entry(archive, entry, voids)
    except _UNZIP_ERRORS as error:
        raise _damaged(error) from error
    return voids


def _check_kind(archive: zipfile.ZipFile) -> None:
    names = set(archive.namelist())
    if any(entry.flag_bits & 1 for entry in archive.infolist()):
        raise FileRefused("encrypted", "The file is protected by a password: save it without one.")
    if "xl/workbook.bin" in names or "mimetype" in names:
        raise FileRefused("not_table", f"The file is a workbook of another format: {_SAVE_AS}.")
    if not any(name.startswith("xl/") for name in names):
        raise FileRefused("not_table", "The file is an archive or another document: choose the .xlsx file.")
    if sum(entry.file_size for entry in archive.infolist()) > UNPACKED_BYTES:
        raise FileRefused(
            "workbook_large", "The workbook unpacks to absurd size: copy the table to a new one."
        )


def _check_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, voids: dict[int, dict[int, str]]) -> None:
    """Reads an entry to its end, so that its checksum is verified, and measures it when it may be a sheet."""
    scan = None if _NO_CELLS.match(entry.filename) else Scan(voids)
    with archive.open(entry) as stream:
        while chunk := stream.read(_CHUNK):
            if scan is not None:
                scan.feed(chunk)
    height, width = scan.extent() if scan is not None else (0, 0)
    if width * height > AREA_CELLS:
        message = f"A sheet reaches row {height} and column {width}: delete what stands apart from the table."
        raise FileRefused("sheet_large", message)


def _chosen(workbook: "CalamineWorkbook", score: Score, voids: Mapping[int, Mapping[int, str]]) -> Source:
    """The first visible sheet with headings, else the first that holds anything."""
    sheets = [sheet for sheet in workbook.sheets_metadata if "WorkSheet" in str(sheet.typ)]
    visible = [sheet.name for sheet in sheets if str(sheet.visible).endswith(".Visible")]
    names = visible or [sheet.name for sheet in sheets]
    chosen: CalamineSheet | None = None
    for name in names:
        sheet = workbook.get_sheet_by_name(name)
        first = list(islice(_rows(sheet), SNIFFED_ROWS))
        if first and chosen is None:
            chosen = sheet
        if any(score(row) for _, row in first):
            chosen = sheet
            break
    if chosen is None:
        raise FileRefused("file_empty", "The workbook is empty: fill the first sheet and try again.")
    others = tuple(name for name in names if name != chosen.name)
    return Source(_rows(chosen), False, _merged(chosen), others, chosen.name, voids)


def _merged(sheet: "CalamineSheet") -> tuple[tuple[int, int, int], ...]:
    wide: list[tuple[int, int, int]] = []
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        if right > left and bottom - top < SNIFFED_ROWS:
            wide.extend((line + 1, left, right) for line in range(top, bottom + 1))
    return tuple(wide)


def _rows(sheet: "CalamineSheet") -> Iterator[NumberedRow]:
    """Rows with the sheet's own numbers; a cell merged downwards counts for each of its rows."""
    if sheet.start is None:
        return
    left = sheet.start[1]
    tall = _tall(sheet)
    held: dict[int, tuple[Cell, int]] = {}
    margin: list[Cell] = [""] * left
    for number, cells in enumerate(_cells(sheet)):
        row = [*margin, *cells]
        for column, (value, last) in list(held.items()):
            if number > last:
                del held[column]
            elif row[column] == "":
                row[column] = value
        for column, last in tall.get(number, ()):
            if column < len(row):
                held[column] = (row[column], last)
        if any(cell != "" and not (isinstance(cell, str) and cell.isspace()) for cell in row):
            yield number + 1, row


def _cells(sheet: "CalamineSheet") -> Iterator[list[Cell]]:
    """The reader's rows from the sheet's first, without its empty columns on the left."""
    with _told():
        for cells in sheet.iter_rows():
            yield list(cells)


def _tall(sheet: "CalamineSheet") -> dict[int, list[tuple[int, int]]]:
    tall: dict[int, list[tuple[int, int]]] = {}
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        if bottom > top and left == right:
            tall.setdefault(top, []).append((left, bottom))
    return tall
