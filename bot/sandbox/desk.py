"""The other half of the control API: events, calls, clock, faults, files and the queue of updates."""

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.sandbox.control import Handler, body_of, guarded, reply
from bot.sandbox.errors import ControlError
from bot.sandbox.webhook import Webhook
from bot.sandbox.world import World

Opened = Callable[[], Awaitable[None]]
_SHOWN_INLINE = ("image/", "audio/", "video/")
_ACTIVE = ("image/svg+xml",)


class Desk:
    """Handlers that look at the machine rather than at people."""

    def __init__(self, world: World, webhook: Webhook, stopping: asyncio.Event) -> None:
        self._world = world
        self._webhook = webhook
        self._stopping = stopping

    def routes(self) -> list[web.RouteDef]:
        """Routes of this door."""
        table: list[tuple[str, str, Handler]] = [
            ("GET", "/sandbox/events", self.events),
            ("GET", "/sandbox/calls", self.calls),
            ("GET", "/sandbox/clock", self.clock),
            ("POST", "/sandbox/clock", self.shift),
            ("GET", "/sandbox/faults", self.faults),
            ("POST", "/sandbox/faults", self.add_fault),
            ("DELETE", "/sandbox/faults", self.clear_faults),
            ("GET", "/sandbox/files/{unique}", self.file),
            ("GET", "/sandbox/updates", self.updates),
            ("POST", "/sandbox/redeliver", self.redeliver),
            ("POST", "/sandbox/reorder", self.reorder),
            ("POST", "/sandbox/reset", self.reset),
        ]
        return [web.route(method, path, guarded(handler)) for method, path, handler in table]

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events, from `?since=` or the browser's Last-Event-ID, else only new ones."""
        since = request.query.get("since") or request.headers.get("Last-Event-ID")
        seq = int(since) if since else None
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-store"}
        )
        await response.prepare(request)
        try:
            async for piece in self._world.hub.follow(seq, self._world.config.heartbeat_s):
                await response.write(piece)
        except ConnectionError:
            return response
        return response

    async def calls(self, request: web.Request) -> web.Response:
        """Bot API calls after number `after`, of one `method` if given."""
        after = int(request.query.get("after", 0))
        return reply(self._world.calls.after(after, request.query.get("method", "")))

    async def clock(self, request: web.Request) -> web.Response:
        """The sandbox's time."""
        return reply({"now": self._world.clock.now()})

    async def shift(self, request: web.Request) -> web.Response:
        """Move the clock."""
        now = self._world.clock.shift(float((await body_of(request)).get("shift", 0)))
        self._webhook.wake()
        self._world.hub.emit({"type": "clock", "now": now})
        return reply({"now": now})

    def _tell_faults(self) -> None:
        self._world.hub.emit({"type": "faults", "faults": self._world.faults.shown()})

    async def faults(self, request: web.Request) -> web.Response:
        """Faults on order."""
        return reply(self._world.faults.shown())

    async def add_fault(self, request: web.Request) -> web.Response:
        """Order a fault."""
        fault = self._world.faults.add(await body_of(request))
        self._tell_faults()
        return reply(fault.shown(), 201)

    async def clear_faults(self, request: web.Request) -> web.Response:
        """Forget all orders."""
        self._world.faults.clear()
        self._tell_faults()
        return reply({"cleared": True})

    async def file(self, request: web.Request) -> web.Response:
        """A file for the page: pictures and sounds as what they are, the rest only as a download."""
        stored = self._world.files.by_unique(request.match_info["unique"])
        if stored is None:
            raise ControlError(404, "no such file")
        inline = stored.mime.startswith(_SHOWN_INLINE) and stored.mime not in _ACTIVE
        mime = stored.mime if inline else "application/octet-stream"
        headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
        if not inline:
            headers["Content-Disposition"] = "attachment"
        return web.Response(body=stored.data, headers={"Content-Type": mime, **headers})

    async def updates(self, request: web.Request) -> web.Response:
        """Numbers of the updates that wait, and which kinds the bot asked for."""
        queue = self._world.updates
        return reply({"waiting": [update.update_id for update in queue.waiting()], "allowed": queue.allowed})

    async def redeliver(self, request: web.Request) -> web.Response:
        """Deliver an old update again."""
        update_id = int((await body_of(request))["update_id"])
        if not self._world.updates.redeliver(update_id):
            raise ControlError(404, f"update {update_id} is not remembered")
        return reply({"update_id": update_id})

    async def reorder(self, request: web.Request) -> web.Response:
        """Swap the two newest updates that wait, or the next two."""
        return reply({"state": self._world.updates.reorder()})

    async def reset(self, request: web.Request) -> web.Response:
        """Forget everything."""
        self._world.reset()
        return reply({"reset": True})
