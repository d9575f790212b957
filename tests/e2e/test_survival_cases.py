"""A report walks to its decision while the bot is killed at every change of its state: each happens once."""

import datetime as dt

import pytest

from bot.clock import system_clock
from bot.rules.vocabulary import PersonKind, Role
from bot.services import imports, timetable
from bot.storage.tables import Case, CaseEvent, IncomingUpdate, Notice
from tests.support.life import Life
from tests.support.people import exam, member, student
from tests.support.story import EXAMINER, STUDENT, Step, killed_in_the_middle, killed_while_away, say, tap

DEAN = 7003
WALK = (
    Step("sos", say(STUDENT, "/sos"), ((STUDENT, "Не болды"),)),
    Step("filed", tap(STUDENT, "Интернет жоқ"), ((STUDENT, "қабылданды: "), (EXAMINER, "Форс-мажор"))),
    Step("taken", tap(EXAMINER, "✅ Қабылдаймын"), ((EXAMINER, "Уәдесі"), (STUDENT, "қабылдаған"))),
    Step("kept", tap(EXAMINER, "✅ Орындадым"), ((EXAMINER, "Орындалды"),)),
    Step("decision", tap(EXAMINER, "Шешім", "Қабылдаған"), ((EXAMINER, "андай шешім"),)),
    Step("referred", tap(EXAMINER, "Деканға беру"), ((STUDENT, "Өтінішіңіз керек"), (DEAN, "Форс-мажор"))),
    Step(
        "applied",
        tap(STUDENT, "Басқа күн сұраймын"),
        ((STUDENT, "Студенттің өтініші: бар"), (DEAN, "студент өтініш берді")),
    ),
    Step("dean", tap(DEAN, "✅ Қабылдаймын"), ((DEAN, "Уәдесі"),)),
    Step("verdict", tap(DEAN, "Шешім", "Қабылдаған"), ((DEAN, "андай шешім"),)),
    Step("another day", tap(DEAN, "Басқа күн"), ((DEAN, "өкім нөмірін"),)),
    Step("ordered", say(DEAN, "12-ө 28.12.2030 10:00"), ((DEAN, "Өкім: 12-ө"), (STUDENT, "Өкім: 12-ө"))),
)
MOVES = ("filed", "taken", "kept", "referred", "accepted", "decided")


def enrol(life: Life) -> None:
    """Student, examiner and dean, linked; the exam runs."""
    life.do(imports.staff, [member("T1"), member("T4", Role.DEAN, department="")])
    life.do(imports.students, [student("S1")])
    life.do(timetable.timetable, [exam("E1", system_clock() - dt.timedelta(minutes=20))])
    people = {
        STUDENT: ("S1", PersonKind.STUDENT),
        EXAMINER: ("T1", PersonKind.STAFF),
        DEAN: ("T4", PersonKind.STAFF),
    }
    for user in people:
        life.person(user)
    life.ask(lambda box: [setattr(box.world.people[user], "started", True) for user in people])
    life.link(people)


def everything_once(life: Life) -> None:
    """One report, ordered; every change of its state is written down once, nothing is still owed."""
    life.until(lambda: not life.count(IncomingUpdate, IncomingUpdate.state == "waiting"), "the inbox's end")
    owed = (Notice.state.in_(("pending", "sending")), Notice.due_at <= system_clock())
    life.until(lambda: not life.count(Notice, *owed), "the outbox's end")
    [case] = life.sql(lambda uow: list(uow.session.query(Case)))
    assert (case.state, case.outcome, case.data["order"]) == ("closed", "order", "12-ө")
    done = life.sql(lambda uow: [row[0] for row in uow.session.query(CaseEvent.action)])
    assert {move: done.count(move) for move in MOVES} == {**dict.fromkeys(MOVES, 1), "taken": 2}
    assert not life.sql(lambda uow: uow.case_timers.pending(case.id)), "nothing runs after the end"
    assert life.count(IncomingUpdate, IncomingUpdate.state == "quarantined") == 0
    assert life.count(Notice, Notice.state == "failed") == 0


@pytest.mark.slow
def test_killed_in_the_middle__of_each_change_it_happens_once_and_is_answered(life: Life) -> None:
    enrol(life)
    killed_in_the_middle(life, WALK)
    everything_once(life)


@pytest.mark.slow
def test_killed_between__the_changes_nothing_is_lost(life: Life) -> None:
    enrol(life)
    killed_while_away(life, WALK)
    everything_once(life)
