"""Thousands write at once: staff and students whose exam runs are answered first, and nobody is lost."""

import asyncio
from collections import Counter
from types import SimpleNamespace

import pytest

from bot.intake.turns import OTHERS_EVERY, Turns
from bot.intake.worker import BATCH, SIDE_BY_SIDE, Means, Worker
from bot.rules.vocabulary import ExamKind
from bot.services import inbox
from bot.storage.tables import IncomingUpdate
from bot.telemetry import Metrics
from tests.support.clock import local
from tests.support.loops import run_virtually
from tests.support.people import exam
from tests.support.updates import said

CROWD, LOUD, OFTEN, BOT = 2_000, 10, 50, 42
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""Which row is taken up when does not depend on the database."""


class Answering:
    """A dispatcher that takes a few moments for an answer, and writes down whose it was."""

    def __init__(self):
        self.answered = []
        self.open = Counter()

    async def feed_update(self, bot, update, origin):
        user = update.message.chat.id
        self.open[user] += 1
        assert self.open[user] == 1, "one chat, one update at a time"
        for _ in range(3):
            await asyncio.sleep(0)
        self.open[user] -= 1
        self.answered.append((user, update.update_id))


@pytest.fixture
def pressed(hall):
    """Staff and a student whose exam runs among students of another group."""
    hall.staff = hall.member("T1")
    hall.sitting = hall.student("S1")
    hall.idle = hall.student("S2", group="БТ-9")
    hall.add_exams(exam("E1", local("2026-12-21 09:00"), kind=ExamKind.WRITTEN))
    hall.clock.now = local("2026-12-21 10:00")
    return hall


def drained(hall):
    """Everything that waits is handled; the users and updates in the order of their answers."""
    answering = Answering()

    async def run():
        left = asyncio.Event()
        means = Means(
            hall.desk, answering, SimpleNamespace(id=BOT), Metrics(), None,
            lambda: left.set() if len(answering.answered) == expected else None,
            lambda: 0.0,
        )  # fmt: skip
        task = asyncio.create_task(Worker(means).run())
        await left.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    expected = hall.sql(lambda uow: uow.session.query(IncomingUpdate).count())
    asyncio.run(run())
    return answering.answered


@SQLITE
def test_crowd__of_thousands_holds_up_neither_staff_nor_a_running_exam(pressed, monkeypatch):
    first = (pressed.staff.user_id, pressed.sitting.user_id)
    loud, others = [10_000 + n for n in range(LOUD)], [20_000 + n for n in range(CROWD)]
    users = loud * OFTEN + others + [pressed.idle.user_id, *first]
    updates = [said(number, user) for number, user in enumerate(users, 1)]
    pressed.do(inbox.store, BOT, updates)
    asked = []
    pressing = inbox.pressing
    monkeypatch.setattr(inbox, "pressing", lambda *args: asked.append(len(args[-1])) or pressing(*args))
    answered = drained(pressed)
    place = {user: index for index, (user, _) in enumerate(answered)}
    assert sorted(answered) == sorted((user, number) for number, user in enumerate(users, 1))
    assert len(asked) == -(-len(users) // BATCH), "one question a batch"
    assert {place[user] for user in first} == {SIDE_BY_SIDE, SIDE_BY_SIDE + 1}
    assert place[pressed.idle.user_id] >= CROWD
    assert len({user for user, _ in answered[:CROWD]}) >= CROWD - 2, "each has a turn before anybody has two"


def test_pressing__is_staff_and_who_sits_an_exam_about_now(pressed):
    users = [me.user_id for me in (pressed.staff, pressed.sitting, pressed.idle)]
    staff, sitting, _ = users

    def who(at):
        pressed.clock.now = local(at)
        return pressed.do(inbox.pressing, [*users, 999, -5])

    assert who("2026-12-21 08:29") == {staff}
    assert who("2026-12-21 08:30") == {staff, sitting}
    assert who("2026-12-21 11:30") == {staff, sitting}
    assert who("2026-12-21 11:31") == {staff}
    assert pressed.do(inbox.pressing, []) == set()


def no_wait():
    return 0.0


def test_turns__the_urgent_first_but_nobody_never():
    begun = []
    turns = Turns(2, begun.append, no_wait)
    for chat in (-1, -2, -3, -4, *range(1, 20)):
        turns.ask(chat, urgent=chat > 0)
    assert begun == [-1, -2]
    for _ in range(21):
        turns.give_back()
    assert [chat for chat in begun if chat > 0] == list(range(1, 20))
    assert [chat for chat in begun if chat < 0] == [-1, -2, -3, -4]
    assert begun.index(-3) == 2 + OTHERS_EVERY - 1
    for chat in (7, 8):
        turns.give_back()
        turns.ask(chat, urgent=False)
    assert begun[-2:] == [7, 8]


def test_turns__ended_begin_nothing_more():
    begun = []
    turns = Turns(1, begun.append, no_wait)
    for chat in (1, 2, 3):
        turns.ask(chat, urgent=chat == 3)
    assert turns.end() == [3, 2]
    turns.give_back()
    assert begun == [1]


def test_turns__held_back_begin_one_after_another_and_who_is_urgent_by_then_goes_first():
    async def crowd():
        loop, begun, free_at = asyncio.get_running_loop(), [], [5.0]
        start = loop.time()

        def hold_back():
            wait = max(0.0, start + free_at[0] - loop.time())
            free_at[0] += 0.0 if wait else 5.0
            return wait

        turns = Turns(3, lambda chat: begun.append((round(loop.time() - start), chat)), hold_back)
        for chat in (1, 2, 3, 4):
            turns.ask(chat, urgent=False)
        await asyncio.sleep(7)
        turns.ask(9, urgent=True)
        await asyncio.sleep(60)
        assert begun == [(5, 1), (10, 9), (15, 2)]
        turns.end()
        turns.give_back()
        await asyncio.sleep(60)
        assert len(begun) == 3

    run_virtually(crowd())


class LateDesk:
    """What waits is said a moment late: by then it may be done."""

    def __init__(self, desk, asked):
        self._desk, self._asked = desk, asked

    async def do(self, work, *args):
        if work is not inbox.waiting:
            return await self._desk.do(work, *args)
        found = await self._desk.do(work, *args)
        self._asked.append(found)
        if len(self._asked) == 2:
            while self._desk.do_now(inbox.waiting, BOT, 0, BATCH):
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.05)
        return found


class Slow(Answering):
    """Takes until somebody has asked for stragglers."""

    def __init__(self, asked):
        super().__init__()
        self._asked = asked

    async def feed_update(self, bot, update, origin):
        while len(self._asked) < 2:
            await asyncio.sleep(0.01)
        self.answered.append((update.message.chat.id, update.update_id))


@SQLITE
def test_update__that_is_done_while_stragglers_are_looked_for_is_not_handled_again(hall, monkeypatch):
    monkeypatch.setattr("bot.intake.worker.IDLE_SECONDS", 0.05)
    hall.do(inbox.store, BOT, [said(1, 7)])
    asked, answering = [], None

    async def run():
        nonlocal answering
        answering = Slow(asked)
        desk = LateDesk(hall.desk, asked)
        means = Means(desk, answering, SimpleNamespace(id=BOT), Metrics(), None, lambda: None, lambda: 0.0)
        task = asyncio.create_task(Worker(means).run())
        async with asyncio.timeout(20):
            while len(asked) < 5:
                await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(run())
    assert answering.answered == [(7, 1)]
