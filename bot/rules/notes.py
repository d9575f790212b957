"""What a reporter adds to a report travels whole, in as many messages as it needs."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

PART_UNITS = 3500
CAPTION_UNITS = 700
WITHOUT_CAPTION = frozenset({"video_note", "sticker"})
"""Kinds of files that carry no words."""


@dataclass(frozen=True, slots=True)
class Part:
    """One message: words, or a file with or without them; `k` of `n`."""

    text: str
    file_id: str = ""
    file_kind: str = ""
    k: int = 1
    n: int = 1

    def facts(self) -> dict[str, Any]:
        """As a notice keeps it."""
        return asdict(self)


def from_facts(facts: Mapping[str, Any]) -> Part | None:
    """A part as a notice has kept it; None when its words have been erased."""
    if "text" not in facts:
        return None
    names = ("text", "file_id", "file_kind", "k", "n")
    return Part(**{name: facts[name] for name in names if name in facts})


def units(text: str) -> int:
    """Length as the smallest of Telegram's limits counts it: in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parts(text: str, file_id: str = "", file_kind: str = "") -> list[Part]:
    """Words first, in pieces that fit a message; a file with few words keeps them as its caption."""
    if file_id and file_kind not in WITHOUT_CAPTION and units(text) <= CAPTION_UNITS:
        return [Part(text, file_id, file_kind)]
    pieces = [(piece, "", "") for piece in _pieces(text)]
    if file_id:
        pieces = [*(pieces or [("", "", file_kind)]), ("", file_id, file_kind)]
    return [Part(*piece, k, len(pieces)) for k, piece in enumerate(pieces, 1)]


def _pieces(text: str) -> list[str]:
    """Cut at a line's or a word's end where there is one in the second half of a piece."""
    found = []
    while text:
        length = _fitting(text)
        if length < len(text):
            cut = max(text.rfind("\n", length // 2, length), text.rfind(" ", length // 2, length))
            length = cut + 1 if cut > 0 else length
        found.append(text[:length])
        text = text[length:]
    return found


def _fitting(text: str) -> int:
    """How many letters from the beginning fit a piece."""
    room = PART_UNITS
    for index, letter in enumerate(text):
        room -= 2 if letter > "\uffff" else 1
        if room < 0:
            return index
    return len(text)
