"""Refusals of the Bot API, worded as the real server words them."""

from typing import Any


class ApiError(Exception):
    """A call is refused: HTTP status and `error_code` are `code`, `description` is the full text."""

    def __init__(self, code: int, description: str, parameters: dict[str, Any] | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


class ControlError(Exception):
    """The control API was asked for something a phone cannot do; `status` is the HTTP status."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


def lowered(text: str) -> str:
    """The server's habit: the first letter goes down unless the second is a capital or an underscore."""
    if len(text) >= 2 and (text[1] == "_" or "A" <= text[1] <= "Z"):
        return text
    return text[:1].lower() + text[1:]


def bad(text: str, parameters: dict[str, Any] | None = None) -> ApiError:
    """400 "Bad Request: …"."""
    return ApiError(400, f"Bad Request: {lowered(text)}", parameters)


def forbidden(text: str) -> ApiError:
    """403 "Forbidden: …"."""
    return ApiError(403, f"Forbidden: {lowered(text)}")


def conflict(text: str) -> ApiError:
    """409 "Conflict: …"."""
    return ApiError(409, f"Conflict: {text}")


def too_many(retry_after: int) -> ApiError:
    """429 with the seconds to wait in the text, in `parameters` and (by the transport) in the header."""
    return ApiError(429, f"Too Many Requests: retry after {retry_after}", {"retry_after": retry_after})
