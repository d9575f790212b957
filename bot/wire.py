"""A thin line to the Bot API: one JSON call over a kept connection, with typed failures."""

import json
from typing import Any

import aiohttp

from bot.errors import EmtihanError

FLOOD, FORBIDDEN, CONFLICT, SERVER_ERROR = 429, 403, 409, 500
CONNECT_SECONDS = 5


class ApiRefused(EmtihanError):
    """The server answered with an error. `retry_after` (seconds) comes with flood control."""

    def __init__(self, code: int, description: str, retry_after: float | None = None) -> None:
        self.code = code
        self.description = description
        self.retry_after = retry_after
        super().__init__(f"{code} {description}")


class ApiUnreachable(EmtihanError):
    """No usable answer came: the call may or may not have been carried out."""


class ApiDown(ApiUnreachable):
    """Nobody answered the door: the call was certainly not carried out."""


class Wire:
    """Calls Bot API methods over one pool of connections; the token never leaves this object."""

    def __init__(self, api_url: str, token: str, connections: int = 100) -> None:
        self._base = f"{api_url}/bot{token}/"
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Make the pool; needs a running event loop."""
        connector = aiohttp.TCPConnector(limit=self._connections, ttl_dns_cache=300)
        self._session = aiohttp.ClientSession(connector=connector)

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()

    async def call(self, method: str, payload: dict[str, Any], patience: float = 15) -> Any:
        """The `result` of a call. Raises `ApiRefused` or `ApiUnreachable`; `patience` in seconds."""
        assert self._session is not None, "the wire is not open"
        limit = aiohttp.ClientTimeout(total=patience, sock_connect=CONNECT_SECONDS)
        try:
            async with self._session.post(self._base + method, json=payload, timeout=limit) as response:
                status, body = response.status, await response.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as failure:
            raise ApiDown(f"{method}: {type(failure).__name__}") from None
        except (aiohttp.ClientError, TimeoutError, OSError) as failure:
            raise ApiUnreachable(f"{method}: {type(failure).__name__}") from None
        return _result(method, status, body)


def _result(method: str, status: int, body: bytes) -> Any:
    broken = ApiDown if status >= SERVER_ERROR else ApiUnreachable
    try:
        answer = json.loads(body)
    except ValueError:
        raise broken(f"{method}: HTTP {status} without JSON") from None
    if not isinstance(answer, dict):
        raise broken(f"{method}: HTTP {status} with odd JSON")
    if answer.get("ok"):
        return answer.get("result")
    code, parameters = answer.get("error_code"), answer.get("parameters")
    wait = parameters.get("retry_after") if isinstance(parameters, dict) else None
    raise ApiRefused(
        code if isinstance(code, int) else status,
        str(answer.get("description", "")),
        wait if isinstance(wait, int | float) else None,
    )
