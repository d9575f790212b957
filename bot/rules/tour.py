"""The guided tour of the demo: which step is next, and what to tap for it, from what the phones show now."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

LOOKED_AT = 8
"""So many of a phone's newest messages with buttons may hold the one to tap."""

FILE = "file:"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is true in the database, and the numbers of what steps name (`exam:EX-01`)."""

    true: frozenset[str]
    ids: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cue:
    """One thing to do: `do` is start, tap (`what`: a pattern of the button's data), send, say or photo."""

    do: str
    what: str = ""
    phone: str = ""
    when: str = ""
    unless: str = ""


@dataclass(frozen=True, slots=True)
class TourStep:
    """A step: over when `until` is true; by default on `phone`, named by its person's register number."""

    id: str
    phone: str
    until: str
    cues: tuple[Cue, ...]


@dataclass(frozen=True, slots=True)
class Handset:
    """A phone as it stands: its user, whether START is offered, its messages as the sandbox shows them."""

    user_id: int
    startable: bool
    messages: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Hint:
    """What to do now. `do` is wait where nothing can be tapped yet."""

    do: str
    user_id: int
    message_id: int | None = None
    data: str = ""
    label: str = ""
    what: str = ""


def over(step: TourStep, facts: Facts, phones: Mapping[str, Handset]) -> bool:
    """Whether a step has really happened."""
    if not step.until.startswith(FILE):
        return step.until in facts.true
    pattern = re.compile(step.until.removeprefix(FILE))
    names = [(one.get("document") or {}).get("file_name") or "" for one in phones[step.phone].messages]
    return any(pattern.fullmatch(name) for name in names)


def following(steps: Sequence[TourStep], facts: Facts, phones: Mapping[str, Handset]) -> TourStep | None:
    """The first step that has not happened; None when all have."""
    return next((step for step in steps if not over(step, facts, phones)), None)


def hint(step: TourStep, facts: Facts, phones: Mapping[str, Handset]) -> Hint:
    """The first cue of a step that the phones allow."""
    for cue in step.cues:
        phone = phones[cue.phone or step.phone]
        if cue.when and _named(cue.when, phones) not in facts.true:
            continue
        if cue.unless and _named(cue.unless, phones) in facts.true:
            continue
        found = _allowed(cue, phone, facts)
        if found is not None:
            return found
    return Hint("wait", phones[step.phone].user_id)


def _named(fact: str, phones: Mapping[str, Handset]) -> str:
    """A fact about a phone's open question is stored by the user, and written by the person."""
    kind, _, rest = fact.partition(":")
    who, _, state = rest.partition(":")
    return f"{kind}:{phones[who].user_id}:{state}" if kind == "asked" else fact


def _allowed(cue: Cue, phone: Handset, facts: Facts) -> Hint | None:
    if cue.do == "start":
        return Hint("start", phone.user_id) if phone.startable else None
    if phone.startable:
        return None
    if cue.do != "tap":
        return Hint(cue.do, phone.user_id, what=cue.what)
    pattern = re.compile(re.sub(r"\{([^}]+)\}", lambda name: str(facts.ids.get(name[1], "-")), cue.what))
    keyed = [message for message in phone.messages if (message.get("keyboard") or {}).get("inline")]
    for message in keyed[: -LOOKED_AT - 1 : -1]:
        for button in (button for row in message["keyboard"]["inline"] for button in row):
            data = button.get("callback_data") or ""
            if pattern.fullmatch(data):
                return Hint("tap", phone.user_id, message["message_id"], data, button["text"])
    return None
