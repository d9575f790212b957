"""Rows at their edges: found twice, there already, of another person, of nobody."""

import asyncio
import datetime as dt
import json
import threading
import zipfile

import pytest
from sqlalchemy import delete

from bot.errors import EmtihanError
from bot.storage import archive, people, writer
from bot.storage.engine import Database, Unavailable
from bot.storage.files import FileStore
from bot.storage.tables import CaseTimer, DeskChat, ExamGroup, Notice, Result, Ticket
from tests.support import rows, shared
from tests.support.rows import NOW

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what does not depend on the database."""


def hours(number):
    return dt.timedelta(hours=number)


@pytest.mark.parametrize("own_is_newer", [True, False])
@SQLITE
def test_results_of__a_student_are_their_own_where_there_is_one_whichever_is_newer(database, own_is_newer):
    def begin(uow):
        [person_id] = rows.add_people(uow, rows.person())
        exam = uow.exams.add(rows.exam())
        uow.session.add(ExamGroup(exam_id=exam.id, group_name=rows.GROUP))
        for key, at in (("S1", NOW + hours(own_is_newer * 2)), ("", NOW + hours(1)), ("S9", NOW + hours(9))):
            uow.exams.add_result(Result(exam_id=exam.id, student_key=key, published_at=at))
        return person_id

    person_id = database.transact(begin)
    [(result, exam)] = database.transact(lambda uow: uow.appeals.results_of(uow.people.get(person_id)))
    assert (result.student_key, exam.ext_id) == ("S1", "E1")


@SQLITE
def test_matters__a_matter_stands_once_with_all_its_timers_or_none(database):
    def begin(uow):
        [person_id] = rows.add_people(uow, rows.person(faculty="АТ"))
        for origin in (7, 8):
            uow.cases.add(rows.case(person_id, origin, kind="appeal", state="waiting"))
        uow.flush()
        first = uow.cases.by_origin(7)
        for rule, later in (("late", 2), ("soon", 1)):
            uow.session.add(
                CaseTimer(case_id=first.id, rule=rule, due_at=NOW + hours(later), state="pending")
            )

    database.transact(begin)

    def look(uow, faculty):
        return [
            (row.case.origin, [rule for rule, _ in row.timers]) for row in uow.boards.matters(faculty, None)
        ]

    assert database.transact(look, "") == [(7, ["soon", "late"]), (8, [])]
    assert database.transact(look, "АТ") == [(7, ["soon", "late"]), (8, [])]
    assert database.transact(look, "ГФ") == []


@SQLITE
def test_waits__are_the_facultys_own(database):
    def begin(uow):
        ids = rows.add_people(uow, rows.person("S1", faculty="АТ"), rows.person("S2", faculty="ГФ"))
        for number, person_id in enumerate(ids, 1):
            taken = NOW + dt.timedelta(minutes=number)
            uow.cases.add(rows.case(person_id, number, state="taken", kind="report", taken_at=taken))

    database.transact(begin)

    def waits(uow, faculty):
        return sorted(uow.boards.waits(NOW - hours(1), NOW + hours(1), faculty))

    assert [database.transact(waits, faculty) for faculty in ("", "АТ", "ГФ")] == [[1, 2], [1], [2]]


@SQLITE
def test_holders__an_examiner_who_is_the_proctor_too_is_asked_once(database):
    def begin(uow):
        one, other = rows.add_people(uow, rows.person("T1", "staff"), rows.person("T2", "staff"))
        first = uow.exams.add(rows.exam("E1", proctor_id=one))
        second = uow.exams.add(rows.exam("E2", proctor_id=other))
        for exam in (first, second):
            uow.exams.set_examiners(exam.id, (one,))
        return [first.id, second.id], one, other

    exams, one, other = database.transact(begin)
    found = database.transact(lambda uow: uow.conduct.holders(exams))
    assert found == {exams[0]: [one], exams[1]: [one, other]}


@SQLITE
def test_post_and_spike__are_made_once(database):
    def begin(uow):
        person_id, account_id = rows.add_reader(uow, -100)
        values = {
            "account_id": account_id,
            "person_id": person_id,
            "opened_at": NOW,
            "origin": 7,
            "tried": [],
        }
        ticket = Ticket(number="H-1", state="waiting", language="kk", **values)
        uow.session.add(ticket)
        uow.desk_chats.add(DeskChat(account_id=account_id, linked_by=person_id, linked_at=NOW))
        uow.flush()
        return ticket.id, account_id

    ticket_id, account_id = database.transact(begin)
    posts = [
        database.transact(lambda uow: uow.desk_chats.post(ticket_id, account_id, 0, NOW)) for _ in range(2)
    ]
    assert posts[0] is not None
    assert posts[1] is None
    assert database.transact(lambda uow: uow.desk_chats.post(ticket_id, account_id, 1, NOW)) is not None
    spikes = [database.transact(lambda uow: uow.tickets.begin_spike("zoom", NOW)) for _ in range(2)]
    assert spikes[0] is not None
    assert spikes[1] is None


@SQLITE
def test_reachable__is_the_same_for_few_and_for_many(database, monkeypatch):
    def begin(uow):
        ids = rows.add_people(uow, *(rows.person(f"S{n}") for n in range(4)))
        uow.people.add_account(rows.account(100, ids[0]))
        uow.people.add_account(rows.account(101, ids[1], blocked_at=NOW))
        uow.people.add_account(rows.account(102, ids[3]))
        return ids

    ids = database.transact(begin)
    few = database.transact(lambda uow: uow.people.reachable(ids[:3]))
    monkeypatch.setattr(people, "FEW", 1)
    assert database.transact(lambda uow: uow.people.reachable(ids[:3])) == few == {ids[0]}


@SQLITE
def test_carry_and_pause__of_what_is_not_there_change_nothing(database):
    account_id = database.transact(rows.add_reader)[1]

    def begin(uow):
        uow.notices.owe("k", kind="news", rank=40, due_at=NOW, account_id=account_id)
        uow.notices.carry(404, "within:1")
        uow.nodes.pause("sends", hours(1), NOW)

    database.transact(begin)
    assert database.transact(lambda uow: uow.session.query(Notice).one().reason) == ""
    assert database.transact(lambda uow: uow.nodes.draw("sends", 1, hours(0), NOW)) == hours(0)


@SQLITE
def test_owe_live__that_was_owed_by_another_at_the_same_moment_is_owed_once(database, monkeypatch):
    account_id = database.transact(rows.add_reader)[1]
    values = {"kind": "news", "rank": 40, "account_id": account_id}

    def both(uow):
        uow.notices.owe_live("live:k", due_at=NOW, facts={"n": 1}, **values)
        seen = iter([None])
        real = uow.notices._live
        monkeypatch.setattr(uow.notices, "_live", lambda key: next(seen, real(key)))
        uow.notices.owe_live("live:k", due_at=NOW, facts={"n": 2}, **values)

    database.transact(both)
    assert database.transact(lambda uow: [row.facts for row in uow.session.query(Notice)]) == [{"n": 1}]


# The engine, the writer, the folder of files


def test_alone__while_the_database_cancels_is_no_answer_and_leaves_no_connection(postgresql, monkeypatch):
    other = Database(str(postgresql.engine.url.render_as_string(hide_password=False)))
    assert other.alone()
    monkeypatch.setattr("bot.storage.engine.ALONE_SECONDS", 0.05)
    assert not postgresql.alone(), "another has it"
    for wait in ("no number", "5s'; SET statement_timeout = '50ms'; --"):
        monkeypatch.setattr("bot.storage.engine.ALONE_SECONDS", wait)
        with pytest.raises(Unavailable):
            postgresql.alone()
    monkeypatch.undo()
    other.close()
    postgresql.engine.dispose()
    assert postgresql.alone()


def test_sqlite__in_memory_makes_no_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    database = Database("sqlite:///:memory:")
    database.ping()
    database.close()
    assert list(tmp_path.iterdir()) == []


def test_writer__works_beyond_one_commit_are_carried_out_in_the_next(sqlite_url, monkeypatch):
    monkeypatch.setattr(writer, "TOGETHER", 2)
    database = Database(shared.laid(sqlite_url))
    gate, sizes = threading.Event(), []
    carry_out = writer.Writer._carry_out

    def counted(self, batch):
        sizes.append(len(batch))
        carry_out(self, batch)

    monkeypatch.setattr(writer.Writer, "_carry_out", counted)

    async def main():
        works = [database.run(lambda uow: gate.wait(5))]
        await asyncio.sleep(0)
        works += [database.run(lambda uow, n=n: n) for n in range(5)]
        waiting = asyncio.gather(*works)
        await asyncio.sleep(0.01)
        gate.set()
        return await waiting

    assert asyncio.run(main())[1:] == list(range(5))
    assert max(sizes) == 2
    assert sum(sizes) == 6
    database.close()


@pytest.mark.parametrize("name", ["", "../secret", "a" * 63, "g" * 64, "A" * 64, "a" * 64 + "/"])
def test_files__a_name_that_is_no_hash_is_no_place(tmp_path, name):
    with pytest.raises(ValueError, match="not a SHA-256"):
        FileStore(tmp_path).path(name)


# Backups that are not whole


@pytest.fixture
def backup(sqlite_url, tmp_path):
    """A backup of three people and one file; the database is empty again, so that it may be restored."""
    database = Database(shared.laid(sqlite_url))
    database.transact(rows.add_people, *(rows.person(f"S{n}") for n in range(3)))
    FileStore(tmp_path / "kept").put(b"evidence")
    target = tmp_path / "backup.zip"
    archive.write(database.engine, tmp_path / "kept", target, NOW, "ayu")
    people_of = archive._tables()
    database.transact(lambda uow: [uow.session.execute(delete(table)) for table in reversed(people_of)])
    yield database, target
    database.close()


def changed(source, target, change):
    """The same backup with its parts as `change(name, bytes)` gives them: a list of (name, bytes)."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            for kept_name, kept in change(name, old.read(name)):
                new.writestr(kept_name, kept)
    return target


def test_restore__in_many_statements_stores_every_row(backup, tmp_path, monkeypatch):
    database, target = backup
    monkeypatch.setattr(archive, "BATCH", 2)
    assert archive.read(database.engine, tmp_path / "new", target)["people"] == 3
    assert len(database.transact(lambda uow: uow.people.by_ext("student"))) == 3


def fewer_rows(name, content):
    lines = content.splitlines(keepends=True)
    return [(name, b"".join(lines[:-1]) if name == "tables/people.jsonl" else content)]


def outside(name, content):
    return [("files/ab/../../../evil" if name.startswith("files/") else name, content)]


def deeper(name, content):
    return [(f"files/x/{name}" if name.startswith("files/") else name, content)]


def odd_moment(name, content):
    if name != "tables/people.jsonl":
        return [(name, content)]
    row = json.loads(content.splitlines()[0])
    return [(name, json.dumps({**row, "full_name": {"an": "object"}}).encode() + b"\n")]


@pytest.mark.parametrize("change", [fewer_rows, outside, deeper, odd_moment])
def test_restore__of_a_backup_that_was_changed_stores_nothing(backup, tmp_path, change):
    database, target = backup
    with pytest.raises(EmtihanError, match="no whole backup"):
        archive.read(database.engine, tmp_path / "new", changed(target, tmp_path / "changed.zip", change))
    assert database.transact(lambda uow: uow.people.by_ext("student")) == {}
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize("where", range(0, 60, 12))
def test_restore__of_a_backup_with_a_flipped_byte_stores_nothing(backup, tmp_path, where):
    database, target = backup
    content = bytearray(target.read_bytes())
    with zipfile.ZipFile(target) as whole:
        at = whole.getinfo("tables/people.jsonl").header_offset
    name, extra = (int.from_bytes(content[at + n : at + n + 2], "little") for n in (26, 28))
    content[at + 30 + name + extra + where] ^= 0xFF
    target.write_bytes(content)
    with pytest.raises(EmtihanError, match=r"damaged at tables/people|no whole backup"):
        archive.read(database.engine, tmp_path / "new", target)
    assert database.transact(lambda uow: uow.people.by_ext("student")) == {}
