"""The log of every Bot API call, for tests and for the page."""

from collections import deque
from dataclasses import dataclass

from bot.sandbox.model import JsonDict


@dataclass(slots=True)
class Entry:
    """One call; `status` is 0 while it runs or when the connection was cut."""

    seq: int
    at: float
    method: str
    params: dict[str, str]
    status: int = 0
    error: str | None = None
    fault: str | None = None
    via: str = "http"

    def shown(self) -> JsonDict:
        """The entry as the control API tells it."""
        return {
            "seq": self.seq,
            "at": self.at,
            "method": self.method,
            "params": self.params,
            "status": self.status,
            "error": self.error,
            "fault": self.fault,
            "via": self.via,
        }


class CallLog:
    """The newest calls, numbered from 1."""

    def __init__(self, keep: int) -> None:
        self._entries: deque[Entry] = deque(maxlen=keep)
        self._seq = 0

    def begin(self, at: float, method: str, params: dict[str, str], via: str = "http") -> Entry:
        """Note that a call came in."""
        self._seq += 1
        entry = Entry(self._seq, at, method, params, via=via)
        self._entries.append(entry)
        return entry

    def after(self, seq: int, method: str = "") -> list[JsonDict]:
        """Calls numbered above `seq`, of one method if given (letters' case does not matter)."""
        wanted = method.lower()
        return [
            entry.shown()
            for entry in self._entries
            if entry.seq > seq and (not wanted or entry.method.lower() == wanted)
        ]
