"""A look at a sheet's XML before it is opened: how far its cells reach and which formulas have no value."""

import re

VOIDS_KEPT = 10_000
_OVERLAP = 16 * 1024
_CELL = rb"<(?:\w+:)?c\b"
_FILLED = re.compile(_CELL + rb"""[^<>]*?\br=["']([A-Za-z]+)([0-9]+)["'][^<>/]*>""")
_UNNAMED = re.compile(_CELL + rb"""(?![^<>]*\br=)[^<>/]*>""")
_ROW = re.compile(rb"""<(?:\w+:)?row\b""")
_ROW_NUMBER = re.compile(rb"""<(?:\w+:)?row\b[^<>]*?\br=["']([0-9]+)["'][^<>/]*>""")
_FAILED = re.compile(_CELL + rb"""(?=[^<>]*\bt=["']e["'])[^<>]*?\br=["']([A-Za-z]+)([0-9]+)["']""")
_UNCALCULATED = re.compile(
    rb"""<c\b(?![^<>]*\bt="str")[^<>]*?\br="([A-Z]+)([0-9]+)"[^<>]*>\s*"""
    rb"""<f\b(?:[^<>]*/>|[^<>]*>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>"""
)


class Scan:
    """Measures a sheet piece by piece.

    The reader keeps every cell of the used rectangle in memory, so one far cell would take all of
    it. It also shows failed and never calculated formulas as empty cells, which loses data silently:
    `voids` has their codes by line and by column from 0.
    """

    def __init__(self, voids: dict[int, dict[int, str]]) -> None:
        self._voids = voids
        self._columns: set[bytes] = set()
        self._rows: set[bytes] = set()
        self._unnamed = 0
        self._tail = b""

    def feed(self, chunk: bytes) -> None:
        """Takes the next piece of the sheet."""
        piece = self._tail + chunk
        for column, row in _FILLED.findall(piece):
            self._columns.add(column)
            self._rows.add(row)
        if _UNNAMED.search(piece):
            self._rows.update(_ROW_NUMBER.findall(piece))
            widest = max(len(_UNNAMED.findall(row)) for row in _ROW.split(piece))
            self._unnamed = max(self._unnamed, widest)
        for code, pattern in (("formula_error", _FAILED), ("formula_empty", _UNCALCULATED)):
            for column, row in pattern.findall(piece):
                if len(self._voids) < VOIDS_KEPT:
                    self._voids.setdefault(_row_number(row), {})[_column_number(column) - 1] = code
        self._tail = piece[-_OVERLAP:]

    def extent(self) -> tuple[int, int]:
        """The farthest row and column that the cells reach."""
        width = max((_column_number(column) for column in self._columns), default=0)
        height = max((_row_number(row) for row in self._rows), default=0)
        return height, max(width, self._unnamed)


def _row_number(digits: bytes) -> int:
    return int(digits[:9])


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters[:7].upper():
        number = number * 26 + letter - 64
    return number
