"""Texts as the server takes them: parse mode or `entities`, cleaning, trimming, what it finds by itself."""

import re
from bisect import bisect_right
from dataclasses import dataclass

from bot.sandbox.errors import bad
from bot.sandbox.markup import checked_link, parse_html, utf16_length
from bot.sandbox.model import Json, JsonDict

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
_RAW_BYTES = 1 << 15
_ORDER = (
    "blockquote", "expandable_blockquote", "pre", "code", "text_link", "text_mention", "bold", "italic",
    "underline", "strikethrough", "spoiler", "custom_emoji", "date_time",
)  # fmt: skip
_FOUND = frozenset(
    ("mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bank_card_number")
)
_DROPPED = re.compile("[\r\u2028-\u202e\u0333\u033f\u030a]")
_CONTROL = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f]")
_FINDERS = (
    ("url", re.compile(r"(?<![\w@/])(?:https?://[^\s<>\"']+|(?:[\w-]+\.)+(?:com|org|net|kz|ru|io|me|info)"
                       r"(?![\w.-])(?:/[^\s<>\"']*)?)")),
    ("email", re.compile(r"(?<![\w.+-])[\w.+-]+@(?:[\w-]+\.)+[A-Za-z]{2,}")),
    ("mention", re.compile(r"(?<![\w@./])@[A-Za-z]\w{3,31}\b")),
    ("hashtag", re.compile(r"(?<![\w#&])#(?=\w*[^\W\d])\w{1,256}")),
    ("bot_command", re.compile(r"(?<![\w/<>@.:])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z]\w{2,31})?(?![\w/])")),
    ("phone_number", re.compile(r"(?<![\w+])\+\d[\d ()-]{8,16}\d\b")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text and its entities, ready to be stored."""

    text: str
    entities: list[JsonDict]


class Offsets:
    """Between code points and UTF-16 units of one text."""

    def __init__(self, text: str) -> None:
        self._astral = [index for index, letter in enumerate(text) if letter > "\uffff"]
        self.length = len(text) + len(self._astral)
        self._starts = [index + number for number, index in enumerate(self._astral)]

    def to_utf16(self, index: int) -> int:
        """UTF-16 offset of the code point at `index`."""
        return index + bisect_right(self._astral, index - 1)

    def to_index(self, offset: int) -> int:
        """Code point at a UTF-16 offset; 400 in the middle of a pair."""
        before = bisect_right(self._starts, offset - 1)
        if before and self._starts[before - 1] + 1 == offset:
            raise bad(f"Entity begins in a middle of a UTF-16 symbol at byte offset {offset}")
        return offset - before


def formatted(source: str, parse_mode: str, entities: Json, *, allow_empty: bool = False) -> Formatted:
    """What the server makes of a text parameter; 400 with its own words when it refuses it."""
    try:
        size = len(source.encode("utf-8"))
    except UnicodeEncodeError:
        raise bad("Strings must be encoded in UTF-8") from None
    if size > _RAW_BYTES:
        raise bad("Text is too long")
    mode = parse_mode.lower()
    if source and mode and mode != "none":
        if mode != "html":
            raise bad("Unsupported parse_mode")
        text, found = parse_html(source)
    else:
        text, found = source, _given(entities)
        found = _within(text, found)
    return _finish(text, found, allow_empty)


def _given(entities: Json) -> list[JsonDict]:
    """Entities from the parameter, checked for shape; kinds the server finds itself are left out."""
    if not isinstance(entities, list):
        return []
    kept: list[JsonDict] = []
    for entity in entities:
        if not isinstance(entity, dict):
            raise bad("Can't parse MessageEntity: expected an Object")
        for name in ("offset", "length", "type"):
            if name not in entity:
                raise bad(f"Can't parse MessageEntity: Can't find field \"{name}\"")
        kind = entity["type"]
        if kind in _FOUND:
            continue
        if kind not in _ORDER:
            raise bad("Can't parse MessageEntity: Unsupported type specified")
        kept.append(_shaped(entity, str(kind)))
    return kept


def _shaped(entity: JsonDict, kind: str) -> JsonDict:
    try:
        result: JsonDict = {"type": kind, "offset": int(entity["offset"]), "length": int(entity["length"])}
    except (TypeError, ValueError):
        raise bad('Can\'t parse MessageEntity: Field "offset" must be of type Number') from None
    if kind == "text_link":
        result["url"] = checked_link(str(entity.get("url", "")))
    for name in ("language", "custom_emoji_id", "unix_time", "date_time_format", "user"):
        if name in entity:
            result[name] = entity[name]
    return result


def _within(text: str, entities: list[JsonDict]) -> list[JsonDict]:
    if not entities:
        return []
    offsets = Offsets(text)
    kept: list[JsonDict] = []
    for entity in entities:
        begin, length = entity["offset"], entity["length"]
        if not 0 <= begin <= 1_000_000:
            raise bad(f"Receive an entity with incorrect offset {begin}")
        if not 0 <= length <= 1_000_000:
            raise bad(f"Receive an entity with incorrect length {length}")
        if length == 0 or (entity["type"] == "text_link" and not entity["url"]):
            continue
        if begin >= offsets.length:
            raise bad(f"Entity begins after the end of the text at UTF-16 offset {begin}")
        if begin + length > offsets.length:
            raise bad(
                f"Entity beginning at UTF-16 offset {begin} ends after the end of the text at UTF-16 offset "
                f"{begin + length}"
            )
        offsets.to_index(begin)
        offsets.to_index(begin + length)
        kept.append(entity)
    return kept


def _cleaned(text: str, entities: list[JsonDict]) -> str:
    """Control characters become spaces, direction overrides and carriage returns go; offsets follow."""
    text = _CONTROL.sub(" ", text)
    while found := _DROPPED.search(text):
        at = utf16_length(text[: found.start()])
        text = text[: found.start()] + text[found.end() :]
        for entity in entities:
            if entity["offset"] > at:
                entity["offset"] -= 1
            elif entity["offset"] + entity["length"] > at:
                entity["length"] -= 1
    return text


def _finish(text: str, entities: list[JsonDict], allow_empty: bool) -> Formatted:
    text = _cleaned(text, entities)
    end = utf16_length(text.rstrip(" \n"))
    for entity in entities:
        entity["length"] = min(entity["length"], end - entity["offset"])
    entities = [entity for entity in entities if entity["length"] > 0]
    text = text.rstrip(" \n")
    first = min((entity["offset"] for entity in entities), default=len(text))
    leading = min(len(text) - len(text.lstrip(" \n")), first)
    text = text[leading:]
    for entity in entities:
        entity["offset"] -= leading
    if not text.strip():
        if not allow_empty:
            raise bad("Text must be non-empty")
        return Formatted("", [])
    return Formatted(text, _sorted(entities + find_entities(text, entities)))


def _sorted(entities: list[JsonDict]) -> list[JsonDict]:
    def place(entity: JsonDict) -> tuple[int, int, int]:
        kind = entity["type"]
        return entity["offset"], -entity["length"], _ORDER.index(kind) if kind in _ORDER else -1

    return sorted(entities, key=place)


def find_entities(text: str, taken: list[JsonDict]) -> list[JsonDict]:
    """Links, addresses, mentions, tags, commands and phone numbers outside code and links."""
    if not any(mark in text for mark in "/@#.+"):
        return []
    offsets = Offsets(text)
    busy = [
        (entity["offset"], entity["offset"] + entity["length"])
        for entity in taken
        if entity["type"] in ("code", "pre", "text_link")
    ]
    found: list[JsonDict] = []
    for kind, pattern in _FINDERS:
        for match in pattern.finditer(text):
            word = match.group().rstrip(".,:;!?)") if kind == "url" else match.group()
            begin = offsets.to_utf16(match.start())
            end = offsets.to_utf16(match.start() + len(word))
            if any(begin < to and since < end for since, to in busy):
                continue
            busy.append((begin, end))
            found.append({"type": kind, "offset": begin, "length": end - begin})
    return found


def message_text(source: str, parse_mode: str, entities: Json) -> Formatted:
    """The text of sendMessage and editMessageText: 1 to 4096 code points after parsing."""
    if not source:
        raise bad("Message text is empty")
    result = formatted(source, parse_mode, entities)
    if len(result.text) > TEXT_LIMIT:
        raise bad("Message is too long")
    return result


def caption_text(source: str, parse_mode: str, entities: Json) -> Formatted:
    """A caption: 0 to 1024 code points after parsing."""
    result = formatted(source, parse_mode, entities, allow_empty=True)
    if len(result.text) > CAPTION_LIMIT:
        raise bad("Message caption is too long")
    return result
