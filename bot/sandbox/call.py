"""One Bot API call: how parameters travel (query, form, JSON, multipart) and how they are read.

Every parameter is a string, as on the real server: JSON values other than strings keep their JSON text.
"""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.sandbox.errors import ApiError, bad
from bot.sandbox.model import Json

_INTEGER = re.compile(r"\s*([+-]?\d+)")
_INT32 = 2**31 - 1


@dataclass(slots=True)
class Upload:
    """A file that came with the call."""

    name: str
    mime: str
    data: bytes


@dataclass(slots=True)
class Call:
    """A method with its parameters and uploads."""

    method: str
    params: dict[str, str] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """The parameter as it came, "" when absent."""
        return self.params.get(name, "")

    def required(self, name: str) -> str:
        """The parameter; absent or empty is 400."""
        value = self.text(name)
        if not value:
            raise bad(f'Parameter "{name}" is required')
        return value

    def integer(self, name: str, default: int = 0, low: int = -_INT32, high: int = _INT32) -> int:
        """A number clamped to its range; what is not a number counts as 0, as on the real server."""
        value = self.text(name)
        number = default if not value else whole(value)
        return min(max(number, low), high)

    def flag(self, name: str) -> bool:
        """true, yes and 1 are true."""
        return self.text(name).strip().lower() in ("true", "yes", "1")

    def json(self, name: str, problem: str) -> Json:
        """The parameter's JSON value, None when absent; text that is no JSON is 400 with `problem`."""
        value = self.text(name)
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad(problem) from None

    def message_id(self, name: str = "message_id") -> int:
        """A message's number, 0 when absent or negative."""
        return max(self.integer(name), 0)

    def logged(self) -> dict[str, str]:
        """Parameters for the call log, uploads by their file names."""
        return {**self.params, **{name: f"file:{upload.name}" for name, upload in self.uploads.items()}}


def whole(text: str) -> int:
    """The integer a text begins with, else 0."""
    found = _INTEGER.match(text)
    return int(found.group(1)) if found else 0


def _as_text(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


async def _read_json(request: web.Request, call: Call) -> None:
    body = await request.read()
    if not body.strip():
        return
    try:
        values = json.loads(body)
    except ValueError as error:
        raise bad(f"can't parse object: {error}") from None
    if not isinstance(values, dict):
        raise bad("JSON object expected")
    for name, value in values.items():
        call.params.setdefault(name, _as_text(value))


async def _read_form(request: web.Request, call: Call) -> None:
    try:
        form = await request.post()
    except (UnicodeDecodeError, ValueError, AssertionError) as error:
        raise bad(f"can't parse the request body: {error}") from None
    for name, value in form.items():
        if isinstance(value, web.FileField):
            mime = value.content_type or "application/octet-stream"
            call.uploads.setdefault(name, Upload(value.filename or "", mime, value.file.read()))
            value.file.close()
        else:
            call.params.setdefault(name, value if isinstance(value, str) else bytes(value).decode())


async def read_call(request: web.Request, method: str) -> Call:
    """Read one call; a body over the server's limit is 413, a broken one 400."""
    call = Call(method)
    for name, value in request.query.items():
        call.params.setdefault(name, value)
    try:
        if request.content_type == "application/json":
            await _read_json(request, call)
        elif request.method == "POST":
            await _read_form(request, call)
    except web.HTTPRequestEntityTooLarge:
        raise ApiError(413, "Request Entity Too Large") from None
    return call


def call_of(method: str, values: dict[str, Any]) -> Call:
    """A call from plain values (the answer of a webhook)."""
    return Call(method, {name: _as_text(value) for name, value in values.items()})
