"""What goes in comes out: moments, letters, hostile text, closed lists."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import JSON, String, Text, func, select
from sqlalchemy.exc import IntegrityError, StatementError

from bot.storage.dialects import affected, insert_new
from bot.storage.sealing import Sealed, SealedJson
from bot.storage.tables import Base, Case, Exam, IncomingUpdate, Meta, Notice, Person, Reminder
from bot.storage.types import Utc
from tests.support import rows
from tests.support.rows import NOW

KAZAKH = "ӘәҒғҚқҢңӨөҰұҮүҺһІі"
SQL = "'); DROP TABLE people; --"
NAIVE = dt.datetime(2026, 12, 21, 9, 0)


@pytest.mark.parametrize(
    "moment",
    [
        dt.datetime(2026, 12, 21, 9, 0, tzinfo=ZoneInfo("Asia/Almaty")),
        dt.datetime(2026, 12, 21, 4, 0, 0, 123456, tzinfo=dt.UTC),
        dt.datetime(2026, 12, 31, 23, 59, 59, 999999, tzinfo=dt.timezone(dt.timedelta(hours=-11))),
        dt.datetime(2023, 7, 1, 0, 0, tzinfo=ZoneInfo("Asia/Almaty")),
    ],
    ids=["almaty", "microseconds", "behind-utc", "old-offset"],
)
def test_moment__comes_back_as_the_same_moment_in_utc(database, moment):
    database.transact(lambda uow: uow.exams.add(rows.exam(starts_at=moment, ends_at=moment)))
    found = database.transact(lambda uow: uow.exams.by_ext()["E1"].starts_at)
    assert found == moment
    assert found.utcoffset() == dt.timedelta(0)


@pytest.mark.parametrize(
    "write",
    [
        lambda uow: uow.exams.add(rows.exam(starts_at=NAIVE)),
        lambda uow: uow.notices.owe("k", kind="warning", rank=10, due_at=NAIVE),
        lambda uow: uow.notices.claim(NAIVE, dt.timedelta(seconds=1), 10),
        lambda uow: uow.case_timers.due(NAIVE, 10),
        lambda uow: uow.inbox.store(1, NAIVE, [(1, 1, {})]),
    ],
    ids=["insert", "owe", "claim", "escalate", "inbox"],
)
def test_moment__without_a_zone_is_refused(database, write):
    with pytest.raises(StatementError, match="a moment without a zone"):
        database.transact(write)


def test_moment__nothing_is_nothing(database):
    database.transact(lambda uow: uow.exams.add(rows.exam(cancelled_at=None)))
    assert database.transact(lambda uow: uow.exams.by_ext()["E1"].cancelled_at) is None


def test_moments__are_compared_by_moment_not_by_their_text(database):
    late = dt.datetime(2026, 12, 21, 9, 30, tzinfo=ZoneInfo("Asia/Almaty"))
    database.transact(lambda uow: uow.exams.add(rows.exam(starts_at=late, ends_at=late)))
    query = select(func.count()).where(Exam.starts_at > NOW, Exam.starts_at < NOW + dt.timedelta(hours=1))
    assert database.transact(lambda uow: uow.session.scalar(query)) == 1


def test_kazakh_letters__are_kept_and_compared(database):
    def store(uow):
        people = [rows.person(letter, group_name=f"{letter}-1") for letter in KAZAKH]
        rows.add_people(uow, rows.person("S1", full_name=KAZAKH * 11), *people)
        uow.records.keep_fact(KAZAKH, KAZAKH)

    database.transact(store)

    def look(uow):
        assert uow.people.find("S1")[0].full_name == KAZAKH * 11
        assert uow.records.fact(KAZAKH) == KAZAKH
        for letter in KAZAKH:
            [found] = uow.people.find(letter)
            assert found.ext_id == letter
            groups = uow.session.scalars(select(Person.ext_id).where(Person.group_name == f"{letter}-1"))
            assert list(groups) == [letter]

    database.transact(look)


def test_json__keeps_letters_nesting_and_what_a_phone_may_send(database):
    payload = {
        "text": f"{KAZAKH} 😀 \u202e \x00 \ud800 <b>&amp;",
        "list": [1, None, {"ә": 2.5}],
        "big": 2**53,
    }
    database.transact(lambda uow: uow.inbox.store(1, NOW, [(7, 1, payload)]))
    [found] = database.transact(lambda uow: uow.inbox.waiting(1, 0, 10))
    assert found.payload == payload


TEXT_COLUMNS = [
    (table.name, column.name)
    for table in Base.metadata.sorted_tables
    for column in table.columns
    if isinstance(column.type, String | Text | Sealed)
]


def room(column):
    """Letters that a column takes, None for any number."""
    return getattr(column.type, "length", None)


def closed(table, column):
    """A column whose words are a closed list of the database's own."""
    checks = [str(c.sqltext) for c in table.constraints if hasattr(c, "sqltext")]
    return any(check.startswith(f"{column} = '") for check in checks)


def filled(table, column, text):
    """A row of any table, the column holding the text, everything else plain."""
    plain = {int: 1, float: 1.0, bool: True, str: "x"}
    values = {}
    for other in table.columns:
        if other.name == column:
            values[other.name] = text[: room(other)]
        elif closed(table, other.name):
            [check] = [c for c in table.constraints if str(getattr(c, "sqltext", "")).startswith(other.name)]
            values[other.name] = str(check.sqltext).split("'")[1]
        elif isinstance(other.type, JSON | SealedJson):
            values[other.name] = {}
        elif isinstance(other.type, Sealed):
            values[other.name] = "x"
        else:
            values[other.name] = NOW if isinstance(other.type, Utc) else plain[other.type.python_type]
    return values


def test_sql_in_a_text__is_a_text_in_every_column(database):
    for table_name, column in TEXT_COLUMNS:
        table = Base.metadata.tables[table_name]
        if closed(table, column):
            with pytest.raises(IntegrityError):
                put_and_look(database, table, column)
        else:
            put_and_look(database, table, column)
    assert database.transact(lambda uow: uow.session.scalar(select(func.count()).select_from(Person))) == 0


def put_and_look(database, table, column):
    def store(uow):
        if database.is_sqlite:
            uow.session.connection().exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        else:
            uow.session.connection().exec_driver_sql("SET LOCAL session_replication_role = replica")
        uow.session.execute(table.insert().values(filled(table, column, SQL)))
        found = uow.session.scalar(select(table.columns[column]))
        assert found == SQL[: room(table.columns[column])]
        matching = select(func.count()).where(table.columns[column] == found)
        assert uow.session.scalar(matching) == 1
        uow.session.rollback()

    database.transact(store)


@pytest.mark.parametrize(
    "make",
    [
        lambda: rows.person(kind="robot"),
        lambda: IncomingUpdate(
            bot_id=1, update_id=1, chat_key=1, payload={}, received_at=NOW, state="eaten", reason=""
        ),
        lambda: Notice(key="k", kind="warning", facts={}, rank=1, due_at=NOW, state="eaten"),
        lambda: rows.case(1, 1, state="eaten"),
        lambda: rows.reminder(1, state="eaten"),
    ],
    ids=["people", "inbox", "notices", "cases", "reminders"],
)
def test_closed_lists__are_kept_by_the_database_itself(database, make):
    def store(uow):
        rows.add_people(uow, rows.person())
        uow.exams.add(rows.exam())
        uow.session.add(make())
        uow.flush()

    with pytest.raises(IntegrityError, match=r"(?i)check"):
        database.transact(store)


@pytest.mark.parametrize(
    "orphan",
    [lambda: rows.reminder(404), lambda: rows.case(404, 1), lambda: rows.account(1, 404)],
    ids=["reminder", "case", "account"],
)
def test_references__to_nothing_are_refused(database, orphan):
    def store(uow):
        uow.session.add(orphan())
        uow.flush()

    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        database.transact(store)


def test_insert_new__a_row_that_is_there_stays_as_it_is(database):
    def put(uow, value):
        return affected(uow.session, insert_new(uow.session, Meta).values(key="k", value=value))

    assert [database.transact(put, value) for value in ("one", "two", "two")] == [1, 0, 0]
    assert database.transact(lambda uow: uow.records.fact("k")) == "one"


def test_insert_new__twice_in_one_statement_is_once(database):
    def put(uow):
        values = [{"key": "k", "value": "one"}, {"key": "k", "value": "two"}, {"key": "m", "value": "three"}]
        return affected(uow.session, insert_new(uow.session, Meta).values(values))

    assert database.transact(put) == 2


def test_transaction__is_stored_as_a_whole_or_not_at_all(database):
    def half(uow):
        rows.add_people(uow, rows.person())
        uow.records.next_number("FM-26")
        uow.notices.owe("k", kind="warning", rank=1, due_at=NOW)
        raise LookupError("no")

    with pytest.raises(LookupError):
        database.transact(half)

    def look(uow):
        return [
            uow.session.scalar(select(func.count()).select_from(table)) for table in (Person, Notice, Case)
        ]

    assert database.transact(look) == [0, 0, 0]
    assert database.transact(lambda uow: uow.records.next_number("FM-26")) == 1


def test_failure__does_not_show_what_was_being_stored(database):
    secret = "Ұлжанның құпиясы"
    database.transact(lambda uow: rows.add_people(uow, rows.person("S1", full_name=secret)))
    with pytest.raises(IntegrityError) as failure:
        database.transact(lambda uow: rows.add_people(uow, rows.person("S1", full_name=secret)))
    assert secret not in str(failure.value)


def test_reminder__minutes_may_be_fractions_and_are_found_again(database):
    def store(uow):
        exam = uow.exams.add(rows.exam())
        uow.reminders.add(rows.reminder(exam.id, minutes=0.1))
        uow.reminders.add(rows.reminder(exam.id, minutes=1 / 3))
        return exam.id

    exam_id = database.transact(store)
    found = database.transact(lambda uow: set(uow.reminders.of_exam(exam_id)))
    assert found == {("left", 0.1), ("left", 1 / 3)}
    assert database.transact(lambda uow: uow.session.scalar(select(func.count()).select_from(Reminder))) == 2
