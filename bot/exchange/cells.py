"""One cell into one clean value, or CellRefused with a sentence that says what to do."""

import re
import unicodedata
from datetime import date, time, timedelta
from urllib.parse import urlsplit

from bot.exchange.findings import CellRefused

Cell = str | int | float | bool | date | time | timedelta | None

ID_LENGTH = 64
TEXT_LENGTH = 200
URL_LENGTH = 2_000
DAY_MINUTES = 1_440
COURSES = 7
# A spreadsheet keeps 15 digits of a number; the rest is already lost when we see it.
_EXACT = 10**15

_SPACES = re.compile(r"\s+")
_MARKS = re.compile("[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe2f]{3}")
_SHORTENED = re.compile(r"[0-9]+([.,][0-9]+)?[eE]\+?[0-9]+")
_DAMAGED = re.compile(r"\ufffd|\?[^\W\d_]")
_WHOLE = re.compile(r"([0-9]{1,6})(\.0+)?")
_LIST = re.compile(r"[;\n\r]")
_HOST = re.compile(r"[^\W_]([\w.-]*[^\W_])?", re.UNICODE)


def shown(value: object) -> str:
    """A value in quotes for a message: harmless to a terminal and at most 40 characters."""
    text = str(value)
    clipped = text if len(text) <= 40 else text[:39] + "\u2026"
    return "'" + "".join(letter if letter.isprintable() else "\ufffd" for letter in clipped) + "'"


def is_empty(cell: Cell) -> bool:
    """Whether the cell holds nothing a person can see."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def clean(text: str) -> str:
    """Trimmed, composed (NFC) text with single spaces and no invisible signs.

    Line breaks become spaces, zero-width and direction signs go; other control characters, halves of
    characters and heaps of accents are refused.
    """
    text = text.strip()
    if text.isascii() and text.isprintable() and "  " not in text:
        return text
    text = _SPACES.sub(" ", text)
    if not text.isprintable():
        text = "".join(_visible(letter) for letter in text)
        text = _SPACES.sub(" ", text)
    text = unicodedata.normalize("NFC", text).strip()
    if _MARKS.search(text):
        raise CellRefused("marks", f"{shown(text)} has several accents on one letter: type it without them.")
    return text


def _visible(letter: str) -> str:
    if letter.isprintable():
        return letter
    category = unicodedata.category(letter)
    if category == "Cf":
        return ""
    if category.startswith("Z"):
        return " "
    if category == "Cn" and ord(letter) < 0x110000 and not _is_noncharacter(letter):
        return letter  # newer than this Python's tables: not ours to refuse
    raise CellRefused("control", f"The cell has the control sign U+{ord(letter):04X}: type it again.")


def _is_noncharacter(letter: str) -> bool:
    code = ord(letter)
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF


def text_of(cell: Cell) -> str:
    """The cell as clean text; whole numbers without `.0`. Dates, times and logical values are refused."""
    if isinstance(cell, str):
        return clean(cell)
    if isinstance(cell, bool):
        raise CellRefused("logical", f"The cell holds the logical value {str(cell).upper()}: type a text.")
    if isinstance(cell, int | float):
        return _number(cell)
    if cell is None:
        return ""
    message = "The spreadsheet took this for a date or a time: format the column as text and type it again."
    raise CellRefused("date_in_text", message)


def _number(value: int | float) -> str:
    if value != value or abs(value) >= _EXACT:
        message = (
            "A spreadsheet loses digits of so long a number: format the column as text and type it again."
        )
        raise CellRefused("number_long", message)
    return str(int(value)) if value == int(value) else repr(value)


def identifier(cell: Cell) -> str:
    """An id: 1 to 64 visible characters, among them a letter or a digit."""
    text = text_of(cell)
    if len(text) > ID_LENGTH:
        raise CellRefused("id_long", f"The id is longer than {ID_LENGTH} characters: shorten it.")
    if not any(letter.isalnum() for letter in text):
        raise CellRefused("id_empty", f"{shown(text)} is not an id: write letters or digits.")
    if _SHORTENED.fullmatch(text) or (isinstance(cell, float) and "." in text):
        message = (
            f"A spreadsheet shortened the id to {shown(text)}: format the column as text and type it again."
        )
        raise CellRefused("id_number", message)
    if ";" in text:
        raise CellRefused("id_list", f"{shown(text)} holds several ids: write one.")
    _undamaged(text)
    return text


def name(cell: Cell) -> str:
    """A person's or subject's name: 2 to 200 characters, at least one letter."""
    text = text_of(cell)
    if not any(letter.isalpha() for letter in text):
        raise CellRefused("name_letters", f"{shown(text)} has no letters: write the name in words.")
    if len(text) < 2:
        raise CellRefused("name_short", f"{shown(text)} is one letter: write the whole name.")
    if len(text) > TEXT_LENGTH:
        raise CellRefused("name_long", f"The name has {len(text)} characters: shorten it to {TEXT_LENGTH}.")
    _undamaged(text)
    return text


def label(cell: Cell) -> str:
    """A group, programme, faculty or department: 1 to 200 characters, a letter or digit among them."""
    text = text_of(cell)
    if not any(letter.isalnum() for letter in text):
        raise CellRefused("label_empty", f"{shown(text)} has no letters or digits: write the name.")
    if len(text) > TEXT_LENGTH:
        raise CellRefused("label_long", f"The text has {len(text)} characters: shorten it to {TEXT_LENGTH}.")
    _undamaged(text)
    return text


def _undamaged(text: str) -> None:
    if _DAMAGED.search(text):
        message = f"{shown(text)} has ? in place of letters: export the file again as CSV UTF-8 or .xlsx."
        raise CellRefused("letters_lost", message)


def pieces(cell: Cell) -> list[str]:
    """The parts of a list cell, separated by `;` or line breaks, without empty ones and repetitions."""
    if not isinstance(cell, str):
        return [text_of(cell)]
    parts = (clean(part) for part in _LIST.split(cell))
    return list(dict.fromkeys(part for part in parts if part))


def identifiers(cell: Cell) -> tuple[str, ...]:
    """A list of ids; a number alone in its cell is one id."""
    if not isinstance(cell, str):
        return (identifier(cell),)
    return tuple(identifier(part) for part in pieces(cell))


def labels(cell: Cell) -> tuple[str, ...]:
    """A list of at least one group."""
    found = tuple(label(part) for part in pieces(cell))
    if not found:
        raise CellRefused("list_empty", "The list is empty: write at least one value.")
    return found


def course(cell: Cell) -> int:
    """The year of study, 1 to 7."""
    return _whole(cell, COURSES, "course", f"write the year of study, a number from 1 to {COURSES}")


def minutes(cell: Cell) -> int:
    """A duration in minutes, 1 to 1440."""
    hint = f"write whole minutes from 1 to {DAY_MINUTES}, or leave the cell empty for the usual duration"
    return _whole(cell, DAY_MINUTES, "duration", hint)


def _whole(cell: Cell, most: int, code: str, hint: str) -> int:
    text = text_of(cell)
    match = _WHOLE.fullmatch(text)
    if match is None or not 1 <= int(match[1]) <= most:
        raise CellRefused(code, f"{shown(text)} does not fit here: {hint}.")
    return int(match[1])


def url(cell: Cell) -> str:
    """A web address, http or https, with a host and without a user name in it."""
    text = text_of(cell)
    try:
        parts = urlsplit(text)
        host, user, port = parts.hostname or "", parts.username, parts.port
    except ValueError:
        parts, host, user, port = urlsplit(""), "", None, None
    bad_signs = " " in text or "\\" in text or '"' in text or "<" in text or ">" in text
    named = _HOST.fullmatch(host) is not None or ":" in host
    if parts.scheme not in ("http", "https") or not named or user is not None or port == 0 or bad_signs:
        raise CellRefused("url", f"{shown(text)} is not a web address: copy the whole https:// link.")
    if len(text) > URL_LENGTH:
        raise CellRefused("url_long", f"The link has {len(text)} characters: shorten it to {URL_LENGTH}.")
    return text
