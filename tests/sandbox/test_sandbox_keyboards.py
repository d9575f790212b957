"""Strictness row 21: keyboards."""

import pytest

from bot.sandbox.errors import ApiError
from bot.sandbox.keyboards import parse_markup

pytestmark = pytest.mark.anyio


def inline(*buttons):
    return {"inline_keyboard": [list(buttons)]}


def refusal(value, **kwargs):
    with pytest.raises(ApiError) as caught:
        parse_markup(value, **kwargs)
    return caught.value.description.removeprefix("Bad Request: ")


@pytest.mark.parametrize("data", ["a", "a" * 64, "ә" * 32, "😀" * 16, "ә" * 31])
def test_callback_data__1_to_64_bytes(data):
    assert parse_markup(inline({"text": "a", "callback_data": data}))["inline_keyboard"][0][0][
        "callback_data"
    ] == data  # fmt: skip


@pytest.mark.parametrize("data", ["a" * 65, "ә" * 33, "😀" * 17])
def test_callback_data__over_64_bytes(data):
    assert refusal(inline({"text": "a", "callback_data": data})) == "BUTTON_DATA_INVALID"


@pytest.mark.parametrize(
    "button", [{"text": "a"}, {"text": "a", "callback_data": ""}, {"text": "a", "url": ""}]
)
def test_inline__a_button_without_action(button):
    assert refusal(inline(button)) == (
        "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
    )


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("x", "object expected as reply markup"),
        ([], "object expected as reply markup"),
        (
            {"inline_keyboard": [{}]},
            'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
        ),
        ({"inline_keyboard": {}}, 'field "inline_keyboard" must be of type Array'),
        ({"keyboard": ["a"]}, 'field "keyboard" must be an Array of Arrays'),
        (inline("a"), "can't parse inline keyboard button: InlineKeyboardButton must be an Object"),
        (inline({"callback_data": "a"}), "can't parse inline keyboard button: Can't find field \"text\""),
        (
            inline({"text": 1, "callback_data": "a"}),
            'can\'t parse inline keyboard button: Field "text" must be of type String',
        ),
        (inline({"text": " ", "callback_data": "a"}), "inline keyboard button text must be non-empty"),
        (
            inline({"text": "a", "callback_data": "a", "style": "pink"}),
            "can't parse inline keyboard button: invalid button style specified",
        ),
        ({"keyboard": [[1]]}, "can't parse keyboard button: KeyboardButton must be a String or an Object"),
        (
            inline({"text": "a", "url": "http://localhost:8080/x"}),
            "inline keyboard button URL 'http://localhost:8080/x' is invalid: Wrong HTTP URL",
        ),
        (
            inline({"text": "a", "web_app": {"url": "http://a.kz"}}),
            "inline keyboard button Web App URL 'http://a.kz' is invalid: Only HTTPS links are allowed",
        ),
        (
            inline({"text": "a", "web_app": {}}),
            "can't parse inline keyboard button: Can't find field \"url\"",
        ),
        (
            inline({"text": "a", "callback_data": 5}),
            'can\'t parse inline keyboard button: Field "callback_data" must be of type String',
        ),
        (inline({"text": "a", "pay": True}), "BUTTON_TYPE_INVALID"),
        (inline({"text": "a", "copy_text": {"text": "x" * 257}}), "BUTTON_COPY_TEXT_INVALID"),
    ],
)
def test_markup__refused(value, problem):
    assert refusal(value) == problem


def test_web_app__only_in_private_chats():
    markup = inline({"text": "a", "web_app": {"url": "https://a.kz"}})
    assert parse_markup(markup)
    assert refusal(markup, private=False) == "BUTTON_TYPE_INVALID"


@pytest.mark.parametrize("style", ["danger", "success", "primary"])
def test_style__is_passed_on(style):
    markup = parse_markup(inline({"text": "a", "callback_data": "b", "style": style}))
    assert markup["inline_keyboard"][0][0]["style"] == style


@pytest.mark.parametrize(
    ("button", "action"),
    [
        ({"url": "https://a.kz"}, "url"),
        ({"url": "tg://user?id=7"}, "url"),
        ({"switch_inline_query": ""}, "switch_inline_query"),
        ({"switch_inline_query_current_chat": "x"}, "switch_inline_query_current_chat"),
        ({"copy_text": {"text": "x"}}, "copy_text"),
        ({"web_app": {"url": "https://a.kz"}}, "web_app"),
        ({"url": "https://a.kz", "callback_data": "x"}, "url"),
    ],
)
def test_inline__one_action_is_kept(button, action):
    kept = parse_markup(inline({"text": "a", **button}))["inline_keyboard"][0][0]
    assert set(kept) == {"text", action}


def test_inline__too_many_buttons():
    rows = [[{"text": "a", "callback_data": "b"}] for _ in range(101)]
    assert refusal({"inline_keyboard": rows}) == "reply markup is too long"
    assert len(parse_markup({"inline_keyboard": rows[:100]})["inline_keyboard"]) == 100


def test_inline__too_many_bytes():
    assert refusal(inline({"text": "ә" * 6000, "callback_data": "b"})) == "reply markup is too long"


@pytest.mark.parametrize("value", [None, {}, {"inline_keyboard": []}, {"keyboard": []}])
def test_markup__nothing(value):
    assert parse_markup(value) is None


def test_reply_keyboard__flags_are_kept():
    markup = parse_markup(
        {"keyboard": [["a", {"text": "b", "request_contact": True}]], "resize_keyboard": True}
    )
    assert markup == {
        "keyboard": [[{"text": "a"}, {"text": "b", "request_contact": True}]],
        "resize_keyboard": True,
    }


async def test_call__a_null_keyboard_is_refused(raw):
    await raw.person()
    assert await raw.error("sendMessage", chat_id=7, text="a", reply_markup="null") == (
        400,
        "Bad Request: object expected as reply markup",
    )
    assert await raw.error("sendMessage", chat_id=7, text="a", reply_markup="{") == (
        400,
        "Bad Request: can't parse reply keyboard markup JSON object",
    )
