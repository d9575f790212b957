"""A file that an administrator has sent, as they see it."""

from dataclasses import dataclass

KINDS = ("students", "staff", "timetable", "results")


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something in a file: `line` 0 for the file as a whole, `column` as the contract names it.

    `code` names what is wrong; `value`: what stood there, as far as it is known.
    """

    line: int
    column: str
    code: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class UploadView:
    """What storing the file would do, or has done, or why it cannot be stored."""

    id: int
    kind: str
    name: str
    state: str
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    problems: tuple[Wrong, ...] = ()
    notes: tuple[Wrong, ...] = ()
