"""One duty that comes round: its period, its time limit and its own failures."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.clock import Clock, monotonic
from bot.storage.engine import Unavailable
from bot.telemetry import Metrics, log


@dataclass(frozen=True, slots=True)
class Keeper:
    """`every` and `limit` are seconds. `run` returns how much it did."""

    name: str
    every: float
    run: Callable[[], Awaitable[int]]
    limit: float = 30.0


class Watch:
    """Runs keepers so that the failure of one never stops another, and knows when each last succeeded."""

    def __init__(self, clock: Clock, metrics: Metrics, done: Callable[[], None]) -> None:
        self._clock = clock
        self._metrics = metrics
        self._done = done
        self._last: dict[str, float] = {}

    async def run(self, keeper: Keeper) -> None:
        """One round of a duty. A failure is counted and logged, the next round comes all the same.

        A round that is cancelled because the program stops is one transaction: nothing of it is half done.
        """
        try:
            async with asyncio.timeout(keeper.limit):
                did = await keeper.run()
        except asyncio.CancelledError:
            return
        except TimeoutError:
            self._failed(keeper, "took too long")
        except Unavailable as failure:
            self._failed(keeper, str(failure))
        except Exception as failure:
            log.exception("keeper.crashed", keeper=keeper.name)
            self._failed(keeper, type(failure).__name__)
        else:
            self._last[keeper.name] = monotonic()
            if did:
                self._done()

    def _failed(self, keeper: Keeper, reason: str) -> None:
        self._metrics.keeper_failures.labels(keeper.name).inc()
        log.error("keeper.failed", keeper=keeper.name, reason=reason)

    def silent_for(self) -> dict[str, float]:
        """Seconds since each keeper last succeeded."""
        now = monotonic()
        ages = {name: now - last for name, last in self._last.items()}
        for name, age in ages.items():
            self._metrics.keeper_lag.labels(name).set(age)
        return ages
