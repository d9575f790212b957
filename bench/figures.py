"""A measured figure and the table it stands in."""

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
