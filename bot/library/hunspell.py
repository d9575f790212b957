"""Spelling by Hunspell, where the program and a dictionary of the language are installed."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from bot.library import po
from bot.library.languages import Language
from bot.library.yamlfiles import Node, Reader

PROGRAM = "hunspell"
KNOWN = "spelling.txt"
SKIPPED_FILES = frozenset({"exchange.yaml", "synonyms.yaml", "forms.yaml"})
"""Words that people type, not words that we write."""

SKIPPED_KEYS = frozenset({"asked"})
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LATIN = re.compile(r"[A-Za-z]")
SECONDS = 30


def available(dictionary: str) -> bool:
    """Whether Hunspell and this dictionary are installed."""
    if not dictionary or shutil.which(PROGRAM) is None:
        return False
    asked = subprocess.run(
        [PROGRAM, "-d", dictionary, "-l"],
        input="",
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    return asked.returncode == 0


def check_spelling(reader: Reader, languages: tuple[Language, ...]) -> None:
    """Record every word that neither the dictionary nor the language's own list knows."""
    for language in languages:
        if available(language.dictionary):
            _check(reader, language)


def _check(reader: Reader, language: Language) -> None:
    places: dict[str, str] = {}
    for where, text in _texts(reader, language.code):
        for word in _WORD.findall(re.sub(r"\{\w+\}|/\w+|<[^>]+>|https?://\S+|\S+\.\w+\.\w+", " ", text)):
            if not _LATIN.search(word) and len(word) > 1:
                places.setdefault(word, where)
    known = _own(reader.root / language.code / KNOWN)
    for word in sorted(_unknown(places, language.dictionary)):
        if word.casefold() not in known and word in places:
            reader.blame(
                places[word], f"«{word}» is not in the dictionary {language.dictionary} nor in {KNOWN}"
            )


def _own(path: Path) -> frozenset[str]:
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    return frozenset(line.strip().casefold() for line in lines if line.strip() and not line.startswith("#"))


def _unknown(words: dict[str, str], dictionary: str) -> set[str]:
    asked = subprocess.run(
        [PROGRAM, "-d", dictionary, "-l", "-i", "utf-8"],
        input="\n".join(words),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=True,
    )
    return set(asked.stdout.split())


def _texts(reader: Reader, language: str) -> Iterator[tuple[str, str]]:
    for path in sorted((reader.root / language).rglob("*.yaml")):
        top = reader.read(path) if path.name not in SKIPPED_FILES else None
        if top is not None:
            yield from _leaves(top)
    catalog = po.parsed(reader, language)
    for message in catalog or ():
        if message.id:
            forms = message.string if isinstance(message.string, tuple) else (message.string,)
            for text in forms:
                yield f"{reader.shown(po.source(reader.root, language))}:{message.lineno}", str(text)


def _leaves(node: Node) -> Iterator[tuple[str, str]]:
    for key, child in node.fields().items():
        if key not in SKIPPED_KEYS:
            yield from _leaves(child)
    for child in node.items():
        yield from _leaves(child)
    if node.text():
        yield node.where, node.text()
