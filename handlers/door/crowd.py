"""One person who sends too much is told so once, and holds up nobody else."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["open", "warn", "closed"]
BURST = 30.0
PER_SECOND = 0.5
AGAIN = 5.0
REMEMBERED = 5_000


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float
    warned: bool = False


class Crowd:
    """A bucket a person: `BURST` answers at once, then `PER_SECOND`. Times are seconds that never jump."""

    def __init__(self, burst: float = BURST, per_second: float = PER_SECOND) -> None:
        self._burst = burst
        self._per_second = per_second
        self._buckets: OrderedDict[int, _Bucket] = OrderedDict()

    def admits(self, user_id: int, now: float) -> Verdict:
        """`open`: answer. `warn`: say once that it is too much. `closed`: that has been said."""
        bucket = self._buckets.get(user_id) or _Bucket(self._burst, now)
        self._buckets[user_id] = bucket
        self._buckets.move_to_end(user_id)
        if len(self._buckets) > REMEMBERED:
            self._buckets.popitem(last=False)
        bucket.left = min(self._burst, bucket.left + (now - bucket.at) * self._per_second)
        bucket.at = now
        if bucket.warned and bucket.left < min(AGAIN, self._burst):
            return "closed"
        bucket.warned = bucket.left < 1
        if bucket.warned:
            return "warn"
        bucket.left -= 1
        return "open"

    def seconds(self) -> int:
        """How long somebody who has been warned should wait."""
        return round(min(AGAIN, self._burst) / self._per_second)
