"""Takes messages instead of Telegram, keeps them, and fails as it is told to."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.wire import ApiRefused, ApiUnreachable, TooBig, Upload
from tests.support.clock import HandClock


@dataclass
class Message:
    """Something a person got."""

    user_id: int
    text: str
    buttons: list[str]
    at: dt.datetime
    data: list[str] = field(default_factory=list)
    edits: int | None = None
    """The number of the message that it took the place of."""
    upload: Upload | None = None
    """A document that came with it."""
    file: str = ""
    """The file, as Telegram knows it, of a part of an album."""
    album: int = 0
    """The number of the first message of its album."""


class KeepingWire:
    """Takes messages instead of Telegram; `failures` are raised for a user, first come first served.

    `down` is raised for everybody while it is set; `before` is called with the user before each message.
    """

    def __init__(self, clock: HandClock) -> None:
        self._clock = clock
        self.messages: list[Message] = []
        self.failures: dict[int, list[ApiRefused | ApiUnreachable]] = {}
        self.blocked: set[int] = set()
        self.down: ApiUnreachable | None = None
        self.before: Callable[[int], None] | None = None
        self.probed: list[int] = []
        """Whose chat showed for a moment that somebody types."""
        self.removed: set[int] = set()
        """Messages that their reader has deleted."""
        self.pinned: list[tuple[int, int]] = []
        """(chat, message) of what is pinned now."""
        self.may_pin = True
        self.files: dict[str, bytes | ApiRefused | ApiUnreachable] = {}
        """What Telegram keeps of a file, or how it fails to give it."""

    async def download(self, place: str, into: Any, limit: int) -> int:
        content = self.files[place]
        assert isinstance(content, bytes)
        if len(content) > limit:
            raise TooBig("file: over the limit")
        into.write(content)
        return len(content)

    async def call(self, method: str, payload: dict[str, Any], patience: float = 15) -> Any:
        if method == "getFile":
            file_id = payload["file_id"]
            found = self.files.get(file_id, ApiRefused(400, "Bad Request: wrong file_id"))
            if not isinstance(found, bytes):
                raise found
            return {"file_path": file_id}
        user = int(payload["chat_id"])
        if self.before is not None:
            self.before(user)
        if self.down is not None:
            raise self.down
        if user in self.blocked:
            raise ApiRefused(403, "Forbidden: bot was blocked by the user")
        waiting = self.failures.get(user)
        if waiting:
            raise waiting.pop(0)
        if method == "sendChatAction":
            self.probed.append(user)
            return True
        if method in ("pinChatMessage", "unpinChatMessage"):
            return self._pin(method, (user, payload["message_id"]))
        if method == "sendMediaGroup":
            return self._album(user, payload["media"])
        rows = payload.get("reply_markup", {}).get("inline_keyboard", [])
        buttons = [button for row in rows for button in row]
        edits = payload.get("message_id")
        if edits in self.removed:
            raise ApiRefused(400, "Bad Request: message to edit not found")
        self.messages.append(
            Message(
                user,
                payload.get("text") or payload.get("caption", ""),
                [button["text"] for button in buttons],
                self._clock(),
                [button.get("callback_data", "") for button in buttons],
                edits,
                payload.get("document") if isinstance(payload.get("document"), Upload) else None,
            )
        )
        return {"message_id": edits or len(self.messages)}

    def _album(self, user: int, media: list[dict[str, Any]]) -> list[dict[str, int]]:
        first = len(self.messages) + 1
        for part in media:
            words, file = part.get("caption", ""), part["media"]
            self.messages.append(Message(user, words, [], self._clock(), file=file, album=first))
        return [{"message_id": first + n} for n in range(len(media))]

    def _pin(self, method: str, what: tuple[int, int]) -> bool:
        if not self.may_pin:
            raise ApiRefused(400, "Bad Request: not enough rights to manage pinned messages in the chat")
        if method == "pinChatMessage":
            self.pinned.append(what)
        else:
            self.pinned.remove(what)
        return True
