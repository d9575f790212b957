"""Many at once: nothing is lost, nothing is given twice."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from bot.storage import engine
from bot.storage.engine import Database, Unavailable
from bot.storage.rehearsals import Rehearsals
from bot.storage.tables import Counter, ExamCheck, Meta, Notice, Walk
from tests.support import rows, shared
from tests.support.rows import NOW

LEASE = dt.timedelta(seconds=60)


def together(database, work, arguments, threads=16):
    """Run `work(uow, argument)` in many threads at once, each in its own transaction."""
    barrier = threading.Barrier(threads)

    def run(share):
        barrier.wait(30)
        return [database.transact(work, argument) for argument in share]

    shares = [list(arguments)[index::threads] for index in range(threads)]
    with ThreadPoolExecutor(threads) as pool:
        return [result for results in pool.map(run, shares) for result in results]


def test_sqlite__of_200_reads_followed_by_a_write_none_is_lost(sqlite_url):
    from bot.storage.engine import Database

    database = Database(shared.laid(sqlite_url))
    database.transact(lambda uow: uow.session.add(Counter(name="n", value=0)))

    def grow(uow, _):
        counter = uow.session.get(Counter, "n")
        counter.value = counter.value + 1

    together(database, grow, range(200))
    assert database.transact(lambda uow: uow.session.get(Counter, "n").value) == 200
    database.close()


def test_row_lock__of_200_reads_followed_by_a_write_none_is_lost(database):
    def begin(uow):
        _, account_id = rows.add_reader(uow)
        uow.walks.add(Walk(account_id=account_id, subject="w", position=0, done=[], updated_at=NOW))
        return account_id

    account_id = database.transact(begin)

    def grow(uow, number):
        walk = uow.walks.find(account_id, "w")
        walk.position, walk.done = walk.position + 1, [*walk.done, number]

    together(database, grow, range(200), threads=8)
    walk = database.transact(lambda uow: uow.walks.find(account_id, "w"))
    assert walk.position == 200
    assert sorted(walk.done) == list(range(200))


def test_numbers__have_no_gap_and_no_double_even_when_work_fails(database):
    def take(uow, number):
        found = uow.records.next_number("FM-26")
        if number % 5 == 0:
            raise LookupError(found)
        return found

    def take_or_fail(number):
        try:
            return database.transact(take, number)
        except LookupError:
            return None

    with ThreadPoolExecutor(8) as pool:
        given = [number for number in pool.map(take_or_fail, range(200)) if number is not None]
    assert sorted(given) == list(range(1, 161))


def test_numbers__of_two_series_do_not_know_each_other(database):
    def take(uow, series):
        return uow.records.next_number(series)

    assert [database.transact(take, series) for series in ("FM-26", "FM-27", "FM-26")] == [1, 1, 2]


def test_insert_new__of_many_at_once_one_is_new(database):
    fresh = together(database, lambda uow, n: uow.records.keep_fact("secret", str(n)), range(16), threads=8)
    assert len(set(fresh)) == 1
    assert database.transact(lambda uow: uow.session.scalar(select(func.count()).select_from(Meta))) == 1


def test_owe__of_many_at_once_one_is_new(database):
    def owe(uow, _):
        return uow.notices.owe("one", kind="news", rank=40, due_at=NOW)

    assert sorted(together(database, owe, range(16), threads=8)) == [False] * 15 + [True]


def owe_many(uow, many):
    _, account_id = rows.add_reader(uow)
    for number in range(many):
        uow.notices.owe(f"k{number}", kind="news", rank=number % 3, due_at=NOW, account_id=account_id)


def test_claimers__never_get_the_same_row_while_both_are_at_it(postgresql):
    postgresql.transact(owe_many, 10)

    def claim(uow):
        return {claimed.notice.id for claimed in uow.notices.claim(NOW, LEASE, 6)}

    def claim_inside_another(uow):
        mine = claim(uow)
        return mine, postgresql.transact(claim)

    first, second = postgresql.transact(claim_inside_another)
    assert (len(first), len(second)) == (6, 4)
    assert not first & second


def test_claimers__of_a_thousand_rows_each_goes_to_one(database):
    database.transact(owe_many, 1000)

    def claim(uow, _):
        return [claimed.notice.id for claimed in uow.notices.claim(NOW, LEASE, 20)]

    taken = [number for batch in together(database, claim, range(60), threads=6) for number in batch]
    assert len(taken) == len(set(taken)) == 1000

    def attempts(uow):
        return set(uow.session.execute(select(Notice.state, Notice.attempts)))

    assert database.transact(attempts) == {("sending", 1)}


def test_keepers__of_cases_leave_a_case_that_another_is_changing(postgresql):
    def begin(uow):
        [person_id] = rows.add_people(uow, rows.person())
        return [uow.cases.add(rows.case(person_id, origin)).id for origin in range(3)]

    ids = postgresql.transact(begin)

    def lock(uow, number, wait=False):
        return uow.cases.get(number, lock=True, wait=wait) is not None

    def at_once(uow):
        mine = [lock(uow, number, wait=True) for number in ids[:2]]
        return mine, postgresql.transact(lambda other: [lock(other, number) for number in ids])

    assert postgresql.transact(at_once) == ([True, True], [False, False, True])


def test_timers__never_fire_twice_while_two_keepers_are_at_it(postgresql):
    def begin(uow):
        exam = uow.exams.add(rows.exam())
        for minutes in (30, 20, 10):
            uow.reminders.add(rows.reminder(exam.id, minutes=minutes))

    postgresql.transact(begin)

    def due(uow, limit=2):
        return {reminder.minutes for reminder, _ in uow.reminders.due(NOW, limit)}

    first, second = postgresql.transact(lambda uow: (due(uow), postgresql.transact(due)))
    assert (len(first), len(second)) == (2, 1)
    assert not first & second


def test_unavailable__a_database_that_may_only_be_read(database):
    only_read = "PRAGMA query_only = ON" if database.is_sqlite else "SET TRANSACTION READ ONLY"

    def write(uow):
        uow.session.execute(text(only_read))
        uow.records.set_fact("k", "v")

    with pytest.raises(Unavailable, match="EMTIHAN_DATABASE_URL: the database cannot be used"):
        database.transact(write)


def test_unavailable__a_locked_sqlite_file(sqlite_url, monkeypatch):
    monkeypatch.setattr("bot.storage.engine.SQLITE_WAIT_MS", 10)
    from bot.storage.engine import Database

    database = Database(sqlite_url)
    with pytest.raises(Unavailable, match="locked"):
        database.transact(
            lambda uow: (uow.session.connection(), database.transact(lambda u: u.session.connection()))
        )
    database.close()


def test_unavailable__nobody_listens_there():
    from bot.storage.engine import Database

    database = Database("postgresql://nobody@127.0.0.1:1/nothing")
    with pytest.raises(Unavailable):
        database.ping()
    with pytest.raises(Unavailable):
        database.transact(lambda uow: uow.records.fact("k"))
    database.close()


def test_unavailable__a_connection_that_was_cut_is_made_anew(postgresql):
    backend = text("SELECT pg_backend_pid()")

    def cut(uow):
        mine = uow.session.scalar(backend)
        postgresql.transact(lambda other: other.session.execute(text(f"SELECT pg_terminate_backend({mine})")))
        uow.records.set_fact("k", "v")

    with pytest.raises(Unavailable):
        postgresql.transact(cut)
    postgresql.transact(lambda uow: uow.records.set_fact("k", "after"))
    assert postgresql.transact(lambda uow: uow.records.fact("k")) == "after"


def test_unavailable__one_that_was_cut_while_it_rested_is_made_anew_in_time(postgresql, monkeypatch):
    monkeypatch.setattr(engine, "RESTED_SECONDS", 0.0)
    rests = postgresql.transact(lambda uow: uow.session.scalar(text("SELECT pg_backend_pid()")))
    other = Database(postgresql.engine.url.render_as_string(hide_password=False))
    other.transact(lambda uow: uow.session.execute(text(f"SELECT pg_terminate_backend({rests})")))
    other.close()
    assert postgresql.transact(lambda uow: uow.session.scalar(text("SELECT pg_backend_pid()"))) != rests


def test_broken_rule__is_no_unavailable_database(database):
    def twice(uow):
        rows.add_people(uow, rows.person("S1"), rows.person("S1"))

    with pytest.raises(IntegrityError):
        database.transact(twice)


@pytest.mark.anyio
async def test_run__carries_a_use_case_to_the_storage_thread_and_back(database):
    def where(uow, number, *, more):
        return threading.current_thread().name, number + more

    name, result = await database.run(where, 1, more=2)
    assert name.startswith("storage")
    assert result == 3
    with pytest.raises(LookupError):
        await database.run(lambda uow: {}["nothing"])


def test_claimers__what_a_dead_one_held_is_given_back_once(database):
    """One of two claims a part and dies; when its lease is over the other gets those rows, and only those."""
    database.transact(owe_many, 100)

    def claim(uow, now=NOW):
        return [claimed.notice.id for claimed in uow.notices.claim(now, LEASE, 60)]

    def finish(uow, numbers):
        for number in numbers:
            uow.notices.finish(uow.notices.get(number), "sent", NOW)

    dead, alive = database.transact(claim), database.transact(claim)
    database.transact(finish, alive)
    assert (len(dead), len(alive)) == (60, 40)
    assert database.transact(lambda uow: uow.notices.sweep(NOW + LEASE / 2)) == 0
    assert database.transact(lambda uow: uow.notices.sweep(NOW + LEASE)) == 60
    assert sorted(database.transact(claim, NOW + LEASE)) == sorted(dead)


def test_checks__by_two_machines_at_the_same_moment_are_one(postgres, monkeypatch):
    """Both have found the exam before either has written down that its rehearsal begins."""
    found = threading.Barrier(2)
    looked = Rehearsals.to_probe

    def look(self, *asked):
        exams = looked(self, *asked)
        found.wait(10)
        return exams

    monkeypatch.setattr(Rehearsals, "to_probe", look)
    with postgres.database() as url:
        database = Database(url)
        exam = rows.exam("E1", starts_at=NOW + dt.timedelta(hours=1), ends_at=NOW + dt.timedelta(hours=2))
        database.transact(lambda uow: uow.exams.add(exam))

        def probe(uow, _):
            for one in uow.rehearsals.to_probe("day", NOW, NOW + dt.timedelta(days=1), 10):
                uow.rehearsals.probed(one, "day", NOW)

        together(database, probe, range(2), threads=2)
        assert database.transact(lambda uow: len(uow.session.scalars(select(ExamCheck)).all())) == 1
        database.close()
