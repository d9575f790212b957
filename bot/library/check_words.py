"""Words of steps and other YAML texts: the same in every language, short enough, in the right letters."""

import re
from collections.abc import Iterator, Sequence, Set
from pathlib import Path

from bot.library.languages import Language
from bot.library.spelling import faults, lacks_own, names_in
from bot.library.words import STEPS
from bot.library.yamlfiles import Node, Reader

LONGEST = {"title": 60, "text": 600, "at_exam": 120, "at_kind": 120}
LINES_MAX = 5
_MARKUP = re.compile(r"</?[a-zA-Z]|\*\*|__|`|\[[^\]]*\]\(")

Texts = dict[str, Node]


def check_words(reader: Reader, languages: Sequence[Language], used: Set[str]) -> None:
    """Compares the YAML files of all languages; `used` are the ids of steps and notes of all flows."""
    files = {language.code: _files(reader.root / language.code) for language in languages}
    for name in sorted({name for found in files.values() for name in found}):
        texts = {}
        for language in languages:
            path = reader.root / language.code / name
            if name not in files[language.code]:
                reader.blame(reader.shown(path), "is missing, another language has it")
                continue
            node = reader.read(path)
            texts[language.code] = dict(_texts(node)) if node else {}
            _check_letters(reader, language, languages, path, texts[language.code])
            if Path(name).parent.name == STEPS and node:
                _check_steps(reader, node, texts[language.code], used)
        _compare(reader, name, texts)


def _files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*.yaml")}


def _texts(node: Node, path: str = "") -> Iterator[tuple[str, Node]]:
    """Every text of a file by its path; a list of plain values counts as one text."""
    if isinstance(node.value, dict):
        for key, child in node.value.items():
            yield from _texts(child, f"{path}.{key}" if path else key)
    elif isinstance(node.value, list):
        plain = [item for item in node.value if not isinstance(item.value, dict | list)]
        if len(plain) == len(node.value):
            yield path, Node(" ; ".join(str(item.value) for item in plain), node.file, node.line)
            return
        for index, child in enumerate(node.value):
            yield from _texts(child, f"{path}.{index}")
    else:
        yield path, Node(str(node.value), node.file, node.line)


def _check_letters(
    reader: Reader, language: Language, languages: Sequence[Language], path: Path, texts: Texts
) -> None:
    letters = "".join(other.letters for other in languages)
    for name, node in texts.items():
        for fault in faults(language, node.value, letters):
            reader.blame(node, f"{name}: {fault}")
    if language.own_letters and lacks_own(language, (node.value for node in texts.values())):
        reader.blame(reader.shown(path), f"has no letter of language {language.code}: {language.own_letters}")


def _check_steps(reader: Reader, top: Node, texts: Texts, used: Set[str]) -> None:
    for name, node in top.fields().items():
        if name not in used:
            reader.blame(node, f"{name}: no flow shows this")
    for name, node in texts.items():
        key = name.rpartition(".")[2]
        text = node.value.strip()
        if len(text) > LONGEST.get(key, len(text)):
            reader.blame(node, f"{name}: has {len(text)} letters, over {LONGEST[key]}")
        lines = text.count("\n") + 1
        if lines > LINES_MAX:
            reader.blame(node, f"{name}: has {lines} lines, over {LINES_MAX}")
        if _MARKUP.search(text):
            reader.blame(node, f"{name}: is plain text, without HTML or Markdown")


def _compare(reader: Reader, name: str, texts: dict[str, Texts]) -> None:
    """The same names in every language, and the same placeholders."""
    for path in dict.fromkeys(path for found in texts.values() for path in found):
        lacking = [language for language, found in texts.items() if path not in found]
        having = {language: found[path] for language, found in texts.items() if path in found}
        model = next(iter(having.values()))
        for language in lacking:
            reader.blame(model, f"{path}: is missing in {language}/{name}")
        wanted = names_in([model.value])
        for node in having.values():
            if names_in([node.value]) != wanted:
                told = " ".join(sorted(f"{{{one}}}" for one in wanted)) or "none"
                reader.blame(node, f"{path}: its placeholders differ from those in {model.where} ({told})")
