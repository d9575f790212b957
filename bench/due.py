"""Timers that fall due: thousands in one second against APScheduler's memory store; one among many."""

import asyncio
import datetime as dt
import statistics
import time
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import select

from bench import campus, stub
from bench.figures import Figure
from bot.clock import system_clock
from bot.delivery.pace import Pace
from bot.delivery.sender import Sender
from bot.services import timers
from bot.services.office import Desk
from bot.storage.tables import Notice, Reminder
from bot.telemetry import Metrics
from bot.views.notices import Notices
from bot.wire import Wire
from scheduler.duties import keepers

TIMERS = 5000
PENDING = 100_000
SINGLE = 60
APART = 1.037
AHEAD = 6.0


def due() -> list[Figure]:
    """Worst lateness of so many timers due in one second.

    Ours has fired when its message stands in the outbox, theirs when its job was called.
    """
    theirs = asyncio.run(_scheduler())
    missed, ours = asyncio.run(_ours())
    said = f"{ours * 1000:.0f} ms against {theirs * 1000:.0f} ms"
    name = f"{TIMERS:,} different timers due in one second: worst lateness against APScheduler's memory store"
    return [
        Figure(name, said, max(0.0, ours) / theirs, "<= 0.2"),
        Figure("of them never fired", str(missed), None, "0"),
    ]


async def _scheduler() -> float:
    """APScheduler with its memory store; the lateness of its worst job in seconds."""
    scheduler = AsyncIOScheduler(timezone=dt.UTC)
    base = system_clock() + dt.timedelta(seconds=AHEAD)
    late: list[float] = []

    def fire(at: dt.datetime) -> None:
        late.append((system_clock() - at).total_seconds())

    for number in range(TIMERS):
        at = base + dt.timedelta(seconds=number / TIMERS)
        scheduler.add_job(fire, "date", run_date=at, args=[at], misfire_grace_time=None)
    scheduler.start()
    while len(late) < TIMERS:
        await asyncio.sleep(0.2)
    scheduler.shutdown(wait=False)
    return max(late)


async def _ours() -> tuple[int, float]:
    """The keeper over the table; a timer has fired when its message can be claimed. Negative: ahead."""
    with campus.base() as opened:
        desk = Desk(opened.database, opened.desk.office, system_clock)
        campus.fill(opened, 1)
        now = system_clock()
        exam_id = campus.exam(opened, ends_at=now + dt.timedelta(hours=1))
        base = now + dt.timedelta(seconds=AHEAD)
        campus.timers(opened, exam_id, TIMERS, first_due=base, apart=1 / TIMERS)
        keeper = next(keeper for keeper in keepers(desk) if keeper.name == "reminders")
        seen: dict[int, dt.datetime] = {}

        def fired(uow: Any) -> None:
            fresh = select(Reminder.id).where(Reminder.state == "expanded", Reminder.id > len(seen))
            seen.update(dict.fromkeys(uow.session.scalars(fresh), system_clock()))

        while len(seen) < TIMERS and system_clock() < base + dt.timedelta(seconds=30):
            await keeper.run()
            await opened.database.run(fired)
            await asyncio.sleep(0.1)
        dues = dict(
            row._tuple()
            for row in await opened.database.run(
                lambda uow: uow.session.execute(select(Reminder.id, Reminder.due_at)).all()
            )
        )
        worst = max((at - dues[number]).total_seconds() for number, at in seen.items())
        return TIMERS - len(seen), worst


def lateness() -> list[Figure]:
    """From due to the server's door, one warning at a time, among a hundred thousand pending timers."""
    with stub.running() as url:
        late = sorted(asyncio.run(_singles(url)))
    p99 = late[min(len(late) - 1, round(len(late) * 0.99))]
    said = f"p99 {p99 * 1000:.0f} ms, median {statistics.median(late) * 1000:.0f} ms of {len(late)}"
    return [
        Figure(f"lateness of a single warning, {PENDING:,} timers pending", said, p99 / 0.25, "<= 1 (250 ms)")
    ]


async def _singles(url: str) -> list[float]:
    with campus.base() as opened:
        desk = Desk(opened.database, opened.desk.office, system_clock)
        campus.fill(opened, SINGLE, size=1)
        now = system_clock()
        later = campus.exam(opened, ends_at=now + dt.timedelta(days=9))
        campus.timers(opened, later, PENDING, first_due=now + dt.timedelta(days=1))
        first = system_clock() + dt.timedelta(seconds=5)
        for number in range(SINGLE):
            exam_id = campus.exam(opened, ends_at=now + dt.timedelta(hours=1), group=f"G{number + 1}")
            campus.timers(opened, exam_id, 1, first_due=first + dt.timedelta(seconds=number * APART))
        wire = _Door(url)
        await wire.open()
        pace = Pace(1000, 0, time.monotonic)
        notices = Notices(desk.office.policy, desk.office.algorithms)
        sender = Sender(desk, wire, notices, opened.voices, pace, Metrics(), 1000)
        task = asyncio.ensure_future(sender.run())
        keeper = next(keeper for keeper in keepers(desk) if keeper.name == "reminders")
        while len(wire.at) < SINGLE and system_clock() < now + dt.timedelta(seconds=SINGLE * APART + 60):
            if await keeper.run():
                sender.wake()
            await asyncio.sleep(keeper.every)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await wire.close()
        dues = await opened.database.run(
            lambda uow: list(uow.session.scalars(select(Notice.due_at).order_by(Notice.due_at)))
        )
    return [at - moment.timestamp() for at, moment in zip(sorted(wire.at), dues, strict=True)]


class _Door(Wire):
    """The wire, with the moment of each call."""

    def __init__(self, url: str) -> None:
        super().__init__(url, "42:bench")
        self.at: list[float] = []

    async def call(self, method: str, payload: dict[str, Any], patience: float = 15) -> Any:
        self.at.append(system_clock().timestamp())
        return await super().call(method, payload, patience)


__all__ = ["due", "lateness", "timers"]
