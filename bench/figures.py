"""A measured figure and the table it stands in."""

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured, the value with its unit, and the ratio that matters (None: there is none)."""

    name: str
    value: str
    ratio: float | None = None
    wanted: str = ""


def table(figures: list[Figure]) -> str:
    """Rows of a Markdown table."""
    rows = ["| what | measured | ratio | wanted |", "|---|---|---|---|"]
    for figure in figures:
        ratio = f"{figure.ratio:.3g}" if figure.ratio is not None else ""
        rows.append(f"| {figure.name} | {figure.value} | {ratio} | {figure.wanted} |")
    return "\n".join(rows)


def median_seconds(work: Callable[[], object], times: int = 5) -> float:
    """The median of several runs, after one that is not counted."""
    work()
    taken = []
    for _ in range(times):
        gc.collect()
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)
