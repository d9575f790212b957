"""What every use-case works with, and the way to run one."""

import contextlib
import datetime as dt
import zoneinfo
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Concatenate, ParamSpec, TypeVar

from bot.clock import Clock
from bot.errors import Refusal
from bot.library.acts import Acts
from bot.library.forms import Forms
from bot.library.papers import Papers
from bot.rules.appeals import AppealRules
from bot.rules.health import Health
from bot.rules.policy import Policy
from bot.rules.vocabulary import Attestation
from bot.rules.walk import Algorithm
from bot.rules.workdays import Workdays
from bot.storage.engine import Database, Unavailable
from bot.storage.files import FileStore
from bot.storage.gathering import Gathering
from bot.storage.sealing import Damaged
from bot.storage.unit import UnitOfWork
from bot.telemetry import log

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


@dataclass(slots=True)
class Node:
    """Which of several processes on one database this is; `id` is None where it is alone."""

    id: int | None = None


@dataclass(frozen=True, slots=True)
class Office:
    """The rules in force: policy, algorithms, languages, zone of every local time; where files are kept.

    `per_second`: so many messages a second may be sent, all senders together.
    """

    policy: Policy
    algorithms: Mapping[str, Algorithm]
    languages: tuple[str, ...]
    zone: zoneinfo.ZoneInfo
    files: FileStore
    papers: Papers
    appeals: Mapping[Attestation, AppealRules]
    workdays: Workdays
    forms: Forms
    acts: Acts
    per_second: float = 30
    node: Node = field(default_factory=Node)

    def walk_of(self, kind: str) -> Algorithm | None:
        """The student's algorithm for a kind of exam, None where the profile's source has none."""
        found = (a for a in self.algorithms.values() if a.kind == kind and a.phase == "take")
        return next(found, None)


class Desk:
    """Runs a use-case at the present moment, as one transaction in the storage thread."""

    def __init__(self, database: Database, office: Office, clock: Clock) -> None:
        self.database = database
        self.office = office
        self.clock = clock
        self._together: dict[Any, Gathering[Any, Any]] = {}
        self.health: Callable[[], Awaitable[Health]] = self._unknown

    @staticmethod
    async def _unknown() -> Health:
        """Nothing is known of a program that does not serve; the running one puts its own look here."""
        return Health(started=False)

    async def do(
        self,
        work: Callable[Concatenate[UnitOfWork, Office, dt.datetime, P], R],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        """One hop. Raises what the use-case raises (`Refusal`) and `Unavailable`.

        What cannot be opened with the keys that are set is the refusal `damaged`.
        """

        with self._readable():
            return await self.database.run(self._now(work), *args, **kwargs)

    async def look(
        self,
        work: Callable[Concatenate[UnitOfWork, Office, dt.datetime, P], R],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        """The same for a use-case that changes nothing, which costs PostgreSQL less."""
        with self._readable():
            return await self.database.look(self._now(work), *args, **kwargs)

    async def look_together(
        self, work: Callable[[UnitOfWork, Office, dt.datetime, Sequence[T]], Sequence[R]], item: T
    ) -> R:
        """The same for what many ask at once: those who come while it is answered are answered together.

        `work` brings one result for each item. Where it fails for several, each asks once more alone.
        """
        gathering = self._together.get(work)
        if gathering is None:
            gathering = self._together[work] = Gathering(lambda items: self.look(work, items))
        try:
            found: R = await gathering.put(item)
        except Unavailable:
            raise
        except Exception:
            return (await self.look(work, [item]))[0]
        return found

    def do_now(
        self,
        work: Callable[Concatenate[UnitOfWork, Office, dt.datetime, P], R],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        """The same in this thread, for commands that serve nobody."""

        return self.database.transact(self._now(work), *args, **kwargs)

    def _now(
        self, work: Callable[Concatenate[UnitOfWork, Office, dt.datetime, P], R]
    ) -> Callable[Concatenate[UnitOfWork, P], R]:
        """The use-case with the office and the moment at which it begins."""

        def call(uow: UnitOfWork, /, *args: P.args, **kwargs: P.kwargs) -> R:
            return work(uow, self.office, self.clock(), *args, **kwargs)

        return call

    @contextlib.contextmanager
    def _readable(self) -> Iterator[None]:
        try:
            yield
        except Damaged as found:
            log.error("storage.damaged", reason=str(found))
            raise Refusal("damaged", phones=self.office.policy.phones or None) from found
