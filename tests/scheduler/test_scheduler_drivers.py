"""One promise, two drivers: the same tests for APScheduler on one machine and procrastinate on several."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from procrastinate import PsycopgConnector
from procrastinate.exceptions import ConnectorException
from psycopg_pool import PoolTimeout
from sqlalchemy import func, select, text

from bot.errors import ConfigError
from bot.rules.vocabulary import ExamKind
from bot.services import timers
from bot.services.nodes import make_room as cluster_room
from bot.storage.engine import Unavailable
from bot.storage.tables import Notice
from bot.storage.unit import UnitOfWork
from bot.telemetry import Metrics
from scheduler import cluster
from scheduler.cluster import Cluster
from scheduler.engine import Engine
from scheduler.keeper import Keeper, Watch
from tests.support.databases import Postgres
from tests.support.hall import Hall
from tests.support.people import exam

pytestmark = pytest.mark.anyio
Work = Callable[[], Awaitable[int]]


@dataclass
class Rig:
    """A university on PostgreSQL and a way to start machines over it: one, or as many as the driver takes."""

    hall: Hall
    url: str
    driver: str

    @property
    def machines(self) -> int:
        return 1 if self.driver == "engine" else 2

    def build(self, *keepers: Keeper) -> Any:
        watch = Watch(self.hall.desk.clock, Metrics(), lambda: None)
        if self.driver == "engine":
            return Engine(keepers, watch)
        return Cluster(self.url, self.hall.desk, keepers, watch)

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


@pytest.fixture
def nodes(postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    monkeypatch.setattr(cluster, "SILENT_SECONDS", 60.0)
    monkeypatch.setattr(cluster, "SWEEP_SECONDS", 0.2)
    monkeypatch.setattr(cluster, "STOP_SECONDS", 0.5)
    with postgres.database() as url, Hall(url) as hall:
        _no_jobs(hall)
        yield Rig(hall, url, "cluster")


def rounds_of(rig: Rig) -> tuple[Any, Callable[[], int]]:
    """A machine with one duty, and how often that came round."""
    rounds = 0

    async def work() -> int:
        nonlocal rounds
        rounds += 1
        return 0

    return rig.build(Keeper("one", 1, work)), lambda: rounds


async def test_sweeper__a_dead_machines_round_does_not_keep_the_duty(nodes: Rig) -> None:
    """A machine died in a round, and the next one was queued before anybody noticed."""
    built, rounds = rounds_of(nodes)
    nodes.hall.do(cluster_room, cluster.room(), built._app.schema_manager.get_schema())
    with nodes.hall.desk.database.engine.begin() as connection:
        connection.execute(text(f"SET LOCAL search_path = {cluster.room()}"))
        for status in ("doing", "todo"):
            connection.execute(
                text(
                    "INSERT INTO procrastinate_jobs "
                    "(queue_name, task_name, lock, queueing_lock, args, status) "
                    "VALUES ('keepers', 'keeper:one', 'keeper:one', 'keeper:one', '{\"timestamp\": 1}', "
                    "CAST(:status AS procrastinate_job_status))"
                ),
                {"status": status},
            )
    async with nodes.running(built):
        await until(rounds)


async def test_start__jobs_that_an_earlier_version_has_left_are_cleared_away(nodes: Rig) -> None:
    built, rounds = rounds_of(nodes)
    nodes.hall.do(cluster_room, cluster.room(), built._app.schema_manager.get_schema())
    with nodes.hall.desk.database.engine.begin() as connection:
        connection.execute(text(f"SET LOCAL search_path = {cluster.room()}"))
        connection.execute(
            text(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args) "
                "SELECT 'updates', 'update', 'chat:' || n, '{}' FROM generate_series(1, 3) AS n"
            )
        )

    def left() -> int:
        query = f"SELECT count(*) FROM {cluster.room()}.procrastinate_jobs WHERE queue_name = 'updates'"
        return int(nodes.hall.sql(lambda uow: uow.session.scalar(text(query))))

    assert left() == 3
    async with nodes.running(built):
        await until(lambda: rounds() and not left())


def test_room__that_the_databases_role_may_not_make_is_a_sentence_with_what_to_grant(nodes: Rig) -> None:
    def without_rights(uow: UnitOfWork) -> None:
        uow.session.execute(text("CREATE ROLE nobody_much"))
        uow.session.execute(text("SET LOCAL ROLE nobody_much"))
        uow.nodes.make_room("jobs_of_nobody", "SELECT 1")

    with pytest.raises(ConfigError, match=r'GRANT CREATE ON DATABASE "\w+" TO "nobody_much"'):
        nodes.hall.sql(without_rights)


async def test_start__without_a_database_waits_until_there_is_one(
    nodes: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """First nobody answers, then the tables can be made but no connection is to be had, then all is well."""
    built, rounds = rounds_of(nodes)
    real, away = nodes.hall.desk.database.transact, 3
    opened, opens = PsycopgConnector.open_async, 0

    def absent(*args: Any, **kwargs: Any) -> Any:
        nonlocal away
        away -= 1
        if away >= 0:
            raise Unavailable("the database cannot be used: connection refused")
        return real(*args, **kwargs)

    async def slow(connector: PsycopgConnector, pool: Any = None) -> None:
        nonlocal opens
        opens += 1
        await opened(connector, pool)
        if opens <= 2:
            raise PoolTimeout("pool initialization incomplete")

    monkeypatch.setattr(nodes.hall.desk.database, "transact", absent)
    monkeypatch.setattr(PsycopgConnector, "open_async", slow)
    monkeypatch.setattr(cluster, "PAUSES", (0.01,))
    async with nodes.running(built):
        await until(rounds)
    assert (away, opens) == (-3, 3), "the tables are looked for again each time"


async def test_connections__that_the_database_has_ended_are_made_anew(nodes: Rig) -> None:
    built, rounds = rounds_of(nodes)
    end = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    async with nodes.running(built):
        await until(rounds)
        with nodes.hall.desk.database.engine.begin() as connection:
            connection.execute(end)
        before = rounds()
        await until(lambda: rounds() > before + 1)


async def test_start__says_of_its_duties_nothing_that_is_no_news(
    nodes: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        built, rounds = rounds_of(nodes)
        async with nodes.running(built):
            await until(rounds)
    assert not [record for record in caplog.records if record.name.startswith("procrastinate")]


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
