"""Headings and words that a file may use for columns and values, in any language of the content."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.errors import ContentError

VOCABULARIES = ("level", "kind", "attestation", "role", "language")


def fold(text: str) -> str:
    """A heading or value without case, spaces, signs and accents, so that spellings can be compared."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if letter.isalnum())


@dataclass(frozen=True, slots=True)
class Headings:
    """Accepted words beside the contract's own names.

    `columns` and each of `values` map a folded word to its id; `shown` keeps for every column the
    first heading of each language, for messages.
    """

    columns: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]]
    shown: Mapping[str, tuple[str, ...]]


def build_headings(documents: Iterable[Mapping[str, object]]) -> Headings:
    """Builds the headings from loaded `exchange.yaml` documents, one a language.

    A document has `columns: {id: [heading, ...]}` and `values: {vocabulary: {id: [word, ...]}}`.
    Raises ContentError with every word that is not text, stands for two ids or for an unknown vocabulary.
    """
    problems: list[str] = []
    columns: dict[str, str] = {}
    shown: dict[str, tuple[str, ...]] = {}
    values: dict[str, dict[str, str]] = {name: {} for name in VOCABULARIES}
    for document in documents:
        named = _words(document.get("columns"), "columns", problems)
        _take("columns", named, columns, problems)
        for column, words in named.items():
            shown[column] = (*shown.get(column, ()), *words[:1])
        vocabularies = document.get("values") or {}
        if not isinstance(vocabularies, Mapping):
            problems.append("values: expected a mapping of vocabularies")
            continue
        for name, listed in vocabularies.items():
            if name in values:
                _take(f"values.{name}", _words(listed, f"values.{name}", problems), values[name], problems)
            else:
                problems.append(f"values.{name}: no such vocabulary, use one of {', '.join(VOCABULARIES)}")
    if problems:
        raise ContentError(problems)
    return Headings(columns, values, shown)


def load_headings(content: Path) -> Headings:
    """Reads `exchange.yaml` of every language folder of the content directory.

    Raises ContentError when a file is not readable YAML or its words contradict each other.
    """
    import yaml  # here, so that commands that read no file do not pay for it

    documents: list[Mapping[str, object]] = []
    for path in sorted(content.glob("*/exchange.yaml")):
        try:
            document = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise ContentError([f"{path}: cannot be read: {error}"]) from error
        if not isinstance(document, Mapping):
            raise ContentError([f"{path}: expected a mapping with columns and values"])
        documents.append(document)
    return build_headings(documents)


def _words(listed: object, where: str, problems: list[str]) -> dict[str, list[str]]:
    """The mapping id -> words of one section; what has another shape goes to `problems`."""
    if listed is None:
        return {}
    if not isinstance(listed, Mapping):
        problems.append(f"{where}: expected a mapping of id to a list of words")
        return {}
    words: dict[str, list[str]] = {}
    for key, entry in listed.items():
        if isinstance(entry, list) and all(isinstance(word, str) and fold(word) for word in entry):
            words[str(key)] = entry
        else:
            problems.append(f"{where}.{key}: expected a list of words")
    return words


def _take(where: str, words: Mapping[str, list[str]], into: dict[str, str], problems: list[str]) -> None:
    for key, entry in words.items():
        for word in entry:
            owner = into.setdefault(fold(word), key)
            if owner != key:
                problems.append(f"{where}: '{word}' stands for both {owner} and {key}")
