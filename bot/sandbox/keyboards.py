"""Reply markups: what the server accepts, and in which words it refuses the rest."""

import json

from bot.sandbox.errors import ApiError, bad
from bot.sandbox.markup import link_problem
from bot.sandbox.model import Json, JsonDict

INLINE_BUTTONS = 100
REPLY_BUTTONS = 300
MARKUP_BYTES = 10_240
CALLBACK_BYTES = 64
_STYLES = frozenset(("primary", "danger", "success"))
_REPLY_FLAGS = ("is_persistent", "resize_keyboard", "one_time_keyboard", "selective")
_INLINE_TEXTS = ("switch_inline_query", "switch_inline_query_current_chat")
_INLINE_OBJECTS = {"login_url": "url", "web_app": "url", "copy_text": "text"}


def parse_markup(value: Json, *, private: bool = True) -> JsonDict | None:
    """The markup as it will be stored, None for none. `value` is the decoded `reply_markup`."""
    if value is None:
        return None
    if not isinstance(value, dict):
        raise bad("Object expected as reply markup")
    rows = _rows(value, "keyboard", 'Field "keyboard" must be an Array of Arrays')
    inline = _rows(
        value,
        "inline_keyboard",
        'Field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
    )
    if rows:
        return _reply_keyboard(value, [[_reply_button(button) for button in row] for row in rows])
    if inline:
        buttons = [[_inline_button(button, private) for button in row] for row in inline]
        return _inline_keyboard([row for row in buttons if row])
    if value.get("remove_keyboard") or value.get("hide_keyboard"):
        return {"remove_keyboard": True}
    if value.get("force_reply"):
        placeholder = value.get("input_field_placeholder")
        return {"force_reply": True, **({"input_field_placeholder": placeholder} if placeholder else {})}
    return None


def _rows(value: JsonDict, name: str, problem: str) -> list[list[Json]]:
    rows = value.get(name)
    if rows is None:
        return []
    if not isinstance(rows, list):
        raise bad(f'Field "{name}" must be of type Array')
    if not all(isinstance(row, list) for row in rows):
        raise bad(problem)
    return rows


def _inline_keyboard(rows: list[list[JsonDict]]) -> JsonDict | None:
    markup = {"inline_keyboard": rows}
    size = len(json.dumps(markup, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    if sum(map(len, rows)) > INLINE_BUTTONS or size > MARKUP_BYTES:
        raise bad("reply markup is too long")
    return markup if rows else None


def _reply_keyboard(value: JsonDict, rows: list[list[JsonDict]]) -> JsonDict:
    if sum(map(len, rows)) > REPLY_BUTTONS:
        raise bad("reply markup is too long")
    markup: JsonDict = {"keyboard": rows}
    markup.update({name: True for name in _REPLY_FLAGS if value.get(name)})
    if value.get("input_field_placeholder"):
        markup["input_field_placeholder"] = str(value["input_field_placeholder"])
    return markup


def _unparsed(kind: str, problem: str) -> ApiError:
    return bad(f"Can't parse {kind} button: {problem}")


def _common(button: JsonDict, kind: str) -> JsonDict:
    text = button.get("text")
    if text is None:
        raise _unparsed(kind, 'Can\'t find field "text"')
    if not isinstance(text, str):
        raise _unparsed(kind, 'Field "text" must be of type String')
    text = text.strip()
    if not text:
        raise bad(f"{kind.capitalize()} button text must be non-empty")
    result: JsonDict = {"text": text}
    style = str(button.get("style") or "").lower()
    if style and style != "default":
        if style not in _STYLES:
            raise _unparsed(kind, "invalid button style specified")
        result["style"] = style
    if button.get("icon_custom_emoji_id"):
        result["icon_custom_emoji_id"] = str(button["icon_custom_emoji_id"])
    return result


def _reply_button(button: Json) -> JsonDict:
    if isinstance(button, str):
        button = {"text": button}
    if not isinstance(button, dict):
        raise _unparsed("keyboard", "KeyboardButton must be a String or an Object")
    result = _common(button, "keyboard")
    for name in ("request_contact", "request_location"):
        if button.get(name):
            result[name] = True
    for name in ("request_poll", "request_users", "request_chat", "web_app"):
        if isinstance(button.get(name), dict):
            result[name] = button[name]
    return result


def _inline_button(button: Json, private: bool) -> JsonDict:
    kind = "inline keyboard"
    if not isinstance(button, dict):
        raise _unparsed(kind, "InlineKeyboardButton must be an Object")
    action = _inline_action(button, private)
    if action is None:
        raise _unparsed(kind, "Text buttons are unallowed in the inline keyboard")
    return {**_common(button, kind), **action}


def _inline_action(button: JsonDict, private: bool) -> JsonDict | None:
    """The one action of a button: the first that is present, in the server's order."""
    url, data = _string(button, "url"), _string(button, "callback_data")
    if url:
        return {"url": _checked_url(url, "")}
    if data:
        if len(data.encode("utf-8", "surrogatepass")) > CALLBACK_BYTES:
            raise bad("BUTTON_DATA_INVALID")
        return {"callback_data": data}
    if "callback_game" in button or "pay" in button:
        raise bad("BUTTON_TYPE_INVALID")
    for name in _INLINE_TEXTS:
        if name in button:
            return {name: str(button[name])}
    if isinstance(button.get("switch_inline_query_chosen_chat"), dict):
        return {"switch_inline_query_chosen_chat": button["switch_inline_query_chosen_chat"]}
    for name, needed in _INLINE_OBJECTS.items():
        if name in button:
            return {name: _inline_object(name, needed, button[name], private)}
    return None


def _string(button: JsonDict, name: str) -> str:
    value = button.get(name)
    if value is not None and not isinstance(value, str):
        raise _unparsed("inline keyboard", f'Field "{name}" must be of type String')
    return value or ""


def _inline_object(name: str, needed: str, value: Json, private: bool) -> JsonDict:
    if not isinstance(value, dict):
        raise _unparsed("inline keyboard", f'Field "{name}" must be of type Object')
    if not isinstance(value.get(needed), str) or not value[needed]:
        raise _unparsed("inline keyboard", f'Can\'t find field "{needed}"')
    if name == "copy_text" and len(value["text"]) > 256:
        raise bad("BUTTON_COPY_TEXT_INVALID")
    if name == "web_app":
        if not private:
            raise bad("BUTTON_TYPE_INVALID")
        _checked_url(value["url"], "Web App ", https=True)
    if name == "login_url":
        _checked_url(value["url"], "login ", https=True)
    return value


def _checked_url(url: str, what: str, https: bool = False) -> str:
    problem = link_problem(url)
    if problem is None and https and not url.lower().startswith("https://"):
        problem = "Only HTTPS links are allowed"
    if problem is not None:
        raise bad(f"Inline keyboard button {what}URL '{url}' is invalid: {problem}")
    return url
