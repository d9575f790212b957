"""A backup restores to a database that works on: from each kind to each kind."""

import datetime as dt
import json
import zipfile

import pytest
from sqlalchemy import select

from bot.errors import EmtihanError
from bot.services import cases, outbox
from bot.storage import archive
from bot.storage.engine import Database
from bot.storage.tables import Base, Case
from tests.support import shared
from tests.support.clock import local
from tests.support.hall import Hall
from tests.support.people import exam, student

NOW = local("2026-12-21 12:00")


def everything(database):
    def look(uow):
        return {
            table.name: [
                dict(row)
                for row in uow.session.execute(select(table).order_by(*table.primary_key)).mappings()
            ]
            for table in Base.metadata.sorted_tables
            if table.name not in archive.PASSING
        }

    return database.transact(look)


@pytest.fixture
def lived(hall, tmp_path):
    """A university in the middle of an exam, with a kept file."""
    hall.examiner = hall.member("T1")
    hall.add_students(student("S1", full_name="Құрманғазы Әлия"))
    hall.reader = hall.join("S1")
    hall.add_exams(exam("E1", local("2026-12-21 09:00")))
    hall.clock.now = local("2026-12-21 10:30")
    exam_id = hall.sql(lambda uow: uow.exams.by_ext()["E1"].id)
    hall.case = hall.do(cases.file, hall.reader, "internet", exam_id, hall.origin())
    hall.tick()
    hall.digest = hall.desk.office.files.put(b"evidence")
    return hall


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request, tmp_path):
    if request.param == "sqlite":
        database = Database(shared.laid(f"sqlite:///{tmp_path / 'new.db'}"))
        yield database
        database.close()
        return
    with request.getfixturevalue("postgres").database() as url:
        database = Database(url)
        yield database
        database.close()


def saved(lived, tmp_path):
    target = tmp_path / "deep" / "backup.zip"
    archive.write(lived.desk.database.engine, lived.desk.office.files.root, target, NOW, "ayu")
    return target


def test_restore__is_the_same_to_the_row_and_works_on(lived, empty, tmp_path):
    target = saved(lived, tmp_path)
    assert target.stat().st_mode & 0o077 == 0
    counts = archive.read(empty.engine, tmp_path / "files", target)
    assert everything(empty) == everything(lived.desk.database)
    assert counts["files"] == 1
    assert (tmp_path / "files" / lived.digest[:2] / lived.digest).read_bytes() == b"evidence"
    empty.transact(lambda uow: uow.people.note_wrong_code(lived.reader.account_id, 99, NOW))
    empty.transact(lambda uow: uow.records.audit(NOW, "restored", None))
    assert empty.transact(lambda uow: [row.number for row in uow.session.query(Case)]) == [lived.case.number]


def test_restore__into_a_database_in_use_is_refused(lived, tmp_path):
    target = saved(lived, tmp_path)
    before = everything(lived.desk.database)
    with pytest.raises(EmtihanError, match="not empty"):
        archive.read(lived.desk.database.engine, tmp_path / "files", target)
    assert everything(lived.desk.database) == before


def _without(source, target, name):
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for entry in old.namelist():
            if entry != name:
                new.writestr(entry, old.read(entry))
    return target


@pytest.mark.parametrize("missing", ["manifest.json", "tables/cases.jsonl", "tables/conversations.jsonl"])
def test_restore__of_half_a_backup_stores_nothing(lived, empty, tmp_path, missing):
    half = _without(saved(lived, tmp_path), tmp_path / "half.zip", missing)
    before = everything(empty)
    with pytest.raises(EmtihanError, match="no whole backup"):
        archive.read(empty.engine, tmp_path / "files", half)
    assert everything(empty) == before


def test_restore__of_what_is_no_backup_or_of_another_schema_is_refused(sqlite_url, tmp_path):
    database = Database(shared.laid(sqlite_url))
    (tmp_path / "x.zip").write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(EmtihanError, match="no whole backup"):
        archive.read(database.engine, tmp_path, tmp_path / "x.zip")
    with zipfile.ZipFile(tmp_path / "old.zip", "w") as old:
        old.writestr("manifest.json", json.dumps({"format": 1, "schema": "0001", "rows": {}}))
    with pytest.raises(EmtihanError, match="0001"):
        archive.read(database.engine, tmp_path, tmp_path / "old.zip")
    database.close()


def test_restored__messages_still_owed_go_out(lived, tmp_path):
    lived.add_students(student("S2"))
    other = lived.join("S2")
    lived.wire.down = None
    url = f"sqlite:///{tmp_path / 'again.db'}"
    database = Database(shared.laid(url))
    lived.do(cases.add_note, lived.reader, lived.case.id, lived.origin(), text="сөз")
    archive.read(database.engine, tmp_path / "files", saved(lived, tmp_path))
    database.close()
    with Hall(url) as again:
        again.clock.now = lived.clock.now + dt.timedelta(seconds=5)
        again.do(outbox.take_over)
        again.tick()
        assert any("сөз" in message.text for message in again.sent())
        assert other.user_id not in {message.user_id for message in again.sent()}
