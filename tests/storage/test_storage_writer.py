"""SQLite's group commit: what waits together is stored together, each work whole or not at all."""

import asyncio
import threading

import pytest
from sqlalchemy import text

from bot.storage.engine import Database, Unavailable
from bot.storage.unit import UnitOfWork


@pytest.fixture
def database(sqlite_url: str) -> Database:
    opened = Database(sqlite_url)
    opened.transact(lambda uow: uow.session.execute(text("CREATE TABLE t (a INTEGER UNIQUE)")))
    return opened


def put(uow: UnitOfWork, number: int) -> int:
    uow.session.execute(text("INSERT INTO t VALUES (:n)"), {"n": number})
    return number


def numbers(database: Database) -> list[int]:
    return list(database.transact(lambda uow: uow.session.scalars(text("SELECT a FROM t ORDER BY a")).all()))


def commits(database: Database) -> list[int]:
    from sqlalchemy import event

    counted: list[int] = []
    event.listen(database.engine, "commit", lambda _: counted.append(1))
    return counted


def test_works__that_wait_together_share_a_commit_and_keep_their_order(database: Database) -> None:
    held, go = threading.Event(), threading.Event()

    def hold(uow: UnitOfWork) -> None:
        held.set()
        go.wait(5)

    async def main() -> list[int]:
        first = asyncio.ensure_future(database.run(hold))
        await asyncio.to_thread(held.wait, 5)
        waiting = [asyncio.ensure_future(database.run(put, n)) for n in range(20)]
        await asyncio.sleep(0)
        go.set()
        await first
        return list(await asyncio.gather(*waiting))

    counted = commits(database)
    assert asyncio.run(main()) == list(range(20))
    assert numbers(database) == list(range(20))
    assert len(counted) <= 4
    database.close()


def test_failure__of_one_work_leaves_the_others_of_its_batch(database: Database) -> None:
    def fail(uow: UnitOfWork) -> None:
        put(uow, 100)
        raise LookupError("no")

    async def main() -> list[object]:
        works = [database.run(put, 1), database.run(fail), database.run(put, 2), database.run(put, 1)]
        return list(await asyncio.gather(*works, return_exceptions=True))

    found = asyncio.run(main())
    assert found[0] == 1
    assert isinstance(found[1], LookupError)
    assert found[2] == 2
    assert "IntegrityError" in type(found[3]).__name__
    assert numbers(database) == [1, 2]
    database.close()


def test_database__that_is_full_fails_the_whole_batch_and_comes_back(database: Database) -> None:
    database.transact(lambda uow: uow.session.execute(text("CREATE TABLE big (a BLOB)")))

    async def pages(most: int) -> None:
        await database.run(lambda uow: uow.session.execute(text(f"PRAGMA max_page_count = {most}")))

    def grow(uow: UnitOfWork) -> None:
        uow.session.execute(text("INSERT INTO big VALUES (zeroblob(500000))"))

    async def both() -> list[object]:
        works = [database.run(put, 1), database.run(grow)]
        return list(await asyncio.gather(*works, return_exceptions=True))

    async def main() -> tuple[list[object], list[int], list[object]]:
        await pages(1)
        full = await both()
        stored = numbers(database)
        await pages(1_000_000)
        return full, stored, await both()

    full, stored, again = asyncio.run(main())
    assert isinstance(full[1], Unavailable)
    assert stored == ([1] if full[0] == 1 else [])
    assert again[1] is None
    assert numbers(database) == [1]
    database.close()


def test_work__of_somebody_who_stopped_waiting_is_carried_out_all_the_same(database: Database) -> None:
    async def main() -> None:
        task = asyncio.ensure_future(database.run(put, 7))
        await asyncio.sleep(0)
        task.cancel()
        assert await database.run(put, 8) == 8

    asyncio.run(main())
    assert numbers(database) == [7, 8]
    database.close()


def test_close__finishes_what_waits(database: Database) -> None:
    async def main() -> list[int]:
        waiting = [asyncio.ensure_future(database.run(put, n)) for n in range(5)]
        await asyncio.sleep(0)
        await asyncio.to_thread(database.close)
        return list(await asyncio.gather(*waiting))

    assert asyncio.run(main()) == list(range(5))
