"""YAML files as trees in which every value knows its line; bad files become problems, not tracebacks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

MAX_BYTES = 1_000_000
MAX_NODES = 50_000
MAX_DEPTH = 30
MAX_OPENINGS = 5_000

_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_COMPACT_NESTING = re.compile(r"(?:[-?:][ \t]+){200}")
_WHOLE = re.compile(r"[-+]?[0-9]{1,15}")
_FRACTION = re.compile(r"[-+]?(?:[0-9]{1,15}\.[0-9]{0,15}|\.[0-9]{1,15})")
_WORDS: dict[str, bool | None] = {"": None, "~": None, "null": None, "true": True, "false": False}
_WORDS |= {"yes": True, "no": False, "on": True, "off": False}
_PLAIN_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("str", "seq", "map")}


@dataclass(frozen=True, slots=True)
class Node:
    """A value of a file: a mapping of names to nodes, a list of nodes or a plain scalar."""

    value: Any
    file: str
    line: int

    @property
    def where(self) -> str:
        """`file:line`."""
        return f"{self.file}:{self.line}"

    def fields(self) -> dict[str, "Node"]:
        """The mapping; empty for anything else."""
        return self.value if isinstance(self.value, dict) else {}

    def items(self) -> list["Node"]:
        """The list; empty for anything else."""
        return self.value if isinstance(self.value, list) else []

    def text(self) -> str:
        """The text, without outer white space; empty for anything else."""
        return self.value.strip() if isinstance(self.value, str) else ""


class Reader:
    """Reads files of one content root, each once, and gathers what is wrong with them in `problems`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[str] = []
        self._known: set[str] = set()
        self._read: dict[Path, Node | None] = {}

    def shown(self, path: Path) -> str:
        """A path as problems name it: a content file from the root's own name on, any other as it is."""
        if not path.is_relative_to(self.root):
            return path.as_posix()
        return (Path(self.root.name) / path.relative_to(self.root)).as_posix()

    def blame(self, where: Node | str, reason: str) -> None:
        """Records a problem once, as `file:line: reason`."""
        problem = f"{where.where if isinstance(where, Node) else where}: {reason}"
        if problem not in self._known:
            self._known.add(problem)
            self.problems.append(problem)

    def read(self, path: Path, *, may_be_empty: bool = False) -> Node | None:
        """The file's mapping; None, with the problem recorded, when there is none."""
        if path not in self._read:
            self._read[path] = self._load(path, may_be_empty)
        return self._read[path]

    def _load(self, path: Path, may_be_empty: bool) -> Node | None:
        name = self.shown(path)
        try:
            found = _parse(name, _decode(name, path), may_be_empty)
        except _Bad as bad:
            self.blame(bad.where, bad.reason)
            return None
        for where, reason in found.faults:
            self.blame(where, reason)
        return found.node


class _Bad(Exception):
    """The file cannot be used at all."""

    def __init__(self, where: str, reason: str) -> None:
        self.where = where
        self.reason = reason
        super().__init__(where, reason)


@dataclass(frozen=True, slots=True)
class _Found:
    node: Node
    faults: list[tuple[str, str]]


def _decode(name: str, path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as failure:
        raise _Bad(name, f"cannot be read: {failure.strerror or failure}") from None
    if len(raw) > MAX_BYTES:
        raise _Bad(name, f"is larger than {MAX_BYTES} bytes")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as failure:
        line = raw.count(b"\n", 0, failure.start) + 1
        raise _Bad(f"{name}:{line}", "is not UTF-8 text") from None


def _parse(name: str, text: str, may_be_empty: bool) -> _Found:
    # The C composer recurses without a limit of its own.
    if text.count("[") + text.count("{") > MAX_OPENINGS or _COMPACT_NESTING.search(text):
        raise _Bad(name, "is nested too deeply")
    try:
        top = yaml.compose(text, Loader=_LOADER)
    except RecursionError:
        raise _Bad(name, "is nested too deeply") from None
    except yaml.YAMLError as failure:
        raise _Bad(*_told(name, text, failure)) from None
    if top is None and may_be_empty:
        return _Found(Node({}, name, 1), [])
    conversion = _Conversion(name)
    if not isinstance(top, yaml.MappingNode):
        raise _Bad(f"{name}:1", "must hold a mapping (name: value)")
    return _Found(conversion.node(top), conversion.faults)


def _told(name: str, text: str, failure: yaml.YAMLError) -> tuple[str, str]:
    if isinstance(failure, yaml.MarkedYAMLError):
        mark = failure.problem_mark or failure.context_mark
        where = f"{name}:{mark.line + 1}" if mark else name
        return where, f"is not YAML: {failure.problem or failure.context}"
    if isinstance(failure, yaml.reader.ReaderError):
        line = text.count("\n", 0, max(0, int(failure.position))) + 1
        return f"{name}:{line}", f"is not YAML: {failure.reason}"
    return name, "is not YAML"


class _Conversion:
    """Turns composed nodes into ours; aliases share a node but count with their full size."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.faults: list[tuple[str, str]] = []
        self._done: dict[int, tuple[Node, int]] = {}
        self._open: set[int] = set()

    def node(self, top: yaml.Node) -> Node:
        node, _ = self._node(top, 0)
        return node

    def _node(self, raw: yaml.Node, depth: int) -> tuple[Node, int]:
        known = self._done.get(id(raw))
        if known is None:
            known = self._fresh(raw, depth)
            self._done[id(raw)] = known
        if known[1] > MAX_NODES:
            raise _Bad(self._where(raw), f"holds more than {MAX_NODES} values, aliases counted in full")
        return known

    def _fresh(self, raw: yaml.Node, depth: int) -> tuple[Node, int]:
        line = raw.start_mark.line + 1
        if isinstance(raw, yaml.ScalarNode):
            return Node(self._scalar(raw), self.name, line), 1
        if depth > MAX_DEPTH:
            raise _Bad(self._where(raw), "is nested too deeply")
        if id(raw) in self._open:
            raise _Bad(self._where(raw), "an alias stands inside its own anchor")
        self._refuse_tag(raw)
        self._open.add(id(raw))
        if isinstance(raw, yaml.MappingNode):
            value, size = self._mapping(raw, depth)
        else:
            value, size = self._sequence(raw, depth)
        self._open.discard(id(raw))
        return Node(value, self.name, line), size

    def _mapping(self, raw: yaml.MappingNode, depth: int) -> tuple[Any, int]:
        fields: dict[str, Node] = {}
        lines: dict[str, int] = {}
        size = 1
        for key, child in raw.value:
            node, weight = self._node(child, depth + 1)
            size += weight
            if not isinstance(key, yaml.ScalarNode):
                self._fault(key, "a name must be a plain word")
            elif key.value == "<<":
                self._fault(key, "merge keys (<<) are not used here: write the values out")
            elif key.value in fields:
                self._fault(key, f"{key.value} is given twice, first on line {lines[key.value]}")
            else:
                fields[key.value] = node
                lines[key.value] = key.start_mark.line + 1
        return fields, size

    def _sequence(self, raw: yaml.Node, depth: int) -> tuple[Any, int]:
        children = [self._node(child, depth + 1) for child in raw.value]
        return [node for node, _ in children], 1 + sum(size for _, size in children)

    def _scalar(self, raw: yaml.ScalarNode) -> Any:
        self._refuse_tag(raw)
        return raw.value if raw.style else plain(raw.value)

    def _refuse_tag(self, raw: yaml.Node) -> None:
        if raw.tag not in _PLAIN_TAGS:
            self._fault(raw, f"the tag {raw.tag} is not allowed")

    def _fault(self, raw: yaml.Node, reason: str) -> None:
        self.faults.append((self._where(raw), reason))

    def _where(self, raw: yaml.Node) -> str:
        return f"{self.name}:{raw.start_mark.line + 1}"


def plain(text: str) -> Any:
    """An unquoted scalar: null, flag, number, else the text itself (dates and times stay text)."""
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _FRACTION.fullmatch(text) else text


def names(folder: Path, pattern: str = "*.yaml") -> Iterator[Path]:
    """Files of a folder by name; nothing where there is no such folder."""
    return iter(sorted(folder.glob(pattern)))
