"""A small HTTP server: `/healthz`, `/readyz`, `/metrics` and the webhook."""

import hmac
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from bot.services import inbox
from bot.storage.engine import Unavailable
from bot.telemetry import Metrics, log

BODY_LIMIT = 1 << 20
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  (a header's name)
Readiness = Callable[[], Awaitable[dict[str, Any]]]
"""Answers {"ready": bool, "problems": [...], ...}."""


class Server:
    """Listens on one address. The webhook is there only when a secret is."""

    def __init__(self, metrics: Metrics, readiness: Readiness) -> None:
        self._metrics = metrics
        self._readiness = readiness
        self.app = web.Application(client_max_size=BODY_LIMIT)
        self.app.router.add_get("/healthz", self._health)
        self.app.router.add_get("/readyz", self._ready)
        self.app.router.add_get("/metrics", self._show_metrics)
        self._runner = web.AppRunner(self.app, access_log=None, handle_signals=False)

    def accept_updates(
        self,
        path: str,
        put: Callable[[dict[str, Any]], Awaitable[None]],
        secret: str,
        wake: Callable[[], None],
    ) -> None:
        """Open the webhook at `path`: an update is stored (`put`) before Telegram gets its 200."""
        self.app.router.add_post(path, _Webhook(put, secret, wake).receive)

    async def start(self, host: str, port: int) -> str:
        """Begin to listen and return the address. Raises `OSError` when it is taken."""
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        taken = self._runner.addresses[0][1]
        return f"http://{f'[{host}]' if ':' in host else host}:{taken}"

    async def stop(self) -> None:
        """Stop listening."""
        await self._runner.cleanup()

    async def _health(self, _: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def _ready(self, _: web.Request) -> web.Response:
        found = await self._readiness()
        return web.json_response(found, status=200 if found["ready"] else 503)

    async def _show_metrics(self, _: web.Request) -> web.Response:
        await self._readiness()
        body = generate_latest(self._metrics.registry)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})


class _Webhook:
    """Receives updates. Whatever comes without the secret, or is no update, changes nothing."""

    def __init__(
        self, put: Callable[[dict[str, Any]], Awaitable[None]], secret: str, wake: Callable[[], None]
    ) -> None:
        self._put = put
        self._secret = secret.encode()
        self._wake = wake

    async def receive(self, request: web.Request) -> web.Response:
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, self._secret):
            return web.Response(status=401)
        try:
            update = await request.json()
        except (ValueError, RecursionError, LookupError):
            return web.Response(status=400)
        if not inbox.is_update(update):
            return web.Response(status=400)
        try:
            await self._put(update)
        except Unavailable as failure:
            log.error("webhook.unavailable", reason=str(failure))
            return web.Response(status=503, headers={"Retry-After": "2"})
        self._wake()
        return web.Response(status=200)
