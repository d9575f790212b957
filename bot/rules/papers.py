"""A document as data: what stands on it, in one language, before it becomes DOCX or PDF."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

BLANK = "_" * 24
"""What a form leaves for a pen."""


@dataclass(frozen=True, slots=True)
class Said:
    """A value that the catalogue names in the document's language, for example `kind.written`."""

    msgid: str


@dataclass(frozen=True, slots=True)
class Day:
    """A moment of which the document names the day alone."""

    moment: dt.datetime


Plain = str | int | float | dt.datetime | Day | Said | None
Fact = Plain | Sequence[Mapping[str, Plain]]
Facts = Mapping[str, Fact]
"""What fills a template: None leaves a blank line, a moment becomes local date and time."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; `small` for the notes below."""

    text: str
    small: bool = False


@dataclass(frozen=True, slots=True)
class Fields:
    """Names and values, one a line."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with a head."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Signatures:
    """Lines to sign on: who, and room for the hand."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bars:
    """A chart of bars: (name, share of the longest from 0 to 1, its number as text)."""

    rows: tuple[tuple[str, float, str], ...]


Part = Paragraph | Fields | Grid | Signatures | Bars


@dataclass(frozen=True, slots=True)
class Paper:
    """A document in one language. `file`: its name without an ending; `to`: whom it is addressed to."""

    language: str
    file: str
    title: str
    to: tuple[str, ...]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """A document on its way to a reader: its name, bytes and the template that it was made from."""

    name: str
    content: bytes
    template: str
