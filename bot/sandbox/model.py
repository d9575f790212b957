"""The things a sandbox remembers. Plain records; the rules are in `world` and the method files."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Json = Any
JsonDict = dict[str, Any]


@dataclass(slots=True)
class Person:
    """Somebody with a phone; `id` is also the id of the private chat with the bot."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = ""
    role: str = ""
    avatar: str = ""
    start: str | None = None
    started: bool = False
    blocked: bool = False
    deactivated: bool = False
    online: bool = True
    unread: int = 0
    frozen: list[JsonDict] | None = None
    """The transcript as it stood when the phone lost its connection."""
    held: list[JsonDict] = field(default_factory=list)
    """Events that the phone will see when it is online again."""
    outbox: list[Callable[[], object]] = field(default_factory=list)
    """What the person did while offline, in order."""


@dataclass(slots=True)
class Group:
    """A group; `id` is negative. `can_pin`: the bot is an administrator who may pin."""

    id: int
    title: str
    members: list[int]
    kicked: bool = False
    left: bool = False
    upgraded_to: int | None = None
    can_pin: bool = False
    supergroup: bool = False


@dataclass(slots=True)
class Message:
    """One message of a chat. `content` holds Bot API fields: text, entities, photo, caption …"""

    message_id: int
    chat_id: int
    sender: int
    date: int
    content: JsonDict
    markup: JsonDict | None = None
    """An inline keyboard, or a reply keyboard, removal or forced reply."""
    reply_to: int | None = None
    edit_date: int | None = None
    edited: bool = False
    """Whether a person sees that it was edited; a new keyboard alone does not show."""
    album: str | None = None
    origin: JsonDict | None = None
    """`forward_origin` and its companions of a forwarded message."""
    protected: bool = False
    pinned: bool = False
    silent: bool = False
    reactions: dict[int, list[JsonDict]] = field(default_factory=dict)
    via: JsonDict = field(default_factory=dict)
    """Extra Bot API fields that are not content, such as `via_bot`."""

    @property
    def inline(self) -> list[list[JsonDict]] | None:
        """Rows of the inline keyboard, or None."""
        if self.markup is None:
            return None
        rows: list[list[JsonDict]] | None = self.markup.get("inline_keyboard")
        return rows


@dataclass(slots=True)
class StoredFile:
    """Bytes and what is known about them."""

    file_id: str
    unique_id: str
    kind: str
    data: bytes
    name: str
    mime: str
    path: str
    meta: JsonDict = field(default_factory=dict)
    link_until: float = 0.0


@dataclass(slots=True)
class CallbackQuery:
    """A tap that waits for answerCallbackQuery until `expires_at` of the sandbox clock."""

    id: str
    person: int
    chat_id: int
    message_id: int
    data: str
    expires_at: float
    answered: bool = False
    text: str = ""
    show_alert: bool = False
    url: str = ""
    done: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True)
class InlineQuery:
    """An inline query and, once answered, its results."""

    id: str
    person: int
    query: str
    expires_at: float
    answer: JsonDict | None = None
    done: asyncio.Event = field(default_factory=asyncio.Event)
