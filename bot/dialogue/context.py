"""One update as its handler sees it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.dialogue.enquiries import Enquiries
from bot.errors import Refusal
from bot.rules.people import Me
from bot.services.office import Desk
from bot.views.screen import Html, Screen
from bot.views.speech import Speakers, Speech


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message: Telegram's id of it, the name and size (bytes) it announces.

    `order`: the number of its message.
    """

    kind: str
    file_id: str
    name: str = ""
    size: int = 0
    order: int = 0


class Door(Protocol):
    """The way back to the person who acted."""

    async def send(self, screen: Screen) -> int:
        """A new message; its number."""

    async def show(self, screen: Screen) -> int:
        """In place of the message whose button was tapped; a new one where that cannot be. Its number."""

    async def toast(self, text: str, *, alert: bool = False) -> None:
        """A short note over the chat, when a button was tapped; else a message."""

    async def document(self, name: str, content: bytes, caption: Html) -> None:
        """A file."""

    async def picture(self, name: str, content: bytes, caption: Html) -> None:
        """A picture of ours."""

    async def speak(self, voice: Speech) -> None:
        """The command menu of this chat in a language."""


class Form(Protocol):
    """The question open in this chat; it survives a restart."""

    async def open(self, name: str, **data: Any) -> None:
        """Ask; the next message without a command answers it."""

    async def close(self) -> None:
        """Stop asking, once this update has its answer."""

    async def settle(self) -> None:
        """This update has its answer."""


Handler = Callable[["Context"], Awaitable[None]]
GoOn = Callable[["Context", str], Awaitable[None]]


@dataclass(slots=True)
class Context:
    """The reader, what they sent, and all that is needed to answer.

    `origin` is the inbox row: an effect keyed by it happens once, however often the update is handled.
    `message_id`: the message's number, `answers` that of the message it answers, `place` north and east of a
    location; `chat`: the group in which a command was given; `repeated`: a further part of an album.
    `sent_at`: when it was written, in seconds since 1970.
    """

    desk: Desk
    voices: Speakers
    enquiries: Enquiries
    door: Door
    form: Form
    me: Me
    origin: int
    follow: GoOn
    text: str = ""
    args: tuple[str, ...] = ()
    attachment: Attachment | None = None
    album: str = ""
    sent_at: int = 0
    chat: int | None = None
    form_name: str = ""
    form_data: Mapping[str, Any] = field(default_factory=dict)
    tapped: bool = False
    message_id: int = 0
    answers: int | None = None
    place: tuple[float, float] | None = None
    repeated: bool = False

    @property
    def voice(self) -> Speech:
        """The reader's language."""
        return self.voices[self.me.language]

    async def go_on(self, command: str) -> None:
        """Carry out another command in this update's place, with all that stands before it."""
        await self.follow(self, command)

    def number(self, index: int) -> int | None:
        """Callback argument `index` as a row id; None for `-` or anything that is none."""
        raw = self.args[index] if index < len(self.args) else ""
        return int(raw) if raw.isascii() and raw.isdigit() and len(raw) <= 15 else None

    def must(self, index: int, otherwise: Refusal) -> int:
        """The same where there has to be one. Raises `otherwise`."""
        found = self.number(index)
        if found is None:
            raise otherwise
        return found
