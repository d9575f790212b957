"""Words we don't use: terms.txt of each language, `word = what we say`; GLOSSARY.md has the reasons."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.library.languages import Language
from bot.library.written import texts
from bot.library.yamlfiles import Reader

TERMS = "terms.txt"
ANY_ENDING = "*"
_QUOTED = re.compile(r"«[^«»]*»")


@dataclass(frozen=True, slots=True)
class Term:
    """A word that is not ours, what we say instead, and the pattern that finds it in any case and ending."""

    word: str
    instead: str
    pattern: re.Pattern[str]

    @property
    def anywhere(self) -> str:
        """The pattern as a part of a larger one."""
        flags = "(?i:" if self.pattern.flags & re.IGNORECASE else "(?:"
        return f"{flags}{self.pattern.pattern})"


def check_terms(reader: Reader, languages: Sequence[Language]) -> None:
    """Record every text that says what its language's list does not want said. Quotations («…») may."""
    for language in languages:
        terms = list(_read(reader, reader.root / language.code / TERMS))
        if not terms:
            continue
        any_of_them = _any_of(terms)
        for where, text in texts(reader, language.code):
            ours = _QUOTED.sub(" ", text)
            if not any_of_them.search(ours):
                continue
            for term in terms:
                found = term.pattern.search(ours)
                if found:
                    reader.blame(where, f"«{found[0]}»: we say {term.instead} ({TERMS})")


def _any_of(terms: Sequence[Term]) -> re.Pattern[str]:
    """Finds whether some term is there; it looks closer only where a word begins as one of them does."""
    first = "".join(sorted({re.escape(term.word[0]) for term in terms}))
    return re.compile(rf"(?<!\w)(?=(?i:[{first}]))(?:{'|'.join(term.anywhere for term in terms)})")


def _read(reader: Reader, path: Path) -> Iterator[Term]:
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    for number, line in enumerate(lines, 1):
        word, equals, instead = (part.strip() for part in line.partition("="))
        if not line.strip() or line.startswith("#"):
            continue
        if not word.strip(ANY_ENDING) or not equals or not instead:
            reader.blame(f"{reader.shown(path)}:{number}", "must be: what we don't say = what we say")
            continue
        yield Term(word, instead, _pattern(word))


def _pattern(word: str) -> re.Pattern[str]:
    """Each of its words whole, or with any ending where a star says so; an abbreviation in capitals only."""
    said = r"\s+".join(
        re.escape(part.removesuffix(ANY_ENDING)) + (r"\w*" if part.endswith(ANY_ENDING) else "")
        for part in word.split()
    )
    return re.compile(rf"(?<!\w){said}(?!\w)", 0 if word.isupper() else re.IGNORECASE)
