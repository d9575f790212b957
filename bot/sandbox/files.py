"""Stored files: opaque ids, links that expire, and what can be told from the bytes."""

import hashlib
import secrets
import struct
from pathlib import PurePosixPath

from bot.sandbox.clock import Clock
from bot.sandbox.config import SandboxConfig
from bot.sandbox.errors import bad
from bot.sandbox.model import JsonDict, StoredFile

_FOLDERS = {"photo": "photos", "document": "documents", "voice": "voice", "video": "videos",
            "sticker": "stickers", "audio": "music", "animation": "animations",
            "video_note": "video_notes"}  # fmt: skip
_NAMES = {"photo": "Photo", "document": "Document", "voice": "VoiceNote", "video": "Video",
          "sticker": "Sticker", "audio": "Audio", "animation": "Animation",
          "video_note": "VideoNote"}  # fmt: skip
_ENDINGS = {"photo": ".jpg", "voice": ".oga", "video": ".mp4", "sticker": ".webp", "audio": ".mp3",
            "video_note": ".mp4"}  # fmt: skip
_MIMES = {"photo": "image/jpeg", "voice": "audio/ogg", "video": "video/mp4", "sticker": "image/webp",
          "audio": "audio/mpeg", "video_note": "video/mp4"}  # fmt: skip
_WITHOUT_MIME = ("sticker", "video_note")
SIDES_SUM = 10_000
SIDES_RATIO = 20


def image_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG, GIF, JPEG or WebP picture; None for anything else."""
    if data[:8] == b"\x89PNG\r\n\x1a\n" and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
        return int(width), int(height)
    if data[:6] in (b"GIF87a", b"GIF89a") and len(data) >= 10:
        width, height = struct.unpack("<HH", data[6:10])
        return int(width), int(height)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP" and len(data) >= 30:
        return _webp_size(data)
    if data[:2] == b"\xff\xd8":
        return _jpeg_size(data)
    return None


def _webp_size(data: bytes) -> tuple[int, int] | None:
    kind = data[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", data[26:30])
        return int(width) & 0x3FFF, int(height) & 0x3FFF
    return None


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 < len(data):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return int(width), int(height)
        if marker == 0xFF:
            at += 1
            continue
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None


class FileStore:
    """All files of one sandbox, by file_id, by path and by unique id."""

    def __init__(self, config: SandboxConfig, clock: Clock) -> None:
        self._config = config
        self._clock = clock
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}
        self._by_unique: dict[str, StoredFile] = {}
        self._count = 0

    def add(
        self,
        kind: str,
        data: bytes,
        name: str,
        mime: str,
        meta: JsonDict | None = None,
        unique_id: str = "",
    ) -> StoredFile:
        """Keep `data`; the same bytes get the same file_unique_id and a new file_id."""
        digest = hashlib.blake2b(data, digest_size=9, person=kind.encode()).hexdigest()
        ending = _ENDINGS.get(kind) or PurePosixPath(name).suffix[:16] or ".bin"
        stored = StoredFile(
            file_id=f"{_NAMES[kind][:2]}AC{secrets.token_urlsafe(45)}",
            unique_id=unique_id or f"AQ{digest}",
            kind=kind,
            data=data,
            name=name,
            mime=mime or _MIMES.get(kind, "application/octet-stream"),
            path=f"{_FOLDERS[kind]}/file_{self._count}{ending}",
            meta=meta or {},
        )
        self._count += 1
        self._by_id[stored.file_id] = stored
        self._by_path[stored.path] = stored
        self._by_unique[stored.unique_id] = stored
        return stored

    def reuse(self, file_id: str, kind: str) -> StoredFile:
        """A file sent again by its id; 400 for a wrong id or another kind."""
        stored = self._by_id.get(file_id)
        if stored is None:
            raise bad("Wrong remote file identifier specified: can't unserialize it. Wrong last symbol")
        if stored.kind != kind:
            raise bad(f"Can't use file of type {_NAMES[stored.kind]} as {_NAMES[kind]}")
        return stored

    def link(self, file_id: str) -> JsonDict:
        """getFile: a path that works for `file_link_ttl_s`; 400 for a wrong id or a file over 20 MB."""
        stored = self._by_id.get(file_id)
        if stored is None:
            raise bad("wrong file_id or the file is temporarily unavailable")
        if len(stored.data) > self._config.download_limit:
            raise bad("file is too big")
        stored.link_until = self._clock.now() + self._config.file_link_ttl_s
        return {**self.reference(stored), "file_path": stored.path}

    def linked(self, path: str) -> StoredFile | None:
        """The file behind a path given by getFile, while the link lives."""
        stored = self._by_path.get(path)
        if stored is None or stored.link_until <= self._clock.now():
            return None
        return stored

    def by_unique(self, unique_id: str) -> StoredFile | None:
        """For the page, which has no token and no getFile."""
        return self._by_unique.get(unique_id)

    @staticmethod
    def reference(stored: StoredFile) -> JsonDict:
        """The fields every file object has."""
        return {
            "file_id": stored.file_id,
            "file_unique_id": stored.unique_id,
            "file_size": len(stored.data),
        }

    def photo(self, stored: StoredFile) -> list[JsonDict]:
        """The sizes of a photo, smallest first; the picture is not scaled, so both are the same bytes."""
        width, height = int(stored.meta.get("width", 800)), int(stored.meta.get("height", 600))
        full = {**self.reference(stored), "width": width, "height": height}
        if max(width, height) <= 320:
            return [full]
        factor = 320 / max(width, height)
        sides = {"width": max(1, round(width * factor)), "height": max(1, round(height * factor))}
        small = self._by_unique.get(f"{stored.unique_id}s") or self.add(
            "photo", stored.data, stored.name, stored.mime, sides, unique_id=f"{stored.unique_id}s"
        )
        return [{**self.reference(small), **sides}, full]

    def content(self, stored: StoredFile) -> JsonDict:
        """The message field that carries this file."""
        if stored.kind == "photo":
            return {"photo": self.photo(stored)}
        body: JsonDict = {**self.reference(stored), **stored.meta}
        if stored.kind not in _WITHOUT_MIME:
            body["mime_type"] = stored.mime
        if stored.name and stored.kind in ("document", "video", "audio"):
            body["file_name"] = stored.name
        return {stored.kind: body}

    def check_photo(self, data: bytes) -> JsonDict:
        """Sides of an uploaded photo; 400 when the server would not take it as one."""
        if len(data) > self._config.photo_limit:
            raise bad(
                f"file of size {len(data)} bytes is too big for a photo; "
                f"the maximum size is {self._config.photo_limit} bytes"
            )
        size = image_size(data)
        if size is None or min(size) < 1:
            raise bad("IMAGE_PROCESS_FAILED")
        if sum(size) > SIDES_SUM or max(size) > SIDES_RATIO * min(size):
            raise bad("PHOTO_INVALID_DIMENSIONS")
        return {"width": size[0], "height": size[1]}
