"""What a person does with the phone: write, send, edit, tap, react, block, lose the connection.

While the phone is offline every act waits in its outbox and goes out, in order, when it is online again.
"""

import contextlib
from collections.abc import Callable
from typing import Any

from bot.sandbox import shapes
from bot.sandbox.entities import TEXT_LIMIT, find_entities
from bot.sandbox.errors import ControlError
from bot.sandbox.methods.sending import forward_origin
from bot.sandbox.model import Json, JsonDict, Message, Person
from bot.sandbox.world import World


def act(world: World, person: Person, work: Callable[[], JsonDict]) -> JsonDict:
    """Do it now and mark everything read, or keep it for later; the answer says which."""
    if not person.online:
        person.outbox.append(work)
        world.tell_person(person)
        return {"queued": True}
    result = work()
    read(world, person)
    return {**result, "queued": False}


def read(world: World, person: Person) -> None:
    """The person has looked at the chat."""
    if person.unread:
        person.unread = 0
        world.tell_person(person)


def set_online(world: World, person: Person, online: bool) -> None:
    """Lose or regain the connection; regaining shows what was missed and sends what waits.

    An act that has become impossible meanwhile (its button is gone) is given up, as a phone does.
    """
    if online == person.online:
        return
    if not online:
        person.frozen = world.transcript(person.id)
        person.online = False
        world.tell_person(person)
        return
    person.online, person.frozen = True, None
    held, person.held = person.held, []
    for event in held:
        world.hub.emit(event)
    waiting, person.outbox = person.outbox, []
    for work in waiting:
        with contextlib.suppress(ControlError):
            work()
    world.tell_person(person)


def set_blocked(world: World, person: Person, blocked: bool) -> None:
    """Block or unblock the bot; the bot is told by my_chat_member."""
    if blocked == person.blocked:
        return
    person.blocked = blocked
    now_member: JsonDict = {"status": "member", "user": world.bot}
    now_kicked: JsonDict = {"status": "kicked", "user": world.bot, "until_date": 0}
    change = {
        "chat": shapes.chat_of(person),
        "from": shapes.user_of(person),
        "date": world.clock.date(),
        "old_chat_member": now_member if blocked else now_kicked,
        "new_chat_member": now_kicked if blocked else now_member,
    }
    world.updates.push({"my_chat_member": change}, person.id)
    world.tell_person(person)


def press_start(world: World, person: Person) -> JsonDict:
    """START: the first message, with the payload of a link if one was opened. It also unblocks."""

    def work() -> JsonDict:
        set_blocked(world, person, False)
        person.started = True
        payload, person.start = person.start, None
        message = say(world, person, person.id, f"/start {payload}" if payload else "/start")
        world.tell_person(person)
        return message

    return act(world, person, work)


def _check_can_send(world: World, person: Person, chat_id: int) -> None:
    if chat_id < 0:
        if person.id not in world.groups[chat_id].members:
            raise ControlError(409, f"{person.id} is not a member of this group")
    elif person.blocked:
        raise ControlError(409, "this person has blocked the bot; unblock first")
    elif not person.started:
        raise ControlError(409, "this person has not pressed START yet")


def say(world: World, person: Person, chat_id: int, text: str, reply_to: int | None = None,
        extra: JsonDict | None = None) -> JsonDict:  # fmt: skip
    """Type a text; the phone cuts one that is too long into several messages."""
    clean = text.strip(" \n")
    if not clean:
        raise ControlError(400, "nothing to send")
    contents: list[JsonDict] = []
    for begin in range(0, len(clean), TEXT_LIMIT):
        part = clean[begin : begin + TEXT_LIMIT]
        contents.append({"text": part, **_entities("entities", part)})
    return put(world, person, chat_id, contents, reply_to=reply_to, extra=extra)


def _entities(name: str, text: str) -> JsonDict:
    found = find_entities(text, [])
    return {name: sorted(found, key=lambda entity: int(entity["offset"]))} if found else {}


def caption_fields(caption: str) -> JsonDict:
    """Caption of a person's photo or file, entities found by the server included."""
    clean = caption.strip(" \n")
    return {"caption": clean, **_entities("caption_entities", clean)} if clean else {}


def put(world: World, person: Person, chat_id: int, contents: list[JsonDict], *,
        reply_to: int | None = None, album: str | None = None, extra: JsonDict | None = None,
        push: Callable[[JsonDict, int], int | None] | None = None) -> JsonDict:  # fmt: skip
    """Put messages of a person into a chat and the updates about them into the queue."""
    _check_can_send(world, person, chat_id)
    if reply_to is not None and reply_to not in world.chats[chat_id]:
        raise ControlError(404, f"no message {reply_to} to reply to")
    posted: list[Message] = []
    numbers: list[int | None] = []
    for content in contents:
        message = world.new_message(chat_id, person.id, content)
        message.reply_to, message.album = reply_to, album
        message.via = dict(extra or {})
        world.post(message)
        posted.append(message)
        if _bot_sees(world, message):
            numbers.append((push or world.updates.push)({"message": world.api_message(message)}, chat_id))
    return {
        "messages": [shapes.shown(world, message) for message in posted],
        "message_id": posted[-1].message_id,
        "update_ids": numbers,
    }


def _bot_sees(world: World, message: Message) -> bool:
    """In groups a bot with privacy mode sees commands, mentions of it and replies to it."""
    if message.chat_id > 0:
        return True
    text = str(message.content.get("text") or message.content.get("caption") or "")
    if text.startswith("/") or f"@{world.config.bot_username}".lower() in text.lower():
        return True
    replied = world.chats[message.chat_id].get(message.reply_to or 0)
    return replied is not None and replied.sender == world.config.bot_id


def forward(world: World, person: Person, chat_id: int, source_chat: int, message_id: int) -> JsonDict:
    """Forward a message one can see into the chat with the bot."""
    source = world.chats.get(source_chat, {}).get(message_id)
    if source is None:
        raise ControlError(404, f"no message {message_id} in chat {source_chat}")
    origin = forward_origin(world, source)
    return put(world, person, chat_id, [dict(source.content)], extra=origin)


def edit(world: World, person: Person, chat_id: int, message_id: int, text: str) -> JsonDict:
    """Edit an own message (its text, or the caption of a file)."""
    message = world.chats[chat_id].get(message_id)
    if message is None or message.sender != person.id:
        raise ControlError(404, f"{person.id} has no message {message_id} to edit")
    clean = text.strip(" \n")
    if "text" in message.content:
        if not clean:
            raise ControlError(400, "an edited message needs a text")
        message.content = {"text": clean, **_entities("entities", clean)}
    else:
        rest = {k: v for k, v in message.content.items() if k not in ("caption", "caption_entities")}
        message.content = {**rest, **caption_fields(clean)}
    message.edit_date, message.edited = world.clock.date(), True
    number = world.updates.push({"edited_message": world.api_message(message)}, chat_id)
    world.tell_edit(message)
    return {"message": shapes.shown(world, message), "update_ids": [number]}


def react(world: World, person: Person, chat_id: int, message_id: int, emoji: str) -> JsonDict:
    """Put an emoji on a message, or take it back with an empty one."""
    message = world.chats[chat_id].get(message_id)
    if message is None:
        raise ControlError(404, f"no message {message_id}")
    old = message.reactions.get(person.id, [])
    new: list[JsonDict] = [{"type": "emoji", "emoji": emoji}] if emoji else []
    if new:
        message.reactions[person.id] = new
    else:
        message.reactions.pop(person.id, None)
    change = {
        "chat": world.chat_json(chat_id),
        "message_id": message_id,
        "user": shapes.user_of(person),
        "date": world.clock.date(),
        "old_reaction": old,
        "new_reaction": new,
    }
    number = world.updates.push({"message_reaction": change}, chat_id)
    world.tell_edit(message)
    return {"update_ids": [number]}


def inject(world: World, chat_id: int, fields: JsonDict) -> JsonDict:
    """Queue raw update fields as they are, known or not."""
    if not fields or "update_id" in fields:
        raise ControlError(400, "raw update fields are an object without update_id")
    return {"update_ids": [world.updates.push(fields, chat_id)]}


Labelled = tuple[Message, JsonDict]


def buttons(world: World, chat_id: int, message_id: int | None) -> list[Labelled]:
    """All inline buttons one can press, newest message first."""
    messages = world.chats[chat_id]
    if message_id is not None and message_id not in messages:
        raise ControlError(404, f"no message {message_id} on this phone")
    chosen = [messages[message_id]] if message_id is not None else list(reversed(messages.values()))
    return [(message, button) for message in chosen for row in message.inline or [] for button in row]


def find_button(found: list[Labelled], label: str) -> Labelled:
    """The button with this label, else the only one of the newest message that begins with it.

    ControlError 404 when there is none, 409 when it is not clear which.
    """
    for message, button in found:
        if button["text"] == label:
            return message, button
    beginning = [item for item in found if str(item[1]["text"]).startswith(label)]
    if not beginning:
        labels = ", ".join(repr(button["text"]) for _, button in found[:20]) or "none"
        raise ControlError(404, f"no button {label!r}; buttons here: {labels}")
    newest = [item for item in beginning if item[0] is beginning[0][0]]
    if len(newest) > 1:
        raise ControlError(409, f"{label!r} begins several buttons: {[item[1]['text'] for item in newest]}")
    return newest[0]


def query_update(world: World, person: Person, chat_id: int, message_id: int, data: str) -> str:
    """A callback query about a message; one that is gone is described as inaccessible."""
    message = world.chats[chat_id].get(message_id)
    query = world.new_query(person.id, message_id, chat_id, data)
    described: JsonDict = {"chat": world.chat_json(chat_id), "message_id": message_id, "date": 0}
    payload: dict[str, Any] = {
        "id": query.id,
        "from": shapes.user_of(person),
        "message": world.api_message(message) if message is not None else described,
        "chat_instance": str(abs(chat_id) * 7919 + 1),
        "data": data,
    }
    world.updates.push({"callback_query": payload}, chat_id)
    world.tell(chat_id, {"type": "query", "query": shapes.query(world, query)})
    return query.id


def tap(world: World, person: Person, chat_id: int, wish: JsonDict) -> JsonDict:
    """Press a button by label, or send forged callback data about a message, `times` over."""
    number: Json = wish.get("message_id")
    message_id = None if number is None else int(number)
    times = max(1, int(wish.get("times") or 1))
    if wish.get("data") is not None:
        target = message_id if message_id is not None else _newest(world, chat_id)
        data = str(wish["data"])
        return {"query_ids": [query_update(world, person, chat_id, target, data) for _ in range(times)]}
    label = str(wish.get("label") or "")
    found = buttons(world, chat_id, message_id)
    if message_id is None:
        typed = reply_button(world, chat_id, label)
        if typed is not None and not any(button["text"] == label for _, button in found):
            return {"query_ids": [], **_press_reply_button(world, person, chat_id, typed)}
    message, button = find_button(found, label)
    if "callback_data" in button:
        data = str(button["callback_data"])
        ids = [query_update(world, person, chat_id, message.message_id, data) for _ in range(times)]
        return {"query_ids": ids, "message_id": message.message_id}
    return {"query_ids": [], "message_id": message.message_id, "opened": {**button}}


def _newest(world: World, chat_id: int) -> int:
    numbers = [m.message_id for m in world.chats[chat_id].values() if m.sender == world.config.bot_id]
    if not numbers:
        raise ControlError(404, "the bot has sent nothing here yet")
    return numbers[-1]


def reply_button(world: World, chat_id: int, label: str) -> JsonDict | None:
    """The button of the reply keyboard that is up now, if its label is this one."""
    for message in reversed(world.chats[chat_id].values()):
        markup = message.markup or {}
        if "keyboard" in markup:
            rows: list[list[JsonDict]] = markup["keyboard"]
            return next((button for row in rows for button in row if button["text"] == label), None)
        if "remove_keyboard" in markup:
            return None
    return None


def _press_reply_button(world: World, person: Person, chat_id: int, button: JsonDict) -> JsonDict:
    if button.get("request_contact"):
        contact = {"phone_number": "77000000000", "first_name": person.first_name, "user_id": person.id}
        return put(world, person, chat_id, [{"contact": contact}])
    if button.get("request_location"):
        return put(world, person, chat_id, [{"location": {"latitude": 43.3, "longitude": 68.27}}])
    return say(world, person, chat_id, str(button["text"]))
