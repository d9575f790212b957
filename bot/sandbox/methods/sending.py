"""Methods that put a message into a chat."""

import json
import secrets
from collections.abc import Callable

from bot.sandbox.call import Call, Upload
from bot.sandbox.entities import caption_text, message_text
from bot.sandbox.errors import bad
from bot.sandbox.keyboards import parse_markup
from bot.sandbox.model import Json, JsonDict, Message, StoredFile
from bot.sandbox.shapes import MEDIA, sender_of
from bot.sandbox.world import World

ALBUM_LIMIT = 10
LATITUDE_MAX, LONGITUDE_MAX = 90, 180
_COPIABLE = ("text", *MEDIA, "location", "contact", "poll", "dice", "venue")
_ALONE = frozenset(("document", "audio"))
_NUMBERS = {"voice": ("duration",), "audio": ("duration",), "video": ("width", "height", "duration"),
            "video_note": ("length", "duration")}  # fmt: skip
_WITHOUT_CAPTION = ("video_note", "sticker")
_ALBUM_NAMES = {"photo": "Photo", "document": "Document", "video": "Video", "audio": "Audio"}


def markup_of(call: Call, *, private: bool = True) -> JsonDict | None:
    """The checked `reply_markup` of a call."""
    if call.text("reply_markup").strip() == "null":
        raise bad("Object expected as reply markup")
    value = call.json("reply_markup", "Can't parse reply keyboard markup JSON object")
    return parse_markup(value, private=private)


def caption_of(call: Call) -> JsonDict:
    """Caption fields of a media message, none for an empty caption."""
    entities = call.json("caption_entities", "Can't parse entities JSON object")
    return caption_fields(call.text("caption"), call.text("parse_mode"), entities)


def caption_fields(source: str, parse_mode: str, entities: Json) -> JsonDict:
    """`caption` and `caption_entities` from their parameters."""
    caption = caption_text(source, parse_mode, entities)
    fields: JsonDict = {"caption": caption.text} if caption.text else {}
    if caption.entities:
        fields["caption_entities"] = caption.entities
    return fields


def text_content(call: Call) -> JsonDict:
    """Content of a text message from `text`, `parse_mode` and `entities`."""
    entities = call.json("entities", "Can't parse entities JSON object")
    text = message_text(call.text("text"), call.text("parse_mode"), entities)
    content: JsonDict = {"text": text.text}
    if text.entities:
        content["entities"] = text.entities
    options = call.json("link_preview_options", "Can't parse link preview options JSON object")
    if options is not None and not isinstance(options, dict):
        raise bad("Object expected as link preview options")
    if options:
        content["link_preview_options"] = options
    return content


def _reply_wish(call: Call) -> tuple[int, bool]:
    """The message to reply to (0 for none) and whether it may be missing."""
    value = call.json("reply_parameters", "Can't parse reply parameters JSON object")
    if value is None:
        return call.message_id("reply_to_message_id"), call.flag("allow_sending_without_reply")
    if not isinstance(value, dict):
        raise bad("Object expected as reply parameters")
    if not value:
        return 0, False
    if "message_id" not in value:
        raise bad('Can\'t find field "message_id"')
    try:
        return max(int(value["message_id"]), 0), bool(value.get("allow_sending_without_reply"))
    except (TypeError, ValueError):
        raise bad('Field "message_id" must be a valid Number') from None


def deliver(world: World, call: Call, contents: list[JsonDict], *, origin: JsonDict | None = None,
            album: bool = False, protected: bool = False) -> list[Message]:  # fmt: skip
    """Check where the messages go and post them; the checks come in the server's order."""
    reply_id, may_miss = _reply_wish(call)
    target = call.text("chat_id")
    markup = None if album else markup_of(call, private=not target.startswith("-"))
    chat_id = world.find_chat(target, write=True)
    if call.integer("message_thread_id") > 0:
        raise bad("message thread not found")
    if reply_id and reply_id not in world.chats[chat_id]:
        if not may_miss:
            raise bad("message to be replied not found")
        reply_id = 0
    world.check_reachable(chat_id)
    group = str(secrets.randbits(53)) if album and len(contents) > 1 else None
    sent: list[Message] = []
    for content in contents:
        message = world.new_message(chat_id, world.config.bot_id, content)
        message.markup, message.album, message.origin = markup, group, origin
        message.reply_to = reply_id or None
        message.protected = protected or call.flag("protect_content")
        message.silent = call.flag("disable_notification")
        sent.append(world.post(message))
    return sent


def send_message(world: World, call: Call) -> Json:
    """sendMessage."""
    return world.api_message(deliver(world, call, [text_content(call)])[0])


def stored_file(world: World, call: Call, value: str, field: str, kind: str) -> StoredFile | None:
    """The file a parameter means: an upload, one named by attach://, or a file_id; None for no file."""
    if value.startswith("attach://"):
        return _uploaded(world, call.uploads.get(value.removeprefix("attach://")), kind)
    if value.lower().startswith(("http://", "https://")):
        raise bad("failed to get HTTP URL content")
    if value:
        return world.files.reuse(value, kind)
    return _uploaded(world, call.uploads.get(field), kind)


def _uploaded(world: World, upload: Upload | None, kind: str) -> StoredFile | None:
    if upload is None:
        return None
    if not upload.data:
        raise bad("file must be non-empty")
    meta = world.files.check_photo(upload.data) if kind == "photo" else {}
    return world.files.add(kind, upload.data, upload.name, upload.mime, meta)


def _numbers(call: Call, kind: str, stored: StoredFile) -> None:
    for name in _NUMBERS.get(kind, ()):
        stored.meta.setdefault(name, call.integer(name, 0, 0))


def _send_file(kind: str) -> Callable[[World, Call], Json]:
    def handler(world: World, call: Call) -> Json:
        stored = stored_file(world, call, call.text(kind), kind, kind)
        if stored is None:
            raise bad(f"There is no {kind} in the request")
        _numbers(call, kind, stored)
        caption = {} if kind in _WITHOUT_CAPTION else caption_of(call)
        content = {**world.files.content(stored), **caption}
        return world.api_message(deliver(world, call, [content])[0])

    handler.__doc__ = f"send{kind.title().replace('_', '')}."
    return handler


def send_location(world: World, call: Call) -> Json:
    """sendLocation: a place that does not move."""
    for name in ("latitude", "longitude"):
        if not call.text(name).strip():
            raise bad(f"{name} is empty")
    try:
        north, east = float(call.text("latitude")), float(call.text("longitude"))
    except ValueError:
        north = east = 0.0
    if not (abs(north) <= LATITUDE_MAX and abs(east) <= LONGITUDE_MAX):
        raise bad("wrong location specified")
    content: JsonDict = {"location": {"latitude": north, "longitude": east}}
    return world.api_message(deliver(world, call, [content])[0])


def _album_item(world: World, call: Call, item: Json) -> JsonDict:
    if not isinstance(item, dict):
        raise bad("Can't parse InputMedia: expected an Object")
    entities = item.get("caption_entities")
    caption = caption_fields(str(item.get("caption") or ""), str(item.get("parse_mode") or ""), entities)
    kind = item.get("type")
    if kind is None:
        raise bad("Can't parse InputMedia: Can't find field \"type\"")
    media = str(item.get("media") or "")
    if kind == "animation":
        raise bad("Can't parse InputMedia: type \"animation\" can't be used in sendMediaGroup")
    if kind not in _ALBUM_NAMES:
        raise bad(f'Can\'t parse InputMedia: type "{kind}" is unsupported')
    stored = stored_file(world, call, media, "", kind) if media else None
    if stored is None:
        raise bad("Can't parse InputMedia: media not found")
    for name in _NUMBERS.get(kind, ()):
        stored.meta.setdefault(name, int(item.get(name) or 0))
    return {**world.files.content(stored), **caption}


def send_media_group(world: World, call: Call) -> Json:
    """sendMediaGroup: 1 to 10 items; documents and audio only among themselves."""
    call.required("media")
    items = call.json("media", "Can't parse media JSON object")
    if not isinstance(items, list):
        raise bad("Expected an Array of InputMedia")
    contents = [_album_item(world, call, item) for item in items]
    if len(contents) > ALBUM_LIMIT:
        raise bad("Too many messages to send as an album")
    if not contents:
        raise bad("There are no messages to send")
    kinds = {next(name for name in _ALBUM_NAMES if name in content) for content in contents}
    alone = sorted(kinds & _ALONE)
    if len(kinds) > 1 and alone:
        raise bad(f"{_ALBUM_NAMES[alone[0]]} can't be mixed with other media types")
    return [world.api_message(message) for message in deliver(world, call, contents, album=True)]


def _source(world: World, call: Call, what: str) -> Message:
    from_chat = world.find_chat(call.required("from_chat_id"))
    return world.find_message(from_chat, call.message_id(), what)


def forward_message(world: World, call: Call) -> Json:
    """forwardMessage."""
    source = _source(world, call, "message to forward")
    if source.protected or _is_service(source):
        raise bad("message can't be forwarded")
    sent = deliver(world, call, [_copied(source)], origin=forward_origin(world, source))
    return world.api_message(sent[0])


def forward_origin(world: World, source: Message) -> JsonDict:
    """Where a forwarded message comes from: its first author, however often it was forwarded."""
    if source.origin is not None:
        return source.origin
    return {
        "forward_origin": {
            "type": "user",
            "date": source.date,
            "sender_user": sender_of(world, source.sender),
        }
    }


def copy_message(world: World, call: Call) -> Json:
    """copyMessage: a new message without the link to its source; a given caption replaces the old one."""
    source = _source(world, call, "message to copy")
    if source.protected or _is_service(source):
        raise bad("message can't be copied")
    content = _copied(source)
    if "caption" in call.params and "text" not in content:
        content.pop("caption", None)
        content.pop("caption_entities", None)
        content.update(caption_of(call))
    return {"message_id": deliver(world, call, [content])[0].message_id}


def _copied(source: Message) -> JsonDict:
    copied: JsonDict = json.loads(json.dumps(source.content))
    return copied


def _is_service(message: Message) -> bool:
    return not any(name in message.content for name in _COPIABLE)


HANDLERS: dict[str, Callable[[World, Call], Json]] = {
    "sendMessage": send_message,
    "sendPhoto": _send_file("photo"),
    "sendDocument": _send_file("document"),
    "sendVoice": _send_file("voice"),
    "sendVideo": _send_file("video"),
    "sendAudio": _send_file("audio"),
    "sendVideoNote": _send_file("video_note"),
    "sendSticker": _send_file("sticker"),
    "sendLocation": send_location,
    "sendMediaGroup": send_media_group,
    "forwardMessage": forward_message,
    "copyMessage": copy_message,
}
