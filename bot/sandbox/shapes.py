"""How things look from outside: as Bot API objects, and as the control API shows them to the page."""

from typing import TYPE_CHECKING

from bot.sandbox.model import CallbackQuery, Json, JsonDict, Message, Person
from bot.sandbox.render import to_html

if TYPE_CHECKING:
    from bot.sandbox.world import World

MEDIA = ("photo", "document", "voice", "video", "sticker", "audio", "video_note")
_SERVICE = (
    "pinned_message",
    "new_chat_members",
    "left_chat_member",
    "group_chat_created",
    "migrate_to_chat_id",
)
_PASSED = ("location", "contact", "poll", "dice", "venue", *_SERVICE)


def user_of(person: Person) -> JsonDict:
    """A User object; fields the person left empty are absent, as on the real server."""
    user: JsonDict = {"id": person.id, "is_bot": False, "first_name": person.first_name}
    for name in ("last_name", "username", "language_code"):
        if value := getattr(person, name):
            user[name] = value
    return user


def chat_of(person: Person) -> JsonDict:
    """A private Chat object."""
    chat: JsonDict = {"id": person.id, "first_name": person.first_name, "type": "private"}
    for name in ("last_name", "username"):
        if value := getattr(person, name):
            chat[name] = value
    return chat


def sender_of(world: "World", sender: int) -> JsonDict:
    """The User object of a message's sender."""
    return world.bot if sender == world.config.bot_id else user_of(world.people[sender])


def api_message(world: "World", message: Message, *, with_reply: bool = True) -> JsonDict:
    """A Message object; a replied-to message is nested one level deep."""
    result: JsonDict = {
        "message_id": message.message_id,
        "from": sender_of(world, message.sender),
        "chat": world.chat_json(message.chat_id),
        "date": message.date,
    }
    if message.edit_date is not None:
        result["edit_date"] = message.edit_date
    if message.origin is not None:
        result.update(message.origin)
    if with_reply and message.reply_to is not None:
        replied = world.chats[message.chat_id].get(message.reply_to)
        if replied is not None:
            result["reply_to_message"] = api_message(world, replied, with_reply=False)
    if message.album is not None:
        result["media_group_id"] = message.album
    result.update(message.content)
    result.update(message.via)
    if message.protected:
        result["has_protected_content"] = True
    if message.inline is not None:
        result["reply_markup"] = {"inline_keyboard": message.inline}
    return result


def _file_shown(kind: str, value: Json) -> JsonDict:
    body: JsonDict = dict(value[-1]) if kind == "photo" else dict(value)
    body["url"] = f"/sandbox/files/{body['file_unique_id']}"
    return body


def shown(world: "World", message: Message) -> JsonDict:
    """A message for the page and for tests that look through a person's eyes."""
    content = message.content
    text, caption = content.get("text"), content.get("caption")
    entities = content.get("entities") or content.get("caption_entities") or []
    result: JsonDict = {
        "message_id": message.message_id,
        "chat_id": message.chat_id,
        "date": message.date,
        "from": "bot" if message.sender == world.config.bot_id else message.sender,
        "text": text,
        "entities": content.get("entities", []),
        "caption": caption,
        "caption_entities": content.get("caption_entities", []),
        "html": to_html(text or caption or "", entities),
        "keyboard": {"inline": message.inline} if message.inline else None,
        "reply_keyboard": message.markup if message.markup is not None and not message.inline else None,
        "reply_to": message.reply_to,
        "edited": message.edited,
        "edit_date": message.edit_date,
        "album": message.album,
        "pinned": message.pinned,
        "silent": message.silent,
        "protected": message.protected,
        "forward": message.origin,
        "reactions": [
            {"from": "bot" if who == world.config.bot_id else who, **reaction}
            for who, reactions in message.reactions.items()
            for reaction in reactions
        ],
        "service": next((name for name in _SERVICE if name in content), None),
    }
    for name in MEDIA:
        if name in content:
            result[name] = _file_shown(name, content[name])
    for name in _PASSED:
        if name in content:
            result[name] = content[name]
    return result


def face(world: "World", person: Person) -> JsonDict:
    """What the bot shows this person beside the messages."""
    return {
        "commands": world.profile.commands_for(person.id, person.language_code),
        "menu_button": world.profile.menu_button(person.id),
    }


def person(world: "World", person: Person) -> JsonDict:
    """A person for the page."""
    return {
        "id": person.id,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "username": person.username,
        "language_code": person.language_code,
        "role": person.role,
        "avatar": person.avatar,
        "start": person.start,
        "started": person.started,
        "blocked": person.blocked,
        "deactivated": person.deactivated,
        "online": person.online,
        "unread": person.unread,
        "waiting": len(person.outbox),
        "description": world.profile.text("description", person.language_code[:2].lower()),
        **face(world, person),
    }


def bot(world: "World") -> JsonDict:
    """The bot for the page."""
    return {"id": world.config.bot_id, "username": world.config.bot_username, **world.profile.shown()}


def query(world: "World", found: CallbackQuery) -> JsonDict:
    """A tap and its answer for the page."""
    return {
        "id": found.id,
        "chat_id": found.chat_id,
        "person": found.person,
        "message_id": found.message_id,
        "data": found.data,
        "answered": found.answered,
        "text": found.text,
        "show_alert": found.show_alert,
        "url": found.url,
        "expired": world.expired(found),
    }
