"""What a file is and whether it may be kept: by its bytes, whatever its name says."""

import io
import json
import struct
import subprocess
import sys
import zipfile
import zlib

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.exchange.examine import examine
from bot.exchange.photos import bundle, fits
from bot.exchange.pictures import Broken, read_jpeg
from bot.exchange.sniff import sniff
from bot.rules.files import PROBLEMS

PNG = (
    b"\x89PNG\r\n\x1a\n"
    + b"".join(
        struct.pack(">I", len(body)) + name + body + b"\0\0\0\0"
        for name, body in ((b"IHDR", b"\0" * 13), (b"IDAT", b"x" * 20), (b"IEND", b""))
    )
)  # fmt: skip


def jpeg(width=640, height=480, *, orientation=None, channels=3, tail=b""):
    exif = b""
    if orientation:
        tiff = b"II*\0\x08\0\0\0" + struct.pack("<H", 1) + struct.pack("<HHIHH", 0x112, 3, 1, orientation, 0)
        body = b"Exif\0\0" + tiff
        exif = b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
    frame = struct.pack(">BHHB", 8, height, width, channels) + b"\1\x11\0" * channels
    head = b"\xff\xc0" + struct.pack(">H", len(frame) + 2) + frame
    return b"\xff\xd8" + exif + head + b"\xff\xda\0\x08\1\1\0\0?\0" + b"scan" * 50 + b"\xff\xd9" + tail


def pdf(pages=1, password=""):
    writer = pypdf.PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    kept = io.BytesIO()
    writer.write(kept)
    return kept.getvalue()


def packed(**entries):
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "/"), content)
    return kept.getvalue()


def box(name, body=b"", length=None):
    return struct.pack(">I", length if length is not None else len(body) + 8) + name + body


HEIC = box(b"ftyp", b"heic\0\0\0\0mif1heic") + box(b"meta", b"m" * 30) + box(b"mdat", b"d" * 90)
DOCX = {"[Content_Types].xml": "<a/>", "word__document.xml": "<w/>" * 100}

GOOD = {
    "a PDF": (pdf(3), "pdf", 3),
    "a PDF that opens without a word": (pdf(1, "")[:], "pdf", 1),
    "a photo": (jpeg(), "jpg", 1),
    "a photo with what a phone appends": (jpeg(tail=b"trailer" * 100), "jpg", 1),
    "a screenshot": (PNG, "png", 1),
    "a photo of a newer phone": (HEIC, "heic", 1),
    "a text document": (packed(**DOCX), "docx", None),
}
BAD = {
    "nothing": (b"", "empty"),
    "a program called .pdf": (b"MZ\x90\0" + b"\0" * 500, "unknown"),
    "a drawing with a script": (b"<svg xmlns='x'><script>1</script></svg>", "unknown"),
    "an archive called .pdf": (packed(a="b"), "archive"),
    "an old or locked office file": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old_office"),
    "a PDF with a password": (pdf(1, "secret"), "encrypted"),
    "a PDF cut in half": (pdf(3)[:200], "broken"),
    "a PDF of one line": (b"%PDF-1.7\n", "broken"),
    "a PDF that is too long": (pdf(31), "pages"),
    "a photo cut in half": (jpeg()[:60], "broken"),
    "a screenshot cut in half": (PNG[:50], "broken"),
    "a HEIC cut in half": (HEIC[:90], "broken"),
    "a document with macros": (packed(**DOCX, **{"word__vbaProject.bin": "x"}), "macros"),
    "a document that unpacks to gigabytes": (lambda: packed(**DOCX, zeros=b"\0" * 50_000_000), "bomb"),
    "a document of thousands of parts": (
        lambda: packed(**DOCX, **{f"p{n}": "" for n in range(2_100)}),
        "bomb",
    ),
    "a broken archive": (packed(**DOCX)[:-60], "broken"),
}


@pytest.mark.parametrize("name", GOOD)
def test_examine__takes(name, tmp_path):
    content, kind, pages = GOOD[name]
    (tmp_path / "x").write_bytes(content)
    found = examine(tmp_path / "x", 30)
    assert (found.type, found.pages, found.problem) == (kind, pages, "")


@pytest.mark.parametrize("name", BAD)
def test_examine__refuses_with_the_reason(name, tmp_path):
    content, problem = BAD[name]
    (tmp_path / "x").write_bytes(content() if callable(content) else content)
    assert examine(tmp_path / "x", 30).problem == problem


def test_examine__a_process_of_its_own_says_the_same(tmp_path):
    (tmp_path / "x").write_bytes(pdf(2))
    command = [sys.executable, "-m", "bot.exchange.examine", str(tmp_path / "x"), "30", "10"]
    done = subprocess.run(command, capture_output=True, check=True)
    assert json.loads(done.stdout) == {"type": "pdf", "pages": 2, "problem": ""}


@given(st.sampled_from([GOOD[name][0] for name in GOOD]), st.data())
def test_examine__a_damaged_file_is_judged_not_crashed(tmp_path_factory, content, data):
    place = data.draw(st.integers(0, len(content) - 1))
    damaged = content[:place] + data.draw(st.binary(max_size=20)) + content[place + 7 :]
    path = tmp_path_factory.mktemp("damaged") / "x"
    path.write_bytes(damaged)
    found = examine(path, 30)
    assert found.problem in ("", *PROBLEMS)
    assert found.type in ("", "pdf", "jpg", "png", "heic", "docx")
    assert found.problem or (found.type and (found.pages is None or 0 < found.pages <= 30))


@given(st.binary(max_size=80))
def test_sniff__answers_for_any_bytes(head):
    assert sniff(head) in ("", "pdf", "jpg", "png", "heic", "zip", "ole")


def test_bundle__a_page_a_photo_in_the_order_given_and_the_right_way_up():
    photos = [jpeg(640, 480), jpeg(480, 640), jpeg(640, 480, orientation=6)]
    made = pypdf.PdfReader(io.BytesIO(bundle(photos)))
    assert [tuple(map(round, page.mediabox[2:])) for page in made.pages] == [
        (842, 595),
        (595, 842),
        (842, 595),
    ]
    assert [page.rotation for page in made.pages] == [0, 0, 90]
    embedded = [page["/Resources"]["/XObject"]["/P"] for page in made.pages]
    assert [image._data for image in embedded] == photos
    assert [image["/Filter"] for image in embedded] == ["/DCTDecode"] * 3


def png(kind, points, *, depth=8, laced=0, palette=b""):
    """A PNG of one row a line, each with filter 0; `points` are rows of bytes."""

    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[kind]
    header = struct.pack(
        ">IIBBBBB", len(points[0]) * 8 // depth // channels, len(points), depth, kind, 0, 0, laced
    )
    rows = zlib.compress(b"".join(b"\0" + row for row in points))
    colours = chunk(b"PLTE", palette) if palette else b""
    parts = chunk(b"IHDR", header), colours, chunk(b"IDAT", rows[:9]), chunk(b"IDAT", rows[9:])
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("picture", "space", "raw"),
    [
        (png(0, [b"\0\xff"]), "/DeviceGray", b"\0\xff"),
        (png(2, [b"abcdef", b"ghijkl"]), "/DeviceRGB", b"abcdefghijkl"),
        (png(3, [b"\0\1"], palette=b"aaabbb"), ["/Indexed", "/DeviceRGB", 1], b"\0\1"),
        (png(4, [b"a\xffb\xff"]), ["/DeviceN", ["/C0", "/C1"], "/DeviceGray"], b"a\xffb\xff"),
        (png(6, [b"abc\xff"]), ["/DeviceN", ["/C0", "/C1", "/C2", "/C3"], "/DeviceRGB"], b"abc\xff"),
    ],
)
def test_bundle__a_screenshot_goes_in_as_it_came(picture, space, raw):
    [page] = pypdf.PdfReader(io.BytesIO(bundle([picture]))).pages
    image = page["/Resources"]["/XObject"]["/P"]
    assert image.get_data() == raw
    told = image["/ColorSpace"]
    assert (told if isinstance(told, str) else list(told)[:3]) == space


def test_bundle__what_would_have_to_be_decoded_stays_outside():
    assert [fits(one) for one in (jpeg(), png(2, [b"abc"]), png(2, [b"abc"], laced=1), HEIC, b"", pdf())] == [
        True, True, False, False, False, False,
    ]  # fmt: skip
    for one in (png(2, [b"abc"], laced=1), HEIC):
        with pytest.raises(Broken):
            bundle([jpeg(), one])


def test_bundle__a_broken_photo_is_refused():
    with pytest.raises(Broken):
        bundle([jpeg(), jpeg()[:40]])


@pytest.mark.parametrize(("orientation", "turn"), [(1, 0), (3, 180), (6, 90), (8, 270), (99, 0)])
def test_jpeg__tells_which_way_is_up(orientation, turn):
    assert read_jpeg(jpeg(orientation=orientation)).turn == turn
