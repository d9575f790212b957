"""The nearest known word to one that is not known."""

import difflib
from collections.abc import Iterable

_LONGEST = 100


def hint(word: str, known: Iterable[str]) -> str:
    """`; is NAME meant?` for the nearest known word, else the empty text."""
    near = nearest(word, known)
    return f"; is {near} meant?" if near else ""


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word most like this one, empty when none is like it."""
    if len(word) > _LONGEST:  # comparing is slow, and such a word is no slip of the hand
        return ""
    found = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return found[0] if found else ""
