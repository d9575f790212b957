"""Strictness rows 6 to 12: the queue of updates and long polling."""

import asyncio
import json

import pytest

from tests.sandbox.conftest import PATIENCE

pytestmark = pytest.mark.anyio


async def say(raw, *texts):
    for text in texts:
        await raw.control("POST", "chats/7/send", text=text)


def texts(result):
    return [update["message"]["text"] for update in result]


async def test_numbers__ascend_by_one(raw):
    await raw.person()
    await say(raw, "a", "b", "c")
    numbers = [update["update_id"] for update in await raw.ok("getUpdates")]
    assert numbers == list(range(numbers[0], numbers[0] + 3))


async def test_confirmation__only_a_higher_offset_confirms(raw):
    await raw.person()
    await say(raw, "a", "b")
    first = await raw.ok("getUpdates")
    assert await raw.ok("getUpdates", offset=1) == first
    assert await raw.ok("getUpdates", offset=first[0]["update_id"]) == first
    assert texts(await raw.ok("getUpdates", offset=first[1]["update_id"])) == ["b"]
    assert texts(await raw.ok("getUpdates")) == ["b"]


async def test_offset__a_negative_one_forgets_all_but_the_last(raw):
    await raw.person()
    await say(raw, "a", "b", "c", "d")
    assert texts(await raw.ok("getUpdates", offset=-2)) == ["c", "d"]
    assert texts(await raw.ok("getUpdates")) == ["c", "d"]


@pytest.mark.parametrize(("limit", "count"), [(1, 1), (3, 3), (0, 1), (1000, 100), (-5, 1), ("", 100)])
async def test_limit__from_1_to_100(launch, limit, count):
    raw = await launch()
    await raw.person()
    for _ in range(101):
        raw.world.updates.push({"message": {"text": "a"}}, 7)
    assert len(await raw.ok("getUpdates", limit=limit)) == count


async def test_answer__stays_under_4_megabytes(raw):
    for _ in range(5):
        raw.world.updates.push({"message": {"text": "x" * (1 << 20)}}, 7)
    assert len(await raw.ok("getUpdates")) == 3


async def test_expiry__after_24_hours_of_the_sandbox_clock(raw):
    await raw.person()
    await say(raw, "old")
    await raw.control("POST", "clock", shift=86_000)
    await say(raw, "new")
    await raw.control("POST", "clock", shift=401)
    assert texts(await raw.ok("getUpdates")) == ["new"]


async def test_long_poll__ends_empty_after_its_timeout(launch):
    raw = await launch(poll_window_s=0.0)
    began = asyncio.get_running_loop().time()
    assert await raw.ok("getUpdates", timeout=1) == []
    assert 0.9 < asyncio.get_running_loop().time() - began < 10


async def test_long_poll__is_woken_by_an_update(raw, until):
    await raw.person()
    poll = asyncio.ensure_future(raw.ok("getUpdates", timeout=50))
    await until(lambda: raw.sandbox.polls)
    await say(raw, "a")
    assert texts(await asyncio.wait_for(poll, PATIENCE)) == ["a"]


async def test_long_poll__stop_of_the_server_ends_it(raw, until):
    poll = asyncio.ensure_future(raw.ok("getUpdates", timeout=50))
    await until(lambda: raw.sandbox.polls)
    await raw.sandbox.stop()
    assert await asyncio.wait_for(poll, PATIENCE) == []


async def test_repeat__the_same_offset_gets_one_update(launch):
    raw = await launch(poll_window_s=3.0)
    await raw.person()
    await say(raw, "a", "b")
    assert len(await raw.ok("getUpdates", offset=5)) == 2
    assert len(await raw.ok("getUpdates", offset=5)) == 1


async def test_repeat__a_short_poll_is_stretched(launch, until):
    raw = await launch(poll_window_s=0.3)
    assert await raw.ok("getUpdates", offset=5) == []
    began = asyncio.get_running_loop().time()
    assert await raw.ok("getUpdates", offset=5) == []
    assert asyncio.get_running_loop().time() - began > 0.25


async def test_second_poll__ends_the_first_with_409(raw, until):
    await raw.person()
    first = asyncio.ensure_future(raw.error("getUpdates", timeout=50))
    await until(lambda: raw.sandbox.polls)
    second = asyncio.ensure_future(raw.ok("getUpdates", timeout=50))
    assert await asyncio.wait_for(first, PATIENCE) == (
        409,
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    )
    await say(raw, "a")
    assert texts(await asyncio.wait_for(second, PATIENCE)) == ["a"]


async def test_second_poll__that_has_something_to_take_leaves_the_first_alone(raw, until):
    await raw.person()
    first = asyncio.ensure_future(raw.ok("getUpdates", timeout=50, offset=2_000_000_000))
    await until(lambda: raw.sandbox.polls)
    assert await raw.ok("getUpdates", timeout=0) == []
    await say(raw, "a")
    assert await asyncio.wait_for(first, PATIENCE) == []


async def test_conflict__a_further_one_is_delayed(launch, until):
    raw = await launch(poll_window_s=0.2)
    polls = [asyncio.ensure_future(raw.api("getUpdates", timeout=50, offset=1))]
    await until(lambda: raw.sandbox.polls)
    polls.append(asyncio.ensure_future(raw.api("getUpdates", timeout=50, offset=2)))
    assert (await polls[0])["error_code"] == 409
    began = asyncio.get_running_loop().time()
    polls.append(asyncio.ensure_future(raw.api("getUpdates", timeout=50, offset=3)))
    assert (await polls[1])["error_code"] == 409
    assert asyncio.get_running_loop().time() - began > 0.15
    raw.world.updates.push({"message": {}}, 7)
    assert (await polls[2])["ok"]


async def test_webhook__its_setting_ends_a_poll_and_forbids_others(raw, until, receiver):
    poll = asyncio.ensure_future(raw.error("getUpdates", timeout=50))
    await until(lambda: raw.sandbox.polls)
    await raw.ok("setWebhook", url=receiver.url)
    assert await poll == (409, "Conflict: terminated by setWebhook request")
    assert await raw.error("getUpdates") == (
        409,
        "Conflict: can't use getUpdates method while webhook is active; "
        "use deleteWebhook to delete the webhook first",
    )


async def test_allowed_updates__are_remembered(raw):
    await raw.person()
    await raw.ok("getUpdates", allowed_updates=["callback_query"])
    await say(raw, "not wanted")
    assert await raw.ok("getUpdates") == []
    await raw.ok("getUpdates", allowed_updates=[])
    await say(raw, "wanted")
    assert texts(await raw.ok("getUpdates")) == ["wanted"]


async def test_allowed_updates__by_default_all_but_reactions_and_members(raw):
    await raw.person()
    sent = await raw.ok("sendMessage", chat_id=7, text="a")
    await raw.control("POST", "chats/7/react", message_id=sent["message_id"], emoji="👍")
    assert await raw.ok("getUpdates") == []
    await raw.ok("getUpdates", allowed_updates=["message_reaction"])
    await raw.control("POST", "chats/7/react", message_id=sent["message_id"], emoji="")
    (update,) = await raw.ok("getUpdates")
    assert update["message_reaction"]["old_reaction"] == [{"type": "emoji", "emoji": "👍"}]


async def test_allowed_updates__do_not_touch_what_is_queued(raw):
    await raw.person()
    await say(raw, "a")
    assert texts(await raw.ok("getUpdates", allowed_updates=["callback_query"])) == ["a"]


async def test_allowed_updates__nonsense_is_ignored(raw):
    await raw.person()
    await raw.ok("getUpdates", allowed_updates="{nonsense")
    await say(raw, "a")
    assert texts(await raw.ok("getUpdates")) == ["a"]


async def test_content__is_that_of_the_moment(raw):
    await raw.person()
    said = await raw.control("POST", "chats/7/send", text="before")
    await raw.control("POST", "chats/7/edit", message_id=said["message_id"], text="after")
    first, second = await raw.ok("getUpdates")
    assert first["message"]["text"] == "before"
    assert second["edited_message"]["text"] == "after"
    assert json.dumps(first) != json.dumps(second)


async def test_text__over_32_kilobytes_is_refused_before_parsing(raw):
    await raw.person()
    description = "Bad Request: text is too long"
    assert await raw.error("sendMessage", chat_id=7, text="<b>" + "x" * 32766, parse_mode="HTML") == (
        400,
        description,
    )


async def test_redeliver__an_old_update_comes_again_once(raw):
    await raw.person()
    await say(raw, "a", "b")
    first = await raw.ok("getUpdates")
    after = first[-1]["update_id"] + 1
    assert await raw.ok("getUpdates", offset=after) == []
    await raw.control("POST", "redeliver", update_id=first[0]["update_id"])
    assert await raw.ok("getUpdates", offset=after) == [first[0]]
    assert await raw.ok("getUpdates", offset=after, limit=2) == []
    status, _ = await raw.tried("POST", "redeliver", update_id=5)
    assert status == 404


async def test_reorder__two_that_wait_are_swapped(raw):
    await raw.person()
    await say(raw, "a", "b", "c")
    assert (await raw.control("POST", "reorder"))["state"] == "swapped"
    assert texts(await raw.ok("getUpdates")) == ["a", "c", "b"]


async def test_reorder__the_next_two_are_swapped(raw, until):
    await raw.person()
    poll = asyncio.ensure_future(raw.ok("getUpdates", timeout=50))
    await until(lambda: raw.sandbox.polls)
    assert (await raw.control("POST", "reorder"))["state"] == "armed"
    await say(raw, "a")
    await say(raw, "b")
    assert texts(await asyncio.wait_for(poll, PATIENCE)) == ["b", "a"]
