"""What is worked out once a test process and serves every test: it depends on no test's data."""

import functools
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO, TypeVar

import pytest
import structlog
from pydantic import SecretStr
from sqlalchemy import Dialect, Engine, create_engine
from sqlalchemy.util import LRUCache

from bot import config
from bot.config import Settings
from bot.rules.papers import Paper
from bot.storage import schema, sealing
from bot.storage.engine import Database
from tests.support.databases import PENDING

REMEMBERED = 32
PAPERS = 500
T = TypeVar("T")


@functools.cache
def _empty_sqlite() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "empty.db")
        database = Database(f"sqlite:///{file}")
        schema.migrate(database.engine)
        database.close()
        return file.read_bytes()


def laid(url: str) -> str:
    """An SQLite file that is not there yet is laid, empty, at the current schema: nothing climbs again."""
    place = url.removeprefix("sqlite:///")
    if place != url and not Path(place).exists():
        Path(place).write_bytes(_empty_sqlite())
    return url


@contextmanager
def plain_tracebacks() -> Iterator[None]:
    """What fails on purpose is logged as it is, not laid out in frames and colours."""

    def plain(_: object, into: TextIO, failure: Any) -> None:
        structlog.dev.plain_traceback(into, failure)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(structlog.dev.RichTracebackFormatter, "__call__", plain)
        yield


def of_each(work: Callable[..., T]) -> Callable[..., T]:
    """What `work` makes of the same objects (not of equal ones) is made once; for what is never changed."""
    made: dict[tuple[int, ...], tuple[T, Any]] = {}

    @functools.wraps(work)
    def remembered(*of: Any) -> T:
        key = tuple(map(id, of))
        if key not in made:
            if len(made) >= REMEMBERED:
                del made[next(iter(made))]
            made[key] = work(*of), of  # kept alive: an address is not given to another
        return made[key][0]

    return remembered


def each_paper_once(write: Callable[[Paper, str], bytes]) -> Callable[[Paper, str], bytes]:
    """A document of the same words is laid out once."""
    laid_out: dict[tuple[str, str], bytes] = {}

    def written(paper: Paper, kind: str) -> bytes:
        key = repr(paper), kind
        if key not in laid_out:
            if len(laid_out) >= PAPERS:
                del laid_out[next(iter(laid_out))]
            laid_out[key] = write(paper, kind)
        return laid_out[key]

    return written


Unknown = Callable[[dict[str, str], str], set[str]]


def each_word_once(real: Unknown) -> Unknown:
    """The spelling of a word is asked for once; what the texts of one test add is asked for then."""
    asked: dict[tuple[str, str], bool] = {}

    def unknown(words: dict[str, str], dictionary: str) -> set[str]:
        fresh = {word: place for word, place in words.items() if (dictionary, word) not in asked}
        wrong = real(fresh, dictionary) if fresh else set()
        asked.update(((dictionary, word), word in wrong) for word in fresh)
        return {word for word in words if asked[dictionary, word]}

    return unknown


class Compiled(LRUCache[Any, Any]):
    """Compiled statements of every engine of one kind: each test has an engine of its own."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get((key[0].name, *key[1:]), default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__((key[0].name, *key[1:]), value)


def _first(found: list[Dialect], dialect: Dialect) -> Dialect:
    if not found:
        with create_engine("sqlite://").connect() as connection:
            dialect.initialize(connection)
        found.append(dialect)
    return found[0]


@contextmanager
def dialects() -> Iterator[None]:
    """Databases without keys share their dialect, and so what is compiled, mapped and bound for it.

    With keys a statement seals and opens: such a database keeps a dialect of its own.
    """
    found: list[Dialect] = []
    compiled = Compiled(5_000)
    real = Database._keyed

    def keyed(database: Database, engine: Engine) -> Engine:
        if (store := PENDING.get(engine.url.database)) is not None:
            store()
        engine = real(database, engine)
        if not sealing.keyed(engine.dialect):
            engine._compiled_cache = compiled
            if engine.dialect.name == "sqlite":
                engine.dialect = engine.pool._dialect = _first(found, engine.dialect)
        return engine

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Database, "_keyed", keyed)
        yield


@functools.cache
def _settings(environment: tuple[tuple[str, str], ...], options: tuple[tuple[str, Any], ...]) -> Settings:
    return config.load(_env_file=None, **dict(options))


def settings(url: str, files_dir: Path | None = None, **options: Any) -> Settings:
    """The settings of a database, as `config.load` gives them."""
    environment = tuple((name, value) for name, value in os.environ.items() if name[:7].upper() == "EMTIHAN")
    places: dict[str, Any] = {"database_url": SecretStr(url)}
    if files_dir is not None:
        places["files_dir"] = files_dir
    return _settings(environment, tuple(sorted(options.items()))).model_copy(update=places)
