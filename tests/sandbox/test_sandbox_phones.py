"""The control API from a person's side; strictness row 31."""

import asyncio

import aiohttp
import pytest

pytestmark = pytest.mark.anyio


async def send(raw, **body):
    return await raw.control("POST", "chats/7/send", **body)


async def test_start__with_the_payload_of_a_link(raw):
    person = await raw.person(started=False, start="Abc_-9")
    assert (person["start"], person["started"]) == ("Abc_-9", False)
    await raw.control("POST", "chats/7/start")
    (update,) = await raw.updates()
    assert update["message"]["text"] == "/start Abc_-9"
    assert update["message"]["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    person = await raw.control("GET", "people/7")
    assert (person["start"], person["started"]) == (None, True)
    await raw.control("PATCH", "people/7", start="again")
    await raw.control("POST", "chats/7/start")
    assert (await raw.updates())[-1]["message"]["text"] == "/start again"


@pytest.mark.parametrize("payload", ["a" * 65, "a b", "құпия", "a=b"])
async def test_start__a_payload_no_link_carries(raw, payload):
    assert (await raw.tried("POST", "people", id=7, start=payload))[0] == 400
    await raw.person()
    await send(raw, text=f"/start {payload}")
    assert (await raw.updates())[-1]["message"]["text"] == f"/start {payload}"


async def test_start__comes_first(raw):
    await raw.person(started=False)
    status, body = await raw.tried("POST", "chats/7/send", text="a")
    assert (status, body["error"]) == (409, "this person has not pressed START yet")


async def test_start__unblocks(raw):
    await raw.person()
    await raw.control("PATCH", "people/7", blocked=True)
    assert (await raw.tried("POST", "chats/7/send", text="a"))[0] == 409
    await raw.control("POST", "chats/7/start")
    kinds = [next(kind for kind in update if kind != "update_id") for update in await raw.updates()]
    assert kinds == ["my_chat_member", "my_chat_member", "message"]


async def test_text__as_the_bot_gets_it(raw):
    await raw.person(username="aru", last_name="Сапар")
    said = await send(raw, text="  Сәлем 😀 /help ")
    (update,) = await raw.updates()
    message = update["message"]
    assert message["text"] == "Сәлем 😀 /help"
    assert message["from"] == {
        "id": 7,
        "is_bot": False,
        "first_name": "Aru",
        "last_name": "Сапар",
        "username": "aru",
        "language_code": "kk",
    }
    assert message["chat"] == {
        "id": 7,
        "first_name": "Aru",
        "type": "private",
        "last_name": "Сапар",
        "username": "aru",
    }
    assert message["entities"] == [{"type": "bot_command", "offset": 9, "length": 5}]
    assert said["message_id"] == message["message_id"]
    assert said["update_ids"] == [update["update_id"]]


async def test_text__without_a_language(raw):
    await raw.person(language_code="")
    await send(raw, text="a")
    assert "language_code" not in (await raw.updates())[0]["message"]["from"]


async def test_text__a_long_one_is_cut_by_the_phone(raw):
    await raw.person()
    await send(raw, text="ә" * 5000)
    assert [len(update["message"]["text"]) for update in await raw.updates()] == [4096, 904]


async def test_text__markup_is_literal(raw):
    await raw.person()
    await send(raw, text="<b>a</b> &amp; <script>")
    assert (await raw.updates())[0]["message"]["text"] == "<b>a</b> &amp; <script>"
    assert (await raw.transcript())[-1]["html"] == "&lt;b&gt;a&lt;/b&gt; &amp;amp; &lt;script&gt;"


async def test_reply__carries_the_message(raw):
    await raw.person()
    number = (await raw.ok("sendMessage", chat_id=7, text="?"))["message_id"]
    await send(raw, text="a", reply_to=number)
    assert (await raw.updates())[0]["message"]["reply_to_message"]["text"] == "?"
    assert (await raw.transcript())[-1]["reply_to"] == number
    assert (await raw.tried("POST", "chats/7/send", text="a", reply_to=99))[0] == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"photo": True}, "photo"),
        ({"document": True}, "document"),
        ({"voice": True}, "voice"),
        ({"video": True}, "video"),
        ({"sticker": True}, "sticker"),
        ({"location": {"latitude": 43.3, "longitude": 68.2}}, "location"),
        ({"contact": {"phone_number": "+77010000000", "first_name": "A"}}, "contact"),
        ({"extra": {"poll": {"id": "1", "question": "?"}}}, "poll"),
    ],
)
async def test_send__of_every_kind(raw, body, field):
    await raw.person()
    await send(raw, **body)
    assert (await raw.updates())[0]["message"][field]
    assert (await raw.transcript())[-1][field]


async def test_send__extra_fields_beside_a_text(raw):
    await raw.person()
    await send(raw, text="a", extra={"via_bot": {"id": 1, "is_bot": True, "first_name": "x"}})
    message = (await raw.updates())[0]["message"]
    assert (message["text"], message["via_bot"]["id"]) == ("a", 1)


async def test_send__a_form_with_a_file(raw, png):
    await raw.person()
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("document", b"%PDF-1.4", filename="өтініш.pdf", content_type="application/pdf")
    form.add_field("caption", "Өтініш /help")
    async with raw.session.post(f"{raw.base}/sandbox/chats/7/send", data=form) as answer:
        assert answer.status == 200
    message = (await raw.updates())[0]["message"]
    assert (message["document"]["file_name"], message["document"]["mime_type"]) == (
        "өтініш.pdf",
        "application/pdf",
    )
    assert (message["caption"], message["caption_entities"][0]["type"]) == ("Өтініш /help", "bot_command")


async def test_send__a_form_with_several_files_is_an_album(raw, png):
    await raw.person()
    form = aiohttp.FormData()
    for number in range(3):
        form.add_field("photo", png, filename=f"{number}.png", content_type="image/png")
    form.add_field("caption", "three")
    form.add_field("order", "2,0,1")
    async with raw.session.post(f"{raw.base}/sandbox/chats/7/send", data=form) as answer:
        assert answer.status == 200
    messages = [update["message"] for update in await raw.updates()]
    first = min(message["message_id"] for message in messages)
    assert [message["message_id"] - first for message in messages] == [2, 0, 1]
    assert len({message["media_group_id"] for message in messages}) == 1
    assert [message.get("caption") for message in messages] == [None, "three", None]


async def test_album__with_a_pause_trickles_in(raw, until):
    await raw.person()
    done = await send(raw, album=[{"document": True}] * 3, gap_s=0.02)
    assert len(done["messages"]) == 3
    await until(lambda: raw.world.updates.pending == 3)
    assert (await raw.tried("POST", "chats/7/send", album=[{"photo": True}] * 2, order=[0, 0]))[0] == 400


async def test_forward__of_a_message_one_sees(raw):
    await raw.person()
    number = (await raw.ok("sendMessage", chat_id=7, text="from the bot"))["message_id"]
    await send(raw, forward=number)
    message = (await raw.updates())[0]["message"]
    assert (message["text"], message["forward_origin"]["sender_user"]["is_bot"]) == ("from the bot", True)
    assert (await raw.tried("POST", "chats/7/send", forward=99))[0] == 404


async def test_edit__an_own_message(raw):
    await raw.person()
    number = (await send(raw, text="a"))["message_id"]
    bots = (await raw.ok("sendMessage", chat_id=7, text="b"))["message_id"]
    await raw.control("POST", "chats/7/edit", message_id=number, text="c")
    update = (await raw.updates())[-1]["edited_message"]
    assert (update["text"], update["message_id"], "edit_date" in update) == ("c", number, True)
    shown = {message["message_id"]: message for message in await raw.transcript()}
    assert (shown[number]["text"], shown[number]["edited"]) == ("c", True)
    assert (await raw.tried("POST", "chats/7/edit", message_id=bots, text="c"))[0] == 404


async def test_edit__the_caption_of_a_file(raw):
    await raw.person()
    number = (await send(raw, document={"caption": "a"}))["message_id"]
    await raw.control("POST", "chats/7/edit", message_id=number, text="b")
    assert (await raw.updates())[-1]["edited_message"]["caption"] == "b"


async def test_raw_update__known_and_unknown_kinds(raw):
    await raw.person()
    await send(raw, update={"poll": {"id": "1"}})
    await send(raw, update={"brand_new_kind": {"x": [1]}, "another": 5})
    first, second = await raw.updates()
    assert first["poll"] == {"id": "1"}
    assert (second["brand_new_kind"], second["another"]) == ({"x": [1]}, 5)
    assert (await raw.tried("POST", "chats/7/send", update={"update_id": 5}))[0] == 400


async def test_unread__grows_and_is_read(raw):
    await raw.person()
    for _ in range(3):
        await raw.ok("sendMessage", chat_id=7, text="a")
    assert (await raw.control("GET", "people/7"))["unread"] == 3
    assert (await raw.control("POST", "chats/7/read"))["unread"] == 0
    await raw.ok("sendMessage", chat_id=7, text="a")
    await send(raw, text="seen")
    assert (await raw.control("GET", "state"))["people"][0]["unread"] == 0


async def test_offline__nothing_new_is_seen_and_nothing_goes_out(raw):
    await raw.person()
    number = (await raw.ok("sendMessage", chat_id=7, text="before"))["message_id"]
    await raw.control("PATCH", "people/7", online=False)
    await raw.ok("sendMessage", chat_id=7, text="missed", reply_markup={"inline_keyboard": [
        [{"text": "Иә", "callback_data": "y"}]]})  # fmt: skip
    await raw.ok("editMessageText", chat_id=7, message_id=number, text="changed")
    assert (await send(raw, text="one"))["queued"]
    assert (await raw.control("POST", "chats/7/tap", label="Иә")) == {"query_ids": [], "queued": True}
    assert [message["text"] for message in await raw.transcript()] == ["/start", "before"]
    assert await raw.updates() == []
    person = await raw.control("GET", "people/7")
    assert (person["online"], person["unread"], person["waiting"]) == (False, 2, 2)
    await raw.control("PATCH", "people/7", online=True)
    assert [message["text"] for message in await raw.transcript()] == ["/start", "changed", "missed", "one"]
    first, second = await raw.updates()
    assert (first["message"]["text"], second["callback_query"]["data"]) == ("one", "y")


async def test_offline__an_act_that_became_impossible_is_given_up(raw):
    await raw.person()
    await raw.control("PATCH", "people/7", online=False)
    await raw.control("POST", "chats/7/tap", label="gone")
    await send(raw, text="still sent")
    await raw.control("PATCH", "people/7", online=True)
    assert [update["message"]["text"] for update in await raw.updates()] == ["still sent"]


async def test_offline__deliveries_still_succeed(raw):
    await raw.person()
    await raw.control("PATCH", "people/7", online=False)
    assert (await raw.ok("sendMessage", chat_id=7, text="a"))["message_id"]


async def test_language__of_later_updates(raw):
    await raw.person()
    await raw.control("PATCH", "people/7", language_code="ru-KZ", first_name="Ару")
    await send(raw, text="a")
    assert (await raw.updates())[0]["message"]["from"]["language_code"] == "ru-KZ"


async def test_clock__moves_dates(raw):
    await raw.person()
    before = (await raw.control("GET", "clock"))["now"]
    after = (await raw.control("POST", "clock", shift=86_400))["now"]
    assert 86_400 <= after - before < 86_410
    await send(raw, text="a")
    assert (await raw.updates())[0]["message"]["date"] >= int(after)
    assert (await raw.control("POST", "clock", shift=-86_400))["now"] < after


async def test_messages__after_a_number(raw):
    await raw.person()
    number = (await send(raw, text="a"))["message_id"]
    await send(raw, text="b")
    assert [message["text"] for message in await raw.transcript(after=number)] == ["b"]


async def test_people__ids(raw):
    assert (await raw.control("POST", "people", first_name="x"))["id"] == 1001
    assert (await raw.control("POST", "people"))["first_name"] == "Person 1002"
    assert (await raw.tried("POST", "people", id=1001))[0] == 409
    assert (await raw.tried("POST", "people", id=-5))[0] == 409
    assert (await raw.tried("POST", "people", id="x"))[0] == 400


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        ("GET", "people/99"),
        ("PATCH", "people/99"),
        ("GET", "chats/99/messages"),
        ("POST", "chats/99/start"),
        ("POST", "chats/99/read"),
        ("GET", "chats/-5/messages"),
        ("PATCH", "groups/-5"),
        ("GET", "inline/5"),
    ],
)
async def test_control__nobody_there_is_404(raw, verb, path):
    status, body = await raw.tried(verb, path)
    assert (status, "error" in body) == (404, True)


@pytest.mark.parametrize("body", [b"{", b"[1]", b'{"message_id": "x"}', b"\xff"])
async def test_control__nonsense_is_400(raw, body):
    await raw.person()
    headers = {"Content-Type": "application/json"}
    async with raw.session.post(f"{raw.base}/sandbox/chats/7/edit", data=body, headers=headers) as answer:
        assert answer.status == 400


async def test_control__pages_of_other_sites_are_refused(raw):
    headers = {"Origin": "https://evil.example"}
    async with raw.session.post(f"{raw.base}/sandbox/reset", headers=headers) as answer:
        assert answer.status == 403
    async with raw.session.post(f"{raw.base}/sandbox/reset", headers={"Origin": raw.base}) as answer:
        assert answer.status == 200


async def test_reset__forgets_everything(raw, until):
    await raw.person()
    await raw.ok("setMyCommands", commands=[{"command": "a", "description": "a"}])
    await raw.ok("setWebhook", url="http://127.0.0.1:9/a", allowed_updates=["message"])
    await raw.control("POST", "reset")
    state = await raw.control("GET", "state")
    assert (state["people"], state["bot"]["commands"], state["pending_updates"]) == ([], {}, 0)
    assert (await raw.ok("getWebhookInfo"))["url"] == ""
    await raw.person()
    poll = asyncio.ensure_future(raw.ok("getUpdates", timeout=20))
    await until(lambda: raw.sandbox.polls)
    await send(raw, text="a")
    assert len(await poll) == 1


async def test_updates__those_that_wait_are_listed(raw):
    await raw.person()
    numbers = (await send(raw, text="a"))["update_ids"]
    assert await raw.control("GET", "updates") == {"waiting": numbers, "allowed": []}
