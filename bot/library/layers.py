"""A policy as flat leaves (`force_majeure.nobody`), layer over layer, each leaf with its source."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.library.hints import hint
from bot.library.yamlfiles import Node, Reader, names

POLICIES = "policies"
MARKS = ("source", "chosen", "derived")
_HEADER = ("profile", "extends")
_LEAF_KEYS = frozenset({"value", "clause", "mark", "row"})
_UNITS = ("minutes", "hours", "days", "working_days", "weeks", "months")
_UNIT = re.compile(rf"_({'|'.join(_UNITS)})$")
_ROW = re.compile(r"[AMUKN][0-9]{2}")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value (lists as tuples), its clause, its mark, where it stands, and the time rules that it states."""

    value: Any
    clause: str | None
    mark: str
    node: Node
    rows: tuple[str, ...] = ()


Layer = dict[str, Leaf]


@dataclass(frozen=True, slots=True)
class Stack:
    """A profile's leaves with every layer laid; `names` are its policies from the base up; `file` is its
    own, `over` the operator's."""

    leaves: Layer
    names: tuple[str, ...]
    file: str
    over: str = ""

    def near(self, path: str) -> Node | str:
        """Where to look for what a branch lacks: its leaf in the uppermost file, else the profile's file."""
        nodes = [leaf.node for _, leaf in below(self.leaves, path)]
        ranked = sorted(nodes, key=lambda node: (self.over, self.file, node.file).index(node.file))
        return ranked[0] if ranked else self.file


def profiles(reader: Reader) -> tuple[str, ...]:
    """Names of the policies a university may run: those that extend another."""
    found = ((path.stem, reader.read(path)) for path in names(reader.root / POLICIES))
    return tuple(name for name, node in found if node and "extends" in node.fields())


def stack(reader: Reader, profile: str) -> Stack | None:
    """The profile's own file over all it extends; None, with the problem recorded, when one is missing."""
    layers: list[tuple[str, Layer]] = []
    name, asked_by = profile, ""
    while name:
        path = reader.root / POLICIES / f"{name}.yaml"
        if any(name == seen for seen, _ in layers):
            reader.blame(asked_by, f"extends: {name} is among those that extend it")
            return None
        if not _NAME.fullmatch(name) or not path.is_file():
            known = [found.stem for found in names(reader.root / POLICIES)]
            reader.blame(asked_by or reader.shown(path), f"there is no policy {name!r}{hint(name, known)}")
            return None
        node = reader.read(path)
        if node is None:
            return None
        _check_header(reader, node, name)
        layers.append((name, flatten(reader, node, _HEADER)))
        parent = node.fields().get("extends")
        name, asked_by = (parent.text() or "?", parent.where) if parent else ("", "")
    leaves: Layer = {}
    for _, layer in reversed(layers):
        leaves = lay(leaves, layer)
    shown = reader.shown(reader.root / POLICIES / f"{profile}.yaml")
    return Stack(leaves, tuple(n for n, _ in reversed(layers)), shown)


def _check_header(reader: Reader, node: Node, name: str) -> None:
    own = node.fields().get("profile")
    if own is None or own.text() != name:
        reader.blame(own or node, f"profile: must be {name}, as the file is named")


def flatten(reader: Reader, top: Node, skip: tuple[str, ...] = ()) -> Layer:
    """Every leaf of a file by its dotted path; a leaf given twice or without a value is a problem."""
    layer: Layer = {}
    for name, child in top.fields().items():
        if name in skip:
            continue
        for path, leaf in _leaves(reader, child, name, _Source()):
            if path in layer:
                reader.blame(leaf.node, f"{path}: is given twice")
            layer[path] = leaf
    return layer


@dataclass(frozen=True, slots=True)
class _Source:
    clause: str | None = None
    mark: str = "chosen"
    rows: tuple[str, ...] = ()


def _leaves(reader: Reader, node: Node, path: str, source: _Source) -> Iterator[tuple[str, Leaf]]:
    fields = node.fields()
    if not isinstance(node.value, dict):
        yield path, _leaf(reader, node, path, source)
        return
    if _LEAF_KEYS & fields.keys():
        source = _source(reader, fields, path)
        silent = "value" in fields and fields["value"].value in (None, [])
        if source.mark != "chosen" and source.clause is None and not silent:
            reader.blame(node, f"{path}: is marked {source.mark} but names no clause")
    if "value" in fields:
        for extra in fields.keys() - _LEAF_KEYS:
            reader.blame(fields[extra], f"{path}: a leaf has value, clause, mark and row, not {extra}")
        yield path, _leaf(reader, fields["value"], path, source)
        return
    inner = [(key, child) for key, child in fields.items() if key not in _LEAF_KEYS]
    if fields and not inner:
        reader.blame(node, f"{path}: has no value")
    for key, child in inner:
        yield from _leaves(reader, child, f"{path}.{key}", source)


def _leaf(reader: Reader, node: Node, path: str, source: _Source) -> Leaf:
    return Leaf(_plain(reader, node, path), source.clause, source.mark, node, source.rows)


def _rows(reader: Reader, node: Node | None, path: str) -> tuple[str, ...]:
    if node is None:
        return ()
    said = [child.text() for child in node.items()] if isinstance(node.value, list) else [node.text()]
    if not all(_ROW.fullmatch(row) for row in said):
        reader.blame(node, f"{path}: row must be the number of a time rule, such as A17, or a list of them")
    return tuple(said)


def _source(reader: Reader, fields: dict[str, Node], path: str) -> _Source:
    clause, mark = fields.get("clause"), fields.get("mark")
    if clause is not None and clause.value is not None and not clause.text():
        reader.blame(clause, f"{path}: clause must be a text")
    if mark is not None and mark.value not in MARKS:
        reader.blame(mark, f"{path}: mark must be one of {', '.join(MARKS)}")
    said = clause.text() if clause is not None else ""
    rows = _rows(reader, fields.get("row"), path)
    return _Source(said or None, str(mark.value) if mark is not None else "chosen", rows)


def _plain(reader: Reader, node: Node, path: str) -> Any:
    if isinstance(node.value, dict):
        reader.blame(node, f"{path}: must be a plain value or a list")
        return None
    if not isinstance(node.value, list):
        return node.text() if isinstance(node.value, str) else node.value
    for child in node.items():
        if isinstance(child.value, dict | list):
            reader.blame(child, f"{path}: must be a list of plain values")
            return None
    return tuple(child.text() if isinstance(child.value, str) else child.value for child in node.items())


def lay(lower: Layer, upper: Layer) -> Layer:
    """`upper` over `lower`, leaf by leaf.

    A quantity in one unit sets aside the lower layer's in another: a window in hours over one in working
    days.
    """
    kept = dict(lower)
    for path, leaf in upper.items():
        stem = _UNIT.sub("", path)
        if stem == path or leaf.value is None:
            continue
        for other in (f"{stem}_{unit}" for unit in _UNITS):
            if other not in upper:
                kept.pop(other, None)
    return kept | upper


def below(leaves: Layer, prefix: str) -> Iterator[tuple[str, Leaf]]:
    """The leaves under a path, by the rest of their path."""
    start = f"{prefix}."
    return ((path.removeprefix(start), leaf) for path, leaf in leaves.items() if path.startswith(start))
