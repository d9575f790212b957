"""Strictness rows 13 to 17: posting updates to the bot."""

import asyncio
import json

import pytest

pytestmark = pytest.mark.anyio


async def hooked(raw, receiver, **settings):
    await raw.person()
    await raw.ok("setWebhook", url=receiver.url, **settings)


async def say(raw, text, chat=7):
    return await raw.control("POST", f"chats/{chat}/send", text=text)


def texts(updates):
    return [update["message"]["text"] for update in updates]


async def test_post__is_json_with_the_secret(raw, receiver):
    await hooked(raw, receiver, secret_token="a-Z_9")
    await say(raw, "сәлем")
    assert texts(await receiver.wait(1)) == ["сәлем"]
    headers = receiver.got[0][1]
    assert headers["Content-Type"] == "application/json"
    assert headers["X-Telegram-Bot-Api-Secret-Token"] == "a-Z_9"


@pytest.mark.parametrize(
    ("secret", "description"),
    [
        ("a" * 257, "Bad Request: secret token is too long"),
        ("a b", "Bad Request: secret token contains unallowed characters"),
        ("құпия", "Bad Request: secret token contains unallowed characters"),
    ],
)
async def test_secret__is_checked(raw, secret, description):
    assert await raw.error("setWebhook", url="https://example.kz/a", secret_token=secret) == (
        400,
        description,
    )


@pytest.mark.parametrize(
    ("url", "description"),
    [
        ("http://example.kz/", "bad webhook: An HTTPS URL must be provided for webhook"),
        (
            "https://example.kz:8444/",
            "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
        ),
        ("ftp://example.kz", "invalid webhook URL specified"),
        ("https://example.kz:99999999/", "invalid webhook URL specified"),
    ],
)
async def test_address__https_and_four_ports(raw, url, description):
    assert await raw.error("setWebhook", url=url) == (400, f"Bad Request: {description}")


@pytest.mark.parametrize("url", ["https://example.kz:8443/x", "http://127.0.0.1:9/x", "http://localhost:1/"])
async def test_address__accepted(raw, url):
    assert await raw.ok("setWebhook", url=url)
    assert (await raw.ok("getWebhookInfo"))["url"] == url


async def test_setting__more_than_once_a_second_is_429(launch):
    now = [100.0]
    raw = await launch(monotonic=lambda: now[0])
    await raw.ok("setWebhook", url="http://127.0.0.1:9/a")
    assert await raw.error("setWebhook", url="http://127.0.0.1:9/b") == (
        429,
        "Too Many Requests: retry after 1",
    )
    now[0] += 1.0
    await raw.ok("setWebhook", url="http://127.0.0.1:9/b")


async def test_setting__the_same_again_changes_nothing(launch, receiver, until):
    now = [100.0]
    raw = await launch(monotonic=lambda: now[0])
    receiver.gate = asyncio.Event()
    await hooked(raw, receiver)
    await say(raw, "a")
    await receiver.wait(1)
    now[0] += 1.0
    await raw.ok("setWebhook", url=receiver.url)
    receiver.gate.set()
    await until(lambda: not raw.world.updates.waiting())
    assert len(receiver.got) == 1


async def test_failure__first_at_once_then_2_seconds_doubling(launch, receiver, until):
    now = [1_800_000_000.0]
    raw = await launch(clock=lambda: now[0])
    receiver.default = (500, {}, b"")
    await hooked(raw, receiver)
    await say(raw, "a")
    await receiver.wait(2)
    for count, pause in ((3, 2), (4, 4), (5, 8)):
        await until(lambda: raw.world.updates.waiting() and not busy(raw))
        await raw.control("POST", "clock", shift=pause - 0.1)
        await asyncio.sleep(0.02)
        assert len(receiver.got) == count - 1
        await raw.control("POST", "clock", shift=0.2)
        await receiver.wait(count)
    info = await raw.ok("getWebhookInfo")
    assert info["last_error_message"] == "Wrong response from the webhook: 500 Internal Server Error"
    assert info["pending_update_count"] == 1


def busy(raw):
    return any(lane.busy for lane in raw.sandbox._api.webhook._lanes.values())


async def test_failure__the_chat_waits_behind_it_and_others_do_not(launch, receiver, until):
    raw = await launch(clock=lambda: 1_800_000_000.0)
    await raw.person(8)
    await hooked(raw, receiver)
    refusing = [(500, {}, b""), (500, {}, b"")]
    first = (await say(raw, "a"))["update_ids"][0]
    await receiver.wait(1)
    await until(lambda: not raw.world.updates.waiting())
    receiver.answers[first + 1] = refusing
    await say(raw, "b")
    await receiver.wait(3)
    await say(raw, "c")
    await say(raw, "other", 8)
    assert texts(await receiver.wait(4)) == ["a", "b", "b", "other"]
    await until(lambda: not busy(raw))
    await raw.control("POST", "clock", shift=3)
    assert texts(await receiver.wait(6))[4:] == ["b", "c"]


async def test_failure__retry_after_of_the_bot_is_honoured(launch, receiver, until):
    now = [1_800_000_000.0]
    raw = await launch(clock=lambda: now[0])
    receiver.answers["any"] = [(503, {"Retry-After": "30"}, b"")]
    await hooked(raw, receiver)
    await say(raw, "a")
    await receiver.wait(1)
    await until(lambda: not busy(raw))
    await raw.control("POST", "clock", shift=29)
    await asyncio.sleep(0.02)
    assert len(receiver.got) == 1
    await raw.control("POST", "clock", shift=2)
    await receiver.wait(2)
    await until(lambda: not raw.world.updates.waiting())


async def test_failure__given_up_when_the_update_expires(launch, receiver, until):
    now = [1_800_000_000.0]
    raw = await launch(clock=lambda: now[0])
    receiver.answers["any"] = [(500, {"Retry-After": "3600"}, b"")]
    await hooked(raw, receiver)
    await raw.control("POST", "clock", shift=0)
    raw.world.updates._ttl_s = 3000
    await say(raw, "a")
    await receiver.wait(1)
    await until(lambda: not raw.world.updates.waiting())


async def test_failure__nobody_listens(raw, until):
    await raw.person()
    await raw.ok("setWebhook", url="http://127.0.0.1:9/x")
    await say(raw, "a")
    await until(lambda: raw.sandbox._api.webhook.info().get("last_error_message"))
    assert (await raw.ok("getWebhookInfo"))["last_error_message"] == "Connection refused"


async def test_gone__410_for_23_hours_removes_the_webhook(launch, receiver, until):
    now = [1_800_000_000.0]
    raw = await launch(clock=lambda: now[0])
    receiver.default = (410, {}, b"")
    await hooked(raw, receiver)
    await say(raw, "a")
    await receiver.wait(2)
    await until(lambda: not busy(raw))
    await raw.control("POST", "clock", shift=23 * 3600 + 1)
    await until(lambda: not raw.sandbox._api.webhook.url)
    assert (await raw.ok("getWebhookInfo"))["url"] == ""
    assert raw.world.updates.pending == 1


async def test_parallel__as_many_chats_as_connections(launch, receiver, until):
    raw = await launch()
    for number in range(11, 15):
        await raw.person(number)
    receiver.gate = asyncio.Event()
    await hooked(raw, receiver, max_connections=3)
    for number in range(11, 15):
        await say(raw, str(number), number)
    await receiver.wait(3)
    await asyncio.sleep(0.02)
    assert len(receiver.got) == 3
    receiver.gate.set()
    assert sorted(texts(await receiver.wait(4))) == ["11", "12", "13", "14"]


async def test_order__within_one_chat(raw, receiver):
    await hooked(raw, receiver)
    for number in range(12):
        await say(raw, str(number))
    assert texts(await receiver.wait(12)) == [str(number) for number in range(12)]


async def test_answer__a_method_in_it_is_called(raw, receiver, until):
    call = {"method": "sendMessage", "chat_id": 7, "text": "жауап"}
    receiver.default = (200, {"Content-Type": "application/json"}, json.dumps(call).encode())
    await hooked(raw, receiver)
    await say(raw, "a")
    await receiver.wait(1)
    await until(lambda: raw.world.calls.after(0, "sendMessage"))
    assert (await raw.transcript())[-1]["text"] == "жауап"
    assert raw.world.calls.after(0, "sendMessage")[0]["via"] == "webhook"


@pytest.mark.parametrize("method", ["getMe", "setWebhook", "deleteWebhook", "close", "logOut"])
async def test_answer__some_methods_are_never_called(raw, receiver, until, method):
    receiver.default = (200, {}, json.dumps({"method": method}).encode())
    await hooked(raw, receiver)
    calls = len(raw.world.calls.after(0))
    await say(raw, "a")
    await receiver.wait(1)
    await until(lambda: not raw.world.updates.waiting())
    assert len(raw.world.calls.after(0)) == calls


async def test_answer__a_refused_method_is_only_logged(raw, receiver, until):
    receiver.default = (200, {}, b'{"method": "sendMessage", "chat_id": 1, "text": "a"}')
    await hooked(raw, receiver)
    await say(raw, "a")
    await until(lambda: raw.world.calls.after(0, "sendMessage"))
    assert raw.world.calls.after(0, "sendMessage")[0]["error"] == "Bad Request: chat not found"


async def test_drop__pending_updates_can_be_forgotten(raw, receiver):
    await raw.person()
    await say(raw, "old")
    await raw.ok("setWebhook", url=receiver.url, drop_pending_updates=True)
    await say(raw, "new")
    assert texts(await receiver.wait(1)) == ["new"]
    await raw.ok("deleteWebhook")
    await say(raw, "polled")
    assert (await raw.ok("getWebhookInfo"))["pending_update_count"] == 1
    await raw.ok("deleteWebhook", drop_pending_updates=True)
    assert (await raw.ok("getWebhookInfo"))["pending_update_count"] == 0


async def test_setting__what_waited_is_delivered(raw, receiver):
    await raw.person()
    await say(raw, "a")
    await raw.ok("setWebhook", url=receiver.url)
    assert texts(await receiver.wait(1)) == ["a"]


async def test_info__allowed_updates_are_told(raw):
    await raw.ok("setWebhook", url="http://127.0.0.1:9/a", allowed_updates=["message"])
    assert (await raw.ok("getWebhookInfo"))["allowed_updates"] == ["message"]


async def test_redeliver__the_same_update_is_posted_again(raw, receiver, until):
    await hooked(raw, receiver)
    number = (await say(raw, "a"))["update_ids"][0]
    await receiver.wait(1)
    await until(lambda: not raw.world.updates.waiting())
    await raw.control("POST", "redeliver", update_id=number)
    first, second = await receiver.wait(2)
    assert first == second
