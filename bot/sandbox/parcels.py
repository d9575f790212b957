"""Pictures, files, voices and albums that a person sends, from a form or from JSON."""

import asyncio
import base64
import binascii
import secrets
import struct
import zlib
from collections.abc import Awaitable
from dataclasses import dataclass

from bot.sandbox import phone
from bot.sandbox.errors import ControlError
from bot.sandbox.files import image_size
from bot.sandbox.model import Json, JsonDict, Person
from bot.sandbox.world import World

KINDS = ("photo", "document", "voice", "video", "sticker", "audio", "video_note")
_DEFAULTS = {
    "photo": ("photo.png", "image/png"),
    "document": ("document.txt", "text/plain"),
    "voice": ("voice.oga", "audio/ogg"),
    "video": ("video.mp4", "video/mp4"),
    "sticker": ("sticker.webp", "image/webp"),
    "audio": ("audio.mp3", "audio/mpeg"),
    "video_note": ("round.mp4", "video/mp4"),
}
SIZE_LIMIT = 64 << 20


@dataclass(slots=True)
class Parcel:
    """One file on its way."""

    kind: str
    name: str
    mime: str
    data: bytes
    meta: JsonDict
    caption: str = ""


def small_picture(width: int = 64, height: int = 48) -> bytes:
    """A plain PNG for a photo that only has to exist."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    row = b"\0" + b"\x7a\xb8\xd8" * width
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(row * height))
        + chunk(b"IEND", b"")
    )


def from_json(kind: str, value: Json) -> Parcel:
    """A parcel from `true`, or from {file_name, mime_type, base64 | size, caption, duration …}."""
    wish: JsonDict = value if isinstance(value, dict) else {}
    name, mime = _DEFAULTS[kind]
    if "base64" in wish:
        try:
            data = base64.b64decode(str(wish["base64"]), validate=True)
        except binascii.Error:
            raise ControlError(400, "base64 is not base64") from None
    elif "size" in wish:
        data = bytes(min(int(wish["size"]), SIZE_LIMIT))
    else:
        data = small_picture() if kind in ("photo", "sticker") else f"sample {kind}\n".encode()
    meta: JsonDict = {key: wish[key] for key in ("duration", "width", "height", "emoji") if key in wish}
    return Parcel(
        kind,
        str(wish.get("file_name") or name),
        str(wish.get("mime_type") or mime),
        data,
        meta,
        str(wish.get("caption") or ""),
    )


def content_of(world: World, parcel: Parcel) -> JsonDict:
    """The message fields of a parcel, its bytes stored."""
    meta = dict(parcel.meta)
    if parcel.kind == "photo":
        width, height = image_size(parcel.data) or (800, 600)
        meta = {"width": width, "height": height, **meta}
    elif parcel.kind == "video_note":
        meta = {"length": 240, "duration": 3, **meta}
    elif parcel.kind in ("voice", "audio"):
        meta.setdefault("duration", 3)
    elif parcel.kind == "video":
        meta = {"width": 640, "height": 360, "duration": 5, **meta}
    elif parcel.kind == "sticker":
        meta = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False,
                "emoji": "🙂", **meta}  # fmt: skip
    stored = world.files.add(parcel.kind, parcel.data, parcel.name, parcel.mime, meta)
    return {**world.files.content(stored), **phone.caption_fields(parcel.caption)}


@dataclass(slots=True)
class Manner:
    """How an album's updates arrive: in which order (positions from 0) and with what pause."""

    order: list[int]
    gap_s: float = 0.0


def send_parcels(
    world: World,
    person: Person,
    chat_id: int,
    parcels: list[Parcel],
    manner: Manner,
    *,
    reply_to: int | None = None,
    extra: JsonDict | None = None,
) -> tuple[JsonDict, Awaitable[None] | None]:
    """Send one file, or several as an album; with a pause the returned awaitable delivers the updates."""
    contents = [content_of(world, parcel) for parcel in parcels]
    album = str(secrets.randbits(53)) if len(parcels) > 1 else None
    if album is None:
        return phone.put(world, person, chat_id, contents, reply_to=reply_to, extra=extra), None
    if sorted(manner.order or range(len(parcels))) != list(range(len(parcels))):
        raise ControlError(400, "order names every position of the album once, from 0")
    caught: list[tuple[JsonDict, int]] = []

    def catch(update: JsonDict, chat: int) -> int | None:
        caught.append((update, chat))
        return None

    result = phone.put(
        world, person, chat_id, contents, reply_to=reply_to, album=album, extra=extra, push=catch
    )
    result["album"] = album
    arriving = [caught[place] for place in manner.order or range(len(caught))] if caught else []
    if manner.gap_s > 0:
        return result, _trickle(world, arriving, manner.gap_s)
    result["update_ids"] = [world.updates.push(update, chat) for update, chat in arriving]
    return result, None


async def _trickle(world: World, arriving: list[tuple[JsonDict, int]], gap_s: float) -> None:
    for place, (update, chat) in enumerate(arriving):
        if place:
            await asyncio.sleep(gap_s)
        world.updates.push(update, chat)
