"""The launch checklist: what a university decides where its regulation is silent (content/launch.yaml)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.errors import ContentError
from bot.library.content import CONTENT
from bot.library.hints import hint
from bot.library.yamlfiles import Node, Reader
from bot.rules.policy import Policy

LAUNCH = "launch.yaml"
_KEYS = frozenset({"sources", "values", "staffed"})


@dataclass(frozen=True, slots=True)
class Question:
    """A decision: the policy paths that hold it, and its words by language."""

    id: str
    sources: tuple[str, ...]
    values: tuple[str, ...]
    staffed: bool
    texts: Mapping[str, str]

    def open_values(self, policy: Policy) -> tuple[str, ...]:
        """Paths of this question that the policy leaves empty."""
        return tuple(path for path in self.values if _is_empty(policy, path))


def _is_empty(policy: Policy, path: str) -> bool:
    leaf = policy.leaves.get(path)
    return leaf is None or leaf.value in (None, (), "")


def load_launch(languages: Iterable[str], root: Path = CONTENT) -> tuple[Question, ...]:
    """The checklist. Raises `ContentError` with every problem found."""
    reader = Reader(root)
    questions = read_launch(reader, tuple(languages))
    if reader.problems:
        raise ContentError(reader.problems)
    return questions


def read_launch(reader: Reader, languages: tuple[str, ...]) -> tuple[Question, ...]:
    """The checklist as far as it is whole; what is wrong stays with the reader."""
    path = reader.root / LAUNCH
    top = reader.read(path) if path.is_file() else None
    if top is None:
        return ()
    listed = top.fields()["questions"].fields() if "questions" in top.fields() else {}
    words = {language: _words(reader, language, listed) for language in languages}
    return tuple(
        _question(reader, name, node, {language: words[language].get(name, "") for language in languages})
        for name, node in listed.items()
    )


def _words(reader: Reader, language: str, listed: Mapping[str, Node]) -> dict[str, str]:
    path = reader.root / language / LAUNCH
    top = reader.read(path)
    fields = top.fields() if top else {}
    for name, node in fields.items():
        if name not in listed:
            reader.blame(node, f"{name}: is no question of {LAUNCH}{hint(name, listed)}")
    for name in listed:
        if name not in fields or not fields[name].text():
            reader.blame(reader.shown(path), f"{name}: has no words")
    return {name: node.text() for name, node in fields.items()}


def _question(reader: Reader, name: str, node: Node, texts: Mapping[str, str]) -> Question:
    fields = node.fields()
    for key in fields.keys() - _KEYS:
        reader.blame(fields[key], f"{name}: {key} is not known here{hint(key, _KEYS)}")

    def listed(key: str) -> tuple[str, ...]:
        return tuple(item.text() for item in fields[key].items()) if key in fields else ()

    staffed = "staffed" in fields and fields["staffed"].value is True
    return Question(name, listed("sources"), listed("values"), staffed, texts)
