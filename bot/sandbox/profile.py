"""What the bot says of itself: names and descriptions by language, commands by scope, menu buttons."""

import re
from collections.abc import Iterable

from bot.sandbox.errors import bad
from bot.sandbox.model import Json, JsonDict

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"[a-z]{2}")
COMMANDS_LIMIT = 100
DESCRIPTION_LIMIT = 256
TEXT_LIMITS = {"name": 64, "description": 512, "short_description": 120}
_TOO_LONG = {"name": "BOT_TITLE_TOO_LONG", "description": "DESCRIPTION_TOO_LONG",
             "short_description": "ABOUT_TOO_LONG"}  # fmt: skip

Scope = tuple[str, ...]
DEFAULT: Scope = ("default",)
PRIVATE: Scope = ("all_private_chats",)
COMMANDS_BUTTON: JsonDict = {"type": "commands"}


def check_language(code: str) -> str:
    """A two-letter language or nothing; anything else is 400."""
    if code and not _LANGUAGE.fullmatch(code):
        raise bad("Invalid language code specified")
    return code


def parse_commands(value: Json) -> list[JsonDict]:
    """The list of setMyCommands, checked."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise bad("Expected an Array of BotCommand")
    commands = [_command(item) for item in value]
    if len(commands) > COMMANDS_LIMIT:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    return commands


def _command(item: Json) -> JsonDict:
    if not isinstance(item, dict):
        raise bad("Can't parse BotCommand: expected an Object")
    for name in ("command", "description"):
        if name not in item:
            raise bad(f"Can't parse BotCommand: Can't find field \"{name}\"")
    command = str(item["command"]).strip().removeprefix("/")
    description = str(item["description"]).strip()
    if not command:
        raise bad("Command must be non-empty")
    if len(command) > 32:
        raise bad("Command length must not exceed 32")
    if not description:
        raise bad("Command description must be non-empty")
    if len(description) > DESCRIPTION_LIMIT:
        raise bad(f"Command description length must not exceed {DESCRIPTION_LIMIT}")
    if not _COMMAND.fullmatch(command):
        raise bad("BOT_COMMAND_INVALID")
    return {"command": command, "description": description}


def parse_menu_button(value: Json) -> JsonDict:
    """The button of setChatMenuButton, checked; nothing given is the default one."""
    if value is None:
        return {"type": "default"}
    if not isinstance(value, dict):
        raise bad("Can't parse menu button: MenuButton must be an Object")
    kind = value.get("type")
    if kind in ("default", "commands"):
        return {"type": kind}
    if kind != "web_app":
        raise bad("Can't parse menu button: MenuButton has unsupported type")
    web_app = value.get("web_app")
    if not isinstance(value.get("text"), str) or not isinstance(web_app, dict) or "url" not in web_app:
        raise bad("Can't parse menu button: Can't find field \"web_app\"")
    if not str(web_app["url"]).startswith("https://"):
        raise bad(f"Menu button Web App URL '{web_app['url']}' is invalid: Only HTTPS links are allowed")
    return {"type": "web_app", "text": value["text"], "web_app": {"url": str(web_app["url"])}}


class Profile:
    """The bot's public face."""

    def __init__(self, name: str) -> None:
        self.texts: dict[str, dict[str, str]] = {kind: {} for kind in TEXT_LIMITS}
        self.texts["name"][""] = name
        self.commands: dict[tuple[Scope, str], list[JsonDict]] = {}
        self.menu_buttons: dict[int, JsonDict] = {}

    def set_text(self, kind: str, language: str, text: str) -> None:
        """Set a name or description; an empty one falls back to the text without a language."""
        if len(text) > TEXT_LIMITS[kind]:
            raise bad(_TOO_LONG[kind])
        if text or (kind == "name" and not language):
            self.texts[kind][check_language(language)] = text
        else:
            self.texts[kind].pop(check_language(language), None)

    def text(self, kind: str, language: str) -> str:
        """The text in a language, else the one for all."""
        texts = self.texts[kind]
        return texts.get(language) or texts.get("", "")

    def set_commands(self, scope: Scope, language: str, commands: list[JsonDict]) -> None:
        """Set, or with an empty list delete."""
        if commands:
            self.commands[scope, check_language(language)] = commands
        else:
            self.commands.pop((scope, check_language(language)), None)

    def commands_for(self, person: int, language: str) -> list[JsonDict]:
        """What a private chat shows: its own list, then that of private chats, then the default."""
        return self._first((("chat", str(person)), PRIVATE, DEFAULT), language)

    def _first(self, scopes: Iterable[Scope], language: str) -> list[JsonDict]:
        for scope in scopes:
            for code in (language[:2].lower(), ""):
                if found := self.commands.get((scope, code)):
                    return found
        return []

    def menu_button(self, person: int | None) -> JsonDict:
        """The menu button of a chat, else the bot's own."""
        if person is not None:
            own = self.menu_buttons.get(person)
            if own is not None and own["type"] != "default":
                return own
        general = self.menu_buttons.get(0, COMMANDS_BUTTON)
        return COMMANDS_BUTTON if general["type"] == "default" else general

    def shown(self) -> JsonDict:
        """For the page: texts and the lists of private chats, by language ("" is for all)."""
        lists: dict[str, list[JsonDict]] = {}
        for wanted in (PRIVATE, DEFAULT):
            for (scope, language), commands in self.commands.items():
                if scope == wanted:
                    lists.setdefault(language, commands)
        return {
            "name": self.text("name", ""),
            "description": self.text("description", ""),
            "short_description": self.text("short_description", ""),
            "names": self.texts["name"],
            "descriptions": self.texts["description"],
            "short_descriptions": self.texts["short_description"],
            "commands": lists,
        }
