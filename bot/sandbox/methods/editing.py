"""Methods that change or remove messages."""

from collections.abc import Callable

from bot.sandbox.call import Call
from bot.sandbox.errors import ApiError, bad
from bot.sandbox.methods.sending import caption_of, markup_of, text_content
from bot.sandbox.model import Json, JsonDict, Message
from bot.sandbox.shapes import MEDIA
from bot.sandbox.world import World

DELETABLE_S = 48 * 3600
DELETE_LIMIT = 100
_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)


def _to_edit(world: World, call: Call) -> Message:
    """The message an edit means, if the bot may edit it."""
    if not call.text("chat_id") and not call.message_id():
        if not call.text("inline_message_id"):
            raise bad("Message identifier is not specified")
        raise bad("MESSAGE_ID_INVALID")
    chat_id = world.find_chat(call.text("chat_id"), write=True)
    message = world.find_message(chat_id, call.message_id(), "message to edit")
    replied = message.markup is not None and message.inline is None
    if message.sender != world.config.bot_id or message.origin is not None or replied:
        raise bad("message can't be edited")
    return message


def _inline_only(markup: JsonDict | None) -> JsonDict | None:
    if markup is not None and "inline_keyboard" not in markup:
        raise bad("Inline keyboard expected")
    return markup


def _change(world: World, message: Message, content: JsonDict, markup: JsonDict | None) -> Json:
    if content == message.content and markup == message.markup:
        raise bad(_NOT_MODIFIED)
    world.check_reachable(message.chat_id)
    message.edited = message.edited or content != message.content
    message.content, message.markup = content, markup
    message.edit_date = world.clock.date()
    world.tell_edit(message)
    return world.api_message(message)


def edit_text(world: World, call: Call) -> Json:
    """editMessageText; without `reply_markup` the keyboard goes."""
    content = text_content(call)
    markup = _inline_only(markup_of(call))
    message = _to_edit(world, call)
    if "text" not in message.content:
        raise bad("There is no text in the message to edit")
    return _change(world, message, content, markup)


def edit_caption(world: World, call: Call) -> Json:
    """editMessageCaption."""
    markup = _inline_only(markup_of(call))
    caption = caption_of(call)
    message = _to_edit(world, call)
    if not any(name in message.content for name in MEDIA if name != "sticker"):
        raise bad("There is no caption in the message to edit")
    kept = {
        name: value for name, value in message.content.items() if name not in ("caption", "caption_entities")
    }
    return _change(world, message, {**kept, **caption}, markup)


def edit_markup(world: World, call: Call) -> Json:
    """editMessageReplyMarkup."""
    markup = _inline_only(markup_of(call))
    message = _to_edit(world, call)
    return _change(world, message, message.content, markup)


def _check_deletable(world: World, message: Message) -> None:
    if world.clock.now() - message.date > DELETABLE_S or "group_chat_created" in message.content:
        raise bad("message can't be deleted")
    if message.chat_id < 0 and message.sender != world.config.bot_id:
        raise bad("message can't be deleted")


def delete_message(world: World, call: Call) -> Json:
    """deleteMessage: within 48 hours; in a group only the bot's own, as it is no administrator."""
    if not call.text("chat_id"):
        raise bad("Chat identifier is not specified")
    if not call.message_id():
        raise bad("Message identifier is not specified")
    chat_id = world.find_chat(call.text("chat_id"), write=True)
    message = world.find_message(chat_id, call.message_id(), "message to delete")
    _check_deletable(world, message)
    world.delete(chat_id, [message.message_id])
    return True


def delete_messages(world: World, call: Call) -> Json:
    """deleteMessages: 1 to 100; missing ones are passed over."""
    numbers = _message_ids(call)
    chat_id = world.find_chat(call.text("chat_id"), write=True)
    found = [world.chats[chat_id][number] for number in numbers if number in world.chats[chat_id]]
    for message in found:
        _check_deletable(world, message)
    world.delete(chat_id, [message.message_id for message in found])
    return True


def _message_ids(call: Call) -> list[int]:
    if not call.text("message_ids"):
        raise bad("Message identifiers are not specified")
    value = call.json("message_ids", "Can't parse message_ids JSON object")
    if not isinstance(value, list):
        raise bad("Expected an Array of message identifiers")
    if len(value) > DELETE_LIMIT:
        raise bad("Too many message identifiers specified")
    numbers = [_message_number(item) for item in value]
    if not numbers:
        raise bad("Message identifiers are not specified")
    return numbers


def _message_number(item: Json) -> int:
    problem: ApiError | None = None
    number = 0
    if isinstance(item, bool) or not isinstance(item, int | str):
        problem = bad("Message identifier must be a Number")
    else:
        try:
            number = int(item)
        except ValueError:
            problem = bad("Can't parse message identifier as a Number")
    if problem is None and number <= 0:
        problem = bad("Invalid message identifier specified")
    if problem is not None:
        raise problem
    return number


HANDLERS: dict[str, Callable[[World, Call], Json]] = {
    "editMessageText": edit_text,
    "editMessageCaption": edit_caption,
    "editMessageReplyMarkup": edit_markup,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
}
