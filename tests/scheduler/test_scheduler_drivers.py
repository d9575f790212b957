"""One promise, two drivers: the same tests for APScheduler on one machine and procrastinate on several."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from procrastinate import PsycopgConnector
from procrastinate.exceptions import ConnectorException
from sqlalchemy import func, select, text

from bot.rules.vocabulary import ExamKind
from bot.services import inbox, timers
from bot.storage import schema
from bot.storage.tables import IncomingUpdate, Notice
from bot.telemetry import Metrics
from scheduler import cluster
from scheduler.cluster import Cluster
from scheduler.engine import Engine
from scheduler.keeper import Keeper, Watch
from tests.support.databases import Postgres
from tests.support.hall import Hall
from tests.support.people import exam

pytestmark = pytest.mark.anyio
BOT = 1
Work = Callable[[], Awaitable[int]]


@dataclass
class Rig:
    """A university on PostgreSQL and a way to start machines over it: one, or as many as the driver takes."""

    hall: Hall
    url: str
    driver: str
    handled: list[int] = field(default_factory=list)

    @property
    def machines(self) -> int:
        return 1 if self.driver == "engine" else 2

    def build(self, *keepers: Keeper, handle: Callable[[int], Awaitable[None]] | None = None) -> Any:
        watch = Watch(self.hall.desk.clock, Metrics(), lambda: None)
        if self.driver == "engine":
            return Engine(keepers, watch)
        return Cluster(self.url, self.hall.desk, BOT, keepers, watch, handle or self._handle)

    async def _handle(self, row_id: int) -> None:
        self.handled.append(row_id)
        self.hall.do(inbox.done, row_id)

    @asynccontextmanager
    async def running(self, *drivers: Any) -> AsyncIterator[None]:
        tasks = [asyncio.ensure_future(driver.run()) for driver in drivers]
        try:
            yield
        finally:
            for driver in drivers:
                driver.stop()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture(params=["engine", "cluster"])
def rig(request: pytest.FixtureRequest, postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    monkeypatch.setattr(cluster, "SILENT_SECONDS", 1.0)
    monkeypatch.setattr(cluster, "BEAT_SECONDS", 0.2)
    monkeypatch.setattr(cluster, "SWEEP_SECONDS", 0.2)
    monkeypatch.setattr(cluster, "STOP_SECONDS", 0.5)
    with postgres.database() as url, Hall(url) as hall:
        _no_jobs(hall)
        yield Rig(hall, url, request.param)


def _no_jobs(hall: Hall) -> None:
    """Jobs lie in a schema of their own, which an earlier test may have left."""
    with hall.desk.database.engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA IF EXISTS {cluster.room()} CASCADE"))


async def until(true: Callable[[], Any]) -> None:
    async with asyncio.timeout(30):
        while not true():
            await asyncio.sleep(0.02)


async def test_keeper__once_a_period_among_all_machines_and_never_twice_at_once(rig: Rig) -> None:
    at_work, most, rounds = 0, 0, 0
    loop = asyncio.get_running_loop()

    async def work() -> int:
        nonlocal at_work, most, rounds
        at_work += 1
        most, rounds = max(most, at_work), rounds + 1
        await asyncio.sleep(0.3)
        at_work -= 1
        return 0

    began = loop.time()
    async with rig.running(*(rig.build(Keeper("one", 1, work)) for _ in range(rig.machines))):
        await until(lambda: rounds >= 3)
        passed = loop.time() - began
    assert most == 1
    assert rounds <= passed + 2, "a round each second, whoever runs it"


async def test_row__that_is_due_is_carried_out_and_once(rig: Rig) -> None:
    hall = rig.hall
    hall.student()
    hall.member()
    assert hall.add_exams(exam("E1", hall.clock(), kind=ExamKind.WRITTEN)).added == 1
    hall.clock.move(minutes=90)

    async def fire() -> int:
        return int(hall.do(timers.fire))

    def owed() -> int:
        query = select(func.count()).where(Notice.kind == "warning")
        return int(hall.sql(lambda uow: uow.session.scalar(query)))

    drivers = [rig.build(Keeper("reminders", 1, fire)) for _ in range(rig.machines)]
    async with rig.running(*drivers):
        await until(owed)
        first = owed()
        await asyncio.sleep(1.2)
    assert owed() == first == 1


async def test_round__that_died_with_its_machine_is_done_by_the_next(rig: Rig) -> None:
    """What a machine leaves half done nobody has seen: the row is due as before."""
    tried = asyncio.Event()
    done = 0

    async def dies() -> int:
        tried.set()
        await asyncio.Event().wait()
        return 0

    async def works() -> int:
        nonlocal done
        done += 1
        return 0

    first = rig.build(Keeper("one", 1, dies))
    task = asyncio.ensure_future(first.run())
    await until(tried.is_set)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    async with rig.running(rig.build(Keeper("one", 1, works))):
        await until(lambda: done)


async def test_keeper__that_fails_does_not_stop_the_others_nor_itself(rig: Rig) -> None:
    failed = well = 0

    async def fails() -> int:
        nonlocal failed
        failed += 1
        raise RuntimeError("no")

    async def goes_well() -> int:
        nonlocal well
        well += 1
        return 0

    drivers = [rig.build(Keeper("bad", 1, fails), Keeper("good", 1, goes_well))]
    async with rig.running(*drivers):
        await until(lambda: failed >= 2 and well >= 2)


def stored(hall: Hall, first: int, count: int) -> list[int]:
    """Updates of as many chats, in the inbox; their rows."""
    listed = [{"update_id": n, "message": {"chat": {"id": n}}} for n in range(first, first + count)]
    hall.do(inbox.store, BOT, listed)
    return [row.row_id for row in hall.do(inbox.waiting, BOT, 0, 1000)]


@pytest.fixture
def nodes(postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    monkeypatch.setattr(cluster, "SILENT_SECONDS", 60.0)
    monkeypatch.setattr(cluster, "SWEEP_SECONDS", 0.2)
    monkeypatch.setattr(cluster, "STOP_SECONDS", 0.5)
    with postgres.database() as url, Hall(url) as hall:
        _no_jobs(hall)
        yield Rig(hall, url, "cluster")


async def test_sweeper__a_row_that_no_job_holds_gets_one_and_one_that_is_held_none(nodes: Rig) -> None:
    """Nobody wakes the feeder: jobs come from the sweep; a row in somebody's hands is queued no more."""
    rows = stored(nodes.hall, 1, 3)
    release, begun = asyncio.Event(), []

    async def slow(row_id: int) -> None:
        begun.append(row_id)
        await release.wait()
        nodes.hall.do(inbox.done, row_id)

    async with nodes.running(nodes.build(handle=slow)):
        await until(lambda: sorted(begun) == rows)
        await asyncio.sleep(1.0)
        assert sorted(begun) == rows, "several sweeps later each is still handled once"
        release.set()
        await until(lambda: not nodes.hall.do(inbox.waiting, BOT, 0, 10))
    assert sorted(begun) == rows
    left = select(func.count()).where(IncomingUpdate.state == "waiting")
    assert nodes.hall.sql(lambda uow: uow.session.scalar(left)) == 0


async def test_sweeper__a_dead_machines_job_does_not_block_the_chat_when_its_row_has_another(
    nodes: Rig,
) -> None:
    """The next poller queues every waiting row: also one whose job a machine took with it when it died."""
    (row,) = stored(nodes.hall, 7, 1)
    built = nodes.build()
    engine = nodes.hall.desk.database.engine
    schema.make_room(engine, cluster.room(), built._app.schema_manager.get_schema())
    with engine.begin() as connection:
        connection.execute(text(f"SET LOCAL search_path = {cluster.room()}"))
        for status in ("doing", "todo"):
            connection.execute(
                text(
                    "INSERT INTO procrastinate_jobs "
                    "(queue_name, task_name, lock, queueing_lock, args, status) VALUES ('updates', "
                    "'update', 'chat:7', :name, jsonb_build_object('row_id', :row), "
                    "CAST(:status AS procrastinate_job_status))"
                ),
                {"name": f"update:{row}", "row": row, "status": status},
            )
    async with nodes.running(built):
        await until(lambda: nodes.handled)
    assert nodes.handled == [row]


async def test_stop__even_when_the_database_answers_a_cancellation_with_an_error(
    nodes: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A query that is cancelled may end in an error of the connection: the machine stops all the same."""
    asked = asyncio.Event()

    async def broken(*_: Any, **__: Any) -> Any:
        asked.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise ConnectorException from None

    for place in ("execute_query_all_async", "execute_query_one_async", "execute_query_async"):
        monkeypatch.setattr(PsycopgConnector, place, broken)
    task = asyncio.ensure_future(nodes.build().run())
    await asyncio.wait_for(asked.wait(), 10)
    await asyncio.sleep(0.5)
    task.cancel()
    done, _ = await asyncio.wait([task], timeout=10)
    assert done, "it goes on for ever"


def test_held__is_asked_by_index(nodes: Rig) -> None:
    """Among a hundred thousand queued jobs the question which of few rows are held reads no table."""
    built = nodes.build()
    engine = nodes.hall.desk.database.engine
    schema.make_room(engine, cluster.room(), built._app.schema_manager.get_schema())
    with engine.begin() as connection:
        connection.execute(text(f"SET LOCAL search_path = {cluster.room()}"))
        connection.execute(
            text(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args) "
                "SELECT 'updates', 'update', 'chat:' || n, 'update:' || n, jsonb_build_object('row_id', n) "
                "FROM generate_series(1, 20000) n"
            )
        )
    with engine.begin() as connection:
        connection.execute(text(f"SET LOCAL search_path = {cluster.room()}"))
        connection.execute(text("ANALYZE procrastinate_jobs"))
        query = cluster.HELD.replace("%(names)s", ":names")
        plan = "\n".join(
            row[0]
            for row in connection.execute(text(f"EXPLAIN {query}"), {"names": ["update:5", "update:9"]})
        )
        found = connection.execute(text(query), {"names": ["update:5", "update:x"]}).scalars().all()
    assert found == ["update:5"]
    assert "Seq Scan" not in plan, plan
