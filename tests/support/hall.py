"""Services over a real database with a clock moved by hand: for services and timelines."""

import asyncio
import copy
import dataclasses
import datetime as dt
import tempfile
from collections.abc import Callable, Hashable, Sequence
from contextlib import nullcontext
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar, cast

from bot import wiring
from bot.delivery.pace import Pace
from bot.delivery.sender import Sender
from bot.exchange.examine import examine
from bot.exchange.rows import ExamRow, StaffRow, StudentRow
from bot.intake.fetcher import Fetcher
from bot.rules.conduct import QUIET
from bot.rules.files import Verdict
from bot.rules.people import Me
from bot.rules.policy import STUDENT, Policy
from bot.rules.vocabulary import PersonKind, Role
from bot.services import imports, people, timers, timetable
from bot.services.imports import NothingStored, Report
from bot.services.office import Desk
from bot.storage.tables import Account, Person
from bot.storage.unit import UnitOfWork
from bot.telemetry import Metrics
from bot.views.notices import Notices
from scheduler.duties import keepers
from tests.support import shared
from tests.support.causes import CAUSES, SENDER, UNWATCHED, Asked, ahead, ask, asked
from tests.support.clock import HandClock, local
from tests.support.databases import DOORS, PENDING, borrowed, hurry
from tests.support.laying import MANY, Laying, bring, kept, standing
from tests.support.people import member, student
from tests.support.wire import KeepingWire, Message

START = local("2026-12-21 08:00")


@shared.of_each
def of_students(policy: Policy) -> Policy:
    """Without the hour before, and with no moment told to staff."""
    kinds = {}
    for kind, rules in policy.kinds.items():
        moments = {
            name: dataclasses.replace(moment, tell=(STUDENT,) if moment.for_students else ())
            for name, moment in rules.moments.items()
            if name != "begins"
        }
        calm = {name: m if m.tell else dataclasses.replace(m, offers=()) for name, m in moments.items()}
        kinds[kind] = dataclasses.replace(rules, moments=calm)
    return dataclasses.replace(policy, kinds=kinds)


class DeskAtHand(Desk):
    """Use-cases run where they are asked for: a hall does one thing at a time."""

    async def do(self, work: Any, *args: Any, **kwargs: Any) -> Any:
        return self.do_now(work, *args, **kwargs)


T = TypeVar("T")
NOWHERE = {"database_url": "", "files_dir": None, "policy_file": None}


class Hall:
    """The desk of one university, and everything that comes by itself, at whatever time it is said to be.

    Only a `watched` one sends cards of exams, asks whether they began and rehearses.
    """

    base: wiring.Base
    desk: Desk
    sender: Sender
    fetcher: Fetcher

    def __init__(
        self,
        url: str,
        *,
        profile: str = "ayu",
        policy_file: Path | None = None,
        rate: float = 1000,
        whole: bool = False,
        watched: bool = False,
    ) -> None:
        """`whole`: with the hour before and the duties of staff, which most tests are not about."""
        self.clock = HandClock(START)
        self._url = url
        self._folder = tempfile.TemporaryDirectory()
        files = Path(self._folder.name, "files")
        settings = shared.settings(shared.laid(url), files, profile=profile, policy_file=policy_file)
        with borrowed(url) if settings.keys() is None else nullcontext():
            base = wiring.build(settings, self.clock, climb=True)
        hurry(base.database.engine)
        policy = base.desk.office.policy
        if not whole:
            policy = of_students(policy)
        at_once = dataclasses.replace(policy.delivery, per_chat=dt.timedelta(0))
        self.office = dataclasses.replace(
            base.desk.office,
            policy=dataclasses.replace(
                policy, delivery=at_once, conduct=policy.conduct if watched else QUIET
            ),
        )
        desk = DeskAtHand(base.database, self.office, self.clock)
        self.wire = KeepingWire(self.clock)
        notices = Notices(self.office.policy, self.office.algorithms)
        pace = Pace(1_000_000, 0, lambda: self.clock().timestamp())
        sender = Sender(desk, self.wire, notices, base.voices, pace, Metrics(), rate)  # type: ignore[arg-type]
        fetcher = Fetcher(desk, self.wire, self._at_once, examine=self._examine)  # type: ignore[arg-type]
        self._own = {"base": base, "desk": desk, "sender": sender, "fetcher": fetcher}
        self._laying: Laying | None = None
        if settings.keys() is None and (base.database.is_sqlite or url in DOORS):
            rules = policy_file.read_bytes() if policy_file else b"", str(self.office.zone), whole, watched
            chosen = repr(settings.model_copy(update=NOWHERE))
            self._laid(Laying(url, base.database.engine, (chosen, rules)))
        else:
            self._settle()
        self._runner = asyncio.Runner()
        self._users = 100
        self._read = 0
        self._origins = 1_000_000
        self._ran: dict[str, dt.datetime] = {}
        self._grid = 5 if watched else 30
        self._causes = CAUSES if watched else UNWATCHED
        self._causes_asked = asked(self._causes)
        self.asleep = {"digests", "retention"}
        """Keepers that a test which is not about them does not want to hear of."""
        self.place = Path(self._folder.name)
        self._built = {*vars(self), *self._own, "_built"}

    def __enter__(self) -> "Hall":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._runner.close()
        self._settle()
        self._own["base"].close()
        self._folder.cleanup()

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Who asks for what works on the database finds there what was laid, and may change it."""
            if name not in ("base", "desk", "sender", "fetcher"):
                raise AttributeError(name)
            self._settle()
            return self._own[name]

    def _laid(self, laying: Laying) -> None:
        self._laying = laying
        PENDING[self._own["base"].database.engine.url.database] = self._settle

    def _settle(self) -> None:
        if self._laying is not None:
            PENDING.pop(self._own["base"].database.engine.url.database, None)
            self._laying.settle()
            self._laying = None
        self.__dict__.update({name: one for name, one in self._own.items() if name not in self.__dict__})

    def scene(self, what: Hashable, play: Callable[[], T]) -> T:
        """What `play` gives, for what many tests begin with: played once a test process from the same state
        on, then brought back with its rows, its files, its messages and the names that it gave to the hall.
        """
        laying, key = self._laying, (what, standing(self))
        here = laying.here() if laying is not None and key[1] is not None else None
        if laying is None or here is None:
            return play()
        if key in here.onward:
            return cast("T", bring(self, laying.go(here, key)))
        said = play()
        self._settle()
        left = kept(self, said)
        own = all(vars(self)[name] is one for name, one in self._own.items())
        if left is not None and own:
            laying.note(here, key, left)
            self._laid(laying)
            for name in self._own:
                del self.__dict__[name]
        return said

    def _lay(self, what: Hashable, work: Callable[[Desk], T]) -> T:
        """A step of what a test lays before it begins."""
        if self._laying is None:
            return work(self.desk)
        try:
            return copy.deepcopy(self._laying.step((self.clock(), what), lambda: work(self._own["desk"])))
        except BaseException:
            self._settle()
            raise

    @staticmethod
    async def _at_once(urgency: int) -> bool:
        return True

    @staticmethod
    async def _examine(path: Path, pages_max: int) -> Verdict:
        return examine(path, pages_max)

    def do(self, work: Any, *args: Any, **kwargs: Any) -> Any:
        """Run a use-case now."""
        return self.desk.do_now(work, *args, **kwargs)

    def sql(self, work: Any) -> Any:
        """Run `work(uow)` in a transaction."""
        return self.desk.database.transact(work)

    def origin(self) -> int:
        """A fresh inbox row id."""
        self._origins += 1
        return self._origins

    def add_students(self, *rows: StudentRow) -> Report:
        return self._import(imports.students, rows)

    def add_staff(self, *rows: StaffRow) -> Report:
        return self._import(imports.staff, rows)

    def add_exams(self, *rows: ExamRow) -> Report:
        return self._import(timetable.timetable, rows)

    def _import(self, work: Any, rows: Sequence[Any]) -> Report:
        def read(desk: Desk) -> Report:
            try:
                report: Report = desk.do_now(work, rows)
            except NothingStored as nothing:
                return nothing.report
            return report

        if len(rows) > MANY:
            return read(self.desk)
        return self._lay((work.__module__, work.__name__, repr(rows)), read)

    def join(self, ext_id: str, kind: PersonKind = PersonKind.STUDENT, language: str = "kk") -> Me:
        """Give a person of the registers a linked account that has agreed, as if they had used their code."""
        self._users += 1
        user_id = self._users

        def link(uow: UnitOfWork) -> None:
            person = uow.people.find(ext_id, kind)[0]
            uow.people.add_account(
                Account(
                    user_id=user_id,
                    person_id=person.id,
                    language=language,
                    consent_version=self.office.policy.consent_version,
                    created_at=self.clock(),
                )
            )

        def joined(desk: Desk) -> Me:
            desk.database.transact(link)
            me: Me = desk.do_now(people.meet, user_id, "")
            return me

        return self._lay((user_id, ext_id, kind, language), joined)

    def student(self, ext_id: str = "S1", language: str = "kk", **changes: Any) -> Me:
        """A linked student."""
        self.add_students(student(ext_id, **changes))
        return self.join(ext_id, PersonKind.STUDENT, language)

    def member(self, ext_id: str = "T1", *roles: Role, language: str = "kk", **changes: Any) -> Me:
        """A linked member of staff."""
        self.add_staff(member(ext_id, *roles, **changes))
        return self.join(ext_id, PersonKind.STAFF, language)

    def person(self, ext_id: str) -> Person:
        found: Person = self.sql(lambda uow: uow.people.find(ext_id)[0])
        return found

    def tick(self, *, whole: bool = True) -> None:
        """Every keeper once (unless `whole`: whose period has passed), then everything due is sent."""

        async def once() -> None:
            caused = self._caused()
            ran = caused["erasures"]
            while caused["erasures"] and await self.fetcher.round():
                pass
            for keeper in keepers(self.desk):
                since = self._ran.get(keeper.name, dt.datetime.min.replace(tzinfo=dt.UTC))
                barren = not caused.get(keeper.name, True)
                if (
                    keeper.name not in self.asleep
                    and not barren
                    and (whole or not 0 <= (self.clock() - since).total_seconds() < keeper.every)
                ):
                    self._ran[keeper.name] = self.clock()
                    await keeper.run()
                    ran = True
            if caused["sender"] or (ran and self._caused(SENDER)["sender"]):
                await self.sender.drain()

        self._runner.run(once())

    def _caused(self, asking: Asked | None = None) -> dict[str, bool]:
        """What has a cause to be run."""
        query, names = asking or self._causes_asked
        moments = {"now": self.clock(), "soon": self.clock() + timers.AHEAD}
        found = ask(self.desk.database.engine, self._url, query, **moments)
        return {keeper: bool(found[names[cause]]) for keeper, cause in self._causes.items() if cause in names}

    def deliver(self) -> None:
        """Everything due is sent, no keeper works."""
        self._runner.run(self.sender.drain())

    def forward(self, *, step_seconds: float = 30, **delta: float) -> None:
        """Move the clock on, ticking all the way; of long steps only those in which a row may come due."""
        end = self.clock() + dt.timedelta(**delta)
        quiet = self.clock()
        while self.clock() < end:
            self.clock.now = min(end, self.clock() + dt.timedelta(seconds=step_seconds))
            if self.clock() < min(end, quiet):
                continue
            self.tick(whole=self.clock() == end)
            if step_seconds >= 30:
                quiet = self._quiet_until()

    def _quiet_until(self) -> dt.datetime:
        """The next moment that any row holds, at the latest the next half hour; five minutes when watched."""
        now, grid = self.clock(), self._grid
        latest = now.replace(minute=now.minute // grid * grid, second=0, microsecond=0)
        latest += dt.timedelta(minutes=grid)
        found = ahead(self.desk.database.engine, self._url, now)
        return min(latest, found) if found else latest

    def sent(self) -> list[Message]:
        """What has gone out since the last call."""
        fresh = self.wire.messages[self._read :]
        self._read = len(self.wire.messages)
        return fresh

    def expect(self, *wanted: tuple[Me, str]) -> list[Message]:
        """What has gone out since the last look is exactly this: (person, part of the text), in any order."""
        got = self.sent()
        left = list(got)
        for me, part in wanted:
            match = next((m for m in left if m.user_id == me.user_id and part in m.text), None)
            assert match is not None, f"no «{part}» for {me.ext_id}; got {_shown(got)}"
            left.remove(match)
        assert not left, f"unexpected: {_shown(left)}"
        return got


def _shown(messages: Sequence[Message]) -> str:
    return "; ".join(f"{m.user_id}: {m.text[:80]!r}" for m in messages) or "nothing"
