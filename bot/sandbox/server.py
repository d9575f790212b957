"""The sandbox server: Bot API, control API and the page on one port."""

import asyncio
import mimetypes
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from bot.sandbox.api import Api, refused
from bot.sandbox.config import SandboxConfig
from bot.sandbox.control import Control, guarded, reply
from bot.sandbox.desk import Desk
from bot.sandbox.errors import ApiError
from bot.sandbox.model import JsonDict
from bot.sandbox.tasks import Background
from bot.sandbox.world import World

__all__ = ["Sandbox", "SandboxConfig"]

PAGE = Path(__file__).parent / "page"
FORM_OVERHEAD = 1 << 20
mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("image/webp", ".webp")


class Sandbox:
    """One sandbox. It must be built, started and stopped in one running event loop.

    `on_first_open` is called once, in the background, when the page `/` is first asked for. `guide`, where
    there is one, answers what a visitor of the page may do next (`GET /sandbox/guide`).
    """

    def __init__(self, config: SandboxConfig | None = None) -> None:
        self.config = config or SandboxConfig()
        self.world = World(self.config)
        self.on_first_open: Callable[[], Awaitable[None]] | None = None
        self.guide: Callable[[], Awaitable[JsonDict]] | None = None
        self._opened = False
        self._runner: web.AppRunner | None = None
        self._background = Background()
        self._stopping = asyncio.Event()
        self._api = Api(self.world, self._background, self._stopping)
        self.world.on_reset.append(self._api.webhook.forget)
        self.app = self._application()

    @property
    def polls(self) -> bool:
        """Whether the bot holds a long poll open now: it is up and listening."""
        return self._api.poller.waiting

    def _application(self) -> web.Application:
        app = web.Application(
            client_max_size=self.config.upload_limit + FORM_OVERHEAD, middlewares=[not_found]
        )
        control = Control(self.world, self._background, self._stopping)
        desk = Desk(self.world, self._api.webhook, self._stopping)
        app.add_routes(
            [
                *self._api.routes(),
                *control.routes(),
                *desk.routes(),
                web.get("/", self._index),
                web.get("/page/{path:.*}", self._page),
                web.get("/sandbox/guide", guarded(self._guided)),
            ]
        )
        app.on_shutdown.append(self._shutdown)
        return app

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Listen and return the base URL; port 0 takes a free one. OSError when the port is taken."""
        runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=2.0, handle_signals=False)
        await runner.setup()
        self._runner = runner
        site = web.TCPSite(runner, host, port)
        try:
            await site.start()
        except OSError:
            await self.stop()
            raise
        actual: int = runner.addresses[0][1]
        return f"http://{host}:{actual}"

    async def stop(self) -> None:
        """End every waiting request and stop listening. What was stored is still readable."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _shutdown(self, app: web.Application) -> None:
        self._stopping.set()
        self._api.poller.close()
        self.world.hub.close()
        for tap in self.world.queries.values():
            tap.done.set()
        for query in self.world.inline_queries.values():
            query.done.set()
        await self._background.close()
        await self._api.webhook.close()

    async def _index(self, request: web.Request) -> web.StreamResponse:
        if not self._opened:
            self._opened = True
            if self.on_first_open is not None:
                self._background.spawn(_called(self.on_first_open), "first open")
        return _static("index.html")

    async def _guided(self, request: web.Request) -> web.StreamResponse:
        return reply(await self.guide() if self.guide else {})

    async def _page(self, request: web.Request) -> web.StreamResponse:
        return _static(request.match_info["path"])


async def _called(hook: Callable[[], Awaitable[None]]) -> None:
    await hook()


def _static(name: str) -> web.Response:
    """A file of the page's folder; nothing outside it."""
    path = (PAGE / name).resolve()
    if not path.is_relative_to(PAGE.resolve()) or not path.is_file():
        return web.Response(status=404, text="Not Found")
    mime = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if mime.startswith("text/"):
        mime += "; charset=utf-8"
    return web.Response(body=path.read_bytes(), headers={"Content-Type": mime, "Cache-Control": "no-cache"})


@web.middleware
async def not_found(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Unknown paths are answered as the Bot API answers them."""
    try:
        return await handler(request)
    except web.HTTPNotFound:
        return refused(ApiError(404, "Not Found")).response()
    except web.HTTPMethodNotAllowed:
        return refused(ApiError(405, "Method Not Allowed")).response()
