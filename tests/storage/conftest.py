from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.storage.engine import Database
from tests.support.databases import Postgres


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty database at the current schema, once on SQLite and once on PostgreSQL."""
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database in which there is nothing yet, not even a schema."""
    if request.param == "sqlite":
        opened = Database(f"sqlite:///{tmp_path / 'bare.db'}")
        yield opened
        opened.close()
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.database(migrated=False) as url:
        opened = Database(url)
        yield opened
        opened.close()


@pytest.fixture
def postgresql(postgres: Postgres) -> Iterator[Database]:
    """An empty PostgreSQL database at the current schema."""
    with postgres.database() as url:
        opened = Database(url)
        yield opened
        opened.close()
