"""Strictness rows 28 to 30: files and photos."""

import struct
import zlib

import pytest

from bot.sandbox.files import image_size
from bot.sandbox.parcels import small_picture

pytestmark = pytest.mark.anyio


async def fetched(raw, path):
    async with raw.session.get(f"{raw.base}/file/bot{raw.sandbox.config.token}/{path}") as answer:
        return answer.status, await answer.read()


async def document(raw, data=b"abc", name="a.txt"):
    answer = await raw.upload("sendDocument", {"document": (name, data)}, chat_id=7)
    return answer["result"]["document"]


async def test_ids__opaque_and_the_unique_one_is_stable(raw):
    await raw.person()
    first, second = await document(raw), await document(raw)
    assert first["file_id"] != second["file_id"]
    assert first["file_unique_id"] == second["file_unique_id"]
    assert await raw.error("getFile", file_id=first["file_unique_id"]) == (
        400,
        "Bad Request: wrong file_id or the file is temporarily unavailable",
    )


async def test_link__lives_an_hour_and_getfile_renews_it(raw):
    await raw.person()
    file_id = (await document(raw))["file_id"]
    path = (await raw.ok("getFile", file_id=file_id))["file_path"]
    assert await fetched(raw, path) == (200, b"abc")
    await raw.control("POST", "clock", shift=3601)
    assert (await fetched(raw, path))[0] == 404
    await raw.ok("getFile", file_id=file_id)
    assert (await fetched(raw, path))[0] == 200


async def test_link__nothing_without_getfile(raw):
    await raw.person()
    await document(raw)
    assert (await fetched(raw, "documents/file_0.txt"))[0] == 404


async def test_getfile__not_over_20_megabytes(raw):
    await raw.person()
    for size, allowed in ((20 << 20, True), ((20 << 20) + 1, False)):
        wish = {"document": {"file_name": "a.pdf", "mime_type": "application/pdf", "size": size}}
        await raw.control("POST", "chats/7/send", **wish)
        found = (await raw.updates())[-1]["message"]["document"]
        assert found["file_size"] == size
        answer = await raw.api("getFile", file_id=found["file_id"])
        assert answer["ok"] is allowed
    assert answer["description"] == "Bad Request: file is too big"


async def test_upload__limit_is_413(launch):
    raw = await launch(upload_limit=100_000)
    await raw.person()
    answer = await raw.upload("sendDocument", {"document": ("a", bytes(1_300_000))}, chat_id=7)
    assert (answer["error_code"], answer["description"]) == (413, "Request Entity Too Large")


@pytest.mark.parametrize("kind", ["photo", "document", "voice", "video"])
async def test_upload__missing_and_empty(raw, kind):
    await raw.person()
    method = f"send{kind.capitalize()}"
    assert await raw.error(method, chat_id=7) == (400, f"Bad Request: there is no {kind} in the request")
    answer = await raw.upload(method, {kind: ("a", b"")}, chat_id=7)
    assert answer["description"] == "Bad Request: file must be non-empty"


async def test_file_id__wrong_and_of_another_kind(raw):
    await raw.person()
    file_id = (await document(raw))["file_id"]
    assert await raw.error("sendPhoto", chat_id=7, photo=file_id) == (
        400,
        "Bad Request: can't use file of type Document as Photo",
    )
    code, text = await raw.error("sendPhoto", chat_id=7, photo="nonsense")
    assert (code, text.startswith("Bad Request: wrong remote file identifier specified")) == (400, True)
    assert await raw.error("sendPhoto", chat_id=7, photo="https://a.kz/x.png") == (
        400,
        "Bad Request: failed to get HTTP URL content",
    )


def png(width, height):
    """Only a header: the size is all that is looked at."""
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height) + b"\0" * 9


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"no picture", "IMAGE_PROCESS_FAILED"),
        (png(5001, 5000), "PHOTO_INVALID_DIMENSIONS"),
        (png(2100, 100), "PHOTO_INVALID_DIMENSIONS"),
        (png(0, 5), "IMAGE_PROCESS_FAILED"),
    ],
)
async def test_photo__refused(raw, data, problem):
    await raw.person()
    answer = await raw.upload("sendPhoto", {"photo": ("a.png", data)}, chat_id=7)
    assert answer["description"] == f"Bad Request: {problem}"


@pytest.mark.parametrize("size", [(5000, 5000), (2000, 100), (1, 1)])
async def test_photo__accepted(raw, size):
    await raw.person()
    answer = await raw.upload("sendPhoto", {"photo": ("a.png", png(*size))}, chat_id=7)
    assert (answer["result"]["photo"][-1]["width"], answer["result"]["photo"][-1]["height"]) == size


async def test_photo__over_its_limit(launch):
    raw = await launch(photo_limit=50)
    await raw.person()
    answer = await raw.upload("sendPhoto", {"photo": ("a.png", png(5, 5) + bytes(50))}, chat_id=7)
    assert "is too big for a photo; the maximum size is 50 bytes" in answer["description"]


async def test_photo__a_large_one_has_two_sizes(raw):
    await raw.person()
    answer = await raw.upload("sendPhoto", {"photo": ("a.png", png(640, 480))}, chat_id=7)
    small, full = answer["result"]["photo"]
    assert (small["width"], small["height"], full["width"]) == (320, 240, 640)
    assert small["file_unique_id"] != full["file_unique_id"]


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (small_picture(12, 34), (12, 34)),
        (b"GIF89a" + struct.pack("<HH", 3, 4) + b"\0" * 9, (3, 4)),
        (b"\xff\xd8\xff\xe0\0\x04ab\xff\xc0\0\x11\x08" + struct.pack(">HH", 20, 30) + b"\0" * 9, (30, 20)),
        (b"RIFF\0\0\0\0WEBPVP8X\0\0\0\0\0\0\0\0" + b"\x09\0\0\x13\0\0", (10, 20)),
        (b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f" + struct.pack("<I", 9 | 19 << 14) + b"\0" * 9, (10, 20)),
        (b"RIFF\0\0\0\0WEBPVP8 " + b"\0" * 10 + struct.pack("<HH", 10, 20), (10, 20)),
        (b"\xff\xd8", None),
        (b"\xff\xd8garbage garbage", None),
        (b"", None),
        (zlib.compress(b"x"), None),
    ],
)
def test_image_size__of_each_format(data, size):
    assert image_size(data) == size


async def test_page__files_are_shown_or_only_downloaded(raw, png):
    await raw.person()
    await raw.control("POST", "chats/7/send", photo=True)
    await raw.control(
        "POST", "chats/7/send", document={"file_name": "a.html", "mime_type": "text/html", "base64": "PGI+"}
    )
    photo, page = (await raw.transcript())[1:]
    async with raw.session.get(raw.base + photo["photo"]["url"]) as answer:
        assert answer.headers["Content-Type"] == "image/png"
        assert "Content-Disposition" not in answer.headers
    async with raw.session.get(raw.base + page["document"]["url"]) as answer:
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Content-Disposition"] == "attachment"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert await answer.read() == b"<b>"
    assert (await raw.tried("GET", "files/none"))[0] == 404
