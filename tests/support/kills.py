"""Random lives: people use the bot while its process is killed; what they saw is held against what is."""

import datetime as dt
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.clock import system_clock
from bot.exchange.rows import ResultRow
from bot.rules.vocabulary import PersonKind, Role
from bot.services import imports, timetable
from bot.storage.tables import (
    Account,
    Case,
    CaseEvent,
    Incident,
    IncomingUpdate,
    Notice,
    Person,
    Shift,
    Ticket,
    TicketMessage,
    Walk,
)
from tests.support.folk import HELPER, Doing, Ledger, Registrar, Someone, Student
from tests.support.life import Life
from tests.support.people import exam, member, student
from tests.support.zygote import Zygote

EXAMINER, CHAIR, FIRST_OF_CROWD = 7101, 7102, 7110
CROWD = 12
CROWDED = "ТЛ-23-1"
SIDE_BY_SIDE = 5
LOST_AFTER = 300.0
"""Seconds of one life without what somebody waits for: it was lost. Long, since the machine may be busy."""
STARVING_AFTER = 30.0
"""What takes longer than a life (the first `/help` reads the trees) must be let come to its end."""
CALLS_OF_A_LIFE = 40
LONGEST_LIFE = 15.0
YOUNG = 0.15
"""So often the process is killed while it starts."""
WAVE = 0.2
"""So often a life has a wave of warnings."""
NUMBERED = ("сөз-", "толқын-")


@dataclass
class Reckoning:
    """How it went: figures, and everything that is wrong."""

    figures: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        said = ", ".join(f"{name} {value}" for name, value in self.figures.items())
        return "\n".join([said, *self.wrong])


class Kills:
    """One seeded run. Its course depends on the machine too, so a seed names it without repeating it."""

    def __init__(self, folder: Path, zygote: Zygote, url: str, seed: int) -> None:
        self._rng = random.Random(seed)
        self.life = Life(folder, zygote, url)
        self._ledger = Ledger(self._rng)
        self._helper = Someone(self.life, self._ledger, HELPER)
        self._registrar = Registrar(self.life, self._ledger)
        self._doing: dict[Any, tuple[Doing, Any, float]] = {}
        self._idle: list[tuple[Student, list[str]]] = []
        self._flights: Counter[int] = Counter()
        self._waves: list[str] = []
        self._last_call = 0
        self._helped = 0
        self._born = 0.0
        self.killed = 0

    def _heard(self) -> str:
        """What the bot said at last."""
        return self.life.said()

    def close(self) -> None:
        self.life.close()

    # the university

    def enrol(self) -> None:
        """Staff, a crowd that only gets warnings, an exam that comes and one whose result is out."""
        life, now = self.life, system_clock()
        appeal = [member("C1", Role.APPEAL_CHAIR), member("C2", Role.APPEAL_MEMBER)]
        appeal += [member("C3", Role.APPEAL_MEMBER), member("V1", Role.VOLUNTEER)]
        life.do(imports.staff, [member("T1"), *appeal])
        crowd = [student(f"W{n}", group=CROWDED) for n in range(CROWD)]
        life.do(imports.students, [*crowd, student("S0")])
        coming, past = now + dt.timedelta(minutes=90), now - dt.timedelta(minutes=180)
        life.do(timetable.timetable, [exam("E1", coming), exam("E0", past)])
        life.do(imports.results, [ResultRow(2, "E0", None, now)])
        accounts = {FIRST_OF_CROWD + n: (f"W{n}", PersonKind.STUDENT) for n in range(CROWD)}
        staff = {EXAMINER: "T1", CHAIR: "C1", HELPER: "V1"}
        accounts |= {user: (ext_id, PersonKind.STAFF) for user, ext_id in staff.items()}
        for user in accounts:
            life.person(user)
        life.ask(lambda box: [setattr(box.world.people[user], "started", True) for user in accounts])
        life.link(accounts)
        life.sql(self._on_duty)
        self._begin("registrar", self._registrar.brings())

    @staticmethod
    def _on_duty(uow: Any) -> None:
        helper = uow.people.find("V1", PersonKind.STAFF)[0]
        uow.session.add(
            Shift(person_id=helper.id, started_at=system_clock(), languages=["kk", "ru"], groups=[])
        )

    def _wave(self) -> None:
        """An exam whose first warning is due in a moment."""
        name = f"толқын-{len(self._waves)}"
        end = system_clock() + dt.timedelta(minutes=30, seconds=self._rng.uniform(0.5, 3))
        starts = end - dt.timedelta(minutes=120)
        row = exam(f"X{len(self._waves)}", starts, subject_kk=name, groups=(CROWDED,))
        self.life.do(timetable.timetable, [row])
        self._waves.append(name)

    # what people do

    def _begin(self, who: Any, doing: Doing) -> None:
        try:
            self._doing[who] = (doing, next(doing), time.monotonic())
        except StopIteration:
            self._doing.pop(who, None)

    def _go_on(self) -> None:
        """Everybody whose wait is over does the next bit; who has nothing to do begins something."""
        for who, (doing, true, since) in list(self._doing.items()):
            if true():
                self._begin(who, doing)
            elif time.monotonic() - max(since, self._born) > LOST_AFTER:
                read = self.life.texts(who)[-3:] if isinstance(who, int) else []
                left = self.life.sql(_left)
                raise AssertionError(f"{who} waits in vain in {_where(doing)}: {read} {left} {self._heard()}")
        for newcomer in self._registrar.newcomers:
            self._idle.append((newcomer, ["joins", *self._rng.sample(["walks", "reports", "more"], 3)]))
        self._registrar.newcomers.clear()

    def _occupy(self) -> None:
        """Give those who rest something to do, a few side by side."""
        resting = [pair for pair in self._idle if pair[0].user_id not in self._doing and pair[1]]
        self._rng.shuffle(resting)
        for person, plans in resting[: max(0, SIDE_BY_SIDE - len(self._doing))]:
            plan = plans.pop(0)
            if plan == "more":
                free = self._helped not in self._doing
                plan = self._rng.choice(["appeals", "helped"]) if free else "appeals"
            if plan == "helped":
                self._helped = person.user_id
                self._begin(person.user_id, person.asks_for_help(self._helper))
            else:
                self._begin(person.user_id, getattr(person, plan)())
        if len(resting) < SIDE_BY_SIDE and "registrar" not in self._doing:
            self._begin("registrar", self._registrar.brings())

    # lives and deaths

    def run(self, kills: int) -> Reckoning:
        """So many lives, then one in which everything comes to its end."""
        began = time.monotonic()
        self.enrol()
        while self.killed < kills:
            self._one_life()
        self.life.start()
        self._wind_up()
        done = self._reckon()
        done.figures["seconds"] = round(time.monotonic() - began)
        return done

    def _wind_up(self) -> None:
        """Everybody ends what they do, everything owed goes out."""
        while self._doing:
            self._go_on()
            time.sleep(0.02)
        end = time.monotonic() + LOST_AFTER
        while not self._quiet():
            assert time.monotonic() < end, f"still owed: {self.life.sql(_left)}; {self._heard()}"
            time.sleep(0.1)

    def _one_life(self) -> None:
        calls = self.life.ask(lambda box: box.world.calls.after(self._last_call))
        self._last_call = calls[-1]["seq"] if calls else self._last_call
        self.life.start()
        young = self._rng.random() < YOUNG
        end = time.monotonic() + (self._rng.uniform(0, 0.8) if young else LONGEST_LIFE)
        calls = self._rng.randint(1, CALLS_OF_A_LIFE)
        if self._rng.random() < WAVE:
            self._wave()
        self._born = time.monotonic()
        while self._starving() or (time.monotonic() < end and (young or self._calls() < calls)):
            assert self.life.alive, f"the bot ended by itself: {self._heard()}"
            self._go_on()
            self._occupy()
            time.sleep(0.01)
        time.sleep(self._rng.uniform(0, 0.02))
        self.life.kill()
        self.killed += 1
        self._flights.update(self.life.sql(in_flight))

    def _starving(self) -> bool:
        """Whether somebody has waited over several lives: this one goes on until they have their answer."""
        now = time.monotonic()
        return any(now - since > STARVING_AFTER for _, _, since in self._doing.values())

    def _calls(self) -> int:
        """Calls of this life that were more than asking for news."""
        return sum(
            call["method"].lower() not in ("getupdates", "getme", "setmycommands")
            and not call["method"].lower().startswith("setmy")
            for call in self.life.ask(lambda box: box.world.calls.after(self._last_call))
        )

    def _quiet(self) -> bool:
        waiting = self.life.count(IncomingUpdate, IncomingUpdate.state == "waiting")
        due = Notice.due_at <= system_clock() + dt.timedelta(seconds=10)
        owed = self.life.count(Notice, Notice.state.in_(("pending", "sending")), due)
        return not waiting and not owed

    # afterwards

    def _reckon(self) -> Reckoning:
        done = Reckoning()
        for check in (
            self._updates, self._cases, self._appeals, self._tickets, self._walks, self._people,
            self._notices,
        ):  # fmt: skip
            done.wrong += check()
        twice, wrong = self._twice()
        done.wrong += wrong
        done.figures |= {
            "kills": self.killed,
            "kills of an import": self._registrar.killed,
            "updates": self.life.count(IncomingUpdate),
            "messages to others": self.life.count(Notice, Notice.state == "sent"),
            **{f"confirmed {kind}s": len(seen) for kind, seen in sorted(self._ledger.seen.items())},
            "words to a helper": len(self._ledger.said),
            "waves": len(self._waves),
            "in flight at a kill": self._flights.total(),
            "of them there twice": twice.total(),
            "of these warnings": twice["warning"],
        }
        return done

    def _updates(self) -> Iterator[str]:
        """Everything that Telegram had for us is there once."""
        made = self.life.ask(lambda box: set(box.world.updates._history))
        kept = self.life.sql(lambda uow: [row[0] for row in uow.session.query(IncomingUpdate.update_id)])
        if set(kept) != made or len(kept) != len(made):
            yield f"updates: {len(made)} made, {len(kept)} kept, missing {sorted(made - set(kept))[:5]}"
        bad = self.life.count(IncomingUpdate, IncomingUpdate.state == "quarantined")
        if bad:
            yield f"updates: {bad} were given up"

    def _rows(self, table: Any, *columns: Any) -> list[Any]:
        found: list[Any] = self.life.sql(lambda uow: uow.session.query(*(columns or (table,))).all())
        return found

    def _cases(self) -> Iterator[str]:
        known = Counter(
            self.life.sql(
                lambda uow: [
                    (number, user)
                    for number, user in uow.session.query(Case.number, Account.user_id).join(
                        Account, Account.person_id == Case.reporter_id
                    )
                    if number.startswith("FM")
                ]
            )
        )
        counted = self.life.sql(self._counted)
        for chat, number in self._ledger.of("case"):
            if known.pop((number, chat), 0) != 1:
                yield f"report {number} of {chat} is not stored once"
            if not self.life.says(EXAMINER, number) and number not in counted:
                yield f"report {number} was never told to the examiner"
        yield from (f"report {number} of {user} is there, seen by nobody" for number, user in known)
        notes = Counter(event.detail.get("text") for event in self._rows(CaseEvent))
        for _, words in self._ledger.of("note"):
            if notes[words] != 1:
                yield f"words {words} were added {notes[words]} times"

    def _counted(self, uow: Any) -> set[str]:
        """Reports that the examiner's card of a mass incident counts: of many it names the first only."""
        found: set[str] = set()
        for incident in uow.session.query(Incident):
            cases = uow.incidents.cases(incident.id)
            total = f": {len(cases)}."
            if any(incident.number in text and total in text for text in self.life.texts(EXAMINER)):
                found |= {case.number for case in cases}
        return found

    def _appeals(self) -> Iterator[str]:
        numbers = Counter(row[0] for row in self._rows(None, Case.number))
        for chat, number in self._ledger.of("appeal"):
            if numbers[number] != 1:
                yield f"appeal {number} of {chat} is stored {numbers[number]} times"
            if not self.life.says(CHAIR, number):
                yield f"appeal {number} was never told to the chair"

    def _tickets(self) -> Iterator[str]:
        numbers = Counter(row[0] for row in self._rows(None, Ticket.number))
        for chat, number in self._ledger.of("ticket"):
            if numbers[number] != 1:
                yield f"ticket {number} of {chat} is stored {numbers[number]} times"
        if len(numbers) != len(self._ledger.of("ticket")):
            yield f"{len(numbers)} tickets for {len(self._ledger.of('ticket'))} requests"
        said = Counter(row[0] for row in self._rows(None, TicketMessage.text))
        heard = [word for text in self.life.texts(HELPER) for word in self._ledger.said if word in text]
        for words in self._ledger.said:
            if said[words] != 1 or words not in heard:
                yield f"{words}: stored {said[words]} times, heard: {words in heard}"
        if list(dict.fromkeys(heard)) != self._ledger.said:
            yield "the helper heard words in another order"

    def _walks(self) -> Iterator[str]:
        done = {
            user: walk.done
            for walk, user in self.life.sql(
                lambda uow: (
                    uow.session.query(Walk, Account.user_id)
                    .join(Account, Account.id == Walk.account_id)
                    .all()
                )
            )
        }
        for chat, step in self._ledger.of("step"):
            if int(step) not in done.get(chat, ()):
                yield f"step {step} of {chat} is not done"

    def _people(self) -> Iterator[str]:
        linked = {
            (user, ext_id)
            for user, ext_id in self.life.sql(
                lambda uow: (
                    uow.session.query(Account.user_id, Person.ext_id)
                    .join(Person, Person.id == Account.person_id)
                    .filter(Account.consent_version > 0)
                    .all()
                )
            )
        }
        for chat, ext_id in self._ledger.of("link"):
            if (chat, ext_id) not in linked:
                yield f"{ext_id} is not linked"
        known = {row[0] for row in self._rows(None, Person.ext_id)}
        yield from (f"{ext_id} is gone" for _, ext_id in self._ledger.of("import") if ext_id not in known)

    def _notices(self) -> Iterator[str]:
        """What counts as sent stands in the chat; what was not sent says why."""
        chats = self.life.ask(lambda box: {chat: set(found) for chat, found in box.world.chats.items()})
        rows = self.life.sql(
            lambda uow: (
                uow.session.query(Notice, Account.user_id)
                .join(Account, Account.id == Notice.account_id)
                .all()
            )
        )
        for notice, user in rows:
            if notice.state == "sent" and notice.message_id and notice.message_id not in chats[user]:
                yield f"notice {notice.key} counts as sent, message {notice.message_id} is not there"
            elif notice.state == "failed" or (notice.state == "skipped" and not notice.reason):
                yield f"notice {notice.key}: {notice.state} {notice.reason}"
        for name in self._waves:
            for n in range(CROWD):
                if not self.life.says(FIRST_OF_CROWD + n, name):
                    yield f"{name} did not reach {FIRST_OF_CROWD + n}"

    def _twice(self) -> tuple[Counter[str], list[str]]:
        """Messages that readers of words and warnings have twice: no more than were in flight there."""
        total: Counter[str] = Counter()
        wrong = []
        for chat in (HELPER, EXAMINER, *(FIRST_OF_CROWD + n for n in range(CROWD))):
            told = Counter(text for text in self.life.texts(chat) if any(w in text for w in NUMBERED))
            more = sum(count - 1 for count in told.values())
            for text, count in told.items():
                total["warning" if "толқын-" in text else "other"] += count - 1
            if more > self._flights[chat]:
                double = [text for text, count in told.items() if count > 1]
                wrong.append(f"{chat} has {more} twice, {self._flights[chat]} were in flight: {double[:2]}")
        return total, wrong


def in_flight(uow: Any) -> Counter[int]:
    """By chat: messages being sent, and updates being handled or waiting, as a dead process left them."""
    sending = (
        uow.session.query(Account.user_id)
        .join(Notice, Notice.account_id == Account.id)
        .filter(Notice.state == "sending")
    )
    waiting = uow.session.query(IncomingUpdate.chat_key).filter(IncomingUpdate.state == "waiting")
    return Counter(row[0] for query in (sending, waiting) for row in query)


def _left(uow: Any) -> list[str]:
    """What is still to be done."""
    owed = uow.session.query(Notice).filter(Notice.state.in_(("pending", "sending")))
    waiting = uow.session.query(IncomingUpdate).filter(IncomingUpdate.state == "waiting")
    said = [f"{row.key} {row.state} due {row.due_at} by {row.leased_by}: {row.reason}" for row in owed]
    return said + [f"update {row.id} of {row.chat_key} by {row.leased_by}" for row in waiting]


def _where(doing: Doing) -> str:
    """The innermost thing that somebody was doing."""
    inner: Any = doing
    while inner.gi_yieldfrom is not None and hasattr(inner.gi_yieldfrom, "gi_yieldfrom"):
        inner = inner.gi_yieldfrom
    values = inner.gi_frame.f_locals if inner.gi_frame else {}
    return f"{doing.__name__}/{inner.__name__} { ({k: v for k, v in values.items() if k != 'self'}) }"
