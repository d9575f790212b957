"""A chart in words and counts, ready to be drawn."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a chart: what it is, and its counts (one a column)."""

    label: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A field of rows by columns, darker where there is more, and bars below it."""

    language: str
    title: str
    subtitle: str
    field_title: str
    columns: tuple[str, ...]
    field: tuple[Row, ...]
    bars_title: str
    bars: tuple[Row, ...]
