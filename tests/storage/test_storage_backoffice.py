"""The tables that administrators read: connections that cannot write, and no column that is a secret."""

import asyncio
import html
import re
import urllib.parse
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.rules.acts import CONFIRM, SIGN
from bot.rules.appeals import FILED, SITTING
from bot.rules.casework import ACT, ANSWER, ORDER, Kind
from bot.rules.decisions import Verdict
from bot.services import changes, moving
from bot.services.case_timers import HANDLERS
from bot.storage import backoffice, tables
from bot.storage.backoffice import SHOWN
from bot.storage.engine import Database
from bot.storage.sealing import KEY_BYTES, Keyring
from bot.storage.spoken import DEEDS, NOTICES, RULES, say, spoken
from bot.views.notices import KINDS
from bot.web.tables import BASE, FRAME
from tests.support.clock import local

SECRET = re.compile(
    r"hash|secret|token|payload|facts|detail|^data$|^text|file_id|user_id|sha256|url|message|digest|report$|"
    r"chain$|tried|used_by|origin|consent_update|^name$"
)
NAMES = {("nodes", "name"), ("duties", "name")}


def said(key, **_):
    family, _, name = key.rpartition(".")
    if key == "tables.deed.role_given":
        return "рөл берілді"
    return f"word of {name}" if family in ("tables.value", "level") else name


@pytest.fixture
def app(database):
    """The tables in the program's own names of things."""
    words = backoffice.Words(said, lambda moment: moment.isoformat(), ("kk", "ru"))
    return backoffice.build(database.reading, words, BASE, FRAME)


def page(app, path):
    """(status, text) of a page."""
    found = {"status": 0, "text": b""}

    async def receive():
        await asyncio.Event().wait()

    async def send(message):
        found["status"] = message.get("status", found["status"])
        found["text"] += message.get("body", b"")

    plain, _, query = path.partition("?")
    scope = {
        "type": "http", "method": "GET", "scheme": "http", "path": f"{BASE}/{plain}", "root_path": "",
        "query_string": query.encode(), "headers": [(b"host", b"x")], "server": ("x", 1),
    }  # fmt: skip
    asyncio.run(app(scope, receive, send))
    return found["status"], found["text"].decode()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE counters SET value = 7",
        "DELETE FROM counters",
        "INSERT INTO counters (name, value) VALUES ('x', 1)",
        "DROP TABLE counters",
    ],
)
def test_connection__cannot_write(database, statement):
    with database.engine.begin() as connection:
        connection.execute(text("INSERT INTO counters (name, value) VALUES ('case', 3)"))
    with pytest.raises(DBAPIError), database.reading.begin() as connection:
        connection.execute(text(statement))
    with database.engine.begin() as connection:
        kept = connection.execute(text("SELECT name, value FROM counters")).all()
    assert kept == [("case", 3)]


def test_reader__holds_up_no_writer(database):
    with database.reading.connect() as looking:
        looking.execute(text("SELECT count(*) FROM counters"))
        with database.engine.begin() as connection:
            connection.execute(text("INSERT INTO counters (name, value) VALUES ('case', 3)"))


def test_every_table__is_shown_searched_and_sorted(database, app):
    moment = local("2026-12-21 09:00")
    with database.engine.begin() as connection:
        connection.execute(
            tables.Person.__table__.insert(),
            {"kind": "staff", "ext_id": "T1", "full_name": "<b>Әлия", "language": "kk"},
        )
        connection.execute(
            tables.AuditEvent.__table__.insert(), {"at": moment, "action": "x", "detail": {"s": "тс"}}
        )
    for shown in SHOWN:
        identity = backoffice.address_of(shown.model)
        first, last = shown.columns.split()[0], shown.columns.split()[-1]
        for query in (f"?sortBy={last}&sort=desc", f"?sortBy={first}&search={urllib.parse.quote('Ә%')}"):
            status, said = page(app, f"{identity}/list{query}")
            assert (identity, query, status) == (identity, query, 200)
            assert "Internal Server Error" not in said
    assert "&lt;b&gt;Әлия" in page(app, "person/list")[1]
    status, said = page(app, "audit-event/details/1")
    assert (status, moment.isoformat()[:10] in said, "тс" in said) == (200, True, False)


def test_states_and_kinds__are_shown_in_words_beside_what_is_stored(database, app):
    with database.engine.begin() as connection:
        people = [
            {"kind": kind, "ext_id": kind, "full_name": "x", "language": "kk", "level": level}
            for kind, level in (("student", "master"), ("staff", "<b>odd"))
        ]
        connection.execute(tables.Person.__table__.insert(), people)
    said = page(app, "person/list")[1]
    assert '<span title="student">word of student</span>' in said
    assert '<span title="master">word of master</span>' in said
    assert '<span title="&lt;b&gt;odd">&lt;b&gt;odd</span>' in said


def test_states_and_kinds__that_the_database_allows_all_have_their_words():
    said = spoken(lambda key: key, ("kk", "ru"))
    for shown in SHOWN:
        table = shown.model.__table__
        for check in (str(getattr(one, "sqltext", "")) for one in table.constraints):
            for column, value in re.findall(r"(\w+) = '(\w+)'", check):
                assert column not in shown.columns.split() or value in said[f"{table.name}.{column}"]
        for column in {"state", "kind", "rule", "reason", "action"} & set(shown.columns.split()):
            assert f"{table.name}.{column}" in said
    columns = {f"{shown.model.__tablename__}.{column}" for shown in SHOWN for column in shown.columns.split()}
    assert said.keys() <= columns
    assert {kind.value for kind in Kind} <= said["cases.kind"].keys()
    assert {verdict.value for verdict in Verdict} - {"refer"} <= said["cases.outcome"].keys()
    assert {ANSWER, ORDER, ACT, CONFIRM, SIGN, FILED, SITTING} <= said["cases.stage"].keys()


def test_words__are_those_that_the_program_stores():
    assert set(KINDS) == NOTICES
    assert {rule for _, rule in HANDLERS} | {"left", "step", "before"} == RULES
    rooms = Path(__file__).parents[2] / "bot" / "services"
    written = "\n".join(path.read_text() for path in rooms.glob("*.py"))
    said = set(re.findall(r"records\.audit\(\s*now, \"(\w+)\"(?! if)", written))
    exams = {f"exam_{one}" for one in (changes.MOVED, changes.EXTENDED, changes.CANCELLED, changes.GIVEN)}
    assert said | exams | {"role_given", "role_taken", moving.MOVED} == DEEDS


def test_words__are_looked_for_as_they_are_said_and_as_they_are_stored(database, app):
    moment = local("2026-12-21 09:00")
    deeds = [{"at": moment, "action": one, "detail": {}} for one in ("exam_moved", "role_given", "odd_deed")]
    with database.engine.begin() as connection:
        connection.execute(tables.AuditEvent.__table__.insert(), deeds)
    for term, found in (
        ("РӨЛ БЕР", ["role_given"]), ("role_", ["role_given"]), ("odd", ["odd_deed"]), ("zzz", []),
    ):  # fmt: skip
        said = page(app, f"audit-event/list?search={urllib.parse.quote(term)}")[1]
        assert re.findall(r'<span title="(\w+)">', said) == found
    assert '<span title="role_given">рөл берілді</span>' in page(app, "audit-event/list")[1]


@pytest.mark.parametrize(
    ("stored", "shown"),
    [("before:24", "earlier (24)"), ("left+15", "left (+15)"), ("left", "left"), ("x:1", "x:1"), ("", "")],
)
def test_words__of_a_rule_keep_what_follows_them(stored, shown):
    assert say({"before": "earlier", "left": "left"}, stored) == shown


HOSTILE = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}{% raw %}", "=HYPERLINK(1)",
    "'--", "\u202egnp.exe", "&lt;b&gt;", "%00%0d%0a", "ұ" * 4000,
)  # fmt: skip


def test_hostile_words__are_text_in_lists_rows_and_searches(database, app):
    people = [
        {"kind": "student", "ext_id": f"S{n}", "full_name": f"{words} я", "language": "kk"}
        for n, words in enumerate(HOSTILE)
    ]
    with database.engine.begin() as connection:
        connection.execute(tables.Person.__table__.insert(), people)
    addresses = ["person/list", *(f"person/details/{n}" for n, _ in enumerate(HOSTILE, 1))]
    addresses += [f"person/list?search={urllib.parse.quote(words[:500])}" for words in HOSTILE]
    for address in addresses:
        status, said = page(app, address)
        assert (address, status) == (address, 200)
        assert [words for words in HOSTILE[:2] if words in said] == []
    said = html.unescape(page(app, "person/list")[1])
    assert [words for words in HOSTILE if f"{words} я" not in said] == []


def test_what_is_sealed__is_read_and_neither_searched_nor_sorted(database_url):
    keyed = Database(database_url, Keyring([b"k" * KEY_BYTES]))
    with keyed.engine.begin() as connection:
        person = {"kind": "staff", "ext_id": "T1", "full_name": "Әлия", "language": "kk"}
        connection.execute(tables.Person.__table__.insert(), person)
    words = backoffice.Words(
        lambda key, **_: key.rpartition(".")[2], lambda moment: moment.isoformat(), ("kk", "ru")
    )
    app = backoffice.build(keyed.reading, words, BASE, FRAME)
    status, said = page(app, "person/list?search=T1")
    assert (status, "Әлия" in said, "sortBy=full_name" in said) == (200, True, False)
    assert page(app, "person/list?sortBy=full_name")[0] == 400
    keyed.close()


def test_no_column__is_a_secret_or_what_somebody_wrote():
    found = {
        (shown.model.__tablename__, column)
        for shown in SHOWN
        for column in shown.columns.split()
        if SECRET.search(column)
    }
    assert found == NAMES
    hidden = {"BoardKey", "BoardSession", "Meta", "CodeAttempt", "Conversation", "Draft", "TicketMessage"}
    assert not hidden & {shown.model.__name__ for shown in SHOWN}


def test_library__is_loaded_when_an_administrator_asks():
    root = Path(__file__).parents[2]
    early = re.compile(r"^(from|import) .*(backoffice|sqladmin|starlette)", re.MULTILINE)
    found = {
        path.name
        for room in ("bot", "handlers")
        for path in (root / room).rglob("*.py")
        if early.search(path.read_text())
    }
    assert found == {"backoffice.py"}
