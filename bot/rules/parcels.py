"""A message on its way out, and how sending it went."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from bot.rules.cases import CaseView
from bot.rules.exams import ExamBrief
from bot.rules.notices import Outcome


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message ready to be rendered: to whom, in which language, and the facts as they stand now.

    From `use_by` on it is not worth sending. `edits`: the message in the chat that it takes the place of.
    `minutes`: how long before its moment the timer was set. `about`: what else the notice speaks of, as its
    family of notices knows it.
    """

    notice_id: int
    kind: str
    user_id: int
    language: str
    due_at: dt.datetime
    facts: dict[str, Any]
    exam: ExamBrief | None = None
    case: CaseView | None = None
    walk_id: str = ""
    rule: str = ""
    minutes: float | None = None
    rank: int = 0
    use_by: dt.datetime | None = None
    edits: int | None = None
    about: object | None = None
    also: "tuple[Parcel, ...]" = ()
    """What else goes out in the same message."""


@dataclass(frozen=True, slots=True)
class Sent:
    """How one attempt went. `retry_after` in seconds comes with a flood, and when a chat had to wait.

    `moved_to`: the group has this number now. `pinned`: a post for a whole chat was pinned there.
    """

    notice_id: int
    outcome: Outcome
    message_id: int | None = None
    reason: str = ""
    retry_after: float | None = None
    moved_to: int | None = None
    pinned: bool = False
    parts: tuple[int, ...] = ()
    """The numbers of an album's messages, in their order."""
