"""What a reader sees, and the callback data behind its buttons."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape, unescape
from typing import TYPE_CHECKING, Any

from bot.rules.notes import WITHOUT_CAPTION

if TYPE_CHECKING:
    from bot.wire import Upload  # brings an HTTP client, which a command of the shell does not need

_TAG = re.compile(r"<[^>]*>")
DATA_LIMIT = 64
"""Bytes of callback data that Telegram carries."""

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
TOAST_LIMIT = 200


class Html(str):
    """Text that is markup already; everything else is escaped when it fills a message."""

    __slots__ = ()

    def __html__(self) -> str:
        """The same for a page's template."""
        return str(self)


def safe(value: object) -> Html:
    """The value as text without markup."""
    return value if isinstance(value, Html) else Html(escape(str(value), quote=False))


def bold(value: object) -> Html:
    """The value in bold."""
    return Html(f"<b>{safe(value)}</b>")


def lines(*parts: object) -> Html:
    """Parts one a line; None is left out, '' is an empty line."""
    return Html("\n".join(safe(part) for part in parts if part is not None))


@dataclass(frozen=True, slots=True)
class Button:
    """An inline button: `data` comes back as a tap, `url` opens, `app` opens inside Telegram (https only).

    `style`: danger, success, primary or ''.
    """

    label: str
    data: str = ""
    url: str = ""
    style: str = ""
    app: str = ""

    def __post_init__(self) -> None:
        if len(self.data.encode()) > DATA_LIMIT:
            raise ValueError(f"callback data over {DATA_LIMIT} bytes: {self.data}")


Rows = Sequence[Sequence[Button]]


@dataclass(frozen=True, slots=True)
class Screen:
    """One message: HTML text and rows of buttons.

    With a `file` (kind, id) that Telegram has, or an `upload` that travels along, the text is its caption.
    With an `action` it is no message: the chat shows for a moment that somebody types.
    `replies`: the number of the message that it answers. `place`: north and east, instead of the text.
    `album`: (kind, file, words) of each part, instead of all else.
    """

    text: Html
    rows: Rows = field(default_factory=tuple)
    file: tuple[str, str] | None = None
    replies: int | None = None
    place: tuple[float, float] | None = None
    upload: "Upload | None" = None
    action: str = ""
    album: Sequence[tuple[str, str, Html]] = ()

    def words(self) -> Html:
        """The text, without its last lines where Telegram would refuse it for its length."""
        limit = CAPTION_LIMIT if self.file or self.upload else TEXT_LIMIT
        if len(self.text) <= limit:
            return self.text
        kept = self.text.split("\n")
        while len(kept) > 1 and _letters("\n".join(kept)) > limit:
            kept = [*kept[:-2], "…"]
        return Html("\n".join(kept))

    def keyboard(self) -> list[list[dict[str, Any]]]:
        """The buttons in the Bot API's own shape."""
        return [[_api_button(button) for button in row] for row in self.rows if row]


def _letters(html: str) -> int:
    """How many letters are left when the markup is read: this is what Telegram limits."""
    return len(unescape(_TAG.sub("", html)))


def api_call(chat: int, screen: Screen, edits: int | None = None) -> tuple[str, dict[str, Any]]:
    """The method that sends a screen and its parameters, in the Bot API's own shape.

    With `edits`, the message of that number becomes the screen: its text, or the words below its file.
    """
    payload: dict[str, Any] = {"chat_id": chat}
    if screen.action:
        return "sendChatAction", payload | {"action": screen.action}
    if edits is not None:
        payload["message_id"] = edits
    keyboard = screen.keyboard()
    if keyboard:
        payload["reply_markup"] = {"inline_keyboard": keyboard}
    if screen.replies is not None and edits is None:
        payload["reply_parameters"] = {"message_id": screen.replies, "allow_sending_without_reply": True}
    if screen.place is not None or screen.upload is not None or (screen.album and edits is None):
        payload.pop("message_id", None)
        return _sent_anew(payload, screen)
    if edits is not None and screen.file is not None:
        return "editMessageCaption", {**payload, "caption": screen.words(), "parse_mode": "HTML"}
    if screen.file is None:
        preview = {"is_disabled": True}
        return "sendMessage" if edits is None else "editMessageText", {
            **payload, "text": screen.words(), "parse_mode": "HTML", "link_preview_options": preview
        }  # fmt: skip
    kind, payload[kind] = screen.file
    if kind not in WITHOUT_CAPTION:
        payload |= {"caption": screen.words(), "parse_mode": "HTML"}
    return f"send{kind.title().replace('_', '')}", payload


def _sent_anew(payload: dict[str, Any], screen: Screen) -> tuple[str, dict[str, Any]]:
    """A place, an album or a file of ours: what takes no other message's place."""
    if screen.place is not None:
        return "sendLocation", {**payload, "latitude": screen.place[0], "longitude": screen.place[1]}
    if screen.upload is not None:
        words = {"caption": screen.words(), "parse_mode": "HTML"}
        return "sendDocument", {**payload, "document": screen.upload, **words}
    payload.pop("reply_markup", None)
    return "sendMediaGroup", {**payload, "media": [_part(*part) for part in screen.album]}


def _api_button(button: Button) -> dict[str, Any]:
    shape: dict[str, Any] = {"text": button.label}
    if button.app:
        shape["web_app"] = {"url": button.app}
    elif button.url:
        shape["url"] = button.url
    else:
        shape["callback_data"] = button.data
    if button.style:
        shape["style"] = button.style
    return shape


def _part(kind: str, file_id: str, words: Html) -> dict[str, Any]:
    """One of an album in the Bot API's own shape."""
    return {"type": kind, "media": file_id} | ({"caption": words, "parse_mode": "HTML"} if words else {})


def pack(prefix: str, *args: object) -> str:
    """Callback data: a prefix and its arguments, `-` for a missing one."""
    return ":".join([prefix, *("-" if arg is None else str(arg) for arg in args)])
