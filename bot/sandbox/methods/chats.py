"""Methods about chats: who is there, typing, pins, reactions, files."""

from collections.abc import Callable

from bot.sandbox import groups, shapes
from bot.sandbox.call import Call
from bot.sandbox.errors import bad
from bot.sandbox.model import Json, JsonDict, Message
from bot.sandbox.world import World

ACTIONS = frozenset(
    (
        "cancel", "typing", "record_video", "upload_video", "record_audio", "record_voice", "upload_audio",
        "upload_voice", "upload_photo", "upload_document", "choose_sticker", "pick_up_location",
        "find_location", "record_video_note", "upload_video_note",
    )
)  # fmt: skip
_JOINED = ("❤\u200d🔥", "👨\u200d💻", "🤷\u200d♂", "🤷\u200d♀")
REACTIONS = frozenset(
    (
        *_JOINED,
        "❤", "👍", "👎", "🔥", "🥰", "👏", "😁", "🤔", "🤯", "😱", "🤬", "😢",
        "🎉", "🤩", "🤮", "💩", "🙏", "👌", "🕊", "🤡", "🥱", "🥴", "😍", "🐳",
        "🌚", "🌭", "💯", "🤣", "⚡", "🍌", "🏆", "💔", "🤨", "😐", "🍓", "🍾",
        "💋", "🖕", "😈", "😴", "😭", "🤓", "👻", "👀", "🎃", "🙈", "😇", "😨",
        "🤝", "✍", "🤗", "🫡", "🎅", "🎄", "☃", "💅", "🤪", "🗿", "🆒", "💘",
        "🙉", "🦄", "😘", "💊", "🙊", "😎", "👾", "🤷", "😡",
    )
)  # fmt: skip
GIFT_KINDS = (
    "unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels",
)  # fmt: skip


def send_chat_action(world: World, call: Call) -> Json:
    """sendChatAction: the phone shows it; nothing is stored."""
    action = call.text("action").lower()
    if action not in ACTIONS:
        raise bad("Wrong parameter action in request")
    chat_id = world.find_chat(call.text("chat_id"), write=True)
    world.check_reachable(chat_id)
    world.tell(chat_id, {"type": "typing", "action": action})
    return True


def get_chat(world: World, call: Call) -> Json:
    """getChat."""
    chat_id = world.find_chat(call.text("chat_id"))
    chat: JsonDict = {
        **world.chat_json(chat_id),
        "accent_color_id": abs(chat_id) % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(GIFT_KINDS, chat_id > 0),
    }
    if chat_id < 0:
        chat["permissions"] = {"can_send_messages": True, "can_invite_users": True}
    elif "username" in chat:
        chat["active_usernames"] = [chat["username"]]
    pinned = _pinned(world, chat_id)
    if pinned is not None:
        chat["pinned_message"] = world.api_message(pinned, with_reply=False)
    return chat


def get_chat_member(world: World, call: Call) -> Json:
    """getChatMember."""
    user_id = max(call.integer("user_id", 0, 0, 2**53), 0)
    if user_id == 0:
        raise bad("Invalid user_id specified")
    chat_id = world.find_chat(call.text("chat_id"))
    members = world.groups[chat_id].members if chat_id < 0 else [chat_id]
    if user_id == world.config.bot_id:
        return groups.bot_member(world, chat_id)
    if user_id not in world.people:
        raise bad("user not found")
    status = "member" if user_id in members else "left"
    return {"status": status, "user": shapes.user_of(world.people[user_id])}


def _pinned(world: World, chat_id: int) -> Message | None:
    pinned = [message for message in world.chats[chat_id].values() if message.pinned]
    return pinned[-1] if pinned else None


def pin(world: World, call: Call) -> Json:
    """pinChatMessage; the chat gets a service message about it."""
    chat_id = world.find_chat(call.text("chat_id"), write=True)
    message = world.find_message(chat_id, call.message_id(), "message to pin")
    if chat_id < 0 and not world.groups[chat_id].can_pin:
        raise bad("not enough rights to manage pinned messages in the chat")
    world.check_reachable(chat_id)
    if "pinned_message" in message.content:
        raise bad("Service messages can't be pinned")
    if not message.pinned:
        message.pinned = True
        world.tell_edit(message)
        note = {"pinned_message": world.api_message(message, with_reply=False)}
        world.post(world.new_message(chat_id, world.config.bot_id, note))
    return True


def unpin(world: World, call: Call) -> Json:
    """unpinChatMessage: the named message, else the newest pinned one."""
    chat_id = world.find_chat(call.text("chat_id"), write=True)
    number = call.message_id()
    message = world.find_message(chat_id, number, "message to unpin") if number else _pinned(world, chat_id)
    if message is None:
        raise bad("message to unpin not found")
    if message.pinned:
        message.pinned = False
        world.tell_edit(message)
    return True


def set_reaction(world: World, call: Call) -> Json:
    """setMessageReaction: a bot sets at most one of the usual emoji; an empty list takes it back."""
    value = call.json("reaction", "Can't parse reaction types JSON object")
    if value is not None and not isinstance(value, list):
        raise bad("Expected an Array of ReactionType")
    reactions = [_reaction(item) for item in value or []]
    chat_id = world.find_chat(call.text("chat_id"))
    message = world.find_message(chat_id, call.message_id(), "message to react")
    if len(reactions) > 1:
        raise bad("REACTIONS_TOO_MANY")
    if any(reaction["emoji"] not in REACTIONS for reaction in reactions):
        raise bad("REACTION_INVALID")
    world.check_reachable(chat_id)
    if reactions:
        message.reactions[world.config.bot_id] = reactions
    else:
        message.reactions.pop(world.config.bot_id, None)
    world.tell_edit(message)
    return True


def _reaction(item: Json) -> JsonDict:
    if not isinstance(item, dict):
        raise bad("Can't parse ReactionType: expected an Object")
    if item.get("type") != "emoji" or not isinstance(item.get("emoji"), str):
        raise bad("Can't parse ReactionType: invalid reaction type specified")
    return {"type": "emoji", "emoji": item["emoji"].replace("\ufe0f", "")}


def get_file(world: World, call: Call) -> Json:
    """getFile."""
    return world.files.link(call.text("file_id"))


HANDLERS: dict[str, Callable[[World, Call], Json]] = {
    "sendChatAction": send_chat_action,
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "pinChatMessage": pin,
    "unpinChatMessage": unpin,
    "setMessageReaction": set_reaction,
    "getFile": get_file,
}
