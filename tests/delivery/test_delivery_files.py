"""Files over real HTTP: sent to a Bot API server, and fetched from one."""

import asyncio
import io
from pathlib import Path

import aiohttp
import pytest

from bot.sandbox.server import Sandbox, SandboxConfig
from bot.views.screen import Button, Html, Screen, api_call
from bot.wire import ApiRefused, ApiUnreachable, TooBig, Upload, Wire


def talk(work, url=""):
    """Run `work(wire, sandbox)` against a sandbox with one person who has pressed START."""

    async def run():
        sandbox = Sandbox(SandboxConfig())
        base = await sandbox.start("127.0.0.1", 0)
        wire = Wire(url or base, sandbox.config.token)
        await wire.open()
        async with aiohttp.ClientSession() as session:
            await session.post(f"{base}/sandbox/people", json={"id": 7, "first_name": "Aru"})
            await session.post(f"{base}/sandbox/chats/7/start")
        try:
            return await work(wire, sandbox)
        finally:
            await wire.close()
            await sandbox.stop()

    return asyncio.run(run())


def screen(content=b"%PDF-1.7 x", name="құжат.pdf"):
    return Screen(Html("<b>Қолхат</b>"), [[Button("Менің", "menu:my")]], upload=Upload(name, content))


async def sent(wire, content=b"%PDF-1.7 x"):
    method, payload = api_call(7, screen(content))
    return await wire.call(method, payload)


def test_upload__travels_with_its_caption_and_buttons_and_can_be_had_again():
    content = b"%PDF-1.7" + bytes(range(256)) * 3_000

    async def work(wire, sandbox):
        message = await sent(wire, content)
        place = await wire.call("getFile", {"file_id": message["document"]["file_id"]})
        into = io.BytesIO()
        size = await wire.download(place["file_path"], into, 1_000_000)
        return message, size, into.getvalue()

    message, size, had = talk(work)
    assert (size, had) == (len(content), content)
    assert message["caption"] == "Қолхат"
    assert message["document"]["file_name"] == "құжат.pdf"
    assert message["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "menu:my"


def test_upload__to_somebody_who_is_not_there_is_refused_as_any_message_is():
    async def work(wire, sandbox):
        method, payload = api_call(8, screen())
        await wire.call(method, payload)

    with pytest.raises(ApiRefused, match="chat not found"):
        talk(work)


def test_download__stops_at_the_limit():
    async def work(wire, sandbox):
        message = await sent(wire, b"x" * 300_000)
        place = await wire.call("getFile", {"file_id": message["document"]["file_id"]})
        await wire.download(place["file_path"], io.BytesIO(), 299_999)

    with pytest.raises(TooBig):
        talk(work)


def test_download__a_link_that_is_not_there_says_nothing_of_the_token():
    async def work(wire, sandbox):
        with pytest.raises(ApiUnreachable) as failed:
            await wire.download("documents/file_9.pdf", io.BytesIO(), 100)
        assert sandbox.config.token not in f"{failed.value!r}{failed.value.__cause__!r}"

    talk(work)


def test_download__a_server_that_is_away_says_nothing_of_the_token():
    async def work(wire, sandbox):
        with pytest.raises(ApiUnreachable) as failed:
            await wire.download("documents/file_9.pdf", io.BytesIO(), 100)
        assert sandbox.config.token not in f"{failed.value!r}"

    talk(work, "http://127.0.0.1:9")


def test_download__a_server_of_ones_own_names_a_file_on_its_disk(tmp_path: Path):
    (tmp_path / "big.pdf").write_bytes(b"x" * 1_000)

    async def work(wire, sandbox):
        into = io.BytesIO()
        size = await wire.download(str(tmp_path / "big.pdf"), into, 1_000)
        with pytest.raises(TooBig):
            await wire.download(str(tmp_path / "big.pdf"), io.BytesIO(), 999)
        with pytest.raises(ApiUnreachable):
            await wire.download(str(tmp_path / "none.pdf"), io.BytesIO(), 999)
        return size, len(into.getvalue())

    assert talk(work) == (1_000, 1_000)


def test_words__of_a_document_are_cut_to_a_caption():
    long = Screen(Html("\n".join("ұзын жол" for _ in range(400))), upload=Upload("x.pdf", b"x"))
    assert len(long.words()) <= 1024
