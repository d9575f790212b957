"""While every call fails, one message at a time is tried; the first to arrive brings the full pace back."""

import datetime as dt
from collections.abc import Callable

from bot.rules.policy import Delivery

IN_A_ROW = 3
"""So many calls fail with none arriving between before the server counts as away."""


class Silence:
    """Whether the Bot API server is away, and when it is asked again. `clock` gives seconds that never jump.

    The pauses between two tries double from `retry_first` to `probe_longest`, which is how late a message can
    be for this reason when the server is back; twice that, where it answered with a failure of its own.
    """

    def __init__(self, rules: Delivery, clock: Callable[[], float]) -> None:
        self._first = rules.retry_first
        self._longest = max(rules.retry_first, rules.probe_longest)
        self._clock = clock
        self._failed = 0
        self._pause = self._first
        self._next_at = 0.0
        self._probe: int | None = None

    @property
    def away(self) -> bool:
        """Whether calls have failed in a row."""
        return self._failed >= IN_A_ROW

    @property
    def room(self) -> int | None:
        """How many messages may be taken up now; None when there is no limit."""
        if not self.away:
            return None
        return 0 if self._probe is not None or self.wait > 0 else 1

    @property
    def wait(self) -> float:
        """Seconds until the next try; 0 while the server is there."""
        return max(0.0, self._next_at - self._clock()) if self.away else 0.0

    def admits(self, notice_id: int) -> bool:
        """Whether a message may go now: any while the server is there, else the one that tries."""
        if not self.away:
            return True
        if self.room == 0:
            return False
        self._probe = notice_id
        return True

    def failed(self, notice_id: int) -> dt.timedelta | None:
        """A call has failed. How long its message waits; None: by its own count, the server is not away."""
        self._failed += 1
        if self._probe == notice_id:
            self._pause = min(self._pause * 2, self._longest)
            self.given_up(notice_id)
        elif self._failed == IN_A_ROW:
            self._next_at = self._clock() + self._pause.total_seconds()
        return self._pause if self.away else None

    def arrived(self) -> bool:
        """The server has answered. Returns whether it was away until now."""
        was, self._failed, self._pause, self._probe = self.away, 0, self._first, None
        return was

    def given_up(self, notice_id: int) -> None:
        """The one that tried came to no call, or to no clear answer: another tries, when it is time again."""
        if self._probe == notice_id:
            self._probe = None
            self._next_at = self._clock() + self._pause.total_seconds()
