"""Several machines over one inbox: each update once, a chat in order, the urgent first, none left behind."""

import asyncio
from collections import Counter
from dataclasses import replace
from types import SimpleNamespace

import pytest

from bot.intake.sharing import CHATS_AT_ONCE, Sharing
from bot.intake.worker import Means
from bot.rules.vocabulary import ExamKind
from bot.services import inbox, nodes
from bot.services.office import Desk, Node
from bot.storage.engine import Unavailable
from bot.storage.tables import IncomingUpdate
from bot.telemetry import Metrics
from tests.support.clock import local
from tests.support.people import exam
from tests.support.updates import said

BOT, CROWD = 42, 250


class Answering:
    """The dispatchers of all machines: an answer takes a few moments, and it is written down whose it was."""

    def __init__(self):
        self.answered = []
        self.by = Counter()
        self.open = Counter()
        self.gate = None
        self.machines = 1
        """So many have begun before anybody answers."""
        self.begun = set()

    def of(self, machine):
        async def feed_update(bot, update, origin):
            user = update.message.chat.id
            self.open[user] += 1
            assert self.open[user] == 1, "one chat, one update at a time, whatever the machine"
            self.begun.add(machine.number)
            while len(self.begun) < self.machines:
                await asyncio.sleep(0.01)
            for _ in range(3):
                await asyncio.sleep(0)
            if self.gate is not None:
                await self.gate.wait()
            self.open[user] -= 1
            self.answered.append((user, update.update_id))
            self.by[machine.number] += 1

        return SimpleNamespace(feed_update=feed_update)


class Machine:
    """One of several processes over the same rows."""

    def __init__(self, hall, answering, number):
        self.hall, self.number, self.trusted = hall, number, True
        self.desk = Desk(hall.desk.database, replace(hall.desk.office, node=Node()), hall.desk.clock)
        self.join()
        means = Means(
            self.desk, answering.of(self), SimpleNamespace(id=BOT), Metrics(), None, lambda: None,
            lambda: 0.0,
        )  # fmt: skip
        self.worker = Sharing(means, lambda: self.trusted)

    def join(self):
        self.desk.office.node.id = self.desk.do_now(nodes.join, f"machine {self.number}")


async def until(true):
    async with asyncio.timeout(20):
        while not true():
            await asyncio.sleep(0.01)


class Running:
    """Machines at work until the block ends."""

    def __init__(self, *machines):
        self._machines = machines

    async def __aenter__(self):
        self._tasks = [asyncio.create_task(machine.worker.run()) for machine in self._machines]

    async def __aexit__(self, *_):
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@pytest.fixture
def pressed(hall):
    """Staff and a student whose exam runs."""
    hall.staff = hall.member("T1")
    hall.sitting = hall.student("S1")
    hall.add_exams(exam("E1", local("2026-12-21 09:00"), kind=ExamKind.WRITTEN))
    hall.clock.now = local("2026-12-21 10:00")
    return hall


def left(hall):
    return hall.sql(lambda uow: uow.session.query(IncomingUpdate).filter_by(state="waiting").count())


def test_flood__two_machines_share_it_and_hold_up_neither_staff_nor_a_running_exam(pressed):
    first = (pressed.staff.user_id, pressed.sitting.user_id)
    users = [*range(10_000, 10_000 + CROWD), *[9_000] * 20, *first, *first]
    pressed.do(inbox.store, BOT, [said(number, user) for number, user in enumerate(users, 1)])
    answering = Answering()
    answering.machines = 2
    machines = [Machine(pressed, answering, number) for number in (1, 2)]

    async def run():
        async with Running(*machines):
            await until(lambda: len(answering.answered) == len(users))

    asyncio.run(run())
    assert sorted(answering.answered) == sorted((user, number) for number, user in enumerate(users, 1))
    for user in set(users):
        mine = [number for each, number in answering.answered if each == user]
        assert mine == sorted(mine), "a chat in the order it was written"
    place = {user: index for index, (user, _) in reversed(list(enumerate(answering.answered)))}
    assert max(place[user] for user in first) <= 3 * CHATS_AT_ONCE, "what was in hand already, no more"
    assert place[9_000] > CROWD // 2
    assert min(answering.by[1], answering.by[2]) > 0, "both work"


def test_given_up__what_a_frozen_machine_had_not_begun_another_does_and_it_does_not(pressed, monkeypatch):
    pressed.do(inbox.store, BOT, [said(1, 7)])
    answering, claim = Answering(), inbox.claim
    frozen, other = Machine(pressed, answering, 1), Machine(pressed, answering, 2)

    def and_freezes(uow, office, *args, **kwargs):
        found = claim(uow, office, *args, **kwargs)
        frozen.trusted = frozen.trusted and not found
        return found

    async def run():
        monkeypatch.setattr(inbox, "claim", and_freezes)
        async with Running(frozen):
            await until(lambda: frozen.worker.busy)
            await asyncio.sleep(0.05)
            assert answering.answered == []
            pressed.do(nodes.leave, frozen.desk.office.node.id)
            async with Running(other):
                await until(lambda: not left(pressed))
            frozen.join()
            frozen.trusted = True
            await until(lambda: not frozen.worker.busy)

    asyncio.run(run())
    assert answering.by == {2: 1}
    assert left(pressed) == 0


def test_given_up__while_it_handles_an_update_it_takes_the_same_again_and_handles_it_once(pressed):
    pressed.do(inbox.store, BOT, [said(1, 7)])
    answering = Answering()
    machine = Machine(pressed, answering, 1)

    async def run():
        answering.gate = asyncio.Event()
        async with Running(machine):
            await until(lambda: answering.open[7])
            given_up = machine.desk.office.node.id
            machine.join()
            pressed.do(nodes.leave, given_up)
            await until(lambda: machine.worker._doubtful)
            answering.gate.set()
            await until(lambda: not machine.worker.busy)

    asyncio.run(run())
    assert answering.answered == [(7, 1)]
    assert left(pressed) == 0


def test_claim__whose_answer_was_lost_is_made_again(pressed, monkeypatch):
    """The database has written down whose the updates are, and the connection breaks before it says so."""
    pressed.do(inbox.store, BOT, [said(number, number) for number in range(1, 4)])
    answering = Answering()
    machine = Machine(pressed, answering, 1)
    real, lost = machine.desk.do, []

    async def unheard(work, *args, **kwargs):
        found = await real(work, *args, **kwargs)
        if work is inbox.claim and found and not lost:
            lost.extend(found)
            raise Unavailable("the connection was lost")
        return found

    monkeypatch.setattr(machine.desk, "do", unheard)

    async def run():
        async with Running(machine):
            await until(lambda: not left(pressed))

    asyncio.run(run())
    assert len(lost) == len(answering.answered) == 3


def test_finish__what_was_claimed_and_not_begun_is_left_to_others(pressed):
    pressed.do(inbox.store, BOT, [said(1, 7), said(2, 8)])
    answering = Answering()
    machine, other = Machine(pressed, answering, 1), Machine(pressed, answering, 2)

    async def run():
        answering.gate = asyncio.Event()
        async with Running(machine):
            await until(lambda: answering.open[7] and answering.open[8])
            pressed.do(inbox.store, BOT, [said(3, 7)])
            answering.gate.set()
            await machine.worker.finish()
        pressed.do(nodes.leave, machine.desk.office.node.id)
        async with Running(other):
            await until(lambda: not left(pressed))

    asyncio.run(run())
    assert answering.by == {1: 2, 2: 1}
