"""Several machines on one PostgreSQL: procrastinate wakes each keeper once a period among them all.

A round is a job that carries nothing: what is due stands in the rows. Updates are no jobs; each machine takes
them from the inbox itself (`bot/intake/sharing.py`).
"""

import asyncio
import importlib.metadata
import logging
from collections.abc import Sequence
from typing import Any

import procrastinate
from procrastinate import exceptions
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from bot.services import nodes
from bot.services.office import Desk
from bot.storage.engine import NOTICE, Unavailable
from bot.telemetry import log
from scheduler.keeper import Keeper, Watch

KEEPERS = "keepers"
UPDATES = "updates"
"""The queue of an earlier version, which handed out updates as jobs: nobody takes from it any more."""

AT_ONCE = 32
BEAT_SECONDS, SILENT_SECONDS = 1.0, 5.0
SWEEP_SECONDS = 2.0
AGAIN_SECONDS = 1.0
STOP_SECONDS = 4.0
OPEN_SECONDS = 10.0
PAUSES = (0.5, 1.0, 2.0, 5.0)
"""Between tries to begin while the database is away."""


def room() -> str:
    """The PostgreSQL schema of this version's jobs: nodes of two versions may run side by side."""
    return "jobs_" + importlib.metadata.version("procrastinate").replace(".", "_")


class Cluster:
    """One node's share of the rounds."""

    def __init__(self, url: str, desk: Desk, keepers: Sequence[Keeper], watch: Watch) -> None:
        options = f"-c search_path={room()} -c idle_in_transaction_session_timeout=10s"
        self._connector = procrastinate.PsycopgConnector(
            conninfo=url,
            kwargs={"options": options, "connect_timeout": 5, **NOTICE},
            configure=_single,
            min_size=1,
            max_size=4,
            timeout=OPEN_SECONDS,
            pool_factory=_pool,
        )
        logging.getLogger("procrastinate").setLevel(logging.CRITICAL)  # the rows tell what became of a job
        logging.getLogger("asyncio").addFilter(_not_of_a_lost_job)
        self._app = procrastinate.App(connector=self._connector)
        self._desk = desk
        self._watch = watch
        for keeper in keepers:
            self._keep(keeper)

    def _keep(self, keeper: Keeper) -> None:
        async def round_of(timestamp: int) -> None:
            await self._watch.run(keeper)

        name = f"keeper:{keeper.name}"
        task = self._app.task(name=name, queue=KEEPERS, lock=name, queueing_lock=name, pass_context=False)(
            round_of
        )
        self._app.periodic(cron=every(keeper.every))(task)
        log.debug("cluster.keeper", keeper=keeper.name, every=keeper.every)

    def stop(self) -> None:
        """Take up nothing more."""
        self._stopped = True

    _stopped = False

    async def run(self) -> None:
        """Work until cancelled; an absent database is waited out, at the start too."""
        await self._begin()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._work())
                group.create_task(self._sweep())
        finally:
            await self._app.close_async()

    async def _begin(self) -> None:
        """Tables and connections, as soon as the database has them to give."""
        tries = 0
        while True:
            try:
                await self._desk.do(nodes.make_room, room(), self._app.schema_manager.get_schema())
                await self._app.open_async()
                await self._clear()
                return
            except (Unavailable, PoolTimeout, exceptions.ProcrastinateException) as failure:
                _or_stop()
                log.error("cluster.waits", reason=str(failure))
                await self._app.close_async()
            await asyncio.sleep(PAUSES[min(tries, len(PAUSES) - 1)])
            tries += 1

    async def _work(self) -> None:
        while not self._stopped:
            try:
                await self._app.run_worker_async(
                    queues=[KEEPERS],
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
            await self._connector.pool.check()

    async def _sweep(self) -> None:
        """Rounds that silent workers had begun are thrown away: the next period brings another."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            try:
                await self._take_over()
            except exceptions.ProcrastinateException as failure:
                _or_stop()
                log.error("cluster.unswept", reason=str(failure))

    async def _take_over(self) -> None:
        manager = self._app.job_manager
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=SILENT_SECONDS):
            try:
                await manager.finish_job(job, procrastinate.jobs.Status.FAILED, delete_job=True)
            except exceptions.ConnectorException:  # another node was quicker
                _or_stop()

    async def _clear(self) -> None:
        """Jobs that an earlier version has left; what they were about waits in the inbox as well."""
        manager = self._app.job_manager
        for job in await manager.list_jobs_async(queue=UPDATES, status="todo"):
            assert job.id is not None
            await manager.cancel_job_by_id_async(job.id, delete_job=True)


async def _single(connection: AsyncConnection) -> None:
    """Each statement stands for itself: a transaction around it would be two more round trips."""
    await connection.set_autocommit(True)


def _pool(**options: Any) -> AsyncConnectionPool:
    """Connections that are not asked before each use whether they live: a worker that meets a dead one looks
    at them all and begins anew.
    """
    return AsyncConnectionPool(**{**options, "check": None})


def _or_stop() -> None:
    """Go on after a failure, unless it stands in for our own cancellation.

    A query cut short by a cancellation may end in a database error instead; whoever then goes on is never
    cancelled again, and a machine that should stop hangs.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


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
