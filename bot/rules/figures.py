"""The registrar's figures of marks: quality, success, average, and exam and defence together (AYU 6.9.5).

The source names the figures and their letters; its formulas are lost. These are the customary ones.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bot.errors import Refusal

BOTH_EXCELLENT, EXCELLENT_GOOD, MIXED, BOTH_SATISFACTORY, FAILED, BOTH_GOOD = (
    "both_excellent", "excellent_good", "mixed", "both_satisfactory", "failed", "both_good",
)  # fmt: skip
GROUPS = (BOTH_EXCELLENT, EXCELLENT_GOOD, BOTH_GOOD, MIXED, BOTH_SATISFACTORY, FAILED)
"""The six ways in which the marks of exam and defence go together."""

ABSENT = frozenset({"-", "–", "—"})
PERCENT = 100


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of `total` people by mark, the best first (excellent … unsatisfactory).

    `marks` are the marks' values in the same order. Whoever was absent is in `total` alone.
    """

    total: int
    counts: tuple[int, ...]
    marks: tuple[int, ...]

    @property
    def quality(self) -> float:
        """Percent of all with excellent or good."""
        return PERCENT * sum(self.counts[:2]) / self.total

    @property
    def success(self) -> float:
        """Percent of all who passed."""
        return PERCENT * sum(self.counts[:-1]) / self.total

    @property
    def average(self) -> float:
        """The average mark over all of them."""
        weighed = zip(self.counts, self.marks, strict=True)
        return sum(count * mark for count, mark in weighed) / self.total

    @property
    def absent(self) -> int:
        """Those without a mark."""
        return self.total - sum(self.counts)


@dataclass(frozen=True, slots=True)
class Analysis:
    """Figures of one kind, or of exam and defence with the six groups (`groups` empty for one kind)."""

    parts: tuple[Figures, ...]
    groups: tuple[tuple[str, int], ...] = ()


def read(text: str, marks: Sequence[int]) -> Analysis:
    """One line «all, then counts by mark», or a line a person with the marks of exam and defence.

    Raises `Refusal`: `figures_form`, `figures_sum` when the counts are more than all, `figures_mark` with its
    line for a mark there is not.
    """
    lines = [line.replace(",", " ").replace(";", " ").split() for line in text.splitlines() if line.strip()]
    if len(lines) == 1 and len(lines[0]) == len(marks) + 1:
        return Analysis((_counted(lines[0], marks),))
    if not lines or any(len(line) != 2 for line in lines):
        raise Refusal("figures_form")
    pairs = [(_mark(a, marks, n), _mark(b, marks, n)) for n, (a, b) in enumerate(lines, 1)]
    parts = tuple(_figures([pair[place] for pair in pairs], marks) for place in (0, 1))
    found = Counter(group(first, second, marks) for first, second in pairs)
    return Analysis(parts, tuple((name, found[name]) for name in GROUPS))


def group(first: int | None, second: int | None, marks: Sequence[int]) -> str:
    """Into which of the six groups somebody's two marks fall; absence counts as not passed."""
    excellent, good, satisfactory, *_ = marks
    pair = {first, second}
    if None in pair or not pair <= {excellent, good, satisfactory}:
        return FAILED
    same = {excellent: BOTH_EXCELLENT, good: BOTH_GOOD, satisfactory: BOTH_SATISFACTORY}
    if len(pair) == 1 and first is not None:
        return same[first]
    return MIXED if satisfactory in pair else EXCELLENT_GOOD


def _counted(words: Sequence[str], marks: Sequence[int]) -> Figures:
    if not all(word.isascii() and word.isdigit() and len(word) <= 6 for word in words):
        raise Refusal("figures_form")
    total, *counts = (int(word) for word in words)
    if not total or sum(counts) > total:
        raise Refusal("figures_sum")
    return Figures(total, tuple(counts), tuple(marks))


def _mark(word: str, marks: Sequence[int], line: int) -> int | None:
    if word.lower() in ABSENT:
        return None
    if word not in {str(mark) for mark in marks}:
        raise Refusal("figures_mark", line=line)
    return int(word)


def _figures(found: Sequence[int | None], marks: Sequence[int]) -> Figures:
    counts = Counter(found)
    return Figures(len(found), tuple(counts[mark] for mark in marks), tuple(marks))
