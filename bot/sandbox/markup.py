"""HTML parse mode, read as the server reads it: bytes in, text and entities out, errors with byte offsets."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.sandbox.errors import ApiError, bad
from bot.sandbox.model import JsonDict

_SPECIAL = re.compile(rb"[&<]")
_SPACE = b" \t\n\r\v\f"
_TAGS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "s": "strikethrough",
    "strike": "strikethrough", "del": "strikethrough", "u": "underline", "ins": "underline",
    "tg-spoiler": "spoiler", "span": "spoiler", "a": "text_link", "pre": "pre", "code": "code",
    "blockquote": "blockquote", "tg-emoji": "custom_emoji", "tg-time": "date_time",
}  # fmt: skip
_NAMED = {b"lt": "<", b"gt": ">", b"amp": "&", b"quot": '"'}


@dataclass(slots=True)
class _Open:
    tag: str
    argument: str
    unix: int
    offset: int
    begin: int


def _problem(text: str) -> ApiError:
    return bad(f"can't parse entities: {text}")


def utf16_length(text: str) -> int:
    """Length in UTF-16 code units, the measure of entity offsets."""
    return len(text) + sum(1 for letter in text if letter > "\uffff")


class HtmlReader:
    """One pass over one text. `read` returns the plain text and its entities, or raises 400."""

    def __init__(self, source: str) -> None:
        self._data = source.encode("utf-8")
        self._at = 0
        self._out: list[str] = []
        self._out_length = 0
        self._offset = 0
        self._open: list[_Open] = []
        self._entities: list[JsonDict] = []

    def read(self) -> tuple[str, list[JsonDict]]:
        """Parse everything; entities are not yet sorted."""
        size = len(self._data)
        while self._at < size:
            byte = self._data[self._at]
            if byte == 0x26:
                self._reference()
            elif byte == 0x3C:
                if self._peek(1) == b"/":
                    self._end_tag()
                else:
                    self._start_tag()
            else:
                self._plain()
        if self._open:
            tag = self._open[-1].tag
            raise _problem(f'Can\'t find end tag corresponding to start tag "{tag}"')
        for entity in self._entities:
            if entity["type"] == "code":
                entity.pop("language", None)
        return "".join(self._out), self._entities

    def _peek(self, ahead: int = 0) -> bytes:
        return self._data[self._at + ahead : self._at + ahead + 1]

    def _put(self, text: str) -> None:
        self._out.append(text)
        self._offset += utf16_length(text)

    def _plain(self) -> None:
        start = self._at
        found = _SPECIAL.search(self._data, start)
        self._at = found.start() if found else len(self._data)
        self._put(self._data[start : self._at].decode("utf-8"))

    def _reference(self) -> None:
        letter, end = _decode_reference(self._data, self._at)
        if letter is None:
            self._put("&")
            self._at += 1
        else:
            self._put(letter)
            self._at = end

    def _skip(self, stop: bytes) -> None:
        """Go on to the first byte of `stop`, or to the end of the text."""
        size = len(self._data)
        while self._at < size and self._data[self._at] not in stop:
            self._at += 1

    def _skip_space(self) -> None:
        size = len(self._data)
        while self._at < size and self._data[self._at] in _SPACE:
            self._at += 1

    def _start_tag(self) -> None:
        begin = self._at
        self._at += 1
        self._skip(_SPACE + b">")
        if not self._peek():
            raise _problem(f"Unclosed start tag at byte offset {begin}")
        tag = self._data[begin + 1 : self._at].decode("utf-8").lower()
        if tag not in _TAGS:
            raise _problem(f'Unsupported start tag "{tag}" at byte offset {begin}')
        opened = _Open(tag, "", 0, self._offset, len(self._out))
        while self._peek() != b">":
            self._skip_space()
            if self._peek() == b">":
                break
            self._attribute(opened, begin)
        self._at += 1
        if tag == "span" and opened.argument != "spoiler":
            raise _problem(f'Tag "span" must have class "tg-spoiler" at byte offset {begin}')
        self._open.append(opened)

    def _attribute(self, opened: _Open, begin: int) -> None:
        start = self._at
        self._skip(_SPACE + b"=>/\"'")
        name = self._data[start : self._at].decode("utf-8")
        if not name:
            raise _problem(f'Empty attribute name in the tag "{opened.tag}" at byte offset {begin}')
        self._skip_space()
        if self._peek() != b"=":
            if not self._peek():
                raise _problem(f'Unclosed start tag "{opened.tag}" at byte offset {begin}')
            if opened.tag == "blockquote" and name == "expandable":
                opened.argument = "1"
            return
        self._at += 1
        self._skip_space()
        if not self._peek():
            raise _problem(f'Unclosed start tag "{opened.tag}" at byte offset {begin}')
        value = self._quoted() if self._peek() in (b'"', b"'") else self._token()
        if not self._peek():
            raise _problem(f"Unclosed start tag at byte offset {begin}")
        _apply_attribute(opened, name, value)

    def _token(self) -> str:
        start = self._at
        while self._peek().isalnum() or self._peek() in (b".", b"-"):
            self._at += 1
        after = self._peek()
        if after != b">" and (not after or after not in _SPACE):
            raise _problem(f"Unexpected end of name token at byte offset {start}")
        return self._data[start : self._at].decode("ascii").lower()

    def _quoted(self) -> str:
        quote = self._data[self._at]
        self._at += 1
        parts: list[bytes] = []
        while self._at < len(self._data) and self._data[self._at] != quote:
            if self._data[self._at] == 0x26:
                letter, end = _decode_reference(self._data, self._at)
                if letter is not None:
                    parts.append(letter.encode("utf-8"))
                    self._at = end
                    continue
            parts.append(self._peek())
            self._at += 1
        self._at = min(self._at + 1, len(self._data))
        return b"".join(parts).decode("utf-8")

    def _end_tag(self) -> None:
        begin = self._at
        if not self._open:
            raise _problem(f"Unexpected end tag at byte offset {begin}")
        self._at += 2
        self._skip(_SPACE + b">")
        tag = self._data[begin + 2 : self._at].decode("utf-8").lower()
        self._skip_space()
        if self._peek() != b">":
            raise _problem(f"Unclosed end tag at byte offset {begin}")
        opened = self._open[-1]
        if tag and tag != opened.tag:
            raise _problem(
                f'Unmatched end tag at byte offset {begin}, expected "</{opened.tag}>", found "</{tag}>"'
            )
        self._at += 1
        self._open.pop()
        if self._offset > opened.offset:
            self._close(opened)

    def _close(self, opened: _Open) -> None:
        fields = self._fields(opened)
        if fields is None:
            return
        entity: JsonDict = {
            "type": _TAGS[opened.tag],
            "offset": opened.offset,
            "length": self._offset - opened.offset,
            **fields,
        }
        if not self._merge_code(entity):
            self._entities.append(entity)

    def _fields(self, opened: _Open) -> JsonDict | None:
        """What the entity has beside its place; None when the tag leaves none (a link that is no link)."""
        if opened.tag == "a":
            url = checked_link(opened.argument or "".join(self._out[opened.begin :]))
            return {"url": url} if url else None
        if opened.tag == "tg-emoji":
            if not opened.argument.isdecimal() or int(opened.argument) == 0:
                raise _problem("Invalid custom emoji identifier specified")
            return {"custom_emoji_id": opened.argument}
        if opened.tag == "tg-time":
            style = {"date_time_format": opened.argument} if opened.argument else {}
            return {"unix_time": opened.unix, **style} if opened.unix > 0 else None
        if opened.tag == "blockquote" and opened.argument:
            return {"type": "expandable_blockquote"}
        return {"language": opened.argument} if opened.tag == "code" else {}

    def _merge_code(self, entity: JsonDict) -> bool:
        """`<pre><code class="language-x">` and the other way round are one entity."""
        last = self._entities[-1] if self._entities else None
        if last is None or (last["offset"], last["length"]) != (entity["offset"], entity["length"]):
            return False
        if entity["type"] == "pre" and last["type"] == "code" and last["language"]:
            last["type"] = "pre"
            return True
        if entity["type"] == "code" and last["type"] == "pre" and entity["language"]:
            last["language"] = entity["language"]
            return True
        return False


def _apply_attribute(opened: _Open, name: str, value: str) -> None:
    key = (opened.tag, name)
    if key in (("a", "href"), ("tg-emoji", "emoji-id"), ("tg-time", "format")):
        opened.argument = value
    elif key == ("code", "class") and value.startswith("language-"):
        opened.argument = value[9:]
    elif key == ("span", "class") and value.startswith("tg-"):
        opened.argument = value[3:]
    elif key == ("blockquote", "expandable"):
        opened.argument = "1"
    elif key == ("tg-time", "unix"):
        opened.unix = int(value) if value.isdecimal() else 0


def _decode_reference(data: bytes, at: int) -> tuple[str | None, int]:
    """The character of `&…;` at `at` and the place after it; None when it is no known reference."""
    end = at + 1
    if data[end : end + 1] == b"#":
        end += 1
        base, digits = 10, b"0123456789"
        if data[end : end + 1] == b"x":
            end += 1
            base, digits = 16, b"0123456789abcdefABCDEF"
        start = end
        while end < len(data) and data[end] in digits:
            end += 1
        code = int(data[start:end], base) if end > start else 0
        if code == 0 or code >= 0x10FFFF or end - at >= 10:
            return None, at
        if 0xD800 <= code <= 0xDFFF:
            raise _problem(
                "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched "
                "surrogate code units"
            )
        letter = chr(code)
    else:
        while data[end : end + 1].isalpha():
            end += 1
        named = _NAMED.get(data[at + 1 : end])
        if named is None:
            return None, at
        letter = named
    return letter, end + 1 if data[end : end + 1] == b";" else end


def link_problem(link: str) -> str | None:
    """Why the server refuses this link, or None."""
    lower = link.lower()
    if lower.startswith(("tg:", "ton:", "tonsite:")):
        return None
    try:
        parts = urlsplit(link if "://" in link else f"http://{link}")
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "Wrong URL"
    if parts.scheme.lower() not in ("http", "https"):
        return "Unsupported URL protocol"
    if any(letter.isspace() for letter in link) or not host:
        return "URL host is empty"
    if "." not in host and ":" not in host:
        return "Wrong HTTP URL"
    return None


def checked_link(link: str) -> str:
    """The link as the server stores it; "" when it is no link (its text then stays plain)."""
    if link_problem(link) is not None:
        return ""
    if link.lower().startswith(("tg:", "ton:", "tonsite:")):
        return link
    link = link if "://" in link else f"http://{link}"
    parts = urlsplit(link)
    return link if parts.path or parts.query or parts.fragment else f"{link}/"


def parse_html(source: str) -> tuple[str, list[JsonDict]]:
    """Text and entities of a text in HTML parse mode; 400 with a byte offset when it is not well formed."""
    return HtmlReader(source).read()
