"""Letters and endings for the search: one word typed in different ways becomes one stem.

The tables are content: content/folding.yaml for letters, rules/forms.yaml of each language for endings.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

from bot.library.yamlfiles import Reader

TABLE = "folding.yaml"
STEM_MIN = 4
ROUNDS = 3
_WORD = re.compile(r"[^\W\d_]+|\d+(?:\.\d+)*")
_TWICE = re.compile(r"(.)\1+")
_CYRILLIC = re.compile(r"[\u0400-\u052f]")
_LATIN = re.compile(r"[A-Za-z]+")
_VOWELS = re.compile(r"[aeiouy]", re.IGNORECASE)


class Folding:
    """Folds words: small letters, one alphabet, no double letters."""

    def __init__(self, dropped: str, pairs: Mapping[str, str], letters: Mapping[str, str]) -> None:
        self._dropped = {ord(sign): None for sign in dropped}
        self._letters = {ord(letter): folded for letter, folded in letters.items() if len(letter) == 1}
        self._pairs = dict(pairs)
        longest = sorted(map(re.escape, pairs), key=len, reverse=True)
        self._pair = re.compile("|".join(longest)) if longest else None
        self.word = lru_cache(maxsize=20_000)(self._folded)

    def words(self, text: str) -> list[str]:
        """The words of a text, folded, and its numbers. A mark (I, F, FX) stays as it is written."""
        plain = unicodedata.normalize("NFKC", text).translate(self._dropped)
        mixed = bool(_CYRILLIC.search(plain))
        return [
            word.lower() if _is_mark(word, mixed=mixed) else self.word(word.casefold())
            for word in _WORD.findall(plain)
        ]

    def _folded(self, word: str) -> str:
        if self._pair is not None:
            word = self._pair.sub(lambda found: self._pairs[found[0]], word)
        return _TWICE.sub(r"\1", word.translate(self._letters)) if not word[:1].isdigit() else word


def _is_mark(word: str, *, mixed: bool) -> bool:
    """A grade by its Latin letter, not a word typed in Latin letters."""
    if len(word) > 2 or not _LATIN.fullmatch(word):
        return False
    return word.isupper() or (len(word) == 1 and mixed) or (len(word) == 2 and not _VOWELS.search(word))


class Endings:
    """Trims known endings off folded words while enough of the word is left."""

    def __init__(self, endings: Iterable[str]) -> None:
        self._endings = frozenset(endings)
        self._lengths = sorted({len(ending) for ending in self._endings}, reverse=True)
        self.stem = lru_cache(maxsize=20_000)(self._stem)

    def _stem(self, word: str) -> str:
        for _ in range(ROUNDS):
            shorter = self._trimmed(word)
            if shorter == word:
                break
            word = shorter
        return word

    def _trimmed(self, word: str) -> str:
        for length in self._lengths:
            if len(word) - length >= STEM_MIN and word[-length:] in self._endings:
                return word[:-length]
        return word


def load_folding(reader: Reader) -> Folding:
    """The table of letters; without one, words are only put into small letters."""
    path = reader.root / TABLE
    top = reader.read(path) if path.is_file() else None
    fields = top.fields() if top else {}
    tables: dict[str, dict[str, str]] = {"pairs": {}, "letters": {}}
    for key, table in tables.items():
        for name, node in (fields[key].fields() if key in fields else {}).items():
            if not node.text():
                reader.blame(node, f"{key}: {name} must become a letter")
            table[name] = node.text()
    for name, node in (fields["letters"].fields() if "letters" in fields else {}).items():
        if len(name) != 1:
            reader.blame(node, f"letters: {name} is not one letter: it is a pair")
    return Folding(
        fields["dropped"].text() if "dropped" in fields else "", tables["pairs"], tables["letters"]
    )
