"""Send limits: over all chats, per private chat and per group, answered with 429 as the real server does."""

import math
from collections import deque

from bot.sandbox.config import SandboxConfig
from bot.sandbox.errors import too_many

_FREE = frozenset(("sendchataction",))
_COUNTED = ("send", "copymessage", "forwardmessage")


class Window:
    """At most `limit` events in any `seconds` that slide."""

    def __init__(self, limit: int, seconds: float) -> None:
        self.limit = limit
        self.seconds = seconds
        self._times: deque[float] = deque()

    def wait(self, now: float, weight: int) -> float:
        """Seconds until `weight` more events fit; 0 when they fit now."""
        while self._times and self._times[0] <= now - self.seconds:
            self._times.popleft()
        over = len(self._times) + weight - self.limit
        if over <= 0 or not self._times:
            return 0.0
        return self._times[min(over, len(self._times)) - 1] + self.seconds - now

    def note(self, now: float, weight: int) -> None:
        """Count `weight` events."""
        self._times.extend([now] * weight)


class Bucket:
    """`rate` a second on average after a burst of `size`."""

    def __init__(self, rate: float, size: int, now: float) -> None:
        self._rate = rate
        self._size = float(size)
        self._level = float(size)
        self._at = now

    def wait(self, now: float) -> float:
        """Seconds until one more fits; 0 when it fits now."""
        self._level = min(self._size, self._level + (now - self._at) * self._rate)
        self._at = now
        return 0.0 if self._level >= 1 else (1 - self._level) / self._rate

    def note(self, weight: int) -> None:
        """Take `weight` out; an album may leave a debt."""
        self._level -= weight


class Pace:
    """All limits of one sandbox; calls that are let through are counted, refused ones are not."""

    def __init__(self, config: SandboxConfig) -> None:
        self._config = config
        self._all = Window(config.send_rate or 0, 1.0)
        self._paid = Window(config.paid_rate, 1.0)
        self._chats: dict[str, Bucket] = {}
        self._groups: dict[str, Window] = {}

    def admit(self, method: str, chat_id: str, weight: int, paid: bool) -> None:
        """Count one sending call of `weight` messages, or raise 429 with the seconds to wait."""
        name = method.lower()
        if name in _FREE or not name.startswith(_COUNTED):
            return
        now = self._config.monotonic()
        overall = self._paid if paid else self._all
        wait = overall.wait(now, weight) if self._config.send_rate else 0.0
        group = self._group(chat_id)
        bucket = self._bucket(chat_id, now)
        if group is not None:
            wait = max(wait, group.wait(now, weight))
        if bucket is not None:
            wait = max(wait, bucket.wait(now))
        if wait > 0:
            raise too_many(max(1, math.ceil(wait)))
        if self._config.send_rate:
            overall.note(now, weight)
        if group is not None:
            group.note(now, weight)
        if bucket is not None:
            bucket.note(weight)

    def _group(self, chat_id: str) -> Window | None:
        if self._config.group_rate is None or not chat_id.startswith("-"):
            return None
        return self._groups.setdefault(chat_id, Window(self._config.group_rate, 60.0))

    def _bucket(self, chat_id: str, now: float) -> Bucket | None:
        if self._config.per_chat_rate is None or not chat_id or chat_id.startswith("-"):
            return None
        if chat_id not in self._chats:
            self._chats[chat_id] = Bucket(self._config.per_chat_rate, self._config.per_chat_burst, now)
        return self._chats[chat_id]
