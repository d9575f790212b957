from pathlib import Path

import pytest
from sqlalchemy import text

from bot.errors import SchemaOutdated
from bot.storage import schema
from bot.storage.engine import Database
from tests.support import rows
from tests.support.databases import Postgres


def test_require_current__an_old_or_empty_database_is_refused_with_the_command_to_run(bare):
    with pytest.raises(
        SchemaOutdated, match=f"at empty, this program needs {schema.HEAD}: run emtihan migrate"
    ):
        schema.require_current(bare.engine)
    schema.migrate(bare.engine)
    schema.require_current(bare.engine)
    with bare.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    with pytest.raises(SchemaOutdated, match="at 0000"):
        schema.require_current(bare.engine)


def test_locale__of_postgresql_folds_kazakh_letters_and_sqlite_has_none(database):
    with database.engine.connect() as connection:
        locale = schema.require_locale(connection)
    assert locale == ("" if database.is_sqlite else "C.UTF-8")


def test_sqlite__its_folder_is_made(tmp_path: Path):
    database = Database(f"sqlite:///{tmp_path / 'one' / 'two' / 'emtihan.db'}")
    database.ping()
    database.close()
    assert (tmp_path / "one" / "two" / "emtihan.db").exists()


def test_postgresql__both_spellings_of_the_url_are_understood(postgres: Postgres):
    with postgres.database() as url:
        short = Database(url.replace("postgresql://", "postgres://"))
        assert schema.current(short.engine) == schema.HEAD
        short.close()


def test_support__one_test_leaves_nothing_to_the_next(postgres: Postgres):
    def first_id(url):
        database = Database(url)
        ids = database.transact(rows.add_people, rows.person())
        database.close()
        return ids

    with postgres.database() as url:
        assert first_id(url) == [1]
    with postgres.database() as again:
        assert (again, first_id(again)) == (url, [1])
    with postgres.database() as url:
        database = Database(url)
        with database.engine.begin() as connection:
            connection.execute(text("ALTER TABLE meta ADD COLUMN surplus INTEGER"))
        database.close()
    with postgres.database() as other:
        assert other != url
