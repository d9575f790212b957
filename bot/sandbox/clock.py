"""The sandbox's own clock: wall time that the control API may shift, so that a day passes in a test."""

import time
from collections.abc import Callable


def wall_clock() -> float:
    """Seconds since 1970. The sandbox uses no other room, so it cannot ask the program's clock."""
    return time.time()


class Clock:
    """Seconds since 1970 as the sandbox sees them: the source plus every shift so far."""

    def __init__(self, source: Callable[[], float]) -> None:
        self._source = source
        self._offset = 0.0

    def now(self) -> float:
        """Seconds since 1970, shifted."""
        return self._source() + self._offset

    def date(self) -> int:
        """The whole seconds that messages carry."""
        return int(self.now())

    def shift(self, seconds: float) -> float:
        """Move the clock by `seconds` (negative goes back) and return the new time."""
        self._offset += seconds
        return self.now()
