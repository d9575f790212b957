"""SQLite's one writer: what waits together is committed together, so that one flush to disk serves many."""

import asyncio
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from bot.storage.unit import Looking, UnitOfWork

TOGETHER = 64
Work = Callable[[UnitOfWork], Any]
Failed = Callable[[Exception], Exception | None]
"""Says what a whole batch fails with because of one failure; None: the failure is that work's own."""


@dataclass(slots=True)
class _Job:
    work: Work
    answer: "asyncio.Future[Any]"
    loop: asyncio.AbstractEventLoop
    looks: bool
    result: Any = None
    failure: BaseException | None = None


class Writer:
    """A thread that carries out works in the order they came; each is stored as a whole or not at all.

    A work that raises is rolled back alone. When the commit fails nothing of the batch is stored, and all
    of it fails with what `failed` says.
    """

    def __init__(self, engine: Engine, failed: Failed) -> None:
        self._engine = engine
        self._failed = failed
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name="storage", daemon=True)
        self._thread.start()

    async def run(self, work: Work, *, looks: bool = False) -> Any:
        """Carry out `work` in the thread; one hop there and back. Raises what it raises.

        What only looks has no savepoint, as there is nothing to undo: `RuntimeError` if it changes something.
        """
        loop = asyncio.get_running_loop()
        job = _Job(work, loop.create_future(), loop, looks)
        self._jobs.put(job)
        return await job.answer

    def close(self) -> None:
        """Finish what waits, then end the thread."""
        self._jobs.put(None)
        self._thread.join()

    def _serve(self) -> None:
        while True:
            batch, going_on = self._next()
            if batch:
                self._carry_out(batch)
                _answer(batch)
            if not going_on:
                return

    def _next(self) -> tuple[list[_Job], bool]:
        batch: list[_Job] = []
        job = self._jobs.get()
        while job is not None:
            batch.append(job)
            if len(batch) == TOGETHER:
                return batch, True
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return batch, True
        return batch, False

    def _carry_out(self, batch: list[_Job]) -> None:
        try:
            with self._engine.connect() as connection, connection.begin():
                for job in batch:
                    self._one(connection, job)
        except Exception as failure:
            whole = self._failed(failure) or failure
            for job in batch:
                job.failure = job.failure or whole

    def _one(self, connection: Connection, job: _Job) -> None:
        try:
            job.result = _looked(connection, job.work) if job.looks else _worked(connection, job.work)
        except Exception as failure:
            if self._failed(failure) is not None:
                raise
            job.failure = failure


def _worked(connection: Connection, work: Work) -> Any:
    with (
        Session(connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as session,
        session.begin(),
    ):
        return work(UnitOfWork(session))


def _looked(connection: Connection, work: Work) -> Any:
    with Looking(connection, join_transaction_mode="rollback_only") as session:
        return work(UnitOfWork(session))


def _answer(batch: list[_Job]) -> None:
    """Give every waiting coroutine its result, one call into each loop."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Job]] = {}
    for job in batch:
        by_loop.setdefault(job.loop, []).append(job)
    for loop, jobs in by_loop.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_settle, jobs)


def _settle(jobs: list[_Job]) -> None:
    for job in jobs:
        if job.answer.done():
            continue
        if job.failure is not None:
            job.answer.set_exception(job.failure)
        else:
            job.answer.set_result(job.result)
