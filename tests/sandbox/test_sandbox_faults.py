"""Faults on order and send limits."""

import asyncio

import aiohttp
import pytest

from bot.sandbox.config import SandboxConfig
from bot.sandbox.errors import ApiError
from bot.sandbox.pace import Pace, Window

pytestmark = pytest.mark.anyio


async def order(raw, kind, **wish):
    return await raw.control("POST", "faults", kind=kind, **wish)


async def test_fault__only_so_many_calls_of_one_method_to_one_chat(raw):
    await raw.person()
    await raw.person(8)
    await order(raw, "429", method="sendMessage", chat_id=7, times=2, retry_after=5)
    await raw.ok("sendMessage", chat_id=8, text="a")
    await raw.ok("getMe")
    for _ in range(2):
        code, text = await raw.error("sendMessage", chat_id=7, text="a")
        assert (code, text) == (429, "Too Many Requests: retry after 5")
    await raw.ok("sendMessage", chat_id=7, text="a")
    assert len(await raw.transcript()) == 2


async def test_fault__until_cleared(raw):
    await order(raw, "500", times=None)
    for _ in range(3):
        assert await raw.error("getMe") == (500, "Internal Server Error: restart")
    await raw.control("DELETE", "faults")
    await raw.ok("getMe")
    assert await raw.control("GET", "faults") == []


async def test_fault__in_the_order_they_came(raw):
    await order(raw, "500")
    await order(raw, "403")
    assert [(await raw.error("getMe"))[0] for _ in range(2)] == [500, 403]


async def test_fault__probability(raw):
    await order(raw, "500", times=None, probability=0)
    await raw.ok("getMe")


async def test_fault__a_free_error(raw):
    await order(raw, "error", code=400, description="Bad Request: TOPIC_CLOSED")
    assert await raw.error("getMe") == (400, "Bad Request: TOPIC_CLOSED")


async def test_fault__502_is_html(raw):
    await order(raw, "502_html")
    async with raw.session.post(f"{raw.bot_url}/getMe") as answer:
        assert (answer.status, answer.content_type) == (502, "text/html")
        assert "502 Bad Gateway" in await answer.text()


@pytest.mark.parametrize(("kind", "done"), [("reset_before", False), ("reset_after", True)])
async def test_fault__connection_cut(raw, kind, done):
    await raw.person()
    await order(raw, kind, method="sendMessage")
    with pytest.raises(aiohttp.ClientError):
        await raw.api("sendMessage", chat_id=7, text="a")
    assert (len(await raw.transcript()) == 2) is done
    (call,) = await raw.control("GET", "calls?method=sendMessage")
    assert call["fault"] == kind


@pytest.mark.parametrize(("kind", "done"), [("hang", False), ("drop_answer", True)])
async def test_fault__no_answer(raw, kind, done):
    await raw.person()
    await order(raw, kind, method="sendMessage", seconds=30)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await raw.api("sendMessage", chat_id=7, text="a")
    assert (len(await raw.transcript()) == 2) is done


async def test_fault__a_hang_ends_with_a_cut_connection(raw):
    await order(raw, "hang", seconds=0.01)
    with pytest.raises(aiohttp.ClientError):
        await raw.api("getMe")


async def test_fault__an_answer_that_is_no_json(raw):
    await raw.person()
    await order(raw, "wrong_json", method="sendMessage")
    with pytest.raises(ValueError, match="Unterminated"):
        await raw.api("sendMessage", chat_id=7, text="a")
    assert len(await raw.transcript()) == 2


async def test_fault__a_slow_body_is_right(raw):
    await order(raw, "slow_body", seconds=0.05)
    began = asyncio.get_running_loop().time()
    assert (await raw.ok("getMe"))["is_bot"]
    assert asyncio.get_running_loop().time() - began > 0.04


async def test_fault__downloads_too(raw):
    await raw.person()
    answer = await raw.upload("sendDocument", {"document": ("a", b"x")}, chat_id=7)
    found = await raw.ok("getFile", file_id=answer["result"]["document"]["file_id"])
    await order(raw, "500", method="file")
    url = f"{raw.base}/file/bot{raw.sandbox.config.token}/{found['file_path']}"
    for status in (500, 200):
        async with raw.session.get(url) as download:
            assert download.status == status


@pytest.mark.parametrize(
    "wish", [{"kind": "x"}, {"kind": "429", "times": "many"}, {"kind": "429", "chat_id": "a"}]
)
async def test_fault__not_understood(raw, wish):
    assert (await raw.tried("POST", "faults", **wish))[0] == 400


class Hand:
    """A clock moved by hand."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


async def test_send_rate__over_it_in_a_sliding_second(launch):
    hand = Hand()
    raw = await launch(send_rate=3, monotonic=hand)
    for number in (7, 8, 9):
        await raw.person(number)
    for number in (7, 8, 9):
        await raw.ok("sendMessage", chat_id=number, text="a")
        hand.now += 0.1
    async with raw.session.post(f"{raw.bot_url}/sendMessage", data={"chat_id": "7", "text": "b"}) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (429, "1")
        assert (await answer.json())["parameters"] == {"retry_after": 1}
    await raw.ok("sendChatAction", chat_id=7, action="typing")
    await raw.ok("getMe")
    hand.now += 0.71
    await raw.ok("sendMessage", chat_id=7, text="b")
    assert (await raw.error("sendMessage", chat_id=7, text="c"))[0] == 429
    assert len(await raw.transcript()) == 3


async def test_send_rate__paid_messages_have_their_own(launch):
    raw = await launch(send_rate=1, paid_rate=5, monotonic=Hand())
    await raw.person()
    await raw.ok("sendMessage", chat_id=7, text="a")
    assert (await raw.error("sendMessage", chat_id=7, text="a"))[0] == 429
    for _ in range(5):
        await raw.ok("sendMessage", chat_id=7, text="a", allow_paid_broadcast=True)
    assert (await raw.error("sendMessage", chat_id=7, text="a", allow_paid_broadcast=True))[0] == 429


async def test_send_rate__an_album_counts_its_items(launch):
    raw = await launch(send_rate=3, monotonic=Hand())
    await raw.person()
    files = {f"f{number}": ("a", b"x") for number in range(3)}
    media = [{"type": "document", "media": f"attach://f{number}"} for number in range(3)]
    assert (await raw.upload("sendMediaGroup", files, chat_id=7, media=media))["ok"]
    assert (await raw.error("sendMessage", chat_id=7, text="a"))[0] == 429


async def test_send_rate__none_by_default(raw):
    await raw.person()
    for _ in range(50):
        await raw.ok("sendMessage", chat_id=7, text="a")


async def test_chat_rate__a_burst_then_one_a_second(launch):
    hand = Hand()
    raw = await launch(per_chat_rate=1.0, per_chat_burst=2, monotonic=hand)
    await raw.person()
    await raw.person(8)
    for _ in range(2):
        await raw.ok("sendMessage", chat_id=7, text="a")
    assert await raw.error("sendMessage", chat_id=7, text="a") == (429, "Too Many Requests: retry after 1")
    await raw.ok("sendMessage", chat_id=8, text="a")
    hand.now += 1.0
    await raw.ok("sendMessage", chat_id=7, text="a")
    assert (await raw.error("sendMessage", chat_id=7, text="a"))[0] == 429


async def test_group_rate__20_a_minute(launch):
    hand = Hand()
    raw = await launch(monotonic=hand)
    await raw.person()
    group = (await raw.control("POST", "groups", title="Топ", members=[7]))["id"]
    for _ in range(20):
        await raw.ok("sendMessage", chat_id=group, text="a")
    hand.now += 30
    assert await raw.error("sendMessage", chat_id=group, text="a") == (
        429,
        "Too Many Requests: retry after 30",
    )
    hand.now += 30
    await raw.ok("sendMessage", chat_id=group, text="a")


def test_window__heavier_than_the_limit_passes_when_empty():
    window = Window(3, 1.0)
    assert window.wait(0.0, 5) == 0.0
    window.note(0.0, 5)
    assert window.wait(0.5, 1) == 0.5


def test_pace__other_methods_are_free():
    pace = Pace(SandboxConfig(send_rate=1, monotonic=Hand()))
    for method in ("editMessageText", "answerCallbackQuery", "sendChatAction"):
        for _ in range(3):
            pace.admit(method, "7", 1, False)
    pace.admit("copyMessage", "7", 1, False)
    with pytest.raises(ApiError, match="retry after 1"):
        pace.admit("forwardMessage", "7", 1, False)
