"""The database: one writer thread for SQLite, a small pool for PostgreSQL; a use-case is one hop."""

import contextlib
import functools
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InvalidatePoolError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.util import LRUCache

from bot.clock import monotonic
from bot.errors import ConfigError, EmtihanError
from bot.storage import sealing
from bot.storage.crew import THREADS, Crew
from bot.storage.sealing import Keyring
from bot.storage.unit import Looking, UnitOfWork
from bot.storage.writer import Writer

P = ParamSpec("P")
R = TypeVar("R")

COMPILED = 1000
SQLITE_WAIT_MS = 15_000
_SQLITE = {"timeout": SQLITE_WAIT_MS / 1000, "check_same_thread": False}
IDLE = "-c idle_in_transaction_session_timeout=10s"
"""A process that is frozen in the middle of a transaction does not hold its rows for ever."""

READERS = 2
READING = f"{IDLE} -c default_transaction_read_only=on -c statement_timeout=10s"
"""Connections for those who only look: so many, and none of them stores anything or is busy for long."""
NOTICE = {"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3, "tcp_user_timeout": 10_000}
"""A database that vanished without a word (a cut cable, a dead machine) is noticed in seconds."""

ALONE = 0x656D7468
"""PostgreSQL's advisory lock of a process that serves without others."""

ALONE_SECONDS = 1.0
"""A killed process lets go as soon as PostgreSQL sees its connection end: so long it is waited for."""

RESTS, RESTED_SECONDS = "rests", 1.0

STALE_PLAN = "RevalidateCachedQuery"
"""Where PostgreSQL finds that a prepared statement's result has another type by now; its code is vague."""

LOCK_HELD = "55P03"
READ_ONLY = "25006"
"""PostgreSQL's code of a write to a database that may only be read; psycopg counts it as another failure."""


def _unusable(failure: DBAPIError) -> "Unavailable":
    """Where to look, and what the driver says."""
    return Unavailable(f"EMTIHAN_DATABASE_URL: the database cannot be used: {failure.orig}")


class Unavailable(EmtihanError):
    """The database cannot be used right now; nothing was stored. One line, whatever the driver says."""

    def __init__(self, text: str) -> None:
        super().__init__(" ".join(text.split()))


class Database:
    """Runs use-cases, each over one unit of work: committed as a whole, or nothing."""

    def __init__(self, url: str, keyring: Keyring | None = None) -> None:
        """Without a keyring what is sealed is read, and copied, as it is."""
        self._keyring = keyring
        self.engine = self._keyed(_engine(url))
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._writer = Writer(self.engine, _whole) if self.is_sqlite else None
        self._crew = Crew()
        self._alone: Connection | None = None

    def _keyed(self, engine: Engine) -> Engine:
        if self._keyring is not None:
            sealing.use(engine.dialect, self._keyring)
            # Statements that a database without a keyring has compiled do not seal.
            engine.update_execution_options(compiled_cache=LRUCache(COMPILED))
        return engine

    @property
    def unreadable(self) -> int:
        """How many different sealed values were met that no key opens."""
        return len(self._keyring.unreadable) if self._keyring else 0

    def transact(self, work: Callable[Concatenate[UnitOfWork, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run `work` in this thread over one transaction; commit if it returns, roll back if it raises.

        Raises `Unavailable` when the database cannot be reached, is locked, full or read-only.
        """
        with _usable(), Session(self.engine, expire_on_commit=False) as session, session.begin():
            return work(UnitOfWork(session), *args, **kwargs)

    async def run(
        self, work: Callable[Concatenate[UnitOfWork, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """The same in a storage thread, one hop there and back; SQLite commits together what waits."""
        if self._writer is not None:
            result: R = await self._writer.run(lambda uow: work(uow, *args, **kwargs))
            return result
        return await self._crew.run(functools.partial(self.transact, work, *args, **kwargs))

    async def look(
        self, work: Callable[Concatenate[UnitOfWork, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """The same for a work that changes nothing: PostgreSQL is asked without a transaction around it.

        Each of its questions sees what is committed by then, as in a transaction. Raises `RuntimeError` when
        it does change something, and nothing of that is stored.
        """
        if self._writer is not None:
            result: R = await self._writer.run(lambda uow: work(uow, *args, **kwargs), looks=True)
            return result
        return await self._crew.run(functools.partial(self._look, work, *args, **kwargs))

    def _look(self, work: Callable[Concatenate[UnitOfWork, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        with _usable(), Looking(self._without_transaction, expire_on_commit=False) as session:
            return work(UnitOfWork(session), *args, **kwargs)

    @cached_property
    def _without_transaction(self) -> Engine:
        """The same connections; one that is borrowed here is given back as it was."""
        return self.engine.execution_options(isolation_level="AUTOCOMMIT")

    @cached_property
    def reading(self) -> Engine:
        """A few connections of their own that cannot write, for pages that only look."""
        url = self.engine.url
        pool: dict[str, Any] = {"pool_size": READERS, "max_overflow": 0, "pool_timeout": 10}
        if not self.is_sqlite:
            options = {"connect_timeout": 5, "options": READING, **NOTICE}
            engine = create_engine(
                url, hide_parameters=True, pool_pre_ping=True, connect_args=options, **pool
            )
            return self._keyed(engine)
        engine = create_engine(url, hide_parameters=True, connect_args=_SQLITE, **pool)
        event.listen(engine, "connect", _only_read_sqlite)
        return self._keyed(engine)

    def ping(self) -> None:
        """One round trip. Raises `Unavailable`."""
        try:
            with self.engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except DBAPIError as failure:
            raise _unusable(failure) from failure

    def alone(self) -> bool:
        """Whether no other process serves from this database; kept until `close`. Raises `Unavailable`.

        SQLite serves one process by its nature. On PostgreSQL a lock of the session says it, which a killed
        process lets go by itself.
        """
        if self.is_sqlite or self._alone is not None:
            return True
        try:
            connection = self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            wait, got = text(f"SET lock_timeout = '{ALONE_SECONDS}s'"), text("SELECT pg_advisory_lock(:key)")
            try:
                connection.execute(wait)
                connection.execute(got, {"key": ALONE})
            except DBAPIError as failure:
                connection.invalidate()  # it waits for locks no longer than it was just told to
                connection.close()
                if getattr(failure.orig, "sqlstate", None) == LOCK_HELD:
                    return False
                raise
        except DBAPIError as failure:
            raise _unusable(failure) from failure
        self._alone = connection
        return True

    def close(self) -> None:
        """Let running work finish, then close every connection."""
        if self._alone is not None:
            self._alone.detach()
            self._alone.close()
        if self._writer is not None:
            self._writer.close()
        self._crew.close()
        if "reading" in self.__dict__:
            self.reading.dispose()
        self.engine.dispose()


@contextlib.contextmanager
def _usable() -> Iterator[None]:
    """A failure of the database itself is `Unavailable`."""
    try:
        yield
    except DBAPIError as failure:
        away = _whole(failure)
        if away is not None:
            raise away from failure
        raise


def _whole(failure: Exception) -> Unavailable | None:
    """What a failure of the database itself means for all that was to be stored; None for any other."""
    if isinstance(failure, DBAPIError) and (failure.connection_invalidated or _passing(failure)):
        return _unusable(failure)
    return None


def _passing(failure: DBAPIError) -> bool:
    """Whether the database is the trouble, not the statement: away, locked, full, or only to be read."""
    return isinstance(failure, OperationalError) or getattr(failure.orig, "sqlstate", None) == READ_ONLY


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise ConfigError("EMTIHAN_DATABASE_URL: is not the address of a database") from None
    if parsed.get_backend_name() in ("postgresql", "postgres"):
        served = create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            hide_parameters=True,
            pool_size=THREADS,
            max_overflow=2,
            pool_timeout=10,
            connect_args={"connect_timeout": 5, "options": IDLE, **NOTICE},
        )
        _ask_the_rested(served)
        event.listen(served, "handle_error", _drop_stale_plans)
        return served
    if parsed.database and parsed.database != ":memory:":
        folder = Path(parsed.database).expanduser().resolve().parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as failure:
            said = f"EMTIHAN_DATABASE_URL: the folder {folder} cannot be made: {failure.strerror}"
            raise Unavailable(said) from None
    engine = create_engine(parsed, hide_parameters=True, connect_args=_SQLITE)
    event.listen(engine, "connect", _tune_sqlite)
    event.listen(engine, "begin", _begin_as_writer)
    _plain_savepoints(engine.dialect)
    return engine


def _drop_stale_plans(context: Any) -> None:
    """A migration under a running program has changed a column's type: connections on which a statement was
    prepared before refuse it for ever. All are made anew, and what failed is tried again.
    """
    found = getattr(context.original_exception, "diag", None)
    if found is not None and found.source_function == STALE_PLAN:
        context.is_disconnect = True


def _ask_the_rested(engine: Engine) -> None:
    """A connection that has rested is asked whether it lives; one used a moment ago is not: that saves every
    use-case a round trip, and one that has just died is what `Unavailable` and another try are for.
    """
    dialect = engine.dialect

    def rested(_: Any, record: Any) -> None:
        record.info[RESTS] = monotonic()

    def ask(connection: Any, record: Any, _: Any) -> None:
        since = record.info.get(RESTS)
        if since is None or monotonic() - since < RESTED_SECONDS:
            return
        try:
            dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as gone:
            raise InvalidatePoolError from gone

    event.listen(engine, "checkin", rested)
    event.listen(engine, "checkout", ask)


def _tune_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"busy_timeout={SQLITE_WAIT_MS}",
        "foreign_keys=ON",
        "cache_size=-8000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _only_read_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout={SQLITE_WAIT_MS}")
    connection.execute("PRAGMA query_only=ON")


def _begin_as_writer(connection: Any) -> None:
    # In SQLite's deferred mode a reader that later writes loses the other's update without an error.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _plain_savepoints(dialect: Any) -> None:
    """Every use-case has a savepoint: its two statements go to SQLite as they are, uncompiled."""
    dialect.do_savepoint = lambda on, name: on.exec_driver_sql(f"SAVEPOINT {name}")
    dialect.do_release_savepoint = lambda on, name: on.exec_driver_sql(f"RELEASE SAVEPOINT {name}")
