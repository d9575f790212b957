"""Pictures without looking at them: their headers are read, nothing is decoded or drawn."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

_SIZE_MARKS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_SCAN, _END, _EXIF = 0xDA, b"\xff\xd9", 0xE1
_ORIENTATION = 0x0112
_TURNS = {3: 180, 6: 90, 8: 270}
_COLOURS = frozenset({1, 3, 4})
_PALETTE, _WITH_ALPHA = 3, frozenset({4, 6})
_CHANNELS = {0: 1, 2: 3, _PALETTE: 1, 4: 2, 6: 4}
"""Kinds of a PNG and how many numbers each of its points has."""
TAIL_BYTES = 64 * 1024
"""Phones append data of their own after the end of a picture; so far back the end is looked for."""


class Broken(ValueError):
    """The file is not whole."""


@dataclass(frozen=True, slots=True)
class Jpeg:
    """What a JPEG says of itself. `turn` in degrees clockwise."""

    width: int
    height: int
    channels: int
    turn: int


def read_jpeg(data: bytes) -> Jpeg:
    """The header of a JPEG. Raises `Broken`."""
    turn, size = 0, None
    for mark, body in _segments(data):
        if mark == _EXIF and body.startswith(b"Exif\x00\x00"):
            turn = _TURNS.get(_orientation(body[6:]), 0)
        if mark in _SIZE_MARKS and len(body) >= 6:
            size = struct.unpack(">BHHB", body[:6])
    if size is None or not size[1] or not size[2] or size[3] not in _COLOURS:
        raise Broken("no picture")
    if _END not in data[-TAIL_BYTES:]:
        raise Broken("cut off")
    return Jpeg(size[2], size[1], size[3], turn)


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            raise Broken("no marker")
        mark = data[at + 1]
        if mark == 0xFF:
            at += 1
            continue
        if mark in _STANDALONE:
            at += 2
            continue
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        if length < 2:
            raise Broken("no length")
        yield mark, data[at + 4 : at + 2 + length]
        if mark == _SCAN:
            return
        at += 2 + length
    raise Broken("no picture data")


def _orientation(tiff: bytes) -> int:
    """EXIF's orientation, 1 where there is none that can be read."""
    try:
        order = {b"II": "<", b"MM": ">"}[tiff[:2]]
        (start,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, start)
        for index in range(min(count, 64)):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", tiff, start + 2 + 12 * index)
            if tag == _ORIENTATION:
                return int(value)
    except (KeyError, struct.error):
        return 1
    return 1


@dataclass(frozen=True, slots=True)
class Png:
    """What a PNG says of itself. `channels` with opacity, where `alpha`; `rows`: its compressed picture."""

    width: int
    height: int
    depth: int
    channels: int
    alpha: bool
    interlaced: bool
    palette: bytes
    rows: bytes


def check_png(data: bytes) -> None:
    """Raises `Broken` unless the chunks of a PNG follow each other up to its end."""
    seen = [name for name, _ in _chunks(data)]
    if seen[:1] != [b"IHDR"] or seen[-1] != b"IEND" or b"IDAT" not in seen:
        raise Broken("cut off")


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at, name = 8, b""
    while name != b"IEND":
        if at + 12 > len(data):
            raise Broken("cut off")
        length, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        if at + 12 + length > len(data):
            raise Broken("cut off")
        yield name, data[at + 8 : at + 8 + length]
        at += 12 + length


def read_png(data: bytes) -> Png:
    """The header, palette and compressed rows of a PNG. Raises `Broken`."""
    header, palette, rows = b"", b"", []
    for name, body in _chunks(data):
        if name == b"IHDR":
            header = body
        elif name == b"PLTE":
            palette = body
        elif name == b"IDAT":
            rows.append(body)
    if len(header) != 13 or not rows:
        raise Broken("no picture")
    width, height, depth, kind, _, _, laced = struct.unpack(">IIBBBBB", header)
    channels = _CHANNELS.get(kind, 0)
    if not width or not height or not channels or depth not in (1, 2, 4, 8, 16):
        raise Broken("no picture")
    if kind == _PALETTE and (not palette or len(palette) % 3):
        raise Broken("no palette")
    return Png(
        width, height, depth, channels, kind in _WITH_ALPHA, bool(laced),
        palette if kind == _PALETTE else b"", b"".join(rows),
    )  # fmt: skip


def check_heic(data: bytes) -> None:
    """Raises `Broken` unless the boxes of a HEIC fill the file and one of them holds the picture."""
    at, seen = 0, []
    while at + 8 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        seen.append(data[at + 4 : at + 8])
        if length == 1 and at + 16 <= len(data):
            length = int.from_bytes(data[at + 8 : at + 16], "big")
        elif length == 0:
            length = len(data) - at
        if length < 8:
            raise Broken("no box")
        at += length
    if at != len(data) or b"meta" not in seen or b"mdat" not in seen:
        raise Broken("cut off")
