"""Words from closed lists (levels, kinds, roles, languages), with a hint when one is misspelt."""

import difflib
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Generic, TypeVar

from bot.exchange.cells import Cell, pieces, shown, text_of
from bot.exchange.findings import CellRefused
from bot.exchange.headings import Headings, fold

W = TypeVar("W", bound=str)
E = TypeVar("E", bound=StrEnum)

HINTS_KEPT = 500


class Words(Generic[W]):
    """Reads one of the allowed words, written as in the contract or in a language of the content."""

    def __init__(self, what: str, allowed: Iterable[W], aliases: Mapping[str, str]) -> None:
        self._what = what
        self._allowed = {str(word): word for word in allowed}
        self._known = {alias: self._allowed[word] for alias, word in aliases.items() if word in self._allowed}
        self._known.update((fold(text), word) for text, word in self._allowed.items())
        self._hints: dict[str, str] = {}

    def one(self, cell: Cell) -> W:
        """The word of a cell. Raises CellRefused with the nearest allowed word and the whole list."""
        return self._find(text_of(cell))

    def many(self, cell: Cell) -> tuple[W, ...]:
        """The words of a list cell, each once; at least one."""
        found = tuple(dict.fromkeys(self._find(piece) for piece in pieces(cell)))
        if not found:
            raise CellRefused(f"{self._what}_empty", f"The list is empty: write a {self._what}.")
        return found

    def _find(self, text: str) -> W:
        word = self._known.get(fold(text))
        if word is not None:
            return word
        message = f"{shown(text)} is not a {self._what}: {self._hint(text)}use {', '.join(self._allowed)}."
        raise CellRefused(f"{self._what}_unknown", message)

    def _hint(self, text: str) -> str:
        if "," in text and all(fold(part) in self._known for part in text.split(",")):
            return "separate several with ; and "
        if text not in self._hints:
            if len(self._hints) >= HINTS_KEPT:  # comparing is slow, and a file may be wrong in every row
                return ""
            near = difflib.get_close_matches(fold(text)[:64], list(self._known), n=1)
            self._hints[text] = f"did you mean {self._known[near[0]]}? Otherwise " if near else ""
        return self._hints[text]


def words_of(what: str, allowed: type[E], headings: Headings) -> Words[E]:
    """The words of an enumeration; `what` is its vocabulary in the headings."""
    return Words(what, allowed, headings.values.get(what, {}))


def languages_of(languages: Iterable[str], headings: Headings) -> Words[str]:
    """The words for the languages that the content has."""
    return Words("language", sorted(languages), headings.values.get("language", {}))
