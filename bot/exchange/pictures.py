"""Pictures without looking at them: their headers are read, nothing is decoded or drawn."""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO

_SIZE_MARKS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_SCAN, _END, _EXIF = 0xDA, b"\xff\xd9", 0xE1
_ORIENTATION = 0x0112
_TURNS = {3: 180, 6: 90, 8: 270}
_SPACES = {1: "/DeviceGray", 3: "/DeviceRGB", 4: "/DeviceCMYK"}
A4_POINTS = (595.0, 842.0)
MARGIN_POINTS = 28.0
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
    if size is None or not size[1] or not size[2] or size[3] not in _SPACES:
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


def check_png(data: bytes) -> None:
    """Raises `Broken` unless the chunks of a PNG follow each other up to its end."""
    at, seen = 8, []
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        seen.append(data[at + 4 : at + 8])
        at += 12 + length
        if seen[-1] == b"IEND":
            break
    if not seen or seen[0] != b"IHDR" or seen[-1] != b"IEND" or b"IDAT" not in seen or at > len(data):
        raise Broken("cut off")


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


def bundle(pictures: Sequence[bytes]) -> bytes:
    """Several JPEGs as one PDF, a page each, their bytes as they came. Raises `Broken`."""
    from pypdf import PdfWriter
    from pypdf.generic import DictionaryObject, NameObject, NumberObject, StreamObject

    writer = PdfWriter()
    for data in pictures:
        head = read_jpeg(data)
        sheet = A4_POINTS if head.height >= head.width else A4_POINTS[::-1]
        page = writer.add_blank_page(*sheet)
        image = StreamObject()
        image.set_data(data)
        known = {"/Type": "/XObject", "/Subtype": "/Image", "/Filter": "/DCTDecode"}
        image.update({NameObject(key): NameObject(value) for key, value in known.items()})
        image[NameObject("/ColorSpace")] = NameObject(_SPACES[head.channels])
        for key, value in (("/Width", head.width), ("/Height", head.height), ("/BitsPerComponent", 8)):
            image[NameObject(key)] = NumberObject(value)
        objects = DictionaryObject({NameObject("/P"): writer._add_object(image)})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): objects})
        drawing = StreamObject()
        drawing.set_data(_placed(head, sheet))
        page[NameObject("/Contents")] = writer._add_object(drawing)
        if head.turn:
            page.rotate(head.turn)
    kept = BytesIO()
    writer.write(kept)
    return kept.getvalue()


def _placed(head: Jpeg, sheet: tuple[float, float]) -> bytes:
    room = (sheet[0] - 2 * MARGIN_POINTS, sheet[1] - 2 * MARGIN_POINTS)
    scale = min(room[0] / head.width, room[1] / head.height)
    width, height = head.width * scale, head.height * scale
    left, low = (sheet[0] - width) / 2, (sheet[1] - height) / 2
    return f"q {width:.2f} 0 0 {height:.2f} {left:.2f} {low:.2f} cm /P Do Q".encode()
