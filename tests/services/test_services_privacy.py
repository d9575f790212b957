"""What somebody may know of what is kept about them, and that no reference to a person goes unjudged."""

import datetime as dt
import json

from bot.exchange.rows import ResultRow
from bot.services import cases, conversations, imports, inbox, people, privacy, retention
from bot.storage.owned import ABOUT, ELSEWHERE, FOLLOWING
from bot.storage.tables import Base, Notice
from tests.support.clock import local
from tests.support.people import exam, student
from tests.support.scenes import scene

MINE, THEIRS = "Менің сөзім", "Бөтен сөз"


@scene
def two(hall):
    """Two students who have reported, in their own words."""
    hall.examiner = hall.member("T1")
    hall.add_students(student("S1", full_name="Әлия Бірінші"), student("S2", full_name="Дана Екінші"))
    hall.reader, hall.other = hall.join("S1"), hall.join("S2")
    hall.add_exams(exam("E1", local("2026-12-21 09:00")))
    hall.clock.now = local("2026-12-21 10:30")
    exam_id = hall.sql(lambda uow: uow.exams.by_ext()["E1"].id)
    for number, (reader, words) in enumerate(((hall.reader, MINE), (hall.other, THEIRS))):
        case = hall.do(cases.file, reader, "internet", exam_id, hall.origin())
        hall.do(cases.add_note, reader, case.id, hall.origin(), text=words)
        said = {"message": {"chat": {"id": reader.user_id}, "text": words}}
        hall.do(inbox.store, 1, [{"update_id": number, **said}])
        hall.do(conversations.put, conversations.key(1, reader.user_id, reader.user_id), "note", {"t": words})
        hall.do(imports.results, [ResultRow(2, "E1", reader.ext_id, hall.clock())])
    hall.tick()
    return hall


def test_copy__has_all_of_the_reader_and_nothing_of_anybody_else(two):
    said = json.loads(two.do(privacy.copy, two.reader))
    assert said["telegram_id"] == two.reader.user_id
    rows = said["rows"]
    assert [row["full_name"] for row in rows["people"]] == ["Әлия Бірінші"]
    assert rows["accounts"][0]["consent_version"] >= 1
    assert any(MINE in json.dumps(row, ensure_ascii=False) for row in rows["case_events"])
    assert rows["notices"]
    for name in ("inbox", "conversations"):
        assert [MINE in json.dumps(row, ensure_ascii=False) for row in rows[name]] == [True], name
    assert [row["student_key"] for row in rows["results"]] == ["S1"]
    text = json.dumps(said, ensure_ascii=False)
    assert THEIRS not in text
    assert "Дана" not in text
    assert str(two.other.user_id) not in text


OTHERS = {
    "adviser_id", "code_hash", "facts", "holder_id", "second_id", "actor_id", "leased_by", "leased_until"
}  # fmt: skip
"""Secrets, how a message was put together, numbers of other people."""


def test_copy__leaves_out_secrets_and_who_else_had_to_do_with_it(two):
    two.do(people.invite_again, "S1", "00" * 32)
    case_id = two.sql(lambda uow: uow.cases.all("report")[0].id)
    two.do(cases.take, two.examiner, case_id, two.origin())
    rows = json.loads(two.do(privacy.copy, two.reader))["rows"]
    tables = {name: set(Base.metadata.tables[name].c.keys()) for name in rows}
    assert {"code_hash", "facts", "holder_id", "actor_id"} <= set().union(*tables.values())
    assert not {column for found in rows.values() for row in found for column in row} & OTHERS
    assert two.examiner.name not in json.dumps(rows, ensure_ascii=False)


def test_copy__of_a_guest_is_their_account(hall):
    guest = hall.do(people.meet, 999, "ru")
    rows = json.loads(hall.do(privacy.copy, guest))["rows"]
    assert set(rows) == {"accounts"}


def test_kept__tells_version_moment_and_terms(two):
    found = two.do(privacy.kept, two.reader)
    assert found.version == two.desk.office.policy.consent_version
    assert found.days["attachments"] > 0
    assert set(found.days) <= set(privacy.TERMS)


def test_references__to_people_and_accounts_are_all_judged():
    judged = {f"{table}.{column}" for table, columns in ABOUT.items() for column in columns} | set(ELSEWHERE)
    judged |= {f"{table}.{column}" for table, (column, _) in FOLLOWING.items()}
    there = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name in ("people", "accounts")
    }
    assert there - judged == set(), "is a row of it about somebody? say so in bot/storage/owned.py"
    assert {name for name in ELSEWHERE if name not in there} == set()


def test_deliveries__are_kept_as_long_as_the_policy_says(two):
    before = two.sql(lambda uow: uow.session.query(Notice).count())
    assert two.do(retention.purge_deliveries) == 0
    two.clock.now += dt.timedelta(days=400)
    over = two.do(retention.purge_deliveries, dry_run=True)
    assert 0 < over <= before
    assert two.do(retention.purge_deliveries) == over
    assert two.sql(lambda uow: uow.session.query(Notice).count()) == before - over
    assert two.do(retention.purge_deliveries) == 0
