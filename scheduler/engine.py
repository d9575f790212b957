"""The clock of one machine: APScheduler wakes the keepers. The rows are the truth."""

import asyncio
import datetime as dt
from collections.abc import Sequence

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from scheduler.keeper import Keeper, Watch


class Engine:
    """Wakes each keeper at its period, never two rounds of one at once; a late round is run, not dropped."""

    def __init__(self, keepers: Sequence[Keeper], watch: Watch) -> None:
        self._scheduler = AsyncIOScheduler(timezone=dt.UTC)
        for keeper in keepers:
            self._scheduler.add_job(
                watch.run,
                IntervalTrigger(seconds=keeper.every, timezone=dt.UTC),
                args=[keeper],
                id=keeper.name,
                next_run_time=dt.datetime.now(dt.UTC),  # noqa: TID251  (a real alarm clock needs the real time)
                misfire_grace_time=None,
                coalesce=True,
                max_instances=1,
            )

    def start(self) -> None:
        """Begin waking; needs a running event loop."""
        self._scheduler.start()

    async def run(self) -> None:
        """Wake until cancelled."""
        self.start()
        await asyncio.Event().wait()

    def stop(self) -> None:
        """Wake nobody any more."""
        self._scheduler.shutdown(wait=False)
