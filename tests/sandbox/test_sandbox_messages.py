"""Strictness rows 22 to 27: editing, deleting, replies, who may be written to, albums, topics."""

import pytest

pytestmark = pytest.mark.anyio
KEYS = {"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]}
SAME = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the "
    "same as a current content and reply markup of the message"
)


async def sent(raw, **params):
    return (await raw.ok("sendMessage", **{"chat_id": 7, "text": "a", **params}))["message_id"]


async def test_edit__the_same_is_refused(raw):
    await raw.person()
    number = await sent(raw, text="<b>a</b>", parse_mode="HTML", reply_markup=KEYS)
    same = {
        "chat_id": 7,
        "message_id": number,
        "text": "<b>a</b> ",
        "parse_mode": "HTML",
        "reply_markup": KEYS,
    }
    assert await raw.error("editMessageText", **same) == (400, SAME)
    assert await raw.error("editMessageReplyMarkup", chat_id=7, message_id=number, reply_markup=KEYS) == (
        400,
        SAME,
    )
    assert await raw.ok("editMessageText", **{**same, "text": "a"})


async def test_edit__without_a_keyboard_it_goes(raw):
    await raw.person()
    number = await sent(raw, reply_markup=KEYS)
    await raw.ok("editMessageText", chat_id=7, message_id=number, text="b")
    assert (await raw.transcript())[-1]["keyboard"] is None


async def test_edit__a_person_sees_that_a_text_changed_but_not_a_keyboard(raw):
    await raw.person()
    number = await sent(raw, reply_markup=KEYS)
    await raw.ok("editMessageReplyMarkup", chat_id=7, message_id=number)
    assert not (await raw.transcript())[-1]["edited"]
    await raw.ok("editMessageText", chat_id=7, message_id=number, text="b")
    assert (await raw.transcript())[-1]["edited"]


@pytest.mark.parametrize(
    ("method", "params", "problem"),
    [
        ("editMessageText", {"message_id": 99, "text": "b"}, "message to edit not found"),
        ("editMessageReplyMarkup", {"message_id": 99}, "message to edit not found"),
        ("editMessageCaption", {"message_id": 99, "caption": "b"}, "message to edit not found"),
        ("editMessageText", {"message_id": 1, "text": "b"}, "message can't be edited"),
        ("editMessageText", {"message_id": 0, "text": "b"}, "message to edit not found"),
        ("deleteMessage", {"message_id": 99}, "message to delete not found"),
        ("deleteMessage", {}, "message identifier is not specified"),
        ("deleteMessages", {"message_ids": "[]"}, "message identifiers are not specified"),
        ("deleteMessages", {"message_ids": list(range(1, 102))}, "too many message identifiers specified"),
        ("deleteMessages", {"message_ids": ["x"]}, "can't parse message identifier as a Number"),
        ("deleteMessages", {"message_ids": [0]}, "invalid message identifier specified"),
        ("copyMessage", {"from_chat_id": 7, "message_id": 99}, "message to copy not found"),
        ("copyMessage", {"message_id": 99}, 'parameter "from_chat_id" is required'),
        ("forwardMessage", {"from_chat_id": 7, "message_id": 99}, "message to forward not found"),
        ("pinChatMessage", {"message_id": 99}, "message to pin not found"),
        ("unpinChatMessage", {"message_id": 99}, "message to unpin not found"),
        ("unpinChatMessage", {}, "message to unpin not found"),
        ("setMessageReaction", {"message_id": 99}, "message to react not found"),
        ("sendChatAction", {"action": "dance"}, "wrong parameter action in request"),
    ],
)
async def test_message__that_is_not_there(raw, method, params, problem):
    await raw.person()
    assert await raw.error(method, chat_id=7, **params) == (400, f"Bad Request: {problem}")


async def test_edit__without_any_message(raw):
    assert await raw.error("editMessageText", text="a") == (
        400,
        "Bad Request: message identifier is not specified",
    )
    assert await raw.error("editMessageText", text="a", inline_message_id="x") == (
        400,
        "Bad Request: MESSAGE_ID_INVALID",
    )


async def test_edit__the_wrong_kind_of_content(raw, png):
    await raw.person()
    text = await sent(raw)
    photo = (await raw.upload("sendPhoto", {"photo": ("a.png", png)}, chat_id=7))["result"]["message_id"]
    assert await raw.error("editMessageText", chat_id=7, message_id=photo, text="b") == (
        400,
        "Bad Request: there is no text in the message to edit",
    )
    assert await raw.error("editMessageCaption", chat_id=7, message_id=text, caption="b") == (
        400,
        "Bad Request: there is no caption in the message to edit",
    )
    keyboard = {"keyboard": [["a"]]}
    assert await raw.error(
        "editMessageText", chat_id=7, message_id=text, text="b", reply_markup=keyboard
    ) == (
        400,
        "Bad Request: inline keyboard expected",
    )


async def test_edit__a_forwarded_message_or_one_with_a_reply_keyboard(raw):
    await raw.person()
    number = await sent(raw)
    forwarded = await raw.ok("forwardMessage", chat_id=7, from_chat_id=7, message_id=number)
    keyed = await sent(raw, reply_markup={"keyboard": [["a"]]})
    for message_id in (forwarded["message_id"], keyed):
        assert await raw.error("editMessageText", chat_id=7, message_id=message_id, text="b") == (
            400,
            "Bad Request: message can't be edited",
        )


async def test_delete__not_after_48_hours(raw):
    await raw.person()
    number = await sent(raw)
    await raw.control("POST", "clock", shift=48 * 3600 + 2)
    assert await raw.error("deleteMessage", chat_id=7, message_id=number) == (
        400,
        "Bad Request: message can't be deleted",
    )
    assert await raw.ok("editMessageText", chat_id=7, message_id=number, text="still editable")


async def test_reply__to_a_missing_message(raw):
    await raw.person()
    wish = {"message_id": 99}
    assert await raw.error("sendMessage", chat_id=7, text="a", reply_parameters=wish) == (
        400,
        "Bad Request: message to be replied not found",
    )
    assert await raw.error("sendMessage", chat_id=7, text="a", reply_to_message_id=99) == (
        400,
        "Bad Request: message to be replied not found",
    )
    wish["allow_sending_without_reply"] = True
    assert "reply_to_message" not in await raw.ok("sendMessage", chat_id=7, text="a", reply_parameters=wish)


@pytest.mark.parametrize("value", ["[]", "{", '{"chat_id": 7}', '{"message_id": "x"}'])
async def test_reply__parameters_nobody_understands(raw, value):
    await raw.person()
    code, _ = await raw.error("sendMessage", chat_id=7, text="a", reply_parameters=value)
    assert code == 400


@pytest.mark.parametrize(
    ("chat", "description"),
    [
        ("", "chat_id is empty"),
        ("5", "chat not found"),
        ("@nobody", "chat not found"),
        ("x", "chat not found"),
    ],
)
async def test_chat__unknown(raw, chat, description):
    assert await raw.error("sendMessage", chat_id=chat, text="a") == (400, f"Bad Request: {description}")


async def test_person__who_never_pressed_start(raw):
    await raw.person(started=False)
    assert await raw.error("sendMessage", chat_id=7, text="a") == (
        403,
        "Forbidden: bot can't initiate conversation with a user",
    )
    assert await raw.error("getChat", chat_id=7) == (400, "Bad Request: chat not found")


async def test_person__who_blocked_the_bot(raw):
    await raw.person()
    number = await sent(raw)
    await raw.control("PATCH", "people/7", blocked=True)
    (update,) = await raw.updates()
    assert update["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    for method, params in (
        ("sendMessage", {"text": "a"}),
        ("sendChatAction", {"action": "typing"}),
        ("editMessageText", {"message_id": number, "text": "b"}),
    ):
        assert await raw.error(method, chat_id=7, **params) == (403, "Forbidden: bot was blocked by the user")
    await raw.control("PATCH", "people/7", blocked=False)
    assert (await raw.updates())[-1]["my_chat_member"]["new_chat_member"]["status"] == "member"
    await sent(raw)


async def test_person__who_is_gone(raw):
    await raw.person()
    await raw.control("PATCH", "people/7", deactivated=True)
    assert await raw.error("sendMessage", chat_id=7, text="a") == (403, "Forbidden: user is deactivated")


async def test_topic__there_are_none(raw):
    await raw.person()
    assert await raw.error("sendMessage", chat_id=7, text="a", message_thread_id=5) == (
        400,
        "Bad Request: message thread not found",
    )


async def test_group__thrown_out_and_upgraded(raw):
    await raw.person()
    group = (await raw.control("POST", "groups", title="Топ", members=[7]))["id"]
    await sent(raw, chat_id=group)
    await raw.control("PATCH", f"groups/{group}", kicked=True)
    assert await raw.error("sendMessage", chat_id=group, text="a") == (
        403,
        "Forbidden: bot was kicked from the group chat",
    )
    await raw.control("PATCH", f"groups/{group}", kicked=False, left=True)
    assert await raw.error("sendMessage", chat_id=group, text="a") == (
        403,
        "Forbidden: bot is not a member of the group chat",
    )
    await raw.control("PATCH", f"groups/{group}", left=False, upgraded_to=-1001)
    answer = await raw.api("sendMessage", chat_id=group, text="a")
    assert answer["description"] == "Bad Request: group chat was upgraded to a supergroup chat"
    assert answer["parameters"] == {"migrate_to_chat_id": -1001}


async def test_group__a_bot_sees_commands_mentions_and_replies(raw):
    await raw.person()
    group = (await raw.control("POST", "groups", title="Топ", members=[7]))["id"]
    number = await sent(raw, chat_id=group)
    for body in (
        {"text": "hello"},
        {"text": "/help"},
        {"text": "эй @emtihan_bot"},
        {"text": "иә", "reply_to": number},
    ):
        await raw.control("POST", f"chats/{group}/send", **{"from": 7, **body})
    assert [u["message"]["text"] for u in await raw.updates()] == ["/help", "эй @emtihan_bot", "иә"]
    status, _ = await raw.tried("POST", f"chats/{group}/send", text="who?")
    assert status == 400


async def test_group__buttons_name_who_pressed(raw):
    await raw.person()
    await raw.person(8)
    group = (await raw.control("POST", "groups", title="Топ", members=[7, 8]))["id"]
    await sent(raw, chat_id=group, reply_markup=KEYS)
    await raw.control("POST", f"chats/{group}/tap", **{"from": 8, "label": "a"})
    (update,) = await raw.updates()
    assert update["callback_query"]["from"]["id"] == 8
    assert update["callback_query"]["message"]["chat"]["type"] == "group"


def album(*kinds):
    return [{"type": kind, "media": f"attach://f{number}"} for number, kind in enumerate(kinds)]


@pytest.mark.parametrize(
    ("kinds", "problem"),
    [
        ((), "there are no messages to send"),
        (("document",) * 11, "too many messages to send as an album"),
        (("document", "photo"), "document can't be mixed with other media types"),
        (("photo", "audio"), "audio can't be mixed with other media types"),
        (("sticker",), 'can\'t parse InputMedia: type "sticker" is unsupported'),
        (("animation",), "can't parse InputMedia: type \"animation\" can't be used in sendMediaGroup"),
    ],
)
async def test_album__refused(raw, png, kinds, problem):
    await raw.person()
    files = {f"f{number}": ("a.png", png) for number in range(len(kinds))}
    answer = await raw.upload("sendMediaGroup", files, chat_id=7, media=album(*kinds))
    assert answer["description"] == f"Bad Request: {problem}"
    assert len(await raw.transcript()) == 1


@pytest.mark.parametrize("kinds", [("document",) * 10, ("photo", "video"), ("photo",)])
async def test_album__accepted(raw, png, kinds):
    await raw.person()
    files = {f"f{number}": ("a.png", png) for number in range(len(kinds))}
    answer = await raw.upload("sendMediaGroup", files, chat_id=7, media=album(*kinds))
    assert len(answer["result"]) == len(kinds)
    assert len({message.get("media_group_id") for message in answer["result"]}) == 1


@pytest.mark.parametrize(
    ("media", "problem"),
    [
        ("", 'parameter "media" is required'),
        ("{", "can't parse media JSON object"),
        ("{}", "expected an Array of InputMedia"),
        ('["x"]', "can't parse InputMedia: expected an Object"),
        ('[{"media": "x"}]', "can't parse InputMedia: Can't find field \"type\""),
        ('[{"type": "photo", "media": "attach://x"}]', "can't parse InputMedia: media not found"),
    ],
)
async def test_album__not_understood(raw, media, problem):
    await raw.person()
    assert await raw.error("sendMediaGroup", chat_id=7, media=media) == (400, f"Bad Request: {problem}")


async def test_protected__content_is_not_passed_on(raw):
    await raw.person()
    number = await sent(raw, protect_content=True)
    for method, problem in (("copyMessage", "copied"), ("forwardMessage", "forwarded")):
        assert await raw.error(method, chat_id=7, from_chat_id=7, message_id=number) == (
            400,
            f"Bad Request: message can't be {problem}",
        )


async def test_forward__the_first_author_stays(raw):
    await raw.person()
    said = await raw.control("POST", "chats/7/send", text="a")
    once = await raw.ok("forwardMessage", chat_id=7, from_chat_id=7, message_id=said["message_id"])
    twice = await raw.ok("forwardMessage", chat_id=7, from_chat_id=7, message_id=once["message_id"])
    assert twice["forward_origin"]["sender_user"]["id"] == 7


async def test_copy__a_caption_may_be_replaced(raw, png):
    await raw.person()
    photo = await raw.upload("sendPhoto", {"photo": ("a.png", png)}, chat_id=7, caption="old")
    number = photo["result"]["message_id"]
    await raw.ok("copyMessage", chat_id=7, from_chat_id=7, message_id=number, caption="new")
    await raw.ok("copyMessage", chat_id=7, from_chat_id=7, message_id=number)
    assert [message["caption"] for message in (await raw.transcript())[1:]] == ["old", "new", "old"]


@pytest.mark.parametrize(
    ("reaction", "problem"),
    [
        ([{"type": "emoji", "emoji": "x"}], "REACTION_INVALID"),
        ([{"type": "emoji", "emoji": "👍"}, {"type": "emoji", "emoji": "👎"}], "REACTIONS_TOO_MANY"),
        ([{"type": "paid"}], "can't parse ReactionType: invalid reaction type specified"),
        ({}, "expected an Array of ReactionType"),
    ],
)
async def test_reaction__refused(raw, reaction, problem):
    await raw.person()
    number = await sent(raw)
    assert await raw.error("setMessageReaction", chat_id=7, message_id=number, reaction=reaction) == (
        400,
        f"Bad Request: {problem}",
    )


@pytest.mark.parametrize(
    ("commands", "problem"),
    [
        ([{"command": "Ә", "description": "x"}], "BOT_COMMAND_INVALID"),
        ([{"command": "help", "description": ""}], "command description must be non-empty"),
        ([{"command": "x" * 33, "description": "x"}], "command length must not exceed 32"),
        ([{"command": "", "description": "x"}], "command must be non-empty"),
        ([{"command": "help"}], "can't parse BotCommand: Can't find field \"description\""),
        ([{"command": "x", "description": "x" * 257}], "command description length must not exceed 256"),
        ([{"command": f"x{n}", "description": "x"} for n in range(101)], "BOT_COMMANDS_TOO_MUCH"),
        ({}, "expected an Array of BotCommand"),
    ],
)
async def test_commands__refused(raw, commands, problem):
    assert await raw.error("setMyCommands", commands=commands) == (400, f"Bad Request: {problem}")


@pytest.mark.parametrize(
    ("scope", "problem"),
    [
        ({"type": "x"}, "can't parse BotCommandScope: Unsupported type specified"),
        ({}, "can't parse BotCommandScope: Can't find field \"type\""),
        ({"type": "chat"}, "can't parse BotCommandScope: Empty chat_id specified"),
        ({"type": "chat", "chat_id": 5}, "chat not found"),
        ({"type": "chat_administrators", "chat_id": 7}, "can't use specified scope in private chats"),
        ([], "can't parse BotCommandScope: BotCommandScope must be an Object"),
    ],
)
async def test_commands__scopes_refused(raw, scope, problem):
    await raw.person()
    assert await raw.error("getMyCommands", scope=scope) == (400, f"Bad Request: {problem}")


async def test_commands__the_nearest_list_wins(raw):
    await raw.person()

    async def set_commands(name, **params):
        await raw.ok("setMyCommands", commands=[{"command": name, "description": name}], **params)
        return [c["command"] for c in (await raw.control("GET", "people/7"))["commands"]]

    private = {"type": "all_private_chats"}
    assert await set_commands("a") == ["a"]
    assert await set_commands("b", language_code="kk") == ["b"]
    assert await set_commands("c", scope=private) == ["c"]
    assert await set_commands("d", scope=private, language_code="kk") == ["d"]
    assert await set_commands("e", scope={"type": "chat", "chat_id": 7}) == ["e"]
    assert await set_commands("f", scope=private, language_code="ru") == ["e"]


async def test_language__two_letters(raw):
    for method in ("getMyCommands", "getMyName", "getMyDescription"):
        assert await raw.error(method, language_code="kaz") == (
            400,
            "Bad Request: invalid language code specified",
        )


async def test_texts__have_limits(raw):
    for method, params in (
        ("setMyName", {"name": "x" * 65}),
        ("setMyDescription", {"description": "x" * 513}),
        ("setMyShortDescription", {"short_description": "x" * 121}),
    ):
        assert (await raw.error(method, **params))[0] == 400


@pytest.mark.parametrize(
    ("button", "problem"),
    [
        ({"type": "x"}, "can't parse menu button: MenuButton has unsupported type"),
        ({"type": "web_app", "text": "a"}, "can't parse menu button: Can't find field \"web_app\""),
        (
            {"type": "web_app", "text": "a", "web_app": {"url": "http://a.kz"}},
            "menu button Web App URL 'http://a.kz' is invalid: Only HTTPS links are allowed",
        ),
        ("[]", "can't parse menu button: MenuButton must be an Object"),
    ],
)
async def test_menu_button__refused(raw, button, problem):
    assert await raw.error("setChatMenuButton", menu_button=button) == (400, f"Bad Request: {problem}")


async def test_member__unknown(raw):
    await raw.person()
    assert await raw.error("getChatMember", chat_id=7, user_id=99) == (400, "Bad Request: user not found")
    assert await raw.error("getChatMember", chat_id=7) == (400, "Bad Request: invalid user_id specified")


async def test_location__a_place_on_earth(raw):
    await raw.person()
    place = {"latitude": 43.25, "longitude": 76.95}
    assert (await raw.ok("sendLocation", chat_id=7, **place))["location"] == place
    assert await raw.error("sendLocation", chat_id=7, longitude=76.95) == (
        400,
        "Bad Request: latitude is empty",
    )
    assert await raw.error("sendLocation", chat_id=7, latitude=91, longitude=0) == (
        400,
        "Bad Request: wrong location specified",
    )
