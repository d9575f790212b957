"""Answers to taps and to inline queries."""

from collections.abc import Callable

from bot.sandbox import shapes
from bot.sandbox.call import Call
from bot.sandbox.entities import message_text
from bot.sandbox.errors import bad
from bot.sandbox.keyboards import parse_markup
from bot.sandbox.model import Json, JsonDict
from bot.sandbox.world import World

TOAST_LIMIT = 200
RESULTS_LIMIT = 50
CACHE_LIMIT_S = 24 * 3600
_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


def answer_callback_query(world: World, call: Call) -> Json:
    """answerCallbackQuery: once, within the window, at most 200 characters."""
    query = world.queries.get(call.text("callback_query_id"))
    if len(call.text("text")) > TOAST_LIMIT:
        raise bad("MESSAGE_TOO_LONG")
    if query is None or query.answered or world.expired(query):
        raise bad(_TOO_OLD)
    url = call.text("url")
    if url and not _own_link(world, url):
        raise bad("URL_INVALID")
    query.answered = True
    query.text, query.show_alert, query.url = call.text("text"), call.flag("show_alert"), url
    query.done.set()
    world.tell(query.chat_id, {"type": "query", "query": shapes.query(world, query)})
    return True


def _own_link(world: World, url: str) -> bool:
    bare = url.split("://", 1)[-1].lower()
    return bare.startswith(f"t.me/{world.config.bot_username.lower()}?")


def answer_inline_query(world: World, call: Call) -> Json:
    """answerInlineQuery: at most 50 results, article results with text content."""
    query = world.inline_queries.get(call.text("inline_query_id"))
    values = call.json("results", "Can't parse JSON encoded inline query results")
    if values is not None and not isinstance(values, list):
        raise bad("Expected an Array of inline query results")
    if len(values or []) > RESULTS_LIMIT:
        raise bad("Too many inline query results specified")
    results = [_result(value) for value in values or []]
    if len({result["id"] for result in results}) < len(results):
        raise bad("RESULT_ID_DUPLICATE")
    if query is None or query.answer is not None or world.clock.now() >= query.expires_at:
        raise bad(_TOO_OLD)
    query.answer = {
        "results": results,
        "next_offset": call.text("next_offset"),
        "is_personal": call.flag("is_personal"),
        "cache_time": call.integer("cache_time", 300, 0, CACHE_LIMIT_S),
    }
    query.done.set()
    return True


def _result(value: Json) -> JsonDict:
    if not isinstance(value, dict):
        raise bad("Can't parse inline query result: Inline query result must be an object")
    for name in ("type", "id"):
        if not isinstance(value.get(name), str):
            raise bad(f"Can't parse inline query result: Can't find field \"{name}\"")
    if not 1 <= len(value["id"].encode()) <= 64:
        raise bad("RESULT_ID_INVALID")
    if value["type"] != "article":
        unknown = f'type "{value["type"]}" is unsupported for the inline query result'
        raise bad(f"Can't parse inline query result: {unknown}")
    if not isinstance(value.get("title"), str):
        raise bad("Can't parse inline query result: Can't find field \"title\"")
    content = value.get("input_message_content")
    if not isinstance(content, dict) or not isinstance(content.get("message_text"), str):
        raise bad("Can't parse inline query result: Input message content is not specified")
    text = message_text(
        content["message_text"], str(content.get("parse_mode") or ""), content.get("entities")
    )
    return {
        "id": value["id"],
        "title": value["title"],
        "description": value.get("description", ""),
        "text": text.text,
        "entities": text.entities,
        "markup": parse_markup(value.get("reply_markup")),
    }


HANDLERS: dict[str, Callable[[World, Call], Json]] = {
    "answerCallbackQuery": answer_callback_query,
    "answerInlineQuery": answer_inline_query,
}
