"""Fixtures that every folder may use: databases, an office with a clock moved by hand, a town with phones."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.databases import Postgres
from tests.support.hall import Hall
from tests.support.town import Town

DIALECTS = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A real PostgreSQL server of this test process."""
    server = Postgres()
    yield server
    server.stop()


@pytest.fixture(params=DIALECTS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database at the current schema, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'emtihan.db'}"
    else:
        server: Postgres = request.getfixturevalue("postgres")
        with server.database() as url:
            yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of an SQLite file that is not there yet."""
    return f"sqlite:///{tmp_path / 'emtihan.db'}"


@pytest.fixture
def hall(database_url: str) -> Iterator[Hall]:
    """Services over a real database, with a clock moved by hand and a wire that keeps what is sent."""
    with Hall(database_url) as opened:
        yield opened


@pytest.fixture
def town(sqlite_url: str) -> Iterator[Town]:
    """The whole bot on SQLite against the sandbox over HTTP, with people who have phones."""
    with Town(sqlite_url) as opened:
        yield opened
