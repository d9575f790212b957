"""A bot process is killed between any two steps of the story and started again: nothing lost or doubled."""

import contextlib
import datetime as dt
import os
import resource
import signal
import subprocess
import sys
import time
from collections import Counter

import pytest

from bot.clock import system_clock
from bot.rules.vocabulary import PersonKind
from bot.sandbox.server import Sandbox
from bot.services import imports, people, timetable
from bot.storage.tables import Account, AuditEvent, Case, CaseEvent, IncomingUpdate, Notice, Walk
from tests.support.life import Life
from tests.support.people import exam, member, student
from tests.support.shell import environment
from tests.support.story import EXAMINER, STUDENT, Step, killed_in_the_middle, killed_while_away, say, tap
from tests.support.zygote import gone

FIRST_OF_CROWD = 8000
CROWD = 40
SLOWLY = {"EMTIHAN_SEND_RATE": "6"}
"""Of a wave that is broken off in the middle: it has seconds to go when that is seen, on any machine."""
SOON = 1.5
"""Seconds until the warning that the story waits for."""


# --- the story --------------------------------------------------------------------------------------------


def enrol(life: Life) -> None:
    """A student and an examiner in the registers, the examiner linked; the exam begins in an hour."""
    life.do(imports.staff, [member("T1")])
    life.do(imports.students, [student("S1")])
    row = exam("E1", system_clock() + dt.timedelta(minutes=60))
    life.do(timetable.timetable, [row])
    issued = life.do(people.issue_invites, secret="00" * 32)
    code = next(invite.code for invite in issued if invite.ext_id == "S1")
    life.person(STUDENT, start=code)
    life.person(EXAMINER)
    life.ask(lambda box: setattr(box.world.people[EXAMINER], "started", True))
    life.link({EXAMINER: ("T1", PersonKind.STAFF)})


def warn_soon(life: Life) -> None:
    """The exam is moved so that its first warning is due in a moment."""
    end = system_clock() + dt.timedelta(minutes=30, seconds=SOON)
    life.do(timetable.timetable, [exam("E1", end - dt.timedelta(minutes=120))])
    if not life._number:
        time.sleep(SOON)  # the warning falls due while nobody is there


STORY = (
    Step("start", lambda life: life.act(STUDENT, "start"), ((STUDENT, "Тілді таңдаңыз"),)),
    Step("language", tap(STUDENT, "Қазақша"), ((STUDENT, "келісім"),)),
    Step("consent", tap(STUDENT, "Келісемін"), ((STUDENT, "Не істейміз?"),)),
    Step("steps", say(STUDENT, "/steps"), ((STUDENT, " 1/"),)),
    Step("first step done", tap(STUDENT, "✅ Орындадым", " 1/"), ((STUDENT, " 2/"),)),
    Step("second step done", tap(STUDENT, "✅ Орындадым", " 2/"), ((STUDENT, " 3/"),)),
    Step("warning", warn_soon, ((STUDENT, "30 минут қалды"),)),
    Step("sos", say(STUDENT, "/sos"), ((STUDENT, "Не болды"),)),
    Step("trouble", tap(STUDENT, "Интернет жоқ"), ((STUDENT, "қабылданды: "), (EXAMINER, "Форс-мажор"))),
    Step("note", tap(STUDENT, "Толықтыру"), ((STUDENT, "жазыңыз"),)),
    Step("words", say(STUDENT, "Кабель үзілді"), ((STUDENT, "Қосылды"), (EXAMINER, "Кабель үзілді"))),
    Step("taken", tap(EXAMINER, "✅ Қабылдаймын"), ((EXAMINER, "Қабылдаған"), (STUDENT, "қабылдаған"))),
)


def everything_once(life: Life) -> None:
    """What is stored after the story, to the row."""
    life.until(lambda: not life.count(IncomingUpdate, IncomingUpdate.state == "waiting"), "the inbox's end")
    life.until(lambda: not life.count(Notice, Notice.state.in_(("pending", "sending"))), "the outbox's end")
    assert life.count(Account) == 2
    assert life.count(AuditEvent, AuditEvent.action == "account_linked") == 1
    assert life.count(AuditEvent, AuditEvent.action == "consent_given") == 1
    assert life.count(Case) == 1
    actions = life.sql(lambda uow: Counter(row[0] for row in uow.session.query(CaseEvent.action)))
    assert actions["filed"] == actions["note"] == actions["taken"] == 1
    assert life.count(IncomingUpdate, IncomingUpdate.state == "quarantined") == 0
    assert life.count(Notice, Notice.state == "failed") == 0
    done = life.sql(lambda uow: [walk.done for walk in uow.session.query(Walk)])
    assert done == [[0, 1]]


@pytest.mark.slow
def test_killed_while_away__everything_done_meanwhile_is_answered(life: Life) -> None:
    """The person acts while the bot is dead."""
    enrol(life)
    killed_while_away(life, STORY)
    everything_once(life)


@pytest.mark.slow
def test_killed_in_the_middle__of_an_answer_it_is_given_after_all(life: Life) -> None:
    """The bot dies with its answer on the way: stored or not, sent or not."""
    enrol(life)
    killed_in_the_middle(life, STORY)
    everything_once(life)


@pytest.mark.slow
def test_killed_at_once__after_each_answer_nothing_is_stored_twice(life: Life) -> None:
    """The bot dies as soon as its answer is seen, perhaps before it has written down that it gave it."""
    enrol(life)
    life.start()
    for step in STORY:
        before = step.said(life)
        step.act(life)
        step.until_heard(life, before)
        life.kill()
        life.start()
    everything_once(life)
    numbers = life.sql(lambda uow: [case.number for case in uow.cases.all()])
    assert life.says(EXAMINER, numbers[0]) >= 1


# --- a wave -----------------------------------------------------------------------------------------------


def crowd(life: Life) -> list[int]:
    """Forty linked students whose warning is due now."""
    users = [FIRST_OF_CROWD + n for n in range(CROWD)]
    life.do(imports.staff, [member("T1")])
    life.do(imports.students, [student(f"S{n}") for n in range(CROWD)])
    life.link({user: (f"S{n}", PersonKind.STUDENT) for n, user in enumerate(users)})
    for user in users:
        life.person(user)
    life.ask(lambda box: [setattr(box.world.people[user], "started", True) for user in users])
    life.do(timetable.timetable, [exam("E1", system_clock() - dt.timedelta(minutes=90))])
    return users


def warned(life: Life, users: list[int]) -> Counter[int]:
    """How often each has the warning, looked at in one moment."""

    def look(box: Sandbox) -> Counter[int]:
        texts = {user: [str(said.get("text") or "") for said in box.world.transcript(user)] for user in users}
        return Counter({user: sum("30 минут қалды" in text for text in texts[user]) for user in users})

    return life.ask(look)


def test_killed_in_mid_wave__everybody_once_but_at_most_the_ones_in_flight(life: Life) -> None:
    users = crowd(life)
    life.start(**SLOWLY)
    life.until(lambda: warned(life, users).total() >= 10, "the wave")
    life.kill()
    in_flight = life.sql(
        lambda uow: {
            row[0]
            for row in uow.session.query(Account.user_id)
            .join(Notice, Notice.account_id == Account.id)
            .filter(Notice.state == "sending")
        }
    )
    first = warned(life, users)
    assert 10 <= first.total() < CROWD
    life.start()
    life.until(
        lambda: life.count(Notice, Notice.kind == "warning", Notice.state == "sent") == CROWD, "the rest"
    )
    twice = {user for user, count in warned(life, users).items() if count > 1}
    assert twice == {user for user in in_flight if first[user]}
    assert len(twice) < 10
    assert warned(life, users).total() == CROWD + len(twice)


def test_sigterm__in_mid_wave_lets_it_land_and_ends_with_zero(life: Life) -> None:
    users = crowd(life)
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "run"],
        cwd=life.log.parent,
        env=environment(**life.settings | SLOWLY),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    try:
        life.until(lambda: warned(life, users).total() >= 5, "the wave")
        process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        said, _ = process.communicate(timeout=10)
        assert process.returncode == 0, said
        assert "Traceback" not in said
        assert time.monotonic() - began < 10
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()
    assert warned(life, users).total() < CROWD, "the machine was too slow to stop it in time"
    assert life.count(Notice, Notice.state == "sending") == 0
    life.start()
    life.until(lambda: warned(life, users).total() >= CROWD, "the rest")
    assert set(warned(life, users).values()) == {1}


def test_second_signal__ends_at_once_a_bot_that_waits_for_an_answer(life: Life) -> None:
    for user in crowd(life):
        life.hold(user)
    number = life.start()
    life.until(life.held, "a hanging call")
    began = time.monotonic()
    while not gone(number):
        with contextlib.suppress(ProcessLookupError):
            os.kill(number, signal.SIGTERM)
        time.sleep(0.05)
    assert time.monotonic() - began < 4


def test_disk_full__in_mid_wave_everybody_gets_it_once_when_there_is_room_again(life: Life) -> None:
    """No file may grow for a while: what is on its way arrives, nothing new is begun or forgotten."""
    users = crowd(life)
    number = life.start(EMTIHAN_SEND_RATE="20")  # in the time that is waited, all would have theirs
    life.until(lambda: warned(life, users).total() >= 5, "the wave")
    _, hard = resource.prlimit(number, resource.RLIMIT_FSIZE)
    resource.prlimit(number, resource.RLIMIT_FSIZE, (1, hard))
    time.sleep(2.5)
    stuck = warned(life, users).total()
    assert stuck < CROWD, "the wave was over before the disk was full"
    resource.prlimit(number, resource.RLIMIT_FSIZE, (hard, hard))
    life.until(
        lambda: life.count(Notice, Notice.kind == "warning", Notice.state == "sent") == CROWD, "the rest"
    )
    assert set(warned(life, users).values()) == {1}
    assert not gone(number)
