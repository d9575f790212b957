"""A running sandbox, a raw HTTP client for it, and two independent Bot API clients."""

import asyncio
import io
import json
from contextlib import AsyncExitStack, asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from bot.sandbox.parcels import small_picture
from bot.sandbox.server import Sandbox, SandboxConfig

PNG = small_picture(40, 30)
PATIENCE = 30.0
"""Seconds that a busy machine may take for what comes in a moment on others."""


@pytest.fixture
def anyio_backend():
    return "asyncio"


class Raw:
    """Plain HTTP: the Bot API without a client library, and the control API."""

    def __init__(self, sandbox, base, session):
        self.sandbox = sandbox
        self.world = sandbox.world
        self.base = base
        self.session = session

    @property
    def bot_url(self):
        return f"{self.base}/bot{self.sandbox.config.token}"

    async def api(self, method, /, **params):
        """The decoded answer of one call, whatever its status."""
        data = {
            name: value if isinstance(value, str) else json.dumps(value) for name, value in params.items()
        }
        async with self.session.post(f"{self.bot_url}/{method}", data=data) as answer:
            return await answer.json()

    async def ok(self, method, /, **params):
        """The result of a call that has to succeed."""
        answer = await self.api(method, **params)
        assert answer["ok"], answer
        return answer["result"]

    async def error(self, method, /, **params):
        """(code, description) of a call that has to be refused."""
        answer = await self.api(method, **params)
        assert not answer["ok"], answer
        return answer["error_code"], answer["description"]

    async def upload(self, method, files, /, **params):
        """A multipart call; `files` is {field: (name, bytes)}."""
        form = aiohttp.FormData(quote_fields=False)
        for name, value in params.items():
            form.add_field(name, value if isinstance(value, str) else json.dumps(value))
        for name, (filename, data) in files.items():
            form.add_field(name, io.BytesIO(data), filename=filename, content_type="application/octet-stream")
        async with self.session.post(f"{self.bot_url}/{method}", data=form) as answer:
            return await answer.json()

    async def control(self, verb, path, /, **body):
        """The decoded answer of the control API; a refusal is an AssertionError."""
        status, value = await self.tried(verb, path, **body)
        assert status < 400, (status, value)
        return value

    async def tried(self, verb, path, /, **body):
        """(status, decoded answer) of the control API."""
        kwargs = {"json": body} if body else {}
        async with self.session.request(verb, f"{self.base}/sandbox/{path}", **kwargs) as answer:
            return answer.status, await answer.json()

    async def person(self, person_id=7, *, started=True, **fields):
        """A person, by default one who has pressed START and whose /start has been fetched."""
        fields = {"first_name": "Aru", "language_code": "kk", **fields}
        result = await self.control("POST", "people", id=person_id, **fields)
        if started:
            await self.control("POST", f"chats/{person_id}/start")
            self.world.updates.drop()
        return result

    async def transcript(self, chat_id=7, after=0):
        return await self.control("GET", f"chats/{chat_id}/messages?after={after}")

    async def updates(self, offset=0):
        """What waits for the bot, without long polling."""
        return [json.loads(update.raw) for update in self.world.updates.take(offset, 100)]


@asynccontextmanager
async def running(config):
    sandbox = Sandbox(config)
    base = await sandbox.start()
    try:
        async with aiohttp.ClientSession() as session:
            yield Raw(sandbox, base, session)
    finally:
        await sandbox.stop()


@pytest.fixture
async def launch():
    """Starts sandboxes with chosen settings; waits for conflicts and repeated polls are shortened."""
    async with AsyncExitStack() as stack:

        async def start(**settings):
            return await stack.enter_async_context(
                running(SandboxConfig(**{"poll_window_s": 0.02, **settings}))
            )

        yield start


@pytest.fixture
async def raw(launch):
    return await launch()


class PtbKit:
    """python-telegram-bot."""

    name = "ptb"

    def __init__(self, raw):
        import telegram
        from telegram.request import HTTPXRequest

        self.types = telegram
        request = [HTTPXRequest(httpx_kwargs={"verify": False}) for _ in range(2)]
        self.bot = telegram.Bot(
            raw.sandbox.config.token,
            base_url=f"{raw.base}/bot",
            base_file_url=f"{raw.base}/file/bot",
            request=request[0],
            get_updates_request=request[1],
        )
        errors = telegram.error
        self.errors = {
            400: errors.BadRequest, 403: errors.Forbidden, 409: errors.Conflict, 401: errors.InvalidToken,
            429: errors.RetryAfter, 413: errors.NetworkError, 500: errors.NetworkError,
        }  # fmt: skip

    def file(self, data, name="a.bin"):
        return self.types.InputFile(io.BytesIO(data), filename=name)

    async def download(self, file_id):
        found = await self.bot.get_file(file_id)
        return bytes(await found.download_as_bytearray())

    async def reply_keyboard(self, rows):
        return self.types.ReplyKeyboardMarkup(rows)

    async def __aenter__(self):
        await self.bot.initialize()
        return self

    async def __aexit__(self, *ignored):
        await self.bot.shutdown()


class AiogramKit:
    """aiogram."""

    name = "aiogram"

    def __init__(self, raw):
        from aiogram import Bot, exceptions, types
        from aiogram.client.session.aiohttp import AiohttpSession
        from aiogram.client.telegram import TelegramAPIServer

        self.types = types
        self.bot = Bot(
            raw.sandbox.config.token, session=AiohttpSession(api=TelegramAPIServer.from_base(raw.base))
        )
        self.errors = {
            400: exceptions.TelegramBadRequest, 403: exceptions.TelegramForbiddenError,
            409: exceptions.TelegramConflictError, 401: exceptions.TelegramUnauthorizedError,
            429: exceptions.TelegramRetryAfter, 413: exceptions.TelegramEntityTooLarge,
            500: exceptions.TelegramServerError,
        }  # fmt: skip

    def file(self, data, name="a.bin"):
        return self.types.BufferedInputFile(data, filename=name)

    async def download(self, file_id):
        found = await self.bot.get_file(file_id)
        return (await self.bot.download_file(found.file_path)).read()

    async def reply_keyboard(self, rows):
        button = self.types.KeyboardButton
        return self.types.ReplyKeyboardMarkup(keyboard=[[button(text=text) for text in row] for row in rows])

    async def __aenter__(self):
        return self

    async def __aexit__(self, *ignored):
        # the session's own close() sleeps a quarter of a second for TLS, which is not used here
        if self.bot.session._session is not None:
            await self.bot.session._session.close()


@pytest.fixture(params=[PtbKit, AiogramKit], ids=["ptb", "aiogram"])
async def kit(request, raw, monkeypatch):
    """One of the two clients, connected to `raw`'s sandbox."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    async with request.param(raw) as connected:
        yield connected


class Receiver:
    """A bot's webhook: notes what is posted and answers as told."""

    def __init__(self):
        self.got = []
        self.answers = {}
        self.default = (200, {}, b"")
        self.gate = None
        self.url = ""
        self._news = asyncio.Condition()

    async def handle(self, request):
        update = await request.json()
        async with self._news:
            self.got.append((update, dict(request.headers)))
            self._news.notify_all()
        if self.gate is not None:
            await self.gate.wait()
        queue = self.answers.get(update["update_id"]) or self.answers.get("any") or []
        status, headers, body = queue.pop(0) if queue else self.default
        return web.Response(status=status, headers=headers, body=body)

    async def wait(self, count, seconds=PATIENCE):
        """Until `count` posts have come."""
        async with asyncio.timeout(seconds), self._news:
            await self._news.wait_for(lambda: len(self.got) >= count)
        return [update for update, _ in self.got]


@pytest.fixture
async def receiver():
    found = Receiver()
    app = web.Application()
    app.router.add_post("/hook", found.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield found
    if found.gate is not None:
        found.gate.set()
    await runner.cleanup()


async def settle(condition, seconds=PATIENCE):
    """Wait until `condition()` holds, letting the loop turn."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.001)


@pytest.fixture
def until():
    return settle


@pytest.fixture
def png():
    return PNG
