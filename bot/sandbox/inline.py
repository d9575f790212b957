"""Inline mode from the person's side: ask in any chat, choose one of the results."""

import secrets

from bot.sandbox import shapes
from bot.sandbox.errors import ControlError
from bot.sandbox.model import InlineQuery, JsonDict, Person
from bot.sandbox.world import World


def ask(world: World, person: Person, text: str, offset: str) -> InlineQuery:
    """Type `@bot text`; the bot gets an inline_query."""
    query = InlineQuery(
        id=str(secrets.randbits(62) + (1 << 61)),
        person=person.id,
        query=text,
        expires_at=world.clock.now() + world.config.callback_window_s,
    )
    world.inline_queries[query.id] = query
    payload = {
        "id": query.id,
        "from": shapes.user_of(person),
        "query": text,
        "offset": offset,
        "chat_type": "sender",
    }
    world.updates.push({"inline_query": payload}, person.id)
    return query


def find(world: World, query_id: str) -> InlineQuery:
    """An inline query by its id, or ControlError 404."""
    query = world.inline_queries.get(query_id)
    if query is None:
        raise ControlError(404, "no such inline query")
    return query


def choose(world: World, query: InlineQuery, result_id: str, chat_id: int) -> JsonDict:
    """Send a result into a chat: the bot sees the message with `via_bot`, and the choice."""
    results = (query.answer or {}).get("results", [])
    result = next((found for found in results if found["id"] == result_id), None)
    if result is None:
        raise ControlError(404, f"no result {result_id!r}")
    if chat_id not in world.chats:
        raise ControlError(404, f"no chat {chat_id}")
    person = world.person(query.person)
    content: JsonDict = {"text": result["text"]}
    if result["entities"]:
        content["entities"] = result["entities"]
    message = world.new_message(chat_id, person.id, content)
    message.markup, message.via = result["markup"], {"via_bot": world.bot}
    world.post(message)
    if chat_id == person.id:
        world.updates.push({"message": world.api_message(message)}, chat_id)
    chosen = {"result_id": result_id, "from": shapes.user_of(person), "query": query.query}
    world.updates.push({"chosen_inline_result": chosen}, person.id)
    return {"message": shapes.shown(world, message)}
