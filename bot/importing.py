"""A file of the university on its way into the database."""

import functools
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Any

from bot.exchange import exams, people
from bot.exchange.headings import load_headings
from bot.exchange.rows import Parsed
from bot.library.content import CONTENT
from bot.services import imports, timetable
from bot.services.imports import NothingStored, Report
from bot.wiring import Base


class Kind(StrEnum):
    """What a file holds."""

    STUDENTS = "students"
    STAFF = "staff"
    TIMETABLE = "timetable"
    RESULTS = "results"


STORE: dict[Kind, Callable[..., Report]] = {
    Kind.STUDENTS: imports.students,
    Kind.STAFF: imports.staff,
    Kind.TIMETABLE: timetable.timetable,
    Kind.RESULTS: imports.results,
}


_headings = functools.cache(lambda: load_headings(CONTENT))


def store(
    base: Base, kind: Kind, file: Path, *, dry_run: bool = False, say: Callable[[str], None] | None = None
) -> Report:
    """Read and store a file; with problems, or for a dry run, nothing is stored."""
    tell = say or (lambda _: None)
    parsed = parse(base, kind, file, lambda done: tell(f"{done} rows read"))
    if parsed.problems:
        return Report(rejected=parsed.rejected, problems=list(parsed.problems))

    def progress(done: int) -> None:
        tell(f"{done} of {len(parsed.rows)} rows stored")

    try:
        return base.desk.do_now(STORE[kind], parsed.rows, dry_run=dry_run, progress=progress)
    except NothingStored as nothing:
        return nothing.report


def parse(base: Base, kind: Kind, file: Path, progress: Callable[[int], None]) -> Parsed[Any]:
    """The rows of a file, or its problems."""
    headings = _headings()
    office = base.desk.office
    common = (file, headings, frozenset(office.languages), office.zone)
    readers: dict[Kind, Callable[..., Parsed[Any]]] = {
        Kind.STUDENTS: people.parse_students,
        Kind.STAFF: people.parse_staff,
        Kind.TIMETABLE: exams.parse_timetable,
        Kind.RESULTS: exams.parse_results,
    }
    return readers[kind](*common, progress=progress)
