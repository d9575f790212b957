"""What the bot is and says of itself: getMe, names, descriptions, commands, menu button."""

from collections.abc import Callable

from bot.sandbox.call import Call
from bot.sandbox.errors import bad
from bot.sandbox.model import Json, JsonDict
from bot.sandbox.profile import DEFAULT, Scope, check_language, parse_commands, parse_menu_button
from bot.sandbox.world import World

Method = Callable[[World, Call], Json]
_PLAIN_SCOPES = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")


def get_me(world: World, call: Call) -> Json:
    """getMe."""
    flags: JsonDict = {"can_join_groups": True, "can_read_all_group_messages": False,
                       "supports_inline_queries": True, "can_connect_to_business": False,
                       "has_main_web_app": False, "has_topics_enabled": False,
                       "allows_users_to_create_topics": False}  # fmt: skip
    return {**world.bot, **flags}


def accept(world: World, call: Call) -> Json:
    """logOut and close: there is no cloud to leave and nothing to move."""
    return True


def _text_methods(kind: str) -> tuple[Method, Method]:
    def setter(world: World, call: Call) -> Json:
        before = world.faces()
        world.profile.set_text(kind, call.text("language_code"), call.text(kind))
        world.tell_bot(before)
        return True

    def getter(world: World, call: Call) -> Json:
        return {kind: world.profile.text(kind, check_language(call.text("language_code")))}

    return setter, getter


def _scope(world: World, call: Call) -> Scope:
    value = call.json("scope", "Can't parse BotCommandScope JSON object")
    if value is None:
        return DEFAULT
    if not isinstance(value, dict):
        raise bad("Can't parse BotCommandScope: BotCommandScope must be an Object")
    kind = value.get("type")
    if kind is None:
        raise bad("Can't parse BotCommandScope: Can't find field \"type\"")
    if kind in _PLAIN_SCOPES:
        return (str(kind),)
    if kind not in ("chat", "chat_administrators", "chat_member"):
        raise bad("Can't parse BotCommandScope: Unsupported type specified")
    if not value.get("chat_id"):
        raise bad("Can't parse BotCommandScope: Empty chat_id specified")
    chat_id = world.find_chat(str(value["chat_id"]))
    if chat_id > 0 and kind != "chat":
        raise bad("Can't use specified scope in private chats")
    if kind == "chat_member":
        if not isinstance(value.get("user_id"), int) or value["user_id"] <= 0:
            raise bad("Can't parse BotCommandScope: Invalid user_id specified")
        return (kind, str(chat_id), str(value["user_id"]))
    return (str(kind), str(chat_id))


def set_commands(world: World, call: Call) -> Json:
    """setMyCommands."""
    commands = parse_commands(call.json("commands", "Can't parse commands JSON object"))
    return _store_commands(world, call, commands)


def delete_commands(world: World, call: Call) -> Json:
    """deleteMyCommands."""
    return _store_commands(world, call, [])


def _store_commands(world: World, call: Call, commands: list[JsonDict]) -> Json:
    scope = _scope(world, call)
    before = world.faces()
    world.profile.set_commands(scope, call.text("language_code"), commands)
    world.tell_bot(before)
    return True


def get_commands(world: World, call: Call) -> Json:
    """getMyCommands: exactly this scope and language, no falling back."""
    language = check_language(call.text("language_code"))
    return world.profile.commands.get((_scope(world, call), language), [])


def _menu_chat(world: World, call: Call) -> int | None:
    if "chat_id" not in call.params:
        return None
    chat_id = call.integer("chat_id", 0, 0, 2**53)
    if chat_id == 0:
        raise bad("Invalid chat_id specified")
    if chat_id not in world.people:
        raise bad("user not found")
    return chat_id


def set_menu_button(world: World, call: Call) -> Json:
    """setChatMenuButton for one chat, or for all without `chat_id`."""
    button = parse_menu_button(call.json("menu_button", "Can't parse menu button JSON object"))
    chat_id = _menu_chat(world, call)
    before = world.faces()
    world.profile.menu_buttons[chat_id or 0] = button
    world.tell_bot(before)
    return True


def get_menu_button(world: World, call: Call) -> Json:
    """getChatMenuButton."""
    return world.profile.menu_button(_menu_chat(world, call))


_SET_NAME, _GET_NAME = _text_methods("name")
_SET_DESCRIPTION, _GET_DESCRIPTION = _text_methods("description")
_SET_SHORT, _GET_SHORT = _text_methods("short_description")

HANDLERS: dict[str, Method] = {
    "getMe": get_me,
    "logOut": accept,
    "close": accept,
    "setMyName": _SET_NAME,
    "getMyName": _GET_NAME,
    "setMyDescription": _SET_DESCRIPTION,
    "getMyDescription": _GET_DESCRIPTION,
    "setMyShortDescription": _SET_SHORT,
    "getMyShortDescription": _GET_SHORT,
    "setMyCommands": set_commands,
    "getMyCommands": get_commands,
    "deleteMyCommands": delete_commands,
    "setChatMenuButton": set_menu_button,
    "getChatMenuButton": get_menu_button,
}
