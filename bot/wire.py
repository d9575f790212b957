"""A thin line to the Bot API: one JSON call over a kept connection, with typed failures."""

import asyncio
import functools
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import aiohttp
from yarl import URL

from bot.clock import monotonic
from bot.errors import EmtihanError

OK, BAD_REQUEST, FORBIDDEN, CONFLICT, FLOOD, SERVER_ERROR = 200, 400, 403, 409, 429, 500
CONNECT_SECONDS, PATIENCE_SECONDS = 5, 15
UPLOAD_SECONDS, DOWNLOAD_SECONDS = 60, 300
JSON = {"Content-Type": "application/json"}
BLOCK = 256 * 1024
OFFICIAL = "https://api.telegram.org"


class ApiRefused(EmtihanError):
    """The server answered with an error. `retry_after` (seconds) comes with flood control.

    `moved_to`: the group has become a supergroup with this number.
    """

    def __init__(
        self, code: int, description: str, retry_after: float | None = None, moved_to: int | None = None
    ) -> None:
        self.code = code
        self.description = description
        self.retry_after = retry_after
        self.moved_to = moved_to
        super().__init__(f"{code} {description}")


class ApiUnreachable(EmtihanError):
    """No usable answer came: the call may or may not have been carried out."""


class ApiGarbled(ApiUnreachable):
    """What came is no answer of the Bot API: another try may help, or never will."""


class ApiDown(ApiUnreachable):
    """Nobody answered the door: the call was certainly not carried out."""


class TooBig(EmtihanError):
    """A file is larger than it was allowed to be."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to be sent: its bytes travel with the call."""

    name: str
    content: bytes


class Pulse:
    """Whether anything is heard of the server, whichever line is asked on."""

    def __init__(self) -> None:
        self._silent_since: float | None = None

    @property
    def silent_for(self) -> float:
        """Seconds since calls began to fail without any answer between; 0 while the server answers."""
        return 0.0 if self._silent_since is None else monotonic() - self._silent_since

    def heard(self) -> None:
        """There was an answer."""
        self._silent_since = None

    def unheard(self) -> None:
        """A call failed without an answer."""
        if self._silent_since is None:
            self._silent_since = monotonic()


class Line(Protocol):
    """Something that calls Bot API methods."""

    async def call(self, method: str, payload: dict[str, Any], patience: float | None = None) -> Any:
        """The `result` of a call. Raises `ApiRefused` or `ApiUnreachable`; `patience` in seconds."""


class Wire:
    """Calls Bot API methods over one pool of connections; the token never leaves this object."""

    def __init__(self, api_url: str, token: str, connections: int = 100, pulse: Pulse | None = None) -> None:
        self.patience: float = PATIENCE_SECONDS
        self._base = f"{api_url}/bot{token}/"
        self._files = f"{api_url}/file/bot{token}/"
        self._local = api_url != OFFICIAL
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None
        self._urls: dict[str, URL] = {}
        self.pulse = pulse or Pulse()

    async def open(self) -> None:
        """Make the pool; needs a running event loop."""
        connector = aiohttp.TCPConnector(limit=self._connections, ttl_dns_cache=300)
        self._session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()

    async def call(self, method: str, payload: dict[str, Any], patience: float | None = None) -> Any:
        """The `result` of a call. Raises `ApiRefused` or `ApiUnreachable`; `patience` in seconds."""
        assert self._session is not None, "the wire is not open"
        body = _body(payload)
        limit = _limit(UPLOAD_SECONDS if "headers" not in body else patience or self.patience)
        try:
            async with self._session.post(self._url(method), **body, timeout=limit) as response:
                status, answer = response.status, await response.read()
            self.pulse.heard()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as failure:
            self.pulse.unheard()
            raise ApiDown(f"{method}: {type(failure).__name__}") from None
        except (aiohttp.ClientError, TimeoutError, OSError) as failure:
            self.pulse.unheard()
            raise ApiUnreachable(f"{method}: {type(failure).__name__}") from None
        return _result(method, status, answer)

    def _url(self, method: str) -> URL:
        """The address of a method, parsed once."""
        found = self._urls.get(method)
        if found is None:
            found = self._urls[method] = URL(self._base + method)
        return found

    async def download(self, place: str, into: BinaryIO, limit: int) -> int:
        """Write the file behind a `file_path` into a stream, at most `limit` bytes. Returns its size.

        A Bot API server of one's own names a path on its own disk: it is copied from there.
        Raises `TooBig`, `ApiUnreachable` (a link that has run out, too).
        """
        if place.startswith("/") and self._local:
            return await asyncio.to_thread(_copied, Path(place), into, limit)
        assert self._session is not None, "the wire is not open"
        patience = aiohttp.ClientTimeout(total=DOWNLOAD_SECONDS, sock_connect=CONNECT_SECONDS)
        size = 0
        try:
            async with self._session.get(self._files + place, timeout=patience) as response:
                if response.status != OK:
                    raise ApiUnreachable(f"file: HTTP {response.status}")
                async for block in response.content.iter_chunked(BLOCK):
                    size += len(block)
                    if size > limit:
                        raise TooBig("file: over the limit")
                    into.write(block)
        except (aiohttp.ClientError, TimeoutError) as failure:
            raise ApiUnreachable(f"file: {type(failure).__name__}") from None
        return size


@functools.cache
def _limit(patience: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=patience, sock_connect=CONNECT_SECONDS)


def _copied(source: Path, into: BinaryIO, limit: int) -> int:
    try:
        size = source.stat().st_size
        if size > limit:
            raise TooBig("file: over the limit")
        with source.open("rb") as stream:
            shutil.copyfileobj(stream, into)
    except OSError as failure:
        raise ApiUnreachable(f"file: {type(failure).__name__}") from None
    return size


def _body(payload: dict[str, Any]) -> dict[str, Any]:
    """JSON, or a form of parts where a file travels with it."""
    if not any(isinstance(value, Upload) for value in payload.values()):
        said = json.dumps(payload, ensure_ascii=False)  # a Kazakh letter is two bytes, escaped it is six
        return {"data": said.encode("utf-8", "replace"), "headers": JSON}
    form = aiohttp.FormData(quote_fields=False)
    for name, value in payload.items():
        if isinstance(value, Upload):
            form.add_field(name, value.content, filename=value.name, content_type="application/octet-stream")
        else:
            form.add_field(name, value if isinstance(value, str) else json.dumps(value))
    return {"data": form}


def _result(method: str, status: int, body: bytes) -> Any:
    broken = ApiDown if status >= SERVER_ERROR else ApiGarbled
    try:
        answer = json.loads(body)
    except ValueError:
        raise broken(f"{method}: HTTP {status} without JSON") from None
    if not isinstance(answer, dict):
        raise broken(f"{method}: HTTP {status} with odd JSON")
    if answer.get("ok"):
        return answer.get("result")
    code, parameters = answer.get("error_code"), answer.get("parameters")
    hints: dict[str, Any] = parameters if isinstance(parameters, dict) else {}
    wait, moved = hints.get("retry_after"), hints.get("migrate_to_chat_id")
    raise ApiRefused(
        code if isinstance(code, int) else status,
        str(answer.get("description", "")),
        wait if isinstance(wait, int | float) else None,
        moved if isinstance(moved, int) else None,
    )
