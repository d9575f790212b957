"""content/policies/ranges.yaml: which leaves a policy may have, and whether theirs are acceptable."""

from collections.abc import Iterator
from typing import Any

from bot.library.hints import nearest
from bot.library.layers import POLICIES, Layer, Leaf, Stack
from bot.library.values import TYPES, Rule, refusal
from bot.library.yamlfiles import Node, Reader
from bot.rules.casework import PROMISES
from bot.rules.vocabulary import Attestation, ExamKind, Role

PARTIES = ("student", "staff")
_KINDS = tuple(kind.value for kind in ExamKind)
_ATTESTATIONS = tuple(attestation.value for attestation in Attestation)
# The names that may stand for a star, by what stands before it.
_NAMES = {
    "kinds": ("a kind of exam", _KINDS),
    "warnings.minutes_left": ("a kind of exam", _KINDS),
    "appeals": ("an attestation", _ATTESTATIONS),
    "force_majeure.promise_minutes": ("a promise", PROMISES),
    "force_majeure.step_minutes": ("a role", tuple(role.value for role in Role)),
    "force_majeure.chains": ("an attestation", _ATTESTATIONS),
    "force_majeure.chains.*": ("a party of an exam", PARTIES),
}
_HINTS = 20  # comparing is slow, and a file may be wrong in every line
_RULE_KEYS = ("type", "min", "max", "one_of", "required")


class Ranges:
    """The table of known leaves."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.rules: dict[str, Rule] = {}
        self._tree: dict[str, Any] = {}
        self._hints_left = _HINTS
        top = reader.read(reader.root / POLICIES / "ranges.yaml")
        for pattern, node in (top.fields() if top else {}).items():
            rule = _rule(reader, pattern, node)
            if rule:
                self._add(pattern, rule)

    def _add(self, pattern: str, rule: Rule) -> None:
        self.rules[pattern] = rule
        branch = self._tree
        for part in pattern.split("."):
            branch = branch.setdefault(part, {})
        branch[""] = pattern

    def pattern(self, path: str) -> str | None:
        """The pattern that knows this path."""
        branch: Any = self._tree
        for part in path.split("."):
            branch = branch.get(part) or branch.get("*")
            if branch is None or not part:
                return None
        found = branch.get("")
        return found if isinstance(found, str) else None

    def check(self, stack: Stack) -> None:
        """Records every leaf of a policy that is unknown, out of range or missing."""
        for path, leaf in stack.leaves.items():
            self._check_leaf(path, leaf, stack.leaves)
        for path in self._required(stack.leaves):
            if path not in stack.leaves:
                self._reader.blame(stack.near(path.rpartition(".")[0]), f"{path}: is missing")

    def check_known(self, layer: Layer, stack: Stack) -> Layer:
        """The leaves of an operator's layer that mean something; the others are problems, with a hint."""
        kept = {}
        for path, leaf in layer.items():
            if self.pattern(path) is None:
                self._unknown(path, leaf, stack.leaves)
            elif self._named(path, leaf):
                kept[path] = leaf
        return kept

    def _check_leaf(self, path: str, leaf: Leaf, leaves: Layer) -> None:
        pattern = self.pattern(path)
        if pattern is None:
            self._unknown(path, leaf, leaves)
            return
        rule = self.rules[pattern]
        wrong = "needs a value" if leaf.value is None and rule.required else ""
        if leaf.value is not None:
            wrong = refusal(rule, leaf.value)
        if wrong:
            self._reader.blame(leaf.node, f"{path}: {wrong}")
        self._named(path, leaf)

    def _named(self, path: str, leaf: Leaf) -> bool:
        """Whether the names in a path that the vocabulary fixes are known ones."""
        parts = path.split(".")
        for index, part in enumerate(parts):
            before = ".".join("*" if i == 2 else p for i, p in enumerate(parts[:index]))
            what, known = _NAMES.get(before, ("", ()))
            if known and part not in known:
                near = nearest(part, known)
                more = f"; is {near} meant?" if near else f" ({', '.join(known)})"
                self._reader.blame(leaf.node, f"{path}: {part} is not {what}{more}")
                return False
        return True

    def _unknown(self, path: str, leaf: Leaf, leaves: Layer) -> None:
        known = {*leaves, *(_filled(pattern, path) for pattern in self.rules)} - {path}
        near = nearest(path, known) if self._hints_left > 0 else ""
        self._hints_left -= 1
        more = f"; is {near} meant?" if near else ""
        self._reader.blame(leaf.node, f"{path}: is not known to a policy{more}")

    def _required(self, leaves: Layer) -> Iterator[str]:
        needed = [pattern.split(".") for pattern, rule in self.rules.items() if rule.required]
        tree: dict[str, Any] = {}
        for path in leaves:
            branch = tree
            for part in path.split("."):
                branch = branch.setdefault(part, {})
        for parts in needed:
            yield from _expanded(parts, tree)


def _expanded(parts: list[str], tree: dict[str, Any]) -> Iterator[str]:
    """A pattern with every star replaced by the names that stand there."""
    head, rest = parts[0], parts[1:]
    for name in tree if head == "*" else (head,):
        if not rest:
            yield name
            continue
        for tail in _expanded(rest, tree.get(name, {})):
            yield f"{name}.{tail}"


def _filled(pattern: str, path: str) -> str:
    """A pattern with its stars replaced by what stands at the same place in a path."""
    parts = path.split(".")
    filled = [
        parts[index] if part == "*" and index < len(parts) else part
        for index, part in enumerate(pattern.split("."))
    ]
    return ".".join(filled)


def _rule(reader: Reader, pattern: str, node: Node) -> Rule | None:
    fields = node.fields()
    kind = fields["type"].text() if "type" in fields else ""
    unknown = fields.keys() - set(_RULE_KEYS)
    bounds = [fields[key].value for key in ("min", "max") if key in fields]
    if kind not in TYPES or unknown or not all(isinstance(bound, int | float) for bound in bounds):
        reader.blame(node, f"{pattern}: is not a rule: a known type, min and max numbers, one_of, required")
        return None
    return Rule(
        type=kind,
        low=fields["min"].value if "min" in fields else None,
        high=fields["max"].value if "max" in fields else None,
        one_of=tuple(item.text() for item in fields["one_of"].items()) if "one_of" in fields else (),
        required="required" in fields and fields["required"].value is True,
    )
