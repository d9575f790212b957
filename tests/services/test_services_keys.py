"""Data at rest under a key: nothing plain on the disk, keys change while it runs, none may be missing."""

import asyncio
import itertools
import json
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
import structlog

from bot import config, wiring
from bot.errors import ConfigError, Refusal
from bot.rules.vocabulary import Role
from bot.services import cases, forgetting, inbox, keys, privacy
from bot.services.office import Desk
from bot.storage import archive, resealing, schema, sealing
from bot.storage.engine import Database
from bot.storage.files import FileStore
from bot.storage.sealing import Damaged, Keyring, Sealed, SealedJson, read_keys
from bot.storage.tables import Base, Case, Notice, Person
from tests.services import test_forgotten_everywhere as everything
from tests.services.test_forgotten_everywhere import lived  # noqa: F401
from tests.support.databases import hurry
from tests.support.hall import Hall
from tests.support.people import member, student

OLD, NEW = sealing.new_key(), sealing.new_key()
TRACES = (
    everything.NAME,
    everything.WORDS,
    everything.SAID,
    everything.TYPED,
    everything.FILE,
    everything.DEVICE,
)
PLAIN = {
    "accounts.language": "a language",
    "audit_events.detail": "numbers and closed words",
    "broadcasts.audience": "searched; a faculty, a group",
    "broadcasts.counted": "numbers",
    "broadcasts.texts": "news of the university",
    "cases.chain": "numbers of staff and roles",
    "exam_changes.detail": "times",
    "exams.lms_url": "the university's",
    "exams.meeting_url": "the university's",
    "exams.subject_kk": "the university's",
    "exams.subject_ru": "the university's",
    "exams.department": "the university's",
    "exams.faculty": "the university's",
    "case_timers.reason": "why a handler failed",
    "help_paths.counted": "ids of fixes",
    "help_paths.tried": "ids of fixes",
    "inbox.reason": "why a handler failed",
    "incidents.key": "an exam, a faculty, a platform",
    "meta.value": "facts of the installation",
    "notices.reason": "a closed word, Telegram's answer",
    "people.department": "searched; the university's",
    "people.faculty": "searched; the university's",
    "people.programme": "the university's",
    "shifts.groups": "closed words",
    "shifts.languages": "languages",
    "tickets.tried": "ids of fixes",
    "walks.done": "ids of steps",
}
"""Long columns that stay as they are, and why."""


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setenv("EMTIHAN_KEY", OLD)


def ring(*texts):
    return Keyring([key for text in texts for key in read_keys(text)])


@pytest.fixture
def raw(hall, database_url):
    """The same database, as somebody finds it who has no key."""
    opened = Database(database_url)
    hurry(opened.engine)
    yield opened
    opened.close()


def stored(raw):
    """Every value as it is stored, and every byte of the files; of SQLite the very bytes on the disk."""
    values = []
    with raw.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            for row in connection.execute(sa.select(table)):
                values += [json.dumps(value, default=str, ensure_ascii=False) for value in row]
    blob = "\n".join(values).encode()
    if raw.is_sqlite:
        path = Path(raw.engine.url.database)
        blob += b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
    return blob


def kept_bytes(hall):
    return b"".join(path.read_bytes() for path in hall.office.files.root.rglob("*") if path.is_file())


def found(blob):
    return [trace for trace in TRACES for form in (trace, json.dumps(trace)[1:-1]) if form.encode() in blob]


def files_under(hall, keyring):
    return FileStore(hall.office.files.root, keyring)


def opened(raw, keyring):
    """Every value as somebody sees it who has these keys."""
    database = Database(raw.engine.url.render_as_string(hide_password=False), keyring)
    try:
        return values(SimpleNamespace(sql=database.transact))
    finally:
        database.close()


def values(hall):
    return sorted(one for one in everything.rows(hall) if not one.startswith("meta."))


def test_stored__says_nothing_of_anybody_and_everything_works_on(lived, raw):  # noqa: F811
    hall = lived
    blob = stored(raw)
    assert found(blob) == []
    assert b"sealed:1:" in blob
    of_files = kept_bytes(hall)
    assert b"%PDF" not in of_files
    assert b"PK\x03\x04" not in of_files
    texts = [hall.office.files.read(path.name) for path in hall.office.files.root.glob("??/*")]
    assert any(content.startswith(b"%PDF") for content in texts)
    said = hall.do(privacy.copy, hall.me).decode()
    assert all(trace in said for trace in (everything.NAME, everything.WORDS, everything.SAID))


def test_forgotten__nothing_is_left_under_the_key_either(lived, raw):  # noqa: F811
    everything.test_forgotten__nothing_is_left_in_any_table_or_file(lived)
    assert found(stored(raw)) == []


def test_columns__every_long_one_is_sealed_or_named_here():
    long = {
        str(column): column.type
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, (sa.Text, sa.JSON, Sealed, SealedJson))
        or (isinstance(column.type, sa.String) and (column.type.length or 0) >= 200)
    }
    sealed = {name: kind for name, kind in long.items() if isinstance(kind, (Sealed, SealedJson))}
    assert all(kind.place == name for name, kind in sealed.items())
    assert set(long) - set(sealed) == set(PLAIN) & set(long)


def test_names__are_in_order_though_the_database_cannot_sort_them(hall):
    names = ["Болат", "Аян", "Виктор", "Әлия"]
    hall.add_staff(*(member(f"T{n}", Role.EXAMINER, full_name=name) for n, name in enumerate(names)))
    assert [one.full_name for one in hall.sql(lambda uow: uow.people.staff(""))] == sorted(names)
    assert [one.full_name for one in hall.sql(lambda uow: uow.people.staff_like("а", 2))] == ["Аян", "Болат"]


def test_switched_on_later__what_is_plain_is_read_and_turned(database_url, monkeypatch, tmp_path):
    monkeypatch.delenv("EMTIHAN_KEY")
    with Hall(database_url) as hall:
        hall.add_students(student("S1", full_name=everything.NAME))
        digest = hall.office.files.put(b"%PDF evidence")
    settings = config.load(database_url=database_url, key=OLD, files_dir=tmp_path / "files", _env_file=None)
    (tmp_path / "files" / digest[:2]).mkdir(parents=True)
    (tmp_path / "files" / digest[:2] / digest).write_bytes(b"%PDF evidence")
    base = wiring.build(settings)
    raw = Database(database_url)
    store, name = base.desk.office.files, "SELECT full_name FROM people"
    try:
        assert everything.NAME.encode() in stored(raw)
        assert store.read(digest) == b"%PDF evidence"
        assert base.database.transact(lambda uow: uow.people.find("S1")[0].full_name) == everything.NAME
        assert sum(sum(step) for step in keys.turn(raw, store, ring(OLD))) >= 2
        resealing.wipe(raw.engine)
        assert everything.NAME.encode() not in stored(raw)
        assert b"evidence" not in store.path(digest).read_bytes()
        assert store.read(digest) == b"%PDF evidence"
        with raw.engine.connect() as connection:
            assert connection.execute(sa.text(name)).scalar().startswith("sealed:1:")
        assert base.database.transact(lambda uow: uow.people.find("S1")[0].full_name) == everything.NAME
    finally:
        base.close()
        raw.close()


def test_turn__broken_off_anywhere_goes_on_and_needs_the_old_key_no_more(lived, raw, monkeypatch):  # noqa: F811
    hall = lived
    monkeypatch.setattr(resealing, "ROWS", 3)
    before, both = values(hall), ring(NEW, OLD)
    store = files_under(hall, both)
    steps = sum(1 for _ in keys.turn(raw, files_under(hall, ring(OLD)), ring(OLD)))
    for cut in (1, steps // 3, steps // 2):
        broken = list(itertools.islice(keys.turn(raw, store, both), cut))
        assert len(broken) == cut
        assert opened(raw, both) == before
    assert raw.transact(keys.required) == ring(OLD).ids | ring(NEW).ids
    assert sum(sum(step) for step in keys.turn(raw, store, both)) > 0
    assert raw.transact(keys.required) == ring(NEW).ids
    assert opened(raw, ring(NEW)) == before
    assert ring(OLD).newest.encode() not in kept_bytes(hall)
    assert sum(sum(step) for step in keys.turn(raw, store, both)) == 0
    with pytest.raises(ConfigError, match=ring(NEW).newest):
        raw.transact(keys.require, ring(OLD))


def test_turn__a_row_that_fails_changes_nothing_of_its_step(hall, raw, monkeypatch):
    hall.add_students(*(student(f"S{n}") for n in range(5)))
    fresh, calls = resealing._fresh, itertools.count()

    def die(*args):
        if next(calls) == 3:
            raise KeyboardInterrupt
        return fresh(*args)

    monkeypatch.setattr(resealing, "_fresh", die)
    with pytest.raises(KeyboardInterrupt):
        list(keys.turn(raw, files_under(hall, ring(NEW, OLD)), ring(NEW, OLD)))
    monkeypatch.undo()
    with raw.engine.connect() as connection:
        names = connection.execute(sa.text("SELECT full_name FROM people")).scalars().all()
    assert all(f":{ring(OLD).newest}:" in name for name in names)


def test_missing_or_wrong_key__is_not_served_and_says_what_to_do(hall, database_url, monkeypatch):
    hall.add_students(student("S1"))
    for wrong in ("", NEW):
        monkeypatch.setenv("EMTIHAN_KEY", wrong)
        with pytest.raises(ConfigError, match=f"the key {ring(OLD).newest}, which is not set") as refused:
            wiring.build(config.load(database_url=database_url, _env_file=None), climb=True)
        assert OLD not in str(refused.value)
    monkeypatch.setenv("EMTIHAN_KEY", f"{NEW},{OLD}")
    wiring.build(config.load(database_url=database_url, _env_file=None), climb=True).close()


def spoil(raw, column, where="1 = 1"):
    """Stored values are no longer what was sealed; how many."""
    table, _, name = column.partition(".")
    kind = Base.metadata.tables[table].c[name].type
    bad = f"sealed:1:{ring(OLD).newest}:AAAA"
    value = json.dumps({"sealed": bad}) if isinstance(kind, SealedJson) else bad
    cast = "CAST(:bad AS JSON)" if isinstance(kind, SealedJson) and not raw.is_sqlite else ":bad"
    with raw.engine.begin() as connection:
        statement = sa.text(f"UPDATE {table} SET {name} = {cast} WHERE {where}")
        return connection.execute(statement, {"bad": value}).rowcount


WORD = "оқылмайды · не читается"


@pytest.mark.parametrize("how", ["emptied", "unknown", "changed", "of another place"])
def test_damaged__a_text_reads_as_unreadable_and_is_never_written_over(hall, raw, how):
    hall.add_students(student("S1"), student("S2", full_name="Аян"))
    with raw.engine.connect() as connection:
        good = connection.execute(sa.text("SELECT full_name FROM people WHERE ext_id = 'S1'")).scalar()
    bad = {
        "emptied": f"sealed:1:{ring(OLD).newest}:AAAA",
        "unknown": f"sealed:1:{'0' * 12}:AAAA",
        "changed": good[:-6] + ("A" if good[-6] != "A" else "B") + good[-5:],
        "of another place": ring(OLD).seal_text("x", "case_files.name"),
    }[how]
    with raw.engine.begin() as connection:
        connection.execute(sa.text("UPDATE people SET full_name = :bad WHERE ext_id = 'S1'"), {"bad": bad})

    def names(uow):
        return [one.full_name for one in uow.session.scalars(sa.select(Person).order_by(Person.ext_id))]

    def copied(uow):
        for one in uow.session.scalars(sa.select(Person)):
            one.full_name = f"{one.full_name}"
            sa.orm.attributes.flag_modified(one, "full_name")

    with structlog.testing.capture_logs() as logs:
        assert hall.sql(names) == [WORD, "Аян"]
        assert hall.sql(names) == [WORD, "Аян"]
    assert [line["event"] for line in logs] == ["storage.damaged"], "said once"
    assert hall.desk.database.unreadable == 1, "and counted for the metrics"
    assert "people.full_name" in logs[0]["reason"]
    with pytest.raises(Damaged):
        hall.sql(copied)
    hall.add_students(student("S1", full_name="Әлия"))
    assert hall.sql(names) == ["Әлия", "Аян"], "the university's file mends it"


def test_damaged__one_row_holds_up_no_message_no_update_no_timer_and_no_register(lived, raw):  # noqa: F811
    """Of every sealed column one value is spoilt; what is about others goes on."""
    hall = lived
    other = hall.other
    reports = sa.select(Case.id).where(Case.kind == "report")
    mine = hall.sql(lambda uow: list(uow.session.scalars(reports)))
    exam_id = hall.exam_id
    hall.do(
        inbox.store, 1, [{"update_id": n, "message": {"chat": {"id": n}, "text": "x"}} for n in (501, 502)]
    )
    spoilt = {
        "cases.data": f"id = {mine[0]}",
        "case_events.detail": f"case_id = {mine[0]}",
        "inbox.payload": "update_id = 501",
        "people.full_name": f"id = {hall.me.person_id}",
    }
    assert all(spoil(raw, column, where) for column, where in spoilt.items())
    theirs = hall.do(cases.file, other, "internet", exam_id, hall.origin())
    news = hall.sql(lambda uow: _owed(uow, hall))
    spoil(raw, "notices.facts", f"id = {news[0]}")
    hall.forward(minutes=30)
    assert [row.payload.get("update_id") for row in hall.do(inbox.waiting, 1, 0, 10)][-1] == 502
    states = hall.sql(lambda uow: [uow.session.get(Notice, number).state for number in news])
    assert states == ["failed", "sent"]
    assert hall.do(cases.show, other, theirs.id).number == theirs.number
    assert {view.number for view in hall.do(cases.register)} >= {theirs.number}
    desk = Desk(hall.desk.database, hall.office, hall.clock)
    with pytest.raises(Refusal) as refused:
        asyncio.run(desk.do(cases.take, hall.examiner, mine[0], hall.origin()))
    assert refused.value.code == "damaged", "what must be written on what cannot be read"


def _owed(uow, hall):
    """Two messages to two people, due now."""
    for number, me in enumerate((hall.me, hall.other)):
        uow.notices.owe(
            f"two:{number}", kind="file_problem", person_id=me.person_id, account_id=me.account_id,
            facts={"file": 1}, rank=1, due_at=hall.clock(),
        )  # fmt: skip
    uow.flush()
    return list(uow.session.scalars(sa.select(Notice.id).where(Notice.key.like("two:%")).order_by(Notice.id)))


def test_damaged__is_named_by_the_check_row_by_row(lived, raw):  # noqa: F811
    hall = lived
    sealed = [str(c) for table in Base.metadata.sorted_tables for c in resealing.columns(table)]
    expected = {column for column in sealed if spoil(raw, column)}
    assert len(expected) > 9
    keyring = ring(OLD)
    files = FileStore(hall.office.files.root, keyring)
    [first, *_] = sorted(place for place in files.root.glob("??/*"))
    first.write_bytes(first.read_bytes()[:-1])
    found = keys.spoilt(raw, files, keyring)
    assert {place.partition(" ")[0] for place in found} == expected | {"file"}
    assert f"file {first.name}" in found


def test_damaged__what_cannot_be_opened_stays_as_it_is_when_the_key_is_turned(hall, raw):
    hall.add_students(student("S1"), student("S2"))
    spoil(raw, "people.full_name", "ext_id = 'S1'")
    first = hall.office.files.put(b"first")
    place = hall.office.files.path(first)
    place.write_bytes(place.read_bytes()[:-1])
    hall.office.files.put(b"second")
    keyring = ring(NEW, OLD)
    steps = list(keys.turn(raw, files_under(hall, keyring), keyring))
    assert [sum(step) for step in zip(*steps, strict=True)] == [1, 1]
    assert raw.transact(keys.required) == keyring.ids, "the older key is asked for still"
    assert keys.spoilt(raw, files_under(hall, keyring), keyring) == ["people.full_name 1", f"file {first}"]


def test_damaged__somebody_is_forgotten_all_the_same(lived, raw):  # noqa: F811
    hall = lived
    for table in Base.metadata.sorted_tables:
        for column in resealing.columns(table):
            spoil(raw, str(column))
    hall.do(forgetting.forget, "S1")
    everything_left = "".join(everything.rows(hall))
    assert [trace for trace in TRACES if trace in everything_left] == []


def test_damaged__a_file_is_told_and_others_are_read(hall):
    store = hall.office.files
    first, second = store.put(b"first"), store.put(b"second")
    whole = store.path(first).read_bytes()
    for bad in (whole[:-1], whole[:-1] + bytes([whole[-1] ^ 1]), store.path(second).read_bytes(), whole[:20]):
        store.path(first).write_bytes(bad)
        with pytest.raises(Damaged):
            store.read(first)
    assert store.read(second) == b"second"


def test_draft__of_a_file_under_a_key_is_nowhere_on_the_disk(hall):
    store = hall.office.files
    with store.draft() as (path, stream):
        stream.write(b"plain")
        stream.flush()
        assert path.read_bytes() == b"plain"
        assert not any(place.is_file() for place in store.root.rglob("draft-*"))
        digest = store.keep(path)
    assert store.read(digest) == b"plain"
    with store.opened(digest) as place:
        assert place.read_bytes() == b"plain"
        assert store.root not in place.parents


def test_backup__is_sealed_too_and_needs_the_key_after_it_was_restored(lived, raw, tmp_path):  # noqa: F811
    before = values(lived)
    target = tmp_path / "backup.zip"
    archive.write(raw.engine, lived.office.files.root, target, lived.clock(), "ayu")
    with zipfile.ZipFile(target) as held:
        blob = b"".join(held.read(name) for name in held.namelist())
    assert found(blob) == []
    assert OLD.encode() not in blob
    address = f"sqlite:///{tmp_path / 'new.db'}"
    new = Database(address)
    schema.migrate(new.engine)
    archive.read(new.engine, tmp_path / "new", target)
    with pytest.raises(ConfigError, match="is in no backup"):
        new.transact(keys.need, None)
    assert opened(new, ring(OLD)) == before
    new.close()
    kept = FileStore(tmp_path / "new", ring(OLD))
    assert [kept.read(place.name) for place in kept.root.glob("??/*")]


@pytest.mark.parametrize(
    "text",
    ["", "# nothing", "short", "ы" * 44, OLD[:-1], f"{OLD}\n{OLD[:-4]}", OLD.replace("=", "==")],
    ids=["empty", "remark", "short", "letters", "cut", "second cut", "padded"],
)
def test_keys__that_are_none_are_refused_without_showing_them(text):
    with pytest.raises(ConfigError) as refused:
        read_keys(text)
    assert "emtihan key new" in str(refused.value)
    assert OLD[:20] not in str(refused.value)


def test_keys__stand_one_a_line_with_remarks():
    assert len(read_keys(f"# 2026\n{NEW}  # newest\n\n{OLD}\n")) == 2
