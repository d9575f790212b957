"""Templates of documents: content/<language>/documents/NAME.yaml, filled from facts.

A template: `file` (name of the made file), `title`, perhaps `to` (lines of the addressee), and `parts`, a
list of `{text}`, `{small}`, `{fields: [{label, value}]}`, `{table: {of, head, cells}}`, `{sign: [lines]}`,
`{bars: {of, label, value}}` where `value` is one number's place.
What a fact leaves blank stays a line for a pen. `{zone}` needs no fact: how far the times are from UTC.
"""

import datetime as dt
import zoneinfo
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from babel.dates import format_date, format_time
from babel.numbers import format_decimal

from bot.errors import ContentError
from bot.library.catalogue import Catalogue
from bot.library.hints import hint
from bot.library.words import placeholders
from bot.library.yamlfiles import Node, Reader, names
from bot.rules import zones
from bot.rules.papers import (
    BLANK,
    Bars,
    Day,
    Fact,
    Facts,
    Fields,
    Grid,
    Paper,
    Paragraph,
    Part,
    Plain,
    Said,
    Signatures,
)

DOCUMENTS = "documents"
_TOP = ("file", "title", "to", "parts")
_PARTS = ("text", "small", "fields", "table", "sign", "bars")


class Papers:
    """The templates of every language, read at their first use."""

    def __init__(
        self, root: Path, languages: Sequence[str], catalogue: Catalogue, zone: zoneinfo.ZoneInfo
    ) -> None:
        self._root = root
        self._languages = tuple(languages)
        self._catalogue = catalogue
        self._zone = zone

    @cached_property
    def _templates(self) -> Mapping[tuple[str, str], Node]:
        reader = Reader(self._root)
        found = read_templates(reader, self._languages)
        if reader.problems:
            raise ContentError(reader.problems)
        return found

    def names(self) -> list[str]:
        """Every template."""
        return sorted({name for _, name in self._templates})

    def paper(self, template: str, language: str, facts: Facts) -> Paper:
        """A template filled. Raises `ContentError` for an unknown one, `KeyError` for a missing fact."""
        node = self._templates.get((language, template))
        if node is None:
            raise ContentError([f"there is no document {template} in language {language}"])
        filled = _Filling(self._catalogue, language, self._zone, facts)
        fields = node.fields()
        return Paper(
            language=language,
            file=filled.text(fields["file"]).replace(BLANK, ""),
            title=filled.text(fields["title"]),
            to=tuple(filled.text(line) for line in fields["to"].items()) if "to" in fields else (),
            parts=tuple(filled.part(part) for part in fields["parts"].items()),
        )


class _Filling:
    """One document being filled."""

    def __init__(self, catalogue: Catalogue, language: str, zone: zoneinfo.ZoneInfo, facts: Facts) -> None:
        self._catalogue, self._language, self._zone = catalogue, language, zone
        self._facts: Facts = {"zone": self._offset(facts), **facts}

    def _offset(self, facts: Facts) -> str | None:
        told = [fact.moment if isinstance(fact, Day) else fact for fact in facts.values()]
        moments = [moment for moment in told if isinstance(moment, dt.datetime)]
        return zones.offset(max(moments), self._zone) if moments else None

    def text(self, node: Node, row: Mapping[str, Plain] | None = None) -> str:
        known: Mapping[str, Fact] = {**self._facts, **(row or {})}
        needed = placeholders(node.text()) or frozenset()
        return node.text().format_map({name: self._said(known[name]) for name in needed})

    def _said(self, value: Fact) -> str:
        if isinstance(value, Said):
            return self._catalogue.text(self._language, value.msgid)
        if isinstance(value, Day):
            return self._day(value.moment)
        if isinstance(value, dt.datetime):
            clock = format_time(value.astimezone(self._zone), "HH:mm", locale=self._language)
            return f"{self._day(value)}, {clock}"
        if isinstance(value, int | float):
            return format_decimal(value, locale=self._language)
        return value if isinstance(value, str) and value else BLANK

    def _day(self, moment: dt.datetime) -> str:
        return format_date(moment.astimezone(self._zone).date(), "long", locale=self._language)

    def part(self, node: Node) -> Part:
        ((kind, body),) = node.fields().items()
        if kind == "fields":
            return Fields(
                tuple(
                    (row.fields()["label"].text(), self.text(row.fields()["value"])) for row in body.items()
                )
            )
        if kind == "table":
            return self._grid(body)
        if kind == "bars":
            return self._bars(body)
        if kind == "sign":
            return Signatures(tuple(self.text(line) for line in body.items()))
        return Paragraph(self.text(body), small=kind == "small")

    def _bars(self, body: Node) -> Bars:
        fields = body.fields()
        listed = self._facts[fields["of"].text()]
        rows = [row for row in listed if isinstance(row, Mapping)] if isinstance(listed, Sequence) else []
        (name,) = placeholders(fields["value"].text()) or ("",)
        values = [row[name] for row in rows]
        numbers = [float(value) if isinstance(value, int | float) else 0.0 for value in values]
        longest = max(numbers, default=0) or 1
        return Bars(
            tuple(
                (self.text(fields["label"], row), number / longest, self.text(fields["value"], row))
                for row, number in zip(rows, numbers, strict=True)
            )
        )

    def _grid(self, body: Node) -> Grid:
        fields = body.fields()
        listed = self._facts[fields["of"].text()]
        rows = [row for row in listed if isinstance(row, Mapping)] if isinstance(listed, Sequence) else []
        return Grid(
            tuple(head.text() for head in fields["head"].items()),
            tuple(
                tuple(self.text(cell, {**row, "n": number}) for cell in fields["cells"].items())
                for number, row in enumerate(rows, 1)
            ),
        )


def read_templates(reader: Reader, languages: Sequence[str]) -> dict[tuple[str, str], Node]:
    """Every template of every language as far as it is whole; what is wrong stays with the reader."""
    found: dict[tuple[str, str], Node] = {}
    for language in languages:
        for path in names(reader.root / language / DOCUMENTS):
            top = reader.read(path)
            if top is not None and _is_whole(reader, top):
                found[language, path.stem] = top
    for language in languages:
        for _, name in sorted(found):
            if (language, name) not in found:
                place = reader.shown(reader.root / language / DOCUMENTS)
                reader.blame(place, f"{name}: this document is missing in language {language}")
    _check_same(reader, found)
    return found


def _is_whole(reader: Reader, top: Node) -> bool:
    before = len(reader.problems)
    fields = top.fields()
    for key in fields.keys() - set(_TOP):
        reader.blame(fields[key], f"{key} is not known here{hint(key, _TOP)}")
    for key in ("file", "title", "parts"):
        if key not in fields:
            reader.blame(top, f"{key}: is missing")
    for part in fields["parts"].items() if "parts" in fields else ():
        kinds = part.fields().keys()
        if len(kinds) != 1 or not kinds <= set(_PARTS):
            reader.blame(part, f"a part is one of {', '.join(_PARTS)}")
    for node in _texts(top):
        if placeholders(node.text()) is None:
            reader.blame(node, "its braces are not placeholders such as {number}")
    return len(reader.problems) == before


def _texts(node: Node) -> Iterator[Node]:
    if isinstance(node.value, str):
        yield node
    for child in (*node.fields().values(), *node.items()):
        yield from _texts(child)


def _check_same(reader: Reader, found: Mapping[tuple[str, str], Node]) -> None:
    """The same facts fill a document in every language."""
    models: dict[str, tuple[str, set[str]]] = {}
    for (_, name), top in sorted(found.items()):
        used = {place for node in _texts(top) for place in placeholders(node.text()) or ()}
        where, model = models.setdefault(name, (top.file, used))
        if used != model:
            reader.blame(top, f"its placeholders differ from those of {where}: {sorted(used ^ model)}")
