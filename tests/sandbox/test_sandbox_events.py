"""The stream of events that keeps a page current."""

import asyncio
import json

import pytest

from tests.sandbox.conftest import PATIENCE

pytestmark = pytest.mark.anyio


class Stream:
    def __init__(self, answer):
        self.answer = answer
        self.ids = []

    async def next(self, kind=None):
        """The next event, of one type if given."""
        async with asyncio.timeout(PATIENCE):
            while True:
                line = (await self.answer.content.readline()).decode().rstrip("\n")
                if line.startswith("id: "):
                    self.ids.append(int(line[4:]))
                if line.startswith("data: "):
                    event = json.loads(line[6:])
                    assert event["seq"] == self.ids[-1]
                    if kind in (None, event["type"]):
                        return event


@pytest.fixture
async def listen(raw):
    streams = []

    async def start(query="", **headers):
        answer = await raw.session.get(f"{raw.base}/sandbox/events{query}", headers=headers)
        assert answer.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        streams.append(answer)
        return Stream(answer)

    yield start
    for answer in streams:
        answer.close()


async def test_message__with_its_looks_and_the_unread_count(raw, listen):
    await raw.person()
    stream = await listen()
    sent = await raw.ok("sendMessage", chat_id=7, text="<b>a</b>", parse_mode="HTML")
    event = await stream.next()
    assert (event["type"], event["chat_id"], event["unread"]) == ("message", 7, 1)
    assert event["message"]["html"] == "<b>a</b>"
    assert event["message"] == (await raw.transcript())[-1]
    await raw.ok("editMessageText", chat_id=7, message_id=sent["message_id"], text="b")
    assert (await stream.next())["message"]["edited"]
    await raw.ok("deleteMessage", chat_id=7, message_id=sent["message_id"])
    assert (await stream.next("delete"))["message_ids"] == [sent["message_id"]]


async def test_typing__is_told(raw, listen):
    await raw.person()
    stream = await listen()
    await raw.ok("sendChatAction", chat_id=7, action="upload_document")
    event = await stream.next()
    assert (event["type"], event["chat_id"], event["action"]) == ("typing", 7, "upload_document")


async def test_query__its_tap_and_its_answer(raw, listen):
    await raw.person()
    keys = {"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]}
    await raw.ok("sendMessage", chat_id=7, text="?", reply_markup=keys)
    stream = await listen()
    (query,) = (await raw.control("POST", "chats/7/tap", label="a"))["query_ids"]
    assert not (await stream.next("query"))["query"]["answered"]
    await raw.ok("answerCallbackQuery", callback_query_id=query, text="ok")
    event = await stream.next("query")
    assert (event["query"]["id"], event["query"]["text"]) == (query, "ok")


async def test_person_bot_clock_and_faults__are_told(raw, listen):
    stream = await listen()
    await raw.person(started=False)
    assert (await stream.next())["person"]["id"] == 7
    await raw.ok("setMyCommands", commands=[{"command": "a", "description": "a"}])
    assert (await stream.next("bot"))["bot"]["commands"] == {"": [{"command": "a", "description": "a"}]}
    assert (await stream.next())["person"]["commands"] == [{"command": "a", "description": "a"}]
    await raw.control("POST", "clock", shift=5)
    assert (await stream.next("clock"))["now"] > 5
    await raw.control("POST", "faults", kind="500")
    assert (await stream.next())["faults"][0]["kind"] == "500"


async def test_since__resumes_without_a_gap(raw, listen):
    await raw.person()
    for text in "abc":
        await raw.ok("sendMessage", chat_id=7, text=text)
    seq = raw.world.hub.seq
    for stream in (await listen(f"?since={seq - 2}"), await listen(**{"Last-Event-ID": str(seq - 2)})):
        assert [(await stream.next())["message"]["text"] for _ in range(2)] == ["b", "c"]
    state = await raw.control("GET", "state")
    assert state["seq"] == seq


@pytest.mark.parametrize("since", [1, 999])
async def test_since__what_is_forgotten_or_unknown_is_a_reset(launch, since):
    raw = await launch(keep_events=2)
    await raw.person()
    await raw.ok("sendMessage", chat_id=7, text="a")
    async with raw.session.get(f"{raw.base}/sandbox/events?since={since}") as answer:
        event = await Stream(answer).next()
    assert event == {"type": "reset", "seq": raw.world.hub.seq}


async def test_heartbeat__on_an_idle_stream(launch):
    raw = await launch(heartbeat_s=0.01)
    async with raw.session.get(f"{raw.base}/sandbox/events") as answer, asyncio.timeout(PATIENCE):
        while not (await answer.content.readline()).startswith(b": "):
            pass


async def test_offline__events_are_held_until_the_phone_is_back(raw, listen):
    await raw.person()
    stream = await listen()
    await raw.control("PATCH", "people/7", online=False)
    assert not (await stream.next())["person"]["online"]
    await stream.next()
    await raw.ok("sendChatAction", chat_id=7, action="typing")
    await raw.ok("sendMessage", chat_id=7, text="missed")
    await raw.control("PATCH", "people/7", online=True)
    assert (await stream.next())["message"]["text"] == "missed"


async def test_stop__ends_the_stream(raw):
    async with raw.session.get(f"{raw.base}/sandbox/events") as answer:
        await raw.sandbox.stop()
        async with asyncio.timeout(PATIENCE):
            assert (await answer.content.read()).startswith(b"retry: ")


async def test_reset__is_told(raw, listen):
    stream = await listen()
    await raw.control("POST", "reset")
    assert (await stream.next())["type"] == "reset"
