"""Spelling by Hunspell, where the program and a dictionary of the language are installed."""

import re
import shutil
import subprocess
from pathlib import Path

from bot.library.languages import Language
from bot.library.written import texts
from bot.library.yamlfiles import Reader

PROGRAM = "hunspell"
KNOWN = "spelling.txt"
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
    for where, text in texts(reader, language.code):
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
