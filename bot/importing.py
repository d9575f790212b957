"""A file of the university on its way into the database."""

from collections.abc import Callable
from pathlib import Path

from bot.services.imports import NothingStored, Report
from bot.services.registers import LAID_ANEW, STORE, Kind, parse
from bot.wiring import Base

__all__ = ["Kind", "store"]


def store(
    base: Base,
    kind: Kind,
    file: Path,
    *,
    dry_run: bool = False,
    say: Callable[[str], None] | None = None,
    quietly: bool = False,
) -> Report:
    """Read and store a file; with problems, or for a dry run, nothing is stored.

    `quietly`: of a timetable nobody is told that exams have moved.
    """
    tell = say or (lambda _: None)
    parsed = parse(base.desk.office, kind, file, lambda done: tell(f"{done} rows read"))
    if parsed.problems:
        return Report(rejected=parsed.rejected, problems=list(parsed.problems))

    def progress(done: int) -> None:
        tell(f"{done} of {len(parsed.rows)} rows stored")

    try:
        work = LAID_ANEW if quietly and kind is Kind.TIMETABLE else STORE[kind]
        return base.desk.do_now(work, parsed.rows, dry_run=dry_run, progress=progress)
    except NothingStored as nothing:
        return nothing.report
