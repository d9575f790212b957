"""One GET from aiohttp to an ASGI application and back; nothing else passes."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from aiohttp import web

Message = MutableMapping[str, Any]
Asgi = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]
]
PASSED = ("host", "accept", "if-none-match", "if-modified-since")
"""All that an application hears of a request's headers: no cookie, no address of the reader."""

LEFT = (b"content-length", b"set-cookie", b"transfer-encoding")
ANSWER_LIMIT = 4 << 20
"""Bytes of an answer; a page or a file of a library is far smaller."""


PATIENCE_SECONDS = 30


async def ask(app: Asgi, request: web.Request, scheme: str) -> web.Response:
    """What the application answers to a GET or HEAD.

    Raises `ValueError` when that is no whole answer, `TimeoutError` when it takes too long.
    """
    if request.method not in ("GET", "HEAD"):
        raise web.HTTPMethodNotAllowed(request.method, ("GET", "HEAD"))
    talk = _Talk()
    async with asyncio.timeout(PATIENCE_SECONDS):
        await app(_scope(request, scheme), talk.receive, talk.send)
    if not talk.start:
        raise ValueError("an application gave no answer")
    response = web.Response(status=talk.start["status"], body=bytes(talk.body))
    for name, value in talk.start.get("headers", ()):
        if name.lower() not in LEFT:
            response.headers[name.decode("latin-1")] = value.decode("latin-1")
    return response


class _Talk:
    """What an application hears of the reader, and what it says."""

    def __init__(self) -> None:
        self.start: Message = {}
        self.body = bytearray()
        self._told: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive(self) -> Message:
        if not self._told:
            # The reader has said all, and stays: an application may listen for their going.
            await asyncio.Event().wait()
        return self._told.pop()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
            return
        self.body.extend(message.get("body", b""))
        if len(self.body) > ANSWER_LIMIT:
            raise ValueError("an answer is too long")


def _scope(request: web.Request, scheme: str) -> Message:
    heard = [(name.encode(), request.headers[name].encode()) for name in PASSED if name in request.headers]
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": scheme,
        "path": request.path,
        "raw_path": request.rel_url.raw_path.encode(),
        "query_string": request.rel_url.raw_query_string.encode(),
        "root_path": "",
        "headers": heard,
        "client": None,
        "server": (request.url.host or "localhost", request.url.port or 0),
        "state": {},
    }
