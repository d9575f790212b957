import alembic
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from bot.storage import schema
from bot.storage.tables import Base


def tables(database):
    return set(inspect(database.engine).get_table_names()) - {"alembic_version"}


def differences(database):
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, Base.metadata)


def scripts():
    config = Config()
    config.set_main_option("script_location", schema.SCRIPTS.as_posix())
    return ScriptDirectory.from_config(config)


def test_head__is_the_newest_script():
    assert scripts().get_heads() == [schema.HEAD]


def test_scripts__stand_in_one_line_and_sort_by_their_names():
    names = [script.revision for script in scripts().walk_revisions("base", "heads")]
    assert names == sorted(names, reverse=True)


def test_migrations__climb_up_down_to_nothing_and_up_again(bare):
    assert schema.current(bare.engine) is None
    every = set(Base.metadata.tables)
    schema.migrate(bare.engine)
    assert (schema.current(bare.engine), tables(bare)) == (schema.HEAD, every)
    schema.migrate(bare.engine, "base")
    assert (schema.current(bare.engine), tables(bare)) == (None, set())
    schema.migrate(bare.engine)
    assert (schema.current(bare.engine), tables(bare)) == (schema.HEAD, every)


def test_migrations__climb_step_by_step_both_ways(bare):
    names = [script.revision for script in scripts().walk_revisions("base", "heads")][::-1]
    for name in [*names, *names[-2::-1]]:
        schema.migrate(bare.engine, name)
        assert schema.current(bare.engine) == name


def test_migrations__again_at_the_head_change_nothing(database):
    schema.migrate(database.engine)
    assert schema.current(database.engine) == schema.HEAD


def test_migrations__one_that_breaks_off_leaves_nothing_behind(bare, monkeypatch):
    create = alembic.op.create_table

    def break_off(name, *args, **kwargs):
        if name == "notices":
            raise RuntimeError("the power went")
        return create(name, *args, **kwargs)

    monkeypatch.setattr("alembic.op.create_table", break_off)
    with pytest.raises(RuntimeError, match="power"):
        schema.migrate(bare.engine)
    assert (schema.current(bare.engine), tables(bare)) == (None, set())
    monkeypatch.undo()
    schema.migrate(bare.engine)
    schema.require_current(bare.engine)


def test_models__are_what_the_migrations_make(database):
    assert differences(database) == []


def test_models__a_difference_would_be_seen(database):
    with database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE meta ADD COLUMN surplus INTEGER"))
    assert [kind for kind, *_ in differences(database)] == ["remove_column"]
