"""Likeness by runs of three letters: what stems and spellings miss, an index of letters still finds."""

import math
from collections.abc import Iterable

RUN = 3


def runs(word: str) -> frozenset[str]:
    """Every run of three letters of a word, its edges among them."""
    edged = f" {word} "
    return frozenset(edged[start : start + RUN] for start in range(len(edged) - RUN + 1))


class Grams:
    """Which documents hold which runs of letters, each at the weight of its best place."""

    def __init__(self) -> None:
        self._documents = 0
        self._postings: dict[str, list[tuple[int, float]]] = {}
        self._known: dict[str, frozenset[str]] = {}

    def add(self, places: Iterable[tuple[float, Iterable[str]]]) -> None:
        """One more document: its words by the weight of the place they stand at."""
        by_weight: dict[float, set[str]] = {}
        for weight, words in places:
            by_weight.setdefault(weight, set()).update(*(self._runs(word) for word in words))
        known: set[str] = set()
        for weight in sorted(by_weight, reverse=True):
            posting = (self._documents, weight)
            for run in by_weight[weight] - known:
                self._postings.setdefault(run, []).append(posting)
            known |= by_weight[weight]
        self._documents += 1

    def shares(self, words: Iterable[str]) -> dict[int, float]:
        """How much of these words, letter by letter, each document holds: 0 to 1, the rarer runs first."""
        asked = frozenset(run for word in words for run in runs(word))
        total = 0.0
        found: dict[int, float] = {}
        for run in sorted(asked):
            postings = self._postings.get(run, ())
            tells = math.log(1 + self._documents / max(1, len(postings)))
            total += tells
            for index, weight in postings:
                found[index] = found.get(index, 0) + tells * weight
        return {index: share / total for index, share in found.items()}

    def _runs(self, word: str) -> frozenset[str]:
        if word not in self._known:
            self._known[word] = runs(word)
        return self._known[word]
