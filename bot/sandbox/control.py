"""The control API: what tests and the page do to the sandbox. JSON in, JSON out, errors as {"error": …}.

POST /sandbox/chats/{id}/send takes {text, reply_to?, extra?}; {photo|document|voice|video|audio|…: true or
{file_name?, mime_type?, base64? or size?, caption?, duration? …}}; {album: [{photo: true}, …], order?,
gap_s?}; {location}; {contact}; {forward: message_id, from_chat?}; {extra: raw message fields}; {update: raw
update fields}; or a form with files named by kind. It answers {messages, message_id, update_ids, queued}.
Beyond people and chats there are:
POST /sandbox/groups {title, members}, PATCH /sandbox/groups/{id} {kicked?, left?, can_pin?, join?,
part?, upgraded_to?};
POST /sandbox/chats/{id}/read, /react {message_id, emoji}, /inline {query}; in a group every act names `from`;
GET /sandbox/inline/{id}?wait=, POST /sandbox/inline/{id}/choose {result_id, chat_id?}.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.sandbox import groups, inline, phone, shapes
from bot.sandbox.errors import ControlError
from bot.sandbox.model import Json, JsonDict, Person
from bot.sandbox.parcels import KINDS, Manner, Parcel, from_json, send_parcels
from bot.sandbox.tasks import Background
from bot.sandbox.world import World

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
LONGEST_WAIT_S = 60.0
_PLACES = ("location", "contact")


def reply(value: Json, status: int = 200) -> web.Response:
    """A JSON answer that no cache keeps."""
    text = json.dumps(value, ensure_ascii=False)
    body = text.encode("utf-8", "surrogatepass")
    return web.Response(
        status=status, body=body, content_type="application/json", headers={"Cache-Control": "no-store"}
    )


def guarded(handler: Handler) -> Handler:
    """Turn refusals and unreadable input into 4xx with a sentence."""

    async def wrapped(request: web.Request) -> web.StreamResponse:
        origin = request.headers.get("Origin")
        if origin is not None and origin.split("://", 1)[-1] != request.host:
            return reply({"error": "another site's pages may not use the control API"}, 403)
        try:
            return await handler(request)
        except ControlError as error:
            return reply({"error": error.text}, error.status)
        except (TypeError, ValueError, KeyError, UnicodeError) as error:
            return reply({"error": f"not understood: {error!r}"}, 400)

    return wrapped


async def body_of(request: web.Request) -> JsonDict:
    """The JSON object of a request, {} for none."""
    raw = await request.read()
    if not raw.strip():
        return {}
    value = json.loads(raw)
    if not isinstance(value, dict):
        raise ControlError(400, "a JSON object is expected")
    return value


def number(request: web.Request, name: str = "id") -> int:
    """A number in the path."""
    return int(request.match_info[name])


async def waited(done: asyncio.Event, request: web.Request, stopping: asyncio.Event) -> None:
    """Wait for `?wait=` seconds at most."""
    seconds = min(float(request.query.get("wait", 0)), LONGEST_WAIT_S)
    if seconds <= 0 or done.is_set() or stopping.is_set():
        return
    try:
        async with asyncio.timeout(seconds):
            await done.wait()
    except TimeoutError:
        return


class Control:
    """Handlers of /sandbox/…"""

    def __init__(self, world: World, background: Background, stopping: asyncio.Event) -> None:
        self._world = world
        self._background = background
        self._stopping = stopping

    def routes(self) -> list[web.RouteDef]:
        """Routes of this door."""
        chat = "/sandbox/chats/{id:-?[0-9]+}"
        table: list[tuple[str, str, Handler]] = [
            ("GET", "/sandbox/state", self.state),
            ("POST", "/sandbox/people", self.add_person),
            ("GET", "/sandbox/people/{id:[0-9]+}", self.show_person),
            ("PATCH", "/sandbox/people/{id:[0-9]+}", self.change_person),
            ("POST", "/sandbox/groups", self.add_group),
            ("PATCH", "/sandbox/groups/{id:-[0-9]+}", self.change_group),
            ("GET", f"{chat}/messages", self.messages),
            ("POST", f"{chat}/start", self.start),
            ("POST", f"{chat}/send", self.send),
            ("POST", f"{chat}/edit", self.edit),
            ("POST", f"{chat}/tap", self.tap),
            ("POST", f"{chat}/read", self.read),
            ("POST", f"{chat}/react", self.react),
            ("POST", f"{chat}/inline", self.ask_inline),
            ("GET", "/sandbox/inline/{query}", self.inline_answer),
            ("POST", "/sandbox/inline/{query}/choose", self.choose_inline),
            ("GET", "/sandbox/queries/{query}", self.query),
        ]
        return [web.route(method, path, guarded(handler)) for method, path, handler in table]

    async def state(self, request: web.Request) -> web.Response:
        """Everything a page needs to draw itself; `seq` is where to follow the events from."""
        world = self._world
        return reply(
            {
                "now": world.clock.now(),
                "seq": world.hub.seq,
                "timezone": world.config.timezone,
                "bot": shapes.bot(world),
                "people": [shapes.person(world, person) for person in world.people.values()],
                "groups": [
                    {"id": group.id, "title": group.title, "members": group.members}
                    for group in world.groups.values()
                ],
                "faults": world.faults.shown(),
                "pending_updates": world.updates.pending,
            }
        )

    async def add_person(self, request: web.Request) -> web.Response:
        """A new phone."""
        return reply(shapes.person(self._world, self._world.add_person(await body_of(request))), 201)

    async def show_person(self, request: web.Request) -> web.Response:
        """One phone."""
        return reply(shapes.person(self._world, self._world.person(number(request))))

    async def change_person(self, request: web.Request) -> web.Response:
        """Names, language, link, then the connection, then blocking."""
        wish = await body_of(request)
        world, person = self._world, self._world.person(number(request))
        world.change_person(person, wish)
        if "online" in wish:
            phone.set_online(world, person, bool(wish["online"]))
        if "blocked" in wish:
            blocked = bool(wish["blocked"])

            def block() -> JsonDict:
                phone.set_blocked(world, person, blocked)
                return {}

            phone.act(world, person, block)
        if wish.get("unread") == 0:
            person.unread = 0
        world.tell_person(person)
        return reply(shapes.person(world, person))

    async def add_group(self, request: web.Request) -> web.Response:
        """A group with the bot and some people in it."""
        wish = await body_of(request)
        members = [int(member) for member in wish.get("members", [])]
        group = self._world.add_group(str(wish.get("title") or "Group"), members)
        return reply({"id": group.id, "title": group.title, "members": group.members}, 201)

    async def change_group(self, request: web.Request) -> web.Response:
        """Rights and membership of the bot, people who come and go, the upgrade to a supergroup."""
        wish = await body_of(request)
        group = self._world.groups.get(number(request))
        if group is None:
            raise ControlError(404, "no such group")
        groups.change(self._world, group, wish)
        return reply({"id": group.id, "kicked": group.kicked, "upgraded_to": group.upgraded_to})

    async def messages(self, request: web.Request) -> web.Response:
        """The transcript after message number `after`."""
        after = int(request.query.get("after", 0))
        shown = self._world.transcript(number(request))
        return reply([message for message in shown if message["message_id"] > after])

    def _actor(self, chat_id: int, wish: JsonDict) -> Person:
        """Who acts: the chat's person, in a group the one named by `from`."""
        if chat_id > 0:
            return self._world.person(chat_id)
        if chat_id not in self._world.groups:
            raise ControlError(404, f"no chat {chat_id}")
        if "from" not in wish:
            raise ControlError(400, "in a group, `from` says who acts")
        return self._world.person(int(wish["from"]))

    async def start(self, request: web.Request) -> web.Response:
        """Press START."""
        return reply(phone.press_start(self._world, self._world.person(number(request))))

    async def send(self, request: web.Request) -> web.Response:
        """Send a text, a file, an album, a place, a contact, a sticker, a forward, or raw update fields."""
        chat_id = number(request)
        parcels: list[Parcel] = []
        if request.content_type.startswith("multipart/"):
            wish, parcels = await _form(request)
        else:
            wish = await body_of(request)
        if isinstance(wish.get("update"), dict):
            return reply(phone.inject(self._world, chat_id, wish["update"]))
        person = self._actor(chat_id, wish)
        parcels = parcels or _parcels(wish)
        work = self._sending(person, chat_id, wish, parcels)
        return reply(phone.act(self._world, person, work))

    def _sending(
        self, person: Person, chat_id: int, wish: JsonDict, parcels: list[Parcel]
    ) -> Callable[[], JsonDict]:
        """What to do when the phone is online."""
        world = self._world
        reply_to = None if wish.get("reply_to") is None else int(wish["reply_to"])
        extra: JsonDict = wish.get("extra") or {}

        def work() -> JsonDict:
            if parcels:
                order = [int(place) for place in wish.get("order") or []]
                manner = Manner(order, float(wish.get("gap_s") or 0))
                result, rest = send_parcels(
                    world, person, chat_id, parcels, manner, reply_to=reply_to, extra=extra
                )
                if rest is not None:
                    self._background.spawn(_awaited(rest), "album")
                return result
            if wish.get("forward") is not None:
                source = int(wish.get("from_chat") or chat_id)
                return phone.forward(world, person, chat_id, source, int(wish["forward"]))
            content = {name: wish[name] for name in _PLACES if isinstance(wish.get(name), dict)}
            if content or (extra and not wish.get("text")):
                return phone.put(world, person, chat_id, [content or extra], reply_to=reply_to,
                                 extra=extra if content else None)  # fmt: skip
            return phone.say(world, person, chat_id, str(wish.get("text") or ""), reply_to, extra)

        return work

    async def edit(self, request: web.Request) -> web.Response:
        """Edit an own message."""
        wish, chat_id = await body_of(request), number(request)
        person = self._actor(chat_id, wish)
        message_id, text = int(wish["message_id"]), str(wish.get("text") or "")
        return reply(
            phone.act(self._world, person, lambda: phone.edit(self._world, person, chat_id, message_id, text))
        )

    async def tap(self, request: web.Request) -> web.Response:
        """Press a button, or forge callback data."""
        wish, chat_id = await body_of(request), number(request)
        person = self._actor(chat_id, wish)
        done = phone.act(self._world, person, lambda: phone.tap(self._world, person, chat_id, wish))
        return reply({"query_ids": [], **done})

    async def read(self, request: web.Request) -> web.Response:
        """Look at the chat."""
        person = self._world.person(number(request))
        phone.read(self._world, person)
        return reply(shapes.person(self._world, person))

    async def react(self, request: web.Request) -> web.Response:
        """Put an emoji on a message."""
        wish, chat_id = await body_of(request), number(request)
        person = self._actor(chat_id, wish)
        message_id, emoji = int(wish["message_id"]), str(wish.get("emoji") or "")
        return reply(
            phone.act(
                self._world, person, lambda: phone.react(self._world, person, chat_id, message_id, emoji)
            )
        )

    async def query(self, request: web.Request) -> web.Response:
        """A tap and its answer, waited for up to `?wait=` seconds."""
        found = self._world.queries.get(request.match_info["query"])
        if found is None:
            raise ControlError(404, "no such query")
        await waited(found.done, request, self._stopping)
        return reply(shapes.query(self._world, found))

    async def ask_inline(self, request: web.Request) -> web.Response:
        """Type `@bot query` in some chat."""
        wish = await body_of(request)
        person = self._world.person(number(request))
        text, offset = str(wish.get("query") or ""), str(wish.get("offset") or "")
        return reply({"inline_query_id": inline.ask(self._world, person, text, offset).id})

    async def inline_answer(self, request: web.Request) -> web.Response:
        """The results of an inline query, waited for up to `?wait=` seconds."""
        found = inline.find(self._world, request.match_info["query"])
        await waited(found.done, request, self._stopping)
        return reply({"id": found.id, "answered": found.answer is not None, **(found.answer or {})})

    async def choose_inline(self, request: web.Request) -> web.Response:
        """Choose a result: it appears in the person's chat."""
        wish = await body_of(request)
        found = inline.find(self._world, request.match_info["query"])
        chat_id = int(wish.get("chat_id") or found.person)
        return reply(inline.choose(self._world, found, str(wish.get("result_id") or ""), chat_id))


async def _awaited(work: Awaitable[None]) -> None:
    await work


def _parcels(wish: JsonDict) -> list[Parcel]:
    """Parcels of a JSON request: `album: [{"photo": …}, …]`, or one of the kinds."""
    if isinstance(wish.get("album"), list):
        items = [item for item in wish["album"] if isinstance(item, dict)]
        return [from_json(kind, item[kind]) for item in items for kind in KINDS if item.get(kind)]
    found = [from_json(kind, wish[kind]) for kind in KINDS if wish.get(kind)]
    for parcel in found[:1]:
        parcel.caption = parcel.caption or str(wish.get("caption") or "")
    return found


async def _form(request: web.Request) -> tuple[JsonDict, list[Parcel]]:
    """Fields and files of a multipart request; the caption goes with the first file."""
    try:
        form = await request.post()
    except web.HTTPRequestEntityTooLarge:
        raise ControlError(413, "too big to send") from None
    wish: JsonDict = {}
    parcels: list[Parcel] = []
    for name, value in form.items():
        if isinstance(value, web.FileField):
            if name not in KINDS:
                raise ControlError(400, f"a file comes as one of {', '.join(KINDS)}, not as {name!r}")
            data = value.file.read()
            value.file.close()
            parcels.append(Parcel(name, value.filename, value.content_type, data, {}))
        elif name == "order":
            wish[name] = [int(place) for place in str(value).split(",") if place.strip()]
        else:
            wish[name] = value
    for parcel in parcels[:1]:
        parcel.caption = str(wish.get("caption") or "")
    return wish, parcels
