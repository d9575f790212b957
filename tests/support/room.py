"""A sending room: the real sender and database at the real time, and a wire that does as it is told."""

import asyncio
import contextlib
import dataclasses
import datetime as dt
import itertools
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from bot import wiring
from bot.clock import system_clock
from bot.config import PAID_RATE
from bot.delivery.pace import Pace
from bot.delivery.sender import Sender
from bot.rules.notices import Rank
from bot.rules.people import Me
from bot.rules.vocabulary import PersonKind, Role
from bot.services import imports, people, timetable
from bot.services.office import Desk
from bot.storage.engine import Unavailable
from bot.storage.tables import Account, Notice
from bot.storage.unit import UnitOfWork
from bot.telemetry import Metrics
from bot.views.notices import Notices
from tests.support import shared
from tests.support.people import exam, member, student

PATIENCE = 60.0
FIRST_USER, FIRST_STAFF = 9000, 8000


@dataclass(frozen=True)
class Call:
    """A message that the wire took: to whom, when (seconds that never jump), and what it said."""

    user_id: int
    at: float
    text: str


Answer = Callable[[], Awaitable[Any]]


class FakeWire:
    """Takes messages at once, unless told otherwise: `plans` are followed for a chat, one a call."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.tried: list[Call] = []
        self.plans: dict[int, list[BaseException | Answer]] = {}
        self.after_call: Callable[[int], None] | None = None
        self.down: BaseException | None = None

    async def call(self, method: str, payload: dict[str, Any], patience: float = 15) -> Any:
        call = Call(payload["chat_id"], time.monotonic(), payload["text"])
        self.tried.append(call)
        if self.down is not None:
            raise self.down
        plan = self.plans.get(call.user_id)
        if plan:
            step = plan.pop(0)
            if isinstance(step, BaseException):
                raise step
            return await step()
        self.calls.append(call)
        if self.after_call is not None:
            self.after_call(len(self.calls))
        return {"message_id": len(self.calls)}

    def times(self, user_id: int | None = None) -> list[float]:
        return [call.at for call in self.calls if user_id in (None, call.user_id)]

    def counts(self) -> Counter[int]:
        return Counter(call.user_id for call in self.calls)


class ShakyDesk(Desk):
    """A desk whose database can be taken away."""

    away = False

    async def do(self, work: Any, *args: Any, **kwargs: Any) -> Any:
        if self.away:
            raise Unavailable("the database cannot be used: it is away")
        return await super().do(work, *args, **kwargs)


class Room:
    """One exam, its students with accounts, and a sender at work."""

    def __init__(
        self,
        url: str,
        *,
        rate: float = 1000,
        per_chat: float = 0,
        wire: Any = None,
        retry: float = 0.05,
        paid: bool = False,
    ) -> None:
        settings = shared.settings(shared.laid(url))
        self.base = wiring.build(settings, climb=True)
        policy = self.base.desk.office.policy
        quick = dataclasses.replace(
            policy.delivery,
            per_chat=dt.timedelta(seconds=per_chat),
            retry_first=dt.timedelta(seconds=retry),
            retry_longest=dt.timedelta(seconds=retry * 2),
            probe_longest=dt.timedelta(seconds=retry * 2),
        )
        office = dataclasses.replace(
            self.base.desk.office, policy=dataclasses.replace(policy, delivery=quick)
        )
        self.desk = ShakyDesk(self.base.database, office, system_clock)
        self.wire: Any = wire or FakeWire()
        self.metrics = Metrics()
        self.pace = Pace(rate, policy.delivery.margin_percent, time.monotonic)
        self.paid = Pace(PAID_RATE, policy.delivery.margin_percent, time.monotonic) if paid else None
        notices = Notices(office.policy, office.algorithms)
        self.sender = Sender(
            self.desk, self.wire, notices, self.base.voices, self.pace, self.metrics, rate, self.paid
        )
        self._keys = itertools.count(1)
        self._runner = asyncio.Runner()

    def sql(self, work: Callable[..., Any], *args: Any) -> Any:
        return self.base.database.transact(work, *args)

    def people(self, count: int) -> list[int]:
        """An exam that runs now and `count` linked students; their Telegram ids."""
        now = system_clock()
        self.desk.do_now(imports.staff, [member()])
        self.desk.do_now(imports.students, [student(f"S{n}") for n in range(count)])
        self.desk.do_now(timetable.timetable, [exam("E1", now - dt.timedelta(minutes=60))])

        def link(uow: UnitOfWork) -> None:
            known = uow.people.by_ext(PersonKind.STUDENT)
            for n in range(count):
                uow.session.add(_account(FIRST_USER + n, known[f"S{n}"].id))

        self.sql(link)
        return [FIRST_USER + n for n in range(count)]

    def colleague(self, ext_id: str, *roles: Role, **changes: Any) -> int:
        """A linked member of staff; their Telegram id."""
        self.desk.do_now(imports.staff, [member(ext_id, *roles, **changes)])
        user_id = FIRST_STAFF + next(self._keys)

        def link(uow: UnitOfWork) -> None:
            uow.people.add_account(_account(user_id, uow.people.find(ext_id, PersonKind.STAFF)[0].id))

        self.sql(link)
        return user_id

    def me(self, user_id: int) -> Me:
        """The person behind an account, as a service wants them."""
        found: Me = self.desk.do_now(people.meet, user_id, "")
        return found

    def exam_id(self) -> int:
        """The exam's row id."""
        found: int = self.sql(lambda uow: uow.exams.by_ext()["E1"].id)
        return found

    def owe(
        self, user_id: int, *, rank: int = Rank.REMINDER, after: float = 0, key: str = "", **values: Any
    ) -> int:
        """A message for a person, due `after` seconds from now; its row id."""
        now = system_clock()
        key = key or f"test:{next(self._keys)}"

        def write(uow: UnitOfWork) -> int:
            account = uow.people.account(user_id)
            assert account is not None
            moment = now.isoformat()
            row = {
                "kind": "exam_moved",
                "person_id": account.person_id,
                "account_id": account.id,
                "exam_id": uow.exams.by_ext()["E1"].id,
                "facts": {"was": [moment, moment]},
                "rank": int(rank),
                "due_at": now + dt.timedelta(seconds=after),
                **values,
            }
            uow.notices.owe(key, **row)
            return int(uow.session.query(Notice.id).filter(Notice.key == key).scalar())

        number: int = self.sql(write)
        return number

    def notice(self, notice_id: int) -> Notice:
        found: Notice = self.sql(lambda uow: uow.notices.get(notice_id))
        return found

    def states(self) -> Counter[str]:
        """How many messages are in which state."""
        return Counter(self.sql(lambda uow: [row[0] for row in uow.session.query(Notice.state)]))

    def run(self, scenario: Coroutine[Any, Any, Any]) -> Any:
        """Run `scenario` while the sender works; a sender that dies fails the test."""

        async def main() -> Any:
            async with self._at_work():
                return await scenario

        return self._runner.run(main())

    @contextlib.asynccontextmanager
    async def _at_work(self) -> AsyncIterator[None]:
        task = asyncio.ensure_future(self.sender.run())
        try:
            yield
            if task.done():
                task.result()
                raise AssertionError("the sender has ended by itself")
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def until(self, true: Callable[[], Any], patience: float = PATIENCE) -> Any:
        """Wait for something to come true; its value."""
        end = time.monotonic() + patience
        while not (value := true()):
            assert time.monotonic() < end, f"it did not come true in time; {self.states()}"
            await asyncio.sleep(0.005)
        return value

    async def all_final(self, patience: float = PATIENCE) -> Counter[str]:
        """Wait until nothing is owed; how it ended."""
        await self.until(lambda: not {"pending", "sending"} & self.states().keys(), patience)
        return self.states()

    def close(self) -> None:
        self._runner.close()
        self.base.close()


def _account(user_id: int, person_id: int) -> Account:
    return Account(
        user_id=user_id,
        person_id=person_id,
        language="kk",
        consent_version=1,
        created_at=system_clock(),
    )
