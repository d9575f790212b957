"""Strictness row 26 and taps: callback queries and inline queries."""

import asyncio

import pytest

from tests.sandbox.conftest import PATIENCE

pytestmark = pytest.mark.anyio
OLD = (400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
ROWS = [
    [{"text": "Иә", "callback_data": "yes"}, {"text": "Иә, кейін", "callback_data": "later"}],
    [{"text": "Жоқ", "callback_data": "no"}, {"text": "Сайт", "url": "https://a.kz"}],
]


async def keyed(raw, rows=ROWS, **params):
    sent = await raw.ok("sendMessage", chat_id=7, text="?", reply_markup={"inline_keyboard": rows}, **params)
    return sent["message_id"]


async def tap(raw, **wish):
    return (await raw.control("POST", "chats/7/tap", **wish))["query_ids"]


def data(updates):
    return [update["callback_query"]["data"] for update in updates]


async def test_answer__once_and_with_a_text(raw):
    await raw.person()
    await keyed(raw)
    (query,) = await tap(raw, label="Жоқ")
    waiting = asyncio.ensure_future(raw.control("GET", f"queries/{query}?wait=5"))
    await raw.ok("answerCallbackQuery", callback_query_id=query, text="ә" * 200)
    assert (await asyncio.wait_for(waiting, PATIENCE))["text"] == "ә" * 200
    assert await raw.error("answerCallbackQuery", callback_query_id=query) == OLD


async def test_answer__unknown(raw):
    assert await raw.error("answerCallbackQuery", callback_query_id="1") == OLD
    assert await raw.error("answerCallbackQuery") == OLD


async def test_answer__too_late_but_the_message_is_still_editable(launch):
    raw = await launch(callback_window_s=15)
    await raw.person()
    number = await keyed(raw)
    (query,) = await tap(raw, label="Жоқ")
    await raw.control("POST", "clock", shift=16)
    assert (await raw.control("GET", f"queries/{query}"))["expired"]
    assert await raw.error("answerCallbackQuery", callback_query_id=query) == OLD
    await raw.ok("editMessageText", chat_id=7, message_id=number, text="b")


async def test_answer__too_long(raw):
    await raw.person()
    await keyed(raw)
    (query,) = await tap(raw, label="Жоқ")
    assert await raw.error("answerCallbackQuery", callback_query_id=query, text="a" * 201) == (
        400,
        "Bad Request: MESSAGE_TOO_LONG",
    )
    assert await raw.error("answerCallbackQuery", callback_query_id=query, url="https://a.kz") == (
        400,
        "Bad Request: URL_INVALID",
    )
    await raw.ok("answerCallbackQuery", callback_query_id=query, url="https://t.me/emtihan_bot?start=x")


async def test_tap__exact_label_wins_over_a_beginning(raw):
    await raw.person()
    await keyed(raw)
    await tap(raw, label="Иә")
    assert data(await raw.updates()) == ["yes"]


async def test_tap__a_unique_beginning_is_enough(raw):
    await raw.person()
    await keyed(raw)
    await tap(raw, label="Иә,")
    assert data(await raw.updates()) == ["later"]
    await keyed(raw, [[{"text": "Бір", "callback_data": "1"}, {"text": "Бірақ", "callback_data": "2"}]])
    status, body = await raw.tried("POST", "chats/7/tap", label="Бі")
    assert status == 409
    assert "Бірақ" in body["error"]


async def test_tap__the_newest_message_that_has_it(raw):
    await raw.person()
    old = await keyed(raw, [[{"text": "Иә", "callback_data": "old"}]])
    await keyed(raw, [[{"text": "Иә", "callback_data": "new"}]])
    await raw.ok("sendMessage", chat_id=7, text="no buttons")
    await tap(raw, label="Иә")
    await tap(raw, label="Иә", message_id=old)
    assert data(await raw.updates()) == ["new", "old"]


async def test_tap__twice_is_two_queries(raw):
    await raw.person()
    await keyed(raw)
    queries = await tap(raw, label="Жоқ", times=2)
    assert len(set(queries)) == 2
    for query in queries:
        await raw.ok("answerCallbackQuery", callback_query_id=query)


async def test_tap__of_nothing_names_what_there_is(raw):
    await raw.person()
    await keyed(raw)
    status, body = await raw.tried("POST", "chats/7/tap", label="Мүмкін")
    assert status == 404
    assert "'Жоқ'" in body["error"]
    assert (await raw.tried("POST", "chats/7/tap", label="Иә", message_id=99))[0] == 404


async def test_tap__a_link_opens_and_sends_nothing(raw):
    await raw.person()
    await keyed(raw)
    done = await raw.control("POST", "chats/7/tap", label="Сайт")
    assert (done["query_ids"], done["opened"]["url"]) == ([], "https://a.kz")
    assert await raw.updates() == []


async def test_tap__forged_data(raw):
    await raw.person()
    number = await keyed(raw)
    await tap(raw, data="reject:1:'; drop", message_id=number)
    await tap(raw, data="x" * 500)
    assert data(await raw.updates()) == ["reject:1:'; drop", "x" * 500]


async def test_tap__about_a_message_that_is_gone(raw):
    await raw.person()
    number = await keyed(raw)
    await raw.ok("deleteMessage", chat_id=7, message_id=number)
    await tap(raw, data="yes", message_id=number)
    (update,) = await raw.updates()
    message = update["callback_query"]["message"]
    assert (message["message_id"], message["date"], "text" in message) == (number, 0, False)


async def test_tap__the_button_as_it_was_when_pressed(raw):
    await raw.person()
    number = await keyed(raw)
    await tap(raw, label="Жоқ")
    await raw.ok("editMessageText", chat_id=7, message_id=number, text="changed")
    (update,) = await raw.updates()
    assert update["callback_query"]["message"]["text"] == "?"
    assert (await raw.tried("POST", "chats/7/tap", label="Жоқ"))[0] == 404


async def test_query__unknown_to_the_control_api(raw):
    assert (await raw.tried("GET", "queries/5"))[0] == 404


async def test_query__waiting_ends_in_time(raw):
    await raw.person()
    await keyed(raw)
    (query,) = await tap(raw, label="Жоқ")
    assert not (await raw.control("GET", f"queries/{query}?wait=0.05"))["answered"]


def article(number, **fields):
    content = {"message_text": "a"}
    return {"type": "article", "id": number, "title": "a", "input_message_content": content, **fields}


@pytest.mark.parametrize(
    ("results", "problem"),
    [
        ([article("1"), article("1")], "RESULT_ID_DUPLICATE"),
        ([article("x" * 65)], "RESULT_ID_INVALID"),
        ([article(str(n)) for n in range(51)], "too many inline query results specified"),
        ([article("1", title=None)], "can't parse inline query result: Can't find field \"title\""),
        ([{"type": "article"}], "can't parse inline query result: Can't find field \"id\""),
        (["x"], "can't parse inline query result: Inline query result must be an object"),
        ({}, "expected an Array of inline query results"),
    ],
)
async def test_inline__refused(raw, results, problem):
    await raw.person()
    query = (await raw.control("POST", "chats/7/inline", query="a"))["inline_query_id"]
    assert await raw.error("answerInlineQuery", inline_query_id=query, results=results) == (
        400,
        f"Bad Request: {problem}",
    )


async def test_inline__once(raw):
    await raw.person()
    query = (await raw.control("POST", "chats/7/inline", query="a"))["inline_query_id"]
    assert await raw.ok("answerInlineQuery", inline_query_id=query, results=[])
    assert await raw.error("answerInlineQuery", inline_query_id=query, results=[]) == OLD
    assert (await raw.tried("POST", f"inline/{query}/choose", result_id="1"))[0] == 404
