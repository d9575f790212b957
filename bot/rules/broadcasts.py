"""News for many: whom it is for, and how it goes."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from bot.errors import Refusal

AUDIENCES = ("all", "faculty", "group", "role", "language")
"""By what an audience is chosen; `role` knows `student` and `staff` too."""

TEXT_LETTERS = 3000
"""A text with its heading fits one message."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom news are for: `which` of what; '' for everybody. `faculty`: only people of it, '' for any."""

    what: str
    which: str = ""
    faculty: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """How a broadcast stands: `meant` people, of them `total` reachable when it began."""

    meant: int
    total: int
    sent: int = 0
    failed: int = 0
    cancelled: int = 0

    @property
    def left(self) -> int:
        """Still on its way."""
        return max(0, self.total - self.sent - self.failed - self.cancelled)


@dataclass(frozen=True, slots=True)
class BroadcastView:
    """A broadcast as its author sees it. `texts`: words by language."""

    id: int
    audience: Audience
    texts: Mapping[str, str]
    state: str
    tally: Tally
    confirmed_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None


def tally(states: Mapping[str, int], meant: int, total: int) -> Tally:
    """The account from how many messages are in which state."""
    return Tally(
        meant=meant,
        total=total,
        sent=states.get("sent", 0),
        failed=states.get("failed", 0) + states.get("unreachable", 0),
        cancelled=states.get("skipped", 0),
    )


def check_text(text: str) -> str:
    """The words of news, clean. Raises `Refusal`: `news_empty`, `news_long`."""
    clean = text.strip()
    if not clean:
        raise Refusal("news_empty")
    if len(clean) > TEXT_LETTERS:
        raise Refusal("news_long", letters=len(clean), most=TEXT_LETTERS)
    return clean


def said(texts: Mapping[str, str], language: str) -> str:
    """The words for a reader of a language: theirs, else the first there are."""
    return texts.get(language) or next(iter(texts.values()), "")
