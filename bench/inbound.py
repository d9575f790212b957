"""The whole application, state read, written and committed, against a bare aiogram tree."""

import asyncio
import datetime as dt
import time
from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware, Bot, Dispatcher, Router
from aiogram.client.session.base import BaseSession
from aiogram.filters import Command
from aiogram.filters.callback_data import CallbackData
from aiogram.fsm.storage.memory import MemoryStorage, SimpleEventIsolation
from aiogram.types import CallbackQuery, Message, Update

from bench import campus
from bench.figures import Figure
from bot.dialogue.enquiries import Enquiries
from bot.services import inbox
from bot.services.office import Desk
from bot.telemetry import Metrics
from handlers import build_router

READERS = 50
ROUNDS = 12
ROUTERS, HANDLERS = 10, 15
TOKEN = "42:bench"
MOMENT = int(campus.NOW.timestamp())


class Silent(BaseSession):
    """Answers every call at once, as an infinitely fast server would."""

    async def make_request(self, bot: Bot, method: Any, timeout: int | None = None) -> Any:
        name = method.__api_method__
        if name in ("sendMessage", "editMessageText"):
            return Message.model_construct(message_id=1, date=dt.datetime.now(dt.UTC), chat=None)
        return True

    async def stream_content(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError("no files here")
        yield b""

    async def close(self) -> None:
        """Nothing is open."""


def updates() -> list[dict[str, Any]]:
    """What an exam hour brings: `/start`, taps on steps, `/sos`."""
    listed: list[dict[str, Any]] = []
    for turn in range(ROUNDS):
        for reader in range(1, READERS + 1):
            user = {"id": 10_000 + reader, "is_bot": False, "first_name": "A", "language_code": "kk"}
            chat = {"id": 10_000 + reader, "type": "private", "first_name": "A"}
            number = len(listed) + 1
            kind = turn % 4
            if kind in (0, 3):
                text = "/start" if kind == 0 else "/sos"
                entity = {"type": "bot_command", "offset": 0, "length": len(text)}
                body = {"message_id": number, "date": MOMENT, "chat": chat, "from": user, "text": text}
                listed.append({"update_id": number, "message": {**body, "entities": [entity]}})
            else:
                under = {"message_id": 5, "date": MOMENT, "chat": chat, "text": "step"}
                data = f"wd:ayu.written.take:1:{turn % 7}"
                query = {
                    "id": str(number),
                    "from": user,
                    "chat_instance": "1",
                    "message": under,
                    "data": data,
                }
                listed.append({"update_id": number, "callback_query": query})
    return listed


def bare_tree() -> Dispatcher:
    """Ten routers of fifteen handlers, three middlewares, FSM in memory, as bots are commonly written."""

    class Passing(BaseMiddleware):
        async def __call__(self, handler: Any, event: Any, data: Any) -> Any:
            return await handler(event, data)

    async def on_message(message: Message) -> None:
        await message.bot.send_message(message.chat.id, "answer")

    async def on_tap(query: CallbackQuery) -> None:
        await query.bot.edit_message_text("answer", chat_id=query.from_user.id, message_id=5)
        await query.bot.answer_callback_query(query.id)

    dispatcher = Dispatcher(storage=MemoryStorage(), events_isolation=SimpleEventIsolation())
    for _ in range(3):
        dispatcher.update.outer_middleware(Passing())
    for r in range(ROUTERS):
        router = Router()
        last = r == ROUTERS - 1
        for h in range(HANDLERS):
            final = last and h == HANDLERS - 1
            router.message.register(on_message, Command("start", "sos") if final else Command(f"c{r}x{h}"))
            router.callback_query.register(on_tap, _data("wd" if final else f"p{r}x{h}").filter())
        dispatcher.include_router(router)
    return dispatcher


def _data(prefix: str) -> type[CallbackData]:
    """Typed callback data of one prefix, as aiogram's own documentation has it."""

    class Data(CallbackData, prefix=prefix):
        walk: str
        exam: int
        step: int

    return Data


async def _bare(stream: list[dict[str, Any]]) -> float:
    bot, dispatcher = Bot(TOKEN, session=Silent()), bare_tree()
    began = time.perf_counter()

    async def handle(number: int, raw: dict[str, Any]) -> None:
        await dispatcher.feed_update(bot, Update.model_validate(raw, context={"bot": bot}))

    await _side_by_side(stream, handle)
    return time.perf_counter() - began


async def _side_by_side(
    stream: list[dict[str, Any]], handle: Callable[[int, dict[str, Any]], Awaitable[None]]
) -> None:
    """Different chats side by side, one chat in order, as both are run in earnest."""
    lanes: dict[int, list[tuple[int, dict[str, Any]]]] = {}
    for number, raw in enumerate(stream, 1):
        lanes.setdefault(inbox.chat_key(raw), []).append((number, raw))

    async def drive(lane: list[tuple[int, dict[str, Any]]]) -> None:
        for number, raw in lane:
            await handle(number, raw)

    await asyncio.gather(*(drive(lane) for lane in lanes.values()))


async def _handle(desk: Desk, dispatcher: Dispatcher, bot: Bot, number: int, raw: dict[str, Any]) -> None:
    update = Update.model_validate(raw, context={"bot": bot})
    await dispatcher.feed_update(bot, update, origin=number)
    await desk.do(inbox.done, number)


async def _full(stream: list[dict[str, Any]]) -> float:
    with campus.base() as opened:
        campus.fill(opened, READERS)
        campus.exam(opened, ends_at=campus.NOW + dt.timedelta(hours=1))
        bot = Bot(TOKEN, session=Silent())
        dispatcher = Dispatcher(
            disable_fsm=True,
            desk=opened.desk,
            voices=opened.voices,
            enquiries=Enquiries(opened.content, Metrics()),
        )
        dispatcher.include_router(build_router())
        return await handle_all(opened.desk, dispatcher, bot, stream)


async def handle_all(desk: Desk, dispatcher: Dispatcher, bot: Bot, stream: list[dict[str, Any]]) -> float:
    """Store updates and handle them, as the worker does: so many chats side by side. Seconds."""
    began = time.perf_counter()
    for start in range(0, len(stream), 100):
        await desk.do(inbox.store, 42, stream[start : start + 100])
    await _side_by_side(stream, lambda number, raw: _handle(desk, dispatcher, bot, number, raw))
    return time.perf_counter() - began


def inbound() -> list[Figure]:
    """Updates a second, one after another, both in this run."""
    stream = updates()
    asyncio.run(_bare(stream[:100]))
    bare, full = asyncio.run(_bare(stream)), asyncio.run(_full(stream))
    speed = f"{len(stream) / full:,.0f}/s against {len(stream) / bare:,.0f}/s"
    name = "update handled, with intake row, state and commit on SQLite, against a bare aiogram tree"
    return [Figure(name, speed, bare / full, ">= 1.0 (aim)")]
