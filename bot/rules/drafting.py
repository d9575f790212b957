"""The words of a draft came in several messages: one that was edited takes the place of what it said."""

from collections.abc import Mapping
from typing import Any

PIECES = "pieces"


def pieces(data: Mapping[str, Any], source: int, words: str) -> dict[str, str]:
    """What each message has said, with this one; a message without a number (0) is not kept."""
    said = dict(data.get(PIECES, {}))
    return {**said, str(source): words} if source else said


def reworded(data: Mapping[str, Any], source: int, words: str) -> str | None:
    """The draft's words after a message was edited; None when they hold nothing of that message."""
    before, whole = data.get(PIECES, {}).get(str(source), ""), f"\n{data.get('text', '')}\n"
    meant = f"\n{before}\n"  # whole lines: the same letters within another message's words are not meant
    return whole.replace(meant, f"\n{words}\n", 1)[1:-1] if before and meant in whole else None


def stamp(*parts: str) -> int:
    """A small number that changes with what a review shows."""
    return sum(ord(letter) * (index % 97 + 1) for index, letter in enumerate("|".join(parts))) % 1_000_000
