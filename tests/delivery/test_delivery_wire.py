"""One call over HTTP: what goes out, what may come back, and whether anything is heard of the server."""

import asyncio
import json
from typing import Any

import pytest

from bot.wire import ApiDown, ApiGarbled, ApiRefused, ApiUnreachable, Pulse, Wire

pytestmark = pytest.mark.anyio


class Server:
    """Answers every request with the same bytes, or breaks off; keeps the bodies that came."""

    def __init__(
        self, status: int = 200, body: bytes = b'{"ok": true, "result": 7}', *, breaks: bool = False
    ) -> None:
        self.bodies: list[bytes] = []
        self._answer = b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n" % (status, len(body)) + body
        self._breaks = breaks

    async def __aenter__(self) -> str:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        sizes = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        self.bodies.append(await reader.readexactly(int(sizes[0].split(b":")[1])))
        if not self._breaks:
            writer.write(self._answer)
            await writer.drain()
        writer.close()


async def called(address: str, payload: dict[str, Any] | None = None, pulse: Pulse | None = None) -> Any:
    wire = Wire(address, "42:token", pulse=pulse)
    await wire.open()
    try:
        return await wire.call("sendMessage", payload or {})
    finally:
        await wire.close()


async def test_words__go_as_they_are_and_half_a_letter_as_a_question_mark() -> None:
    server = Server()
    async with server as address:
        assert await called(address, {"chat_id": 5, "text": "сәлем \ud83d!"}) == 7
    assert server.bodies[0].decode() == '{"chat_id": 5, "text": "сәлем ?!"}'
    assert "сәлем".encode() in server.bodies[0]


REFUSED = json.dumps(
    {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests",
        "parameters": {"retry_after": 3, "migrate_to_chat_id": -100},
    }
).encode()


@pytest.mark.parametrize(
    ("status", "body", "raised"),
    [
        (200, b"<html>", ApiGarbled), (200, b"[]", ApiGarbled), (400, b"", ApiGarbled),
        (502, b"<html>", ApiDown), (500, b"[]", ApiDown), (429, REFUSED, ApiRefused),
    ],
)  # fmt: skip
async def test_answers__of_every_kind(status: int, body: bytes, raised: type[Exception]) -> None:
    async with Server(status, body) as address:
        with pytest.raises(raised) as found:
            await called(address)
    assert type(found.value) is raised
    if isinstance(found.value, ApiRefused):
        assert (found.value.code, found.value.retry_after, found.value.moved_to) == (429, 3, -100)
    assert "token" not in str(found.value)


async def test_pulse__is_one_for_all_lines_to_a_server() -> None:
    pulse = Pulse()
    async with Server(breaks=True) as address:
        with pytest.raises(ApiUnreachable):
            await called(address, pulse=pulse)
    assert pulse.silent_for > 0
    async with Server(500, b"[]") as address:
        with pytest.raises(ApiDown):
            await called(address, pulse=pulse)
    assert pulse.silent_for == 0
