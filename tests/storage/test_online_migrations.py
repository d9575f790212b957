"""The schema grows while machines of the version before work on it; what takes away waits for their end."""

import contextlib
import shutil

import psycopg
import pytest
from sqlalchemy import inspect, select, text

from bot.errors import SchemaBusy, SchemaOutdated
from bot.services import timers
from bot.services.nodes import join
from bot.storage import climb, schema
from bot.storage.engine import Database, Unavailable
from bot.storage.tables import Node as NodeRow
from bot.storage.tables import Person
from tests.support import rows
from tests.support.clock import local
from tests.support.hall import Hall
from tests.support.people import exam, member, student

GROWS, GROWS_MORE, TAKES = "9001", "9002", "9003"
ADDS = """
    op.create_table("novelties", sa.Column("id", sa.Integer, primary_key=True))
    op.add_column("notices", sa.Column("novelty", sa.String(20), server_default="new", nullable=False))
    op.add_column("accounts", sa.Column("novelty", sa.Integer, nullable=True))
"""
INDEXES = """
    growth.index("ix_notices_novelty", "notices", ["novelty"])
"""
DROPS = """
    with op.batch_alter_table("accounts") as table:
        table.drop_column("novelty")
"""


class NextVersion:
    """Scripts of versions that do not exist yet; `program` is one of them."""

    def __init__(self, folder, monkeypatch):
        shutil.copytree(schema.SCRIPTS, folder, ignore=shutil.ignore_patterns("__pycache__"))
        self._folder, self._monkeypatch = folder, monkeypatch
        self._last = schema.HEAD
        monkeypatch.setattr(schema, "SCRIPTS", folder)
        monkeypatch.setattr(climb, "LOCK_MS", 50)

    def script(self, name, body, oldest=""):
        lines = [
            "import sqlalchemy as sa",
            "from alembic import op",
            "from bot.storage import growth",
            f"revision, down_revision = {name!r}, {self._last!r}",
            f"compatible_from = {oldest!r}" if oldest else "",
            f"def upgrade() -> None:\n{body}",
            "def downgrade() -> None:\n    pass",
        ]
        (self._folder / "versions" / f"{name}_next.py").write_text("\n".join(lines))
        self._last = name
        return self

    @contextlib.contextmanager
    def program(self, head):
        with self._monkeypatch.context() as patched:
            patched.setattr(schema, "HEAD", head)
            yield


@pytest.fixture
def versions(tmp_path, monkeypatch):
    return NextVersion(tmp_path / "migrations", monkeypatch)


@pytest.fixture
def on_postgres(postgres):
    with postgres.database() as url, contextlib.closing(Database(url)) as opened:
        yield opened


@pytest.fixture
def postgres_hall(postgres):
    with postgres.database() as url, Hall(url) as opened:
        yield opened


def never(seconds):
    raise AssertionError("nobody is in the way")


def known(uow):
    return {node.name: node.id for node in uow.session.query(NodeRow)}


def test_grown__the_old_version_goes_on_with_its_work(hall, versions):
    versions.script(GROWS, ADDS).script(GROWS_MORE, INDEXES)
    hall.add_staff(member("T1"))
    hall.add_students(student("S1"), student("S2"))
    reader = hall.join("S1")
    hall.add_exams(exam("E1", local("2026-12-21 09:00")))
    hall.clock.now = local("2026-12-21 10:30")
    hall.do(timers.fire)
    with versions.program(GROWS_MORE):
        schema.migrate(hall.desk.database.engine, wait=never)
        schema.require_current(hall.desk.database.engine)
    assert schema.current(hall.desk.database.engine) == GROWS_MORE
    schema.require_current(hall.desk.database.engine)
    hall.deliver()
    hall.expect((reader, "30 минут қалды"))
    late = hall.join("S2")
    hall.clock.now = local("2026-12-21 10:45")
    hall.do(timers.fire)
    hall.deliver()
    upload = "Жауап парақтарын жүктеңіз"
    both = [(who, words) for who in (reader, late) for words in ("15 минут қалды", upload)]
    hall.expect(*both)
    assert [row[0] for row in hall.sql(lambda uow: uow.session.execute(text("SELECT novelty FROM notices")))]
    indices = {index["name"] for index in inspect(hall.desk.database.engine).get_indexes("notices")}
    assert "ix_notices_novelty" in indices


def test_grown__an_old_backup_would_be_half_a_one(database, versions):
    with versions.script(GROWS, ADDS).program(GROWS):
        schema.migrate(database.engine)
    schema.migrate(database.engine)
    assert schema.current(database.engine) == GROWS
    with pytest.raises(SchemaOutdated, match=f"at {GROWS}, this program knows {schema.HEAD}"):
        schema.require_own(database.engine)


def test_taken_away__is_refused_while_somebody_old_lives_and_nobody_old_comes_after(postgres_hall, versions):
    engine = postgres_hall.desk.database.engine
    versions.script(GROWS, ADDS)
    postgres_hall.do(join, "old:1")
    with versions.program(GROWS):
        schema.migrate(engine)
        postgres_hall.do(join, "new:1")
    with versions.script(TAKES, DROPS, oldest=GROWS).program(TAKES):
        with pytest.raises(SchemaBusy, match=r"older than 9001 need, and such run: old:1;"):
            schema.migrate(engine)
        assert schema.current(engine) == GROWS
        postgres_hall.sql(lambda uow: uow.nodes.leave(known(uow)["old:1"]))
        schema.migrate(engine)
    assert schema.stands(engine) == schema.Standing(TAKES, GROWS)
    with versions.program(GROWS):
        schema.require_current(engine)
        postgres_hall.do(join, "new:2")
    with pytest.raises(SchemaOutdated, match=f"needs a program of {GROWS} or newer, this one is of"):
        schema.require_current(engine)
    with pytest.raises(SchemaOutdated):
        postgres_hall.do(join, "old:2")
    assert postgres_hall.sql(lambda uow: {node.name for node in uow.session.query(NodeRow)}) == {
        "new:1",
        "new:2",
    }


def test_taken_away__is_refused_while_a_bot_serves_alone(on_postgres, versions):
    versions.script(GROWS, ADDS).script(TAKES, DROPS, oldest=GROWS)
    with versions.program(TAKES):
        assert on_postgres.alone()
        with pytest.raises(SchemaBusy, match="a bot without EMTIHAN_CLUSTER; stop them"):
            schema.migrate(on_postgres.engine)
        assert schema.current(on_postgres.engine) == GROWS


def test_lock__held_by_another_is_not_waited_for_so_that_taps_pass(on_postgres, versions):
    """A long transaction reads `accounts`; behind a migration that waited for it every tap would wait too."""
    versions.script(GROWS, ADDS)
    on_postgres.transact(rows.add_people, rows.person("S1"))
    waits = []
    with versions.program(GROWS), on_postgres.engine.connect() as reader:
        reader.execute(text("SELECT count(*) FROM accounts"))

        def tap(seconds):
            """Between two tries: nothing is changed or locked, and people are served."""
            waits.append(seconds)
            assert "novelties" not in inspect(on_postgres.engine).get_table_names()
            with on_postgres.engine.begin() as person:
                person.execute(text("SET LOCAL lock_timeout = 1"))
                person.execute(text("UPDATE accounts SET language = 'kk'"))
            if len(waits) == 2:
                reader.rollback()

        schema.migrate(on_postgres.engine, wait=tap)
        assert (len(waits), schema.current(on_postgres.engine)) == (2, GROWS)


def test_lock__that_is_never_free_ends_in_a_refusal_and_nothing_is_changed(on_postgres, versions):
    versions.script(GROWS, ADDS)
    with versions.program(GROWS), on_postgres.engine.connect() as reader:
        reader.execute(text("SELECT count(*) FROM accounts"))
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(climb, "PAUSES", (0, 0))
            with pytest.raises(SchemaBusy, match="too busy"):
                schema.migrate(on_postgres.engine, wait=lambda _: None)
    assert "novelties" not in inspect(on_postgres.engine).get_table_names()


def test_two_who_migrate_at_once__one_waits_for_the_other(on_postgres, versions):
    versions.script(GROWS, ADDS)
    with versions.program(GROWS), on_postgres.engine.connect() as other:
        other.execute(text("SELECT pg_advisory_lock(:key)"), {"key": climb.MIGRATING})
        waits = []

        def let_go(seconds):
            waits.append(seconds)
            other.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": climb.MIGRATING})

        schema.migrate(on_postgres.engine, wait=let_go)
        assert (len(waits), schema.current(on_postgres.engine)) == (1, GROWS)


def test_index__half_built_is_built_anew(on_postgres, versions):
    with versions.script(GROWS, ADDS).program(GROWS):
        schema.migrate(on_postgres.engine)
    versions.script(GROWS_MORE, INDEXES)
    with on_postgres.engine.begin() as connection:
        connection.execute(text("CREATE INDEX ix_notices_novelty ON notices (novelty)"))
        connection.execute(
            text("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_notices_novelty'::regclass")
        )
    with versions.program(GROWS_MORE):
        schema.migrate(on_postgres.engine)
    with on_postgres.engine.connect() as connection:
        left = connection.execute(text("SELECT count(*) FROM pg_index WHERE NOT indisvalid")).scalar()
    assert left == 0


def test_type_of_a_column__that_changes_under_prepared_statements_costs_one_more_try(on_postgres):
    """PostgreSQL refuses a statement that was prepared before; the update that met it is not given up."""

    def ask(uow):
        return uow.session.execute(select(Person.full_name).where(Person.id > 0)).all()

    def change(name):
        elsewhere = on_postgres.engine.url.set(drivername="postgresql")
        with psycopg.connect(elsewhere.render_as_string(hide_password=False)) as migration:
            migration.execute(f"ALTER TABLE people ALTER COLUMN full_name TYPE {name}")

    for name in ("varchar(900)", "text"):
        for _ in range(12):
            on_postgres.transact(ask)
        change(name)
        with pytest.raises(Unavailable):
            on_postgres.transact(ask)
        for _ in range(3):
            assert on_postgres.transact(ask) == []
