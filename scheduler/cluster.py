"""Several machines on one PostgreSQL: procrastinate hands out updates and keepers' rounds.

A job carries the number of a row and nothing else; the row decides whether there is anything to do. Jobs can
be thrown away at any moment: a sweeper makes them anew from the rows.
"""

import asyncio
import importlib.metadata
import logging
from collections.abc import Awaitable, Callable, Sequence

import procrastinate
from procrastinate import exceptions

from bot.services import inbox
from bot.services.office import Desk
from bot.storage import schema
from bot.storage.engine import NOTICE, Unavailable
from bot.telemetry import log
from scheduler.keeper import Keeper, Watch

UPDATES, KEEPERS = "updates", "keepers"
AT_ONCE = 32
BEAT_SECONDS, SILENT_SECONDS = 1.0, 5.0
SWEEP_SECONDS = 2.0
AGAIN_SECONDS = 1.0
STOP_SECONDS = 4.0
BATCH = 500
HELD = """
SELECT queueing_lock FROM procrastinate_jobs WHERE status = 'todo' AND queueing_lock = ANY(%(names)s)
UNION ALL
SELECT queueing_lock FROM procrastinate_jobs WHERE status = 'doing' AND queueing_lock = ANY(%(names)s)
"""
"""Which rows a job holds: both halves read the small indices that procrastinate has for each state."""

HURRY = 10
"""Rounds of keepers go before updates."""


def room() -> str:
    """The PostgreSQL schema of this version's jobs: nodes of two versions may run side by side."""
    return "jobs_" + importlib.metadata.version("procrastinate").replace(".", "_")


class Cluster:
    """One node's share of the work. `handle` gets the number of an inbox row."""

    def __init__(
        self,
        url: str,
        desk: Desk,
        bot_id: int,
        keepers: Sequence[Keeper],
        watch: Watch,
        handle: Callable[[int], Awaitable[None]],
    ) -> None:
        options = f"-c search_path={room()} -c idle_in_transaction_session_timeout=10s"
        connector = procrastinate.PsycopgConnector(
            conninfo=url, kwargs={"options": options, "connect_timeout": 5, **NOTICE}, min_size=1, max_size=6
        )
        self._app = procrastinate.App(connector=connector)
        self._desk = desk
        self._bot_id = bot_id
        self._watch = watch
        self._highest = 0
        self._news = asyncio.Event()
        self._update = self._app.task(name="update", queue=UPDATES)(_of_row(handle))
        for keeper in keepers:
            self._keep(keeper)
        logging.getLogger("procrastinate").setLevel(logging.CRITICAL)  # the rows tell what became of a job
        logging.getLogger("asyncio").addFilter(_not_of_a_lost_job)

    def _keep(self, keeper: Keeper) -> None:
        async def round_of(timestamp: int) -> None:
            await self._watch.run(keeper)

        name = f"keeper:{keeper.name}"
        task = self._app.task(
            name=name, queue=KEEPERS, lock=name, queueing_lock=name, priority=HURRY, pass_context=False
        )(round_of)
        self._app.periodic(cron=every(keeper.every))(task)

    def wake(self) -> None:
        """There is something new in the inbox."""
        self._news.set()

    def stop(self) -> None:
        """Take up nothing more."""
        self._stopped = True

    _stopped = False

    async def run(self) -> None:
        """Work until cancelled; an absent database is waited out."""
        await asyncio.to_thread(
            schema.make_room, self._desk.database.engine, room(), self._app.schema_manager.get_schema()
        )
        async with self._app.open_async(), asyncio.TaskGroup() as group:
            group.create_task(self._work())
            group.create_task(self._feed())
            group.create_task(self._sweep())

    async def _work(self) -> None:
        while not self._stopped:
            try:
                await self._app.run_worker_async(
                    concurrency=AT_ONCE,
                    install_signal_handlers=False,
                    delete_jobs="always",
                    update_heartbeat_interval=BEAT_SECONDS,
                    stalled_worker_timeout=SILENT_SECONDS,
                    fetch_job_polling_interval=BEAT_SECONDS,
                    shutdown_graceful_timeout=STOP_SECONDS,
                )
            except exceptions.ProcrastinateException as failure:
                _or_stop()
                log.error("cluster.interrupted", reason=str(failure))
            await asyncio.sleep(AGAIN_SECONDS)

    async def _feed(self) -> None:
        """A job for each update that this node has stored, at once."""
        while True:
            await self._news.wait()
            self._news.clear()
            try:
                rows = await self._desk.do(inbox.waiting, self._bot_id, self._highest, BATCH)
                for row in rows:
                    await self._defer(row.row_id, row.chat_key)
                    self._highest = max(self._highest, row.row_id)
                if len(rows) == BATCH:
                    self._news.set()
            except (Unavailable, exceptions.ProcrastinateException) as failure:
                _or_stop()
                log.error("cluster.unfed", reason=str(failure))
                await asyncio.sleep(AGAIN_SECONDS)
                self._news.set()

    async def _defer(self, row_id: int, chat_key: int) -> None:
        order = self._update.configure(lock=f"chat:{chat_key}", queueing_lock=_name(row_id))
        try:
            await order.defer_async(row_id=row_id)
        except exceptions.AlreadyEnqueued:
            return

    async def _sweep(self) -> None:
        """Jobs of silent workers are thrown away; a row that no job holds gets one."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            try:
                await self._take_over()
                await self._find_left()
            except (Unavailable, exceptions.ProcrastinateException) as failure:
                _or_stop()
                log.error("cluster.unswept", reason=str(failure))

    async def _take_over(self) -> None:
        """Throw away what silent workers had begun: its row, or its next round, gets another job.

        To hand out such a job itself again fails for ever where its row has got another one meanwhile.
        """
        manager = self._app.job_manager
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=SILENT_SECONDS):
            try:
                await manager.finish_job(job, procrastinate.jobs.Status.FAILED, delete_job=True)
            except exceptions.ConnectorException:  # another node was quicker
                _or_stop()

    async def _find_left(self) -> None:
        rows = await self._desk.do(inbox.waiting, self._bot_id, 0, BATCH)
        if not rows:
            return
        names = {row.row_id: _name(row.row_id) for row in rows}
        found = await self._app.connector.execute_query_all_async(HELD, names=list(names.values()))
        held = {job["queueing_lock"] for job in found}
        for row in rows:
            if names[row.row_id] not in held:
                await self._defer(row.row_id, row.chat_key)


def _or_stop() -> None:
    """Go on after a failure, unless it stands in for our own cancellation.

    A query cut short by a cancellation may end in a database error instead; whoever then goes on is never
    cancelled again, and a machine that should stop hangs.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def _name(row_id: int) -> str:
    """What a job of a row is called; of one row no two wait."""
    return f"update:{row_id}"


def _of_row(handle: Callable[[int], Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    async def update(row_id: int) -> None:
        await handle(row_id)

    return update


def _not_of_a_lost_job(record: logging.LogRecord) -> bool:
    """Whether a line is news: a node that wakes cannot end a job that others have taken over, as is meant."""
    kind = record.exc_info[0] if record.exc_info else None
    return kind is None or not issubclass(kind, exceptions.ProcrastinateException)


def every(seconds: float) -> str:
    """A period as procrastinate reads it: whole seconds of a minute, or once an hour."""
    whole = max(1, round(seconds))
    if whole < 60:
        return f"* * * * * */{whole}"
    return f"*/{whole // 60} * * * *" if whole < 3600 else "0 * * * *"
