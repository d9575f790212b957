"""The university's files: which kinds there are, how one is read, what stores it."""

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
from bot.services.imports import Report
from bot.services.office import Office


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


LAID_ANEW: Callable[..., Report] = timetable.laid_anew


_headings = functools.cache(lambda: load_headings(CONTENT))


def parse(
    office: Office, kind: Kind, file: Path, progress: Callable[[int], None] = lambda _: None
) -> Parsed[Any]:
    """The rows of a file, or its problems. It may take seconds: not for the event loop."""
    headings = _headings()
    common = (file, headings, frozenset(office.languages), office.zone)
    readers: dict[Kind, Callable[..., Parsed[Any]]] = {
        Kind.STUDENTS: people.parse_students,
        Kind.STAFF: people.parse_staff,
        Kind.TIMETABLE: exams.parse_timetable,
        Kind.RESULTS: exams.parse_results,
    }
    return readers[kind](*common, progress=progress)


def parse_kept(office: Office, kind: Kind, sha256: str) -> Parsed[Any]:
    """The same of a file that was sent to the bot."""
    with office.files.opened(sha256) as path:
        return parse(office, kind, path)
