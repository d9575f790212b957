"""Several pictures as one PDF, a page each, their bytes as they came: nothing is decoded or drawn here."""

from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING

from bot.exchange.pictures import Broken, Jpeg, Png, read_jpeg, read_png
from bot.exchange.sniff import HEAD_BYTES, JPG, PNG, sniff

if TYPE_CHECKING:
    from pypdf import PdfWriter
    from pypdf.generic import DictionaryObject, PdfObject, StreamObject

TYPES = frozenset({JPG, PNG})
"""What a page can hold as it is; a HEIC would have to be decoded and stays a file of its own."""

A4_POINTS = (595.0, 842.0)
MARGIN_POINTS = 28.0
_SPACES = {1: "/DeviceGray", 3: "/DeviceRGB", 4: "/DeviceCMYK"}
_WITHOUT_ALPHA = b"{pop}"
"""A colour with its opacity as the page takes it: the opacity is left out."""


def fits(data: bytes) -> bool:
    """Whether a picture can be put on a page as it is: a JPEG, or a PNG that is not interlaced."""
    try:
        found = _read(data)
    except Broken:
        return False
    return isinstance(found, Jpeg) or not found.interlaced


def bundle(pictures: Sequence[bytes]) -> bytes:
    """JPEGs and PNGs as one PDF, a page each. Raises `Broken` for one that does not fit."""
    from pypdf import PdfWriter
    from pypdf.generic import DictionaryObject, NameObject, StreamObject

    writer = PdfWriter()
    for data in pictures:
        head = _read(data)
        sheet = A4_POINTS if head.height >= head.width else A4_POINTS[::-1]
        page = writer.add_blank_page(*sheet)
        image = _jpeg(head, data) if isinstance(head, Jpeg) else _png(writer, head)
        objects = DictionaryObject({NameObject("/P"): writer._add_object(image)})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): objects})
        drawing = StreamObject()
        drawing.set_data(_placed(head.width, head.height, sheet))
        page[NameObject("/Contents")] = writer._add_object(drawing)
        if isinstance(head, Jpeg) and head.turn:
            page.rotate(head.turn)
    kept = BytesIO()
    writer.write(kept)
    return kept.getvalue()


def _read(data: bytes) -> Jpeg | Png:
    kind = sniff(data[:HEAD_BYTES])
    if kind == PNG:
        found = read_png(data)
        if found.interlaced:
            raise Broken("interlaced")
        return found
    if kind != JPG:
        raise Broken("no picture of ours")
    return read_jpeg(data)


def _image(data: bytes, width: int, height: int, depth: int, coding: str) -> "StreamObject":
    from pypdf.generic import NameObject, NumberObject, StreamObject

    image = StreamObject()
    image.set_data(data)
    known = {"/Type": "/XObject", "/Subtype": "/Image", "/Filter": coding}
    image.update({NameObject(key): NameObject(value) for key, value in known.items()})
    for key, value in (("/Width", width), ("/Height", height), ("/BitsPerComponent", depth)):
        image[NameObject(key)] = NumberObject(value)
    return image


def _jpeg(head: Jpeg, data: bytes) -> "StreamObject":
    from pypdf.generic import NameObject

    image = _image(data, head.width, head.height, 8, "/DCTDecode")
    image[NameObject("/ColorSpace")] = NameObject(_SPACES[head.channels])
    return image


def _png(writer: "PdfWriter", head: Png) -> "StreamObject":
    """A PNG's own compressed rows are what PDF calls Flate with a PNG predictor."""
    from pypdf.generic import DictionaryObject, NameObject, NumberObject

    image = _image(head.rows, head.width, head.height, head.depth, "/FlateDecode")
    image[NameObject("/ColorSpace")] = _space(writer, head)
    told = {
        "/Predictor": 15,
        "/Colors": head.channels,
        "/BitsPerComponent": head.depth,
        "/Columns": head.width,
    }
    image[NameObject("/DecodeParms")] = DictionaryObject(
        {NameObject(key): NumberObject(value) for key, value in told.items()}
    )
    return image


def _space(writer: "PdfWriter", head: Png) -> "PdfObject":
    from pypdf.generic import ArrayObject, ByteStringObject, NameObject, NumberObject

    if head.palette:
        last = NumberObject(len(head.palette) // 3 - 1)
        return ArrayObject(
            [NameObject("/Indexed"), NameObject("/DeviceRGB"), last, ByteStringObject(head.palette)]
        )
    if not head.alpha:
        return NameObject(_SPACES[head.channels])
    colours = head.channels - 1
    names = ArrayObject([NameObject(f"/C{n}") for n in range(head.channels)])
    tint = writer._add_object(_tint(head.channels, colours))
    return ArrayObject([NameObject("/DeviceN"), names, NameObject(_SPACES[colours]), tint])


def _tint(channels: int, colours: int) -> "DictionaryObject":
    from pypdf.generic import ArrayObject, NameObject, NumberObject, StreamObject

    function = StreamObject()
    function.set_data(_WITHOUT_ALPHA)
    function[NameObject("/FunctionType")] = NumberObject(4)
    function[NameObject("/Domain")] = ArrayObject([NumberObject(n % 2) for n in range(2 * channels)])
    function[NameObject("/Range")] = ArrayObject([NumberObject(n % 2) for n in range(2 * colours)])
    return function


def _placed(wide: int, high: int, sheet: tuple[float, float]) -> bytes:
    room = (sheet[0] - 2 * MARGIN_POINTS, sheet[1] - 2 * MARGIN_POINTS)
    scale = min(room[0] / wide, room[1] / high)
    width, height = wide * scale, high * scale
    left, low = (sheet[0] - width) / 2, (sheet[1] - height) / 2
    return f"q {width:.2f} 0 0 {height:.2f} {left:.2f} {low:.2f} cm /P Do Q".encode()
