"""The whole state of one sandbox: people, chats, messages and everything that hangs on them.

One process, one event loop, no locks: a change is a plain function call and is visible at once.
"""

import re
import secrets
from collections.abc import Callable

from bot.sandbox import shapes
from bot.sandbox.calls import CallLog
from bot.sandbox.clock import Clock
from bot.sandbox.config import SandboxConfig
from bot.sandbox.errors import ControlError, bad, forbidden
from bot.sandbox.events import Hub
from bot.sandbox.faults import Faults
from bot.sandbox.files import FileStore
from bot.sandbox.model import CallbackQuery, Group, InlineQuery, JsonDict, Message, Person
from bot.sandbox.pace import Pace
from bot.sandbox.profile import Profile
from bot.sandbox.updates import UpdateQueue

_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PERSON_TEXTS = ("first_name", "last_name", "username", "language_code", "role", "avatar")
GROUP_BASE = -4_000_000_000
KEPT_QUERIES = 20_000


class World:
    """State and the few operations that several rooms of the sandbox share."""

    def __init__(self, config: SandboxConfig) -> None:
        self.config = config
        self.clock = Clock(config.clock)
        self.hub = Hub(config.keep_events)
        self.calls = CallLog(config.keep_calls)
        self.on_reset: list[Callable[[], None]] = []
        self.updates = UpdateQueue(self.clock, config.update_ttl_s)
        self._forget()

    def _forget(self) -> None:
        self.files = FileStore(self.config, self.clock)
        self.faults = Faults()
        self.pace = Pace(self.config)
        self.profile = Profile(self.config.bot_name)
        self.people: dict[int, Person] = {}
        self.groups: dict[int, Group] = {}
        self.chats: dict[int, dict[int, Message]] = {}
        self.queries: dict[str, CallbackQuery] = {}
        self.inline_queries: dict[str, InlineQuery] = {}
        self._message_id = 0

    def reset(self) -> None:
        """Forget everything but the clock's shift and the call log; numbers of updates and events go on."""
        self._forget()
        self.updates.forget()
        for notify in self.on_reset:
            notify()
        self.hub.emit({"type": "reset"})

    @property
    def bot(self) -> JsonDict:
        """The bot as a User object."""
        return {
            "id": self.config.bot_id,
            "is_bot": True,
            "first_name": self.profile.text("name", ""),
            "username": self.config.bot_username,
        }

    # people and chats

    def person(self, person_id: int) -> Person:
        """A person by number, or ControlError 404."""
        found = self.people.get(person_id)
        if found is None:
            raise ControlError(404, f"no person {person_id}")
        return found

    def add_person(self, wish: JsonDict) -> Person:
        """A new phone; `id` is chosen when not given."""
        given = wish.get("id")
        person_id = int(given) if given is not None else max(self.people, default=1000) + 1
        if person_id <= 0 or person_id in self.people or person_id == self.config.bot_id:
            raise ControlError(409, f"{person_id} cannot be a new person's id")
        person = Person(person_id, first_name="")
        self.change_person(person, {"first_name": f"Person {person_id}", **wish})
        self.people[person_id] = person
        self.chats[person_id] = {}
        self.tell_person(person)
        return person

    def change_person(self, person: Person, wish: JsonDict) -> None:
        """Set the plain fields of a person; ControlError 400 for a payload that no link can carry."""
        for name in _PERSON_TEXTS:
            if wish.get(name) is not None:
                setattr(person, name, str(wish[name]))
        if "start" in wish:
            payload = wish["start"]
            if payload and not _PAYLOAD.fullmatch(str(payload)):
                raise ControlError(400, "a link carries 1 to 64 of A-Z a-z 0-9 _ -; type longer ones by hand")
            person.start = str(payload) if payload is not None else None
        if "deactivated" in wish:
            person.deactivated = bool(wish["deactivated"])

    def add_group(self, title: str, members: list[int]) -> Group:
        """A basic group with the bot in it."""
        for member in members:
            self.person(member)
        group = Group(GROUP_BASE - len(self.groups), title, members)
        self.groups[group.id] = group
        self.chats[group.id] = {}
        return group

    def chat_json(self, chat_id: int) -> JsonDict:
        """A chat as a Chat object."""
        if chat_id in self.groups:
            group = self.groups[chat_id]
            kind = "supergroup" if group.supergroup else "group"
            return {"id": chat_id, "title": group.title, "type": kind}
        return shapes.chat_of(self.people[chat_id])

    def find_chat(self, text: str, *, write: bool = False) -> int:
        """The chat a call means; 400 when there is none, 403 when the bot may not write there."""
        if not text:
            raise bad("chat_id is empty")
        if text.startswith("@"):
            raise bad("chat not found")
        try:
            chat_id = int(text)
        except ValueError:
            raise bad("chat not found") from None
        if chat_id in self.groups:
            self._check_group(self.groups[chat_id], write)
        elif chat_id not in self.people or not (write or self.people[chat_id].started):
            raise bad("chat not found")
        elif write and self.people[chat_id].deactivated:
            raise forbidden("user is deactivated")
        return chat_id

    @staticmethod
    def _check_group(group: Group, write: bool) -> None:
        if write and group.upgraded_to is not None:
            raise bad(
                "group chat was upgraded to a supergroup chat", {"migrate_to_chat_id": group.upgraded_to}
            )
        if group.kicked:
            raise forbidden("bot was kicked from the group chat")
        if group.left:
            raise forbidden("bot is not a member of the group chat")

    def check_reachable(self, chat_id: int) -> None:
        """403 when a person would not receive: never pressed Start, or blocked the bot."""
        person = self.people.get(chat_id)
        if person is None:
            return
        if person.blocked:
            raise forbidden("bot was blocked by the user")
        if not person.started:
            raise forbidden("bot can't initiate conversation with a user")

    # messages

    def find_message(self, chat_id: int, message_id: int, what: str) -> Message:
        """A message of a chat, or 400 "<what> not found"."""
        message = self.chats[chat_id].get(message_id)
        if message is None:
            raise bad(f"{what} not found")
        return message

    def new_message(self, chat_id: int, sender: int, content: JsonDict) -> Message:
        """The next message of a chat; it is not stored before `post`."""
        self._message_id += 1
        return Message(self._message_id, chat_id, sender, self.clock.date(), content)

    def post(self, message: Message) -> Message:
        """Store a message and tell the phones; from the bot it counts as unread."""
        self.chats[message.chat_id][message.message_id] = message
        person = self.people.get(message.chat_id)
        if person is not None and message.sender == self.config.bot_id:
            person.unread += 1
        event: JsonDict = {"type": "message", "message": shapes.shown(self, message)}
        if person is not None:
            event["unread"] = person.unread
        self.tell(message.chat_id, event)
        return message

    def tell_edit(self, message: Message) -> None:
        """Tell the phones that a message looks different now."""
        self.tell(message.chat_id, {"type": "edit", "message": shapes.shown(self, message)})

    def delete(self, chat_id: int, message_ids: list[int]) -> None:
        """Remove messages that exist."""
        gone = [number for number in message_ids if self.chats[chat_id].pop(number, None) is not None]
        if gone:
            self.tell(chat_id, {"type": "delete", "message_ids": gone})

    def api_message(self, message: Message, *, with_reply: bool = True) -> JsonDict:
        """A message as the Bot API gives it."""
        return shapes.api_message(self, message, with_reply=with_reply)

    # telling

    def tell(self, chat_id: int, event: JsonDict) -> None:
        """Send an event to the pages; that of an offline phone is held until it is online again."""
        event = {**event, "chat_id": chat_id}
        person = self.people.get(chat_id)
        if person is not None and not person.online:
            if event["type"] != "typing":
                person.held.append(event)
            return
        self.hub.emit(event)

    def tell_person(self, person: Person) -> None:
        """Tell the pages how a person stands now."""
        self.hub.emit({"type": "person", "person": shapes.person(self, person)})

    def tell_bot(self, before: dict[int, JsonDict]) -> None:
        """Tell the pages of the bot's face, and of each person whose commands or menu it changed."""
        self.hub.emit({"type": "bot", "bot": shapes.bot(self)})
        for person in self.people.values():
            if shapes.face(self, person) != before.get(person.id):
                self.tell_person(person)

    def faces(self) -> dict[int, JsonDict]:
        """Commands and menu button of everybody, to compare after a change."""
        return {person.id: shapes.face(self, person) for person in self.people.values()}

    def transcript(self, chat_id: int) -> list[JsonDict]:
        """A chat as its person sees it; an offline phone shows what it showed when it lost contact."""
        person = self.people.get(chat_id)
        if person is not None and person.frozen is not None:
            return person.frozen
        if chat_id not in self.chats:
            raise ControlError(404, f"no chat {chat_id}")
        return [shapes.shown(self, message) for message in self.chats[chat_id].values()]

    # queries

    def new_query(self, person: int, message: Message | int, chat_id: int, data: str) -> CallbackQuery:
        """A tap; it waits for its answer from now on."""
        number = message if isinstance(message, int) else message.message_id
        query = CallbackQuery(
            id=str(secrets.randbits(62) + (1 << 61)),
            person=person,
            chat_id=chat_id,
            message_id=number,
            data=data,
            expires_at=self.clock.now() + self.config.callback_window_s,
        )
        self.queries[query.id] = query
        if len(self.queries) > KEPT_QUERIES:
            del self.queries[next(iter(self.queries))]
        return query

    def expired(self, query: CallbackQuery) -> bool:
        """Whether the answer would come too late."""
        return not query.answered and self.clock.now() >= query.expires_at
