"""Tables and QR pictures written for people: what looks like a formula stays text."""

import csv
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from itertools import chain, islice
from pathlib import Path
from typing import Any, TypeGuard

from bot.errors import EmtihanError

Value = object
Rows = Iterable[Sequence[Value]]

XLSX_ROWS = 1_048_576
XLSX_EXACT = 10**15
FIRST_XLSX_YEAR = 1901
MEASURED_ROWS = 200
NARROWEST, WIDEST = 8, 60
QR_MODULE_PIXELS = 8
QR_QUIET_MODULES = 4
# What spreadsheets take for the beginning of a formula: full-width signs too, and behind what is unseen.
_UNSEEN = " \xa0\xad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_FORMULA = re.compile(f"[{_UNSEEN}]*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
# A spreadsheet of another locale splits at these although the file does not.
_INNER_FORMULA = re.compile("([;\t\r\n] *)(?=[=+\\-@])")
_UNWRITABLE = re.compile("[\0\ud800-\udfff]")


def write_table(path: Path, headers: Sequence[str], rows: Rows) -> None:
    """Writes a table as `.xlsx` or `.csv` by the path's ending; the file appears whole or not at all.

    Moments are written with the clock they carry: convert them to local time first.
    Raises EmtihanError for another ending, a folder that cannot be written and too many rows for a sheet.
    """
    ending = path.suffix.lower()
    if ending == ".xlsx":
        _replace(path, lambda draft: _write_xlsx(draft, headers, rows))
    elif ending == ".csv":
        _replace(path, lambda draft: _write_csv(draft, headers, rows))
    else:
        raise EmtihanError(f"The file {path.name} must end in .xlsx or .csv.")


def require_writable(path: Path) -> None:
    """Before anything is done for the sake of a table: its ending and folder. Raises as `write_table`."""
    if path.suffix.lower() not in (".xlsx", ".csv"):
        raise EmtihanError(f"The file {path.name} must end in .xlsx or .csv.")
    if not path.parent.is_dir():
        raise EmtihanError(f"The file {path} cannot be written: there is no folder {path.parent}.")
    if path.is_dir() or not os.access(path.parent, os.W_OK):
        raise EmtihanError(
            f"The file {path} cannot be written: {'a folder' if path.is_dir() else 'no rights'}."
        )


def table_bytes(ending: str, headers: Sequence[str], rows: Rows) -> bytes:
    """The same as the bytes of a file with this ending (`.xlsx`, `.csv`), to be sent."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"table{ending}"
        write_table(path, headers, rows)
        return path.read_bytes()


def write_qr(path: Path, text: str) -> None:
    """Writes a PNG with a QR code of the text, quiet zone included.

    Raises EmtihanError when the text does not fit a code or the file cannot be written.
    """
    import segno  # only for those who ask for pictures

    try:
        code = segno.make(text, error="m", micro=False)
    except (segno.DataOverflowError, ValueError) as error:
        raise EmtihanError(f"No QR code can be made of {len(text)} characters: {error}.") from error
    size = {"scale": QR_MODULE_PIXELS, "border": QR_QUIET_MODULES}
    _replace(path, lambda draft: code.save(str(draft), kind="png", **size))


def _replace(path: Path, write: Callable[[Path], None]) -> None:
    """Writes beside the target and moves the draft over it, so that nobody sees half a file.

    The file is for its owner only: tables hold personal data and link codes.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.stem[:40]}-", suffix=path.suffix, dir=path.parent)
        os.close(handle)
    except OSError as error:
        raise EmtihanError(f"The file {path} cannot be written: {error.strerror}.") from error
    draft = Path(name)
    try:
        write(draft)
        draft.replace(path)
    except OSError as error:
        raise EmtihanError(f"The file {path} cannot be written: {error.strerror or error}.") from error
    finally:
        draft.unlink(missing_ok=True)


def _write_csv(path: Path, headers: Sequence[str], rows: Rows) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow([_csv_cell(header) for header in headers])
        for row in rows:
            writer.writerow([_csv_cell(value) for value in row])


def _csv_cell(value: Value) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    text = _INNER_FORMULA.sub(r"\1'", _text(value))
    return f"'{text}" if _FORMULA.match(text) else text


def _text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ", "seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return _UNWRITABLE.sub("\ufffd", str(value))


def _write_xlsx(path: Path, headers: Sequence[str], rows: Rows) -> None:
    # Imported only for those who write workbooks; the package ships no types.
    import xlsxwriter  # type: ignore[import-untyped]

    options = {"strings_to_formulas": False, "strings_to_urls": False, "constant_memory": True}
    try:
        with xlsxwriter.Workbook(str(path), options) as workbook:
            _fill(workbook, headers, rows)
    except xlsxwriter.exceptions.XlsxWriterException as error:
        raise OSError(str(error)) from error


def _fill(workbook: Any, headers: Sequence[str], rows: Rows) -> None:
    sheet = workbook.add_worksheet()
    sheet.freeze_panes(1, 0)
    moment = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm", "align": "left"})
    day = workbook.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
    bold = workbook.add_format({"bold": True, "bottom": 1})
    remaining = iter(rows)
    first = list(islice(remaining, MEASURED_ROWS))
    for column, header in enumerate(headers):
        longest = max(len(_text(row[column])) if column < len(row) else 0 for row in [headers, *first])
        sheet.set_column(column, column, min(max(longest + 2, NARROWEST), WIDEST))
        sheet.write_string(0, column, _text(header), bold)
    for line, row in enumerate(chain(first, remaining), start=1):
        if line >= XLSX_ROWS:
            raise EmtihanError("A sheet cannot hold that many rows: write a .csv file instead.")
        for column, value in enumerate(row):
            if isinstance(value, datetime) and value.year >= FIRST_XLSX_YEAR:
                sheet.write_datetime(line, column, value.replace(tzinfo=None), moment)
            elif isinstance(value, date) and value.year >= FIRST_XLSX_YEAR:
                sheet.write_datetime(line, column, value, day)
            elif _is_number(value):
                sheet.write_number(line, column, value)
            elif value is not None:
                sheet.write_string(line, column, _text(value))


def _is_number(value: Value) -> TypeGuard[int | float]:
    """Whether a spreadsheet keeps the value exactly as a number: it has 15 digits."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < XLSX_EXACT
