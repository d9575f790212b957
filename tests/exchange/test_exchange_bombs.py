"""Pictures that announce gigabytes, documents nested without end: kept undecoded or refused, cheaply."""

import io
import struct
import time
import tracemalloc
from contextlib import contextmanager

import pypdf
import pytest

from bot.exchange.examine import examine
from bot.exchange.photos import bundle, fits
from tests.exchange.test_exchange_files import box, jpeg, packed, pdf, png
from tests.exchange.test_exchange_xlsx import zipped

SIDE, LEVELS = 60_000, 10_000
MEBIBYTE = 1024 * 1024
SMALL, MODEST = MEBIBYTE, 24 * MEBIBYTE
"""A picture of that side would be ten gigabytes of points."""

SECONDS = 8
"""Of the processor, measured with memory traced; the judge's own limit is ten."""

PNG = png(2, [b"abc"]).replace(struct.pack(">II", 1, 1), struct.pack(">II", SIDE, SIDE))
JPEG = jpeg(SIDE, SIDE)
HEIC = (
    box(b"ftyp", b"heic\0\0\0\0mif1heic")
    + box(b"meta", b"\0\0\0\0" + box(b"ispe", struct.pack(">III", 0, SIDE, SIDE)))
    + box(b"mdat", b"d" * 90)
)
LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
LAUGHING = f'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a0 "ha">{LAUGHS}]>'


def stored(body):
    """A DOCX whose text is not worth compressing, so that its size gives nothing away."""
    return packed(
        **{"[Content_Types].xml": "<a/>", "word__document.xml": body, "noise": bytes(range(256)) * 9}
    )


def object_tree(*objects):
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (n, one) for n, one in enumerate(objects, 1))
    return b"%%PDF-1.7\n%strailer<</Root 1 0 R/Size %d>>\nstartxref\n0\n%%%%EOF" % (body, len(objects) + 1)


def pages(kids, count=1):
    return b"<</Type/Pages/Count %d/Kids%s>>" % (count, kids)


ROOT, PAGE = b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Page>>"
CHAIN = [pages(b"[%d 0 R]" % (n + 1)) for n in range(2, LEVELS + 2)]


@contextmanager
def cheaply(memory):
    began = time.process_time()
    tracemalloc.start()
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < memory
    assert time.process_time() - began < SECONDS


@pytest.mark.parametrize(("kind", "content"), [("png", PNG), ("jpg", JPEG), ("heic", HEIC)])
def test_picture__of_gigabytes_is_kept_without_being_decoded(kind, content, tmp_path):
    (tmp_path / "x").write_bytes(content)
    with cheaply(SMALL):
        found = examine(tmp_path / "x", 30)
    assert (found.type, found.problem) == (kind, "")


def test_pictures__of_gigabytes_become_one_pdf_without_being_decoded():
    bundle([jpeg(), jpeg()])  # what the first PDF loads is not counted
    with cheaply(2 * MEBIBYTE):
        assert [fits(one) for one in (PNG, JPEG, HEIC)] == [True, True, False]
        made = bundle([PNG, JPEG] * 5)
    assert len(made) < 12_000
    sheets = pypdf.PdfReader(io.BytesIO(made)).pages
    assert [page["/Resources"]["/XObject"]["/P"]["/Width"] for page in sheets] == [SIDE] * 10
    assert {tuple(map(round, page.mediabox[2:])) for page in sheets} == {(595, 842)}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (object_tree(ROOT, pages(b"[" * LEVELS + b"3 0 R" + b"]" * LEVELS), PAGE), "broken"),
        (object_tree(ROOT, *CHAIN, PAGE), "broken"),
        (object_tree(ROOT, pages(b"[2 0 R]")), "broken"),
        (object_tree(ROOT, pages(b"<</A" * (LEVELS // 5) + b">>" * (LEVELS // 5)), PAGE), "broken"),
        (pdf(1).replace(b"/Count 1", b"/Count 2000000000"), ""),
        (packed(**{"[Content_Types].xml": "<a/>", "word__document.xml": "<a>" * LEVELS * 9}), "bomb"),
        (stored("<a>" * LEVELS + "</a>" * LEVELS), ""),
        (stored(f"{LAUGHING}<w>&a11;</w>"), ""),
    ],
    ids=["lists", "pages", "a ring", "dictionaries", "a count", "packed", "a document", "laughs"],
)
def test_document__nested_without_end_is_refused_or_kept_unopened(content, problem, tmp_path):
    (tmp_path / "x").write_bytes(content)
    with cheaply(MODEST):
        found = examine(tmp_path / "x", 30)
    assert found.problem == problem


@pytest.mark.parametrize(
    "rows",
    [
        "<row><c t='inlineStr'><is><t>&a11;</t></is></c></row>",
        "<row>" * LEVELS + "</row>" * LEVELS,
        "<row><c t='inlineStr'>" + "<is>" * LEVELS + "</is>" * LEVELS + "</c></row>",
    ],
    ids=["laughs", "rows", "texts"],
)
def test_workbook__nested_without_end_is_refused(rows, parse_bytes):
    sheet = f"{LAUGHING}<worksheet><sheetData>{rows}</sheetData></worksheet>"
    content = zipped(xl__worksheets__sheet1_DOT_xml=sheet)
    parse_bytes("students", content)  # what the first workbook loads is not counted
    with cheaply(MODEST):
        assert parse_bytes("students", content).problems
