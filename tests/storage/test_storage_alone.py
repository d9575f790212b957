"""Whether a process is the only one that serves: then it may take over at once what a dead one held."""

import pytest
from sqlalchemy import text

from bot.storage.engine import Database


@pytest.fixture
def url(postgres):
    with postgres.database() as found:
        yield found


def test_alone__one_of_two_until_it_ends(url):
    first, second = Database(url), Database(url)
    assert first.alone()
    assert first.alone()
    assert not second.alone()
    with second.engine.connect() as connection:
        assert connection.scalar(text("SHOW lock_timeout")) == "0"
    first.close()
    assert second.alone()
    second.close()


def test_alone__sqlite_by_its_nature(sqlite_url):
    database = Database(sqlite_url)
    assert database.alone()
    database.close()
