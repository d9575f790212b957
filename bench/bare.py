"""A bot as bots are commonly written with aiogram: a tree of handlers, no database. `python -m bench.bare`.

It polls, or with a port takes updates by webhook. Nothing of ours is imported here.
"""

import asyncio
import datetime as dt
import sys
from typing import Any

from aiogram import BaseMiddleware, Bot, Dispatcher, Router
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.session.base import BaseSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import Command
from aiogram.filters.callback_data import CallbackData
from aiogram.fsm.storage.memory import MemoryStorage, SimpleEventIsolation
from aiogram.types import CallbackQuery, Message

ROUTERS, HANDLERS = 10, 15
TOKEN = "42:bench"


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


async def serve(api: str, port: int) -> None:
    """Answer through an API server until it is ended; `port` 0: by polling."""
    bot = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(api)))
    if not port:
        await bare_tree().start_polling(bot, handle_signals=False)
        return
    from aiogram.webhook.aiohttp_server import SimpleRequestHandler
    from aiohttp import web

    application = web.Application()
    SimpleRequestHandler(bare_tree(), bot).register(application, "/hook")
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], int(sys.argv[2])))
