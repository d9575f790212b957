"""The Bot API door: tokens, methods, limits, ordered faults, and the shape of every answer."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from bot.sandbox.call import Call, call_of, read_call
from bot.sandbox.calls import Entry
from bot.sandbox.errors import ApiError
from bot.sandbox.faults import WITHOUT_WORK, Fault
from bot.sandbox.methods import HANDLERS, NAMES
from bot.sandbox.model import Json, JsonDict
from bot.sandbox.polling import Poller
from bot.sandbox.tasks import Background
from bot.sandbox.webhook import Webhook
from bot.sandbox.world import World

logger = logging.getLogger(__name__)

TOKEN_LIMIT = 80
HTML_502 = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1>"
    "</center>\r\n<hr><center>nginx/1.18.0</center>\r\n</body>\r\n</html>\r\n"
)
Gone = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: an HTTP status and a JSON text."""

    status: int
    text: str
    retry_after: int | None = None

    def response(self) -> web.Response:
        """The HTTP answer, with Retry-After where it belongs."""
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        body = self.text.encode("utf-8", "surrogatepass")
        return web.Response(status=self.status, body=body, content_type="application/json", headers=headers)


def good(result: Json) -> Answer:
    """{"ok": true, "result": …}"""
    return Answer(200, json.dumps({"ok": True, "result": result}, ensure_ascii=False))


def refused(error: ApiError) -> Answer:
    """{"ok": false, "error_code": …, "description": …}"""
    body: JsonDict = {"ok": False, "error_code": error.code, "description": error.description}
    if error.parameters:
        body["parameters"] = error.parameters
    retry_after = (error.parameters or {}).get("retry_after")
    return Answer(error.code, json.dumps(body, ensure_ascii=False), retry_after)


class Api:
    """Serves /bot<token>/<method> and /file/bot<token>/<path>."""

    def __init__(self, world: World, background: Background, stopping: asyncio.Event) -> None:
        self._world = world
        self._stopping = stopping
        self.poller = Poller(world)
        self.webhook = Webhook(world, background, self._run_answer)

    def routes(self) -> list[web.RouteDef]:
        """Routes of this door."""
        return [
            web.route("*", "/bot{token:[^/]*}/{method:[^/]*}", self.handle),
            web.get("/file/bot{token:[^/]*}/{path:.+}", self.download),
        ]

    def _check_token(self, token: str) -> None:
        if token == self._world.config.token:
            return
        number = token.split(":", 1)[0]
        broken = ":" not in token or len(token) > TOKEN_LIMIT or token.startswith("0")
        if broken or not number.isdecimal() or int(number) == 0:
            raise ApiError(401, "Unauthorized: invalid token specified")
        raise ApiError(401, "Unauthorized")

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One call, from the socket to the socket."""
        method = request.match_info["method"]
        try:
            self._check_token(request.match_info["token"])
            call = await read_call(request, NAMES.get(method.lower(), method))
        except ApiError as error:
            return refused(error).response()
        world = self._world
        entry = world.calls.begin(world.clock.now(), call.method, call.logged())
        fault = world.faults.take(call.method, call.text("chat_id"))
        if fault is None:
            answer = await self._answer(call, entry)
            return answer.response()
        entry.fault = fault.kind
        return await self._disturbed(request, call, entry, fault)

    async def _answer(self, call: Call, entry: Entry) -> Answer:
        """Do the work and note how it ended."""
        try:
            answer = await self._work(call)
        except ApiError as error:
            entry.error = error.description
            answer = refused(error)
        except Exception:
            logger.exception("the sandbox itself failed in %s", call.method)
            entry.error = "Internal Server Error: sandbox bug"
            answer = refused(ApiError(500, entry.error))
        entry.status = answer.status
        return answer

    async def _work(self, call: Call) -> Answer:
        name = call.method.lower()
        if name == "getupdates":
            batch = await self.poller.get_updates(call, bool(self.webhook.url))
            return Answer(200, f'{{"ok": true, "result": [{", ".join(update.raw for update in batch)}]}}')
        if name == "setwebhook":
            if call.text("url"):
                self.webhook.set(call)
                self.poller.end_for_webhook()
            else:
                self.webhook.delete(call)
            return good(True)
        if name == "deletewebhook":
            self.webhook.delete(call)
            return good(True)
        if name == "getwebhookinfo":
            return good(self.webhook.info())
        handler = HANDLERS.get(name)
        if handler is None:
            raise ApiError(404, "Not Found: method not found")
        self._world.pace.admit(name, call.text("chat_id"), _weight(call), call.flag("allow_paid_broadcast"))
        return good(handler(self._world, call))

    def _run_answer(self, method: str, values: JsonDict) -> None:
        """A call that came in the answer of a webhook; its result is lost."""
        handler = HANDLERS.get(method.lower())
        call = call_of(NAMES.get(method.lower(), method), values)
        entry = self._world.calls.begin(self._world.clock.now(), call.method, call.logged(), via="webhook")
        try:
            if handler is None:
                raise ApiError(404, "Not Found: method not found")
            handler(self._world, call)
            entry.status = 200
        except ApiError as error:
            entry.status, entry.error = error.code, error.description

    async def _pause(self, seconds: float) -> None:
        """Wait, but not longer than the server lives."""
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            return

    async def _disturbed(
        self, request: web.Request, call: Call, entry: Entry, fault: Fault
    ) -> web.StreamResponse:
        """A call under a fault: refused, or done with its answer spoilt."""
        if fault.kind in ("429", "500", "403", "error"):
            error = fault.error()
            entry.status, entry.error = error.code, error.description
            return refused(error).response()
        if fault.kind == "502_html":
            entry.status, entry.error = 502, "502 Bad Gateway"
            return web.Response(status=502, text=HTML_502, content_type="text/html")
        answer = None if fault.kind in WITHOUT_WORK else await self._answer(call, entry)
        if fault.kind in ("hang", "drop_answer"):
            await self._pause(fault.seconds)
        if fault.kind == "wrong_json":
            return web.Response(text='{"ok": true, "result": {"message', content_type="application/json")
        if fault.kind == "slow_body" and answer is not None:
            return await self._slowly(request, answer, fault.seconds)
        entry.error = entry.error or f"connection cut ({fault.kind})"
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    async def _slowly(self, request: web.Request, answer: Answer, seconds: float) -> web.StreamResponse:
        """The right body in ten pieces over `seconds`."""
        body = answer.text.encode()
        response = web.StreamResponse(status=answer.status, headers={"Content-Type": "application/json"})
        response.content_length = len(body)
        await response.prepare(request)
        step = max(1, len(body) // 10)
        for begin in range(0, len(body), step):
            await response.write(body[begin : begin + step])
            await self._pause(seconds / 10)
        await response.write_eof()
        return response

    async def download(self, request: web.Request) -> web.StreamResponse:
        """A file by its path from getFile; faults for the method name "file" apply."""
        try:
            self._check_token(request.match_info["token"])
        except ApiError as error:
            return refused(error).response()
        path = request.match_info["path"]
        entry = self._world.calls.begin(self._world.clock.now(), "file", {"path": path})
        fault = self._world.faults.take("file", "")
        if fault is not None:
            entry.fault = fault.kind
            return await self._disturbed(request, Call("file", {"path": path}), entry, fault)
        stored = self._world.files.linked(path)
        if stored is None:
            entry.status, entry.error = 404, "Not Found"
            return refused(ApiError(404, "Not Found")).response()
        entry.status = 200
        return web.Response(body=stored.data, content_type="application/octet-stream")


def _weight(call: Call) -> int:
    """How many messages a call sends."""
    if call.method != "sendMediaGroup":
        return 1
    try:
        items = json.loads(call.text("media"))
    except ValueError:
        return 1
    return max(1, len(items)) if isinstance(items, list) else 1
