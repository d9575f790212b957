"""Fixtures that every folder may use: databases, an office with a clock moved by hand, a town with phones."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.memory import keep_files_in_memory

if TYPE_CHECKING:  # the process that hands out the tests runs none: it need not wait for these
    from tests.support.databases import Postgres
    from tests.support.hall import Hall
    from tests.support.town import Town

sys.dont_write_bytecode = False  # every process of a run reads the same tests: compiled once is enough
keep_files_in_memory()
gc.disable()  # what is imported and collected stays to the end: looked at in vain, over and over


def pytest_configure(config: pytest.Config) -> None:
    """Benches hold speed, tests do not."""
    if hasattr(config, "workerinput") or not config.getoption("numprocesses", None):
        import hypothesis

        hypothesis.settings.register_profile("suite", deadline=None)
        hypothesis.settings.load_profile("suite")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The first worker begins with what waits more than it works: the others have the processors."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


def pytest_collection_finish() -> None:
    """Garbage is looked for among what the tests make only."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


DIALECTS = ("sqlite", "postgresql")
LONG = ("tests/e2e/", "tests/conversations/test_tables.py", "tests/conversations/test_board.py")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session", autouse=True)
def content_read_once() -> Iterator[None]:
    """Content under the same file of an operator is read once a test process; no text is parsed twice."""
    from tests.support.reading import content_once

    with content_once():
        yield


@pytest.fixture(scope="session", autouse=True)
def statements_compiled_once() -> Iterator[None]:
    """What one engine has compiled, the next one of the same kind need not; tracebacks are kept plain."""
    from tests.support import shared

    with shared.dialects(), shared.plain_tracebacks():
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A real PostgreSQL server of this test process."""
    from tests.support.databases import Postgres

    server = Postgres()
    yield server
    server.stop()


@pytest.fixture(params=DIALECTS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database at the current schema, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        from tests.support import shared

        yield shared.laid(f"sqlite:///{tmp_path / 'emtihan.db'}")
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
    from tests.support.hall import Hall

    with Hall(database_url) as opened:
        yield opened


@pytest.fixture
def watched(database_url: str) -> Iterator[Hall]:
    """A hall where the exam day is watched: cards, late starts, rehearsals."""
    from tests.support.hall import Hall

    with Hall(database_url, watched=True) as opened:
        yield opened


@pytest.fixture
def town(sqlite_url: str) -> Iterator[Town]:
    """The whole bot on SQLite against the sandbox over HTTP, with people who have phones."""
    from tests.support.town import Town

    with Town(sqlite_url) as opened:
        yield opened
