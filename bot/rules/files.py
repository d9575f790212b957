"""Files that people send with a case: what is taken, and how one of them stands."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from bot.errors import Refusal

WAITING, KEPT, MISSING, REFUSED, REMOVED, ERASED = (
    "waiting",
    "kept",
    "missing",
    "refused",
    "removed",
    "erased",
)
PROBLEMS = (
    "missing",
    "empty",
    "unknown",
    "broken",
    "encrypted",
    "old_office",
    "archive",
    "macros",
    "bomb",
    "pages",
    "big",
    "virus",
)
"""Why a file cannot be used; each has its words."""

MEBIBYTE = 1024 * 1024
APART = frozenset({"heic"})
"""Pictures that cannot be put on a page as they came; nothing is decoded on the server."""


@dataclass(frozen=True, slots=True)
class FileLimits:
    """What the policy takes. `megabytes_max` a file, `pages_max` a PDF, `files_max` a submission.

    `tries`: so often a file is asked of Telegram before it counts as missing.
    """

    types: tuple[str, ...]
    megabytes_max: float
    files_max: int
    pages_max: int
    tries: int

    @property
    def bytes_max(self) -> int:
        """The same limit in bytes."""
        return round(self.megabytes_max * MEBIBYTE)


@dataclass(frozen=True, slots=True)
class FileView:
    """A file of a case as people see it. `reason` says why it was refused or is missing."""

    id: int
    name: str
    role: str
    state: str
    type: str
    size: int
    pages: int | None
    sha256: str
    reason: str
    made: bool
    added_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Verdict:
    """What looking into a file has shown: its type and pages, or why it is refused."""

    type: str
    pages: int | None = None
    problem: str = ""


def check_count(present: int, limits: FileLimits) -> None:
    """Raises `Refusal` (`files_many`) when one more would be too many."""
    if present >= limits.files_max:
        raise Refusal("files_many", limit=limits.files_max)


def check_size(size: int, limits: FileLimits) -> None:
    """Raises `Refusal` (`file_big`) for a size, in bytes, that is over the limit already as announced."""
    if size > limits.bytes_max:
        raise Refusal("file_big", limit=round(limits.megabytes_max))


def apart(files: Sequence[FileView]) -> int:
    """How many pictures stay files of their own although the others become one PDF."""
    return sum(file.type in APART and file.state == KEPT and not file.made for file in files)


def standing(files: Sequence[FileView]) -> list[FileView]:
    """The files that count: neither removed nor erased nor refused."""
    return [file for file in files if file.state in (WAITING, KEPT, MISSING)]


def to_send_again(files: Sequence[FileView]) -> list[FileView]:
    """The files that could not be had or used: their sender is asked for them again."""
    return [file for file in files if file.state in (MISSING, REFUSED)]
