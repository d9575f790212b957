"""A report's taps at their edges: too late, twice, by somebody else, by an old button; what stays, stays."""

import datetime as dt

import pytest

from bot.rules.casework import ACT, CLOSED, ORDER, TAKEN, WAITING
from bot.rules.decisions import Ruling, Verdict
from bot.rules.vocabulary import Attestation, ExamKind, Role
from bot.services import cases, decisions, holding
from tests.support.clock import local
from tests.support.people import exam
from tests.support.refusals import code_of, refused
from tests.support.running import NINE, reported, running
from tests.support.scenes import scene

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What is refused, and to whom, does not depend on the database."""

NOW = Ruling(Verdict.READMITTED)


@scene
def faculty(hall):
    """A running exam; its examiner holds a student's report, methodist, dean and administrator are there."""
    reported(running(hall, methodist="T2", dean="T4", admin="T7"))
    hall.do(holding.take, hall.examiner, hall.case, hall.origin())
    hall.tick()
    hall.sent()
    return hall


def row(hall):
    return hall.sql(lambda uow: uow.cases.get(hall.case))


def actions(hall):
    return [event.action for event in hall.sql(lambda uow: uow.cases.events(hall.case))]


def give_back(hall):
    hall.do(holding.give_back, hall.examiner, hall.case, hall.origin())


def test_take__promises_only_what_the_policy_knows(faculty):
    give_back(faculty)
    with refused("unknown_promise"):
        faculty.do(holding.take, faculty.methodist, faculty.case, faculty.origin(), "moon")
    assert row(faculty).state == WAITING


@pytest.mark.parametrize(
    "work", [holding.keep, holding.give_back, holding.take, holding.take_over, holding.seats]
)
def test_over__what_has_ended_is_nobodys_to_hold(faculty, work):
    faculty.do(decisions.decide, faculty.examiner, faculty.case, faculty.origin(), NOW)
    more = () if work is holding.seats else (faculty.origin(),)
    assert code_of(faculty, work, faculty.examiner, faculty.case, *more) == "case_over"
    assert row(faculty).state == CLOSED


@pytest.mark.parametrize("work", [holding.keep, holding.give_back, holding.take_over])
def test_old_button__of_a_report_that_has_moved_does_nothing(faculty, work):
    old = row(faculty).revision
    give_back(faculty)
    faculty.do(holding.take, faculty.examiner, faculty.case, faculty.origin())
    who = faculty.examiner
    if work is holding.take_over:
        give_back(faculty)
        faculty.do(holding.take, faculty.methodist, faculty.case, faculty.origin())
    before = row(faculty)
    assert code_of(faculty, work, who, faculty.case, faculty.origin(), revision=old) == "case_moved"
    assert (row(faculty).holder_id, row(faculty).revision) == (before.holder_id, before.revision)


def test_twice__one_update_promises_keeps_and_takes_over_once(faculty):
    origin = faculty.origin()
    for _ in range(2):
        faculty.do(holding.promise, faculty.examiner, faculty.case, origin, "call")
    assert (actions(faculty).count("promised"), row(faculty).data["promises"]) == (1, 2)
    origin = faculty.origin()
    for _ in range(2):
        faculty.do(holding.keep, faculty.examiner, faculty.case, origin)
    assert actions(faculty).count("kept") == 1
    faculty.do(holding.take_over, faculty.examiner, faculty.case, faculty.origin())
    assert "taken_over" not in actions(faculty), "it is theirs already"


@pytest.mark.parametrize("step", [-1, 99])
def test_hand_over__to_no_step_of_the_chain_is_refused_and_the_holder_keeps_it(faculty, step):
    with refused("case_moved"):
        faculty.do(holding.hand_over, faculty.examiner, faculty.case, faculty.origin(), step)
    assert (row(faculty).state, row(faculty).holder_id) == (TAKEN, faculty.examiner.person_id)


def test_asleep__promise_reminder_and_decision_due_at_once_let_the_report_go_once(faculty):
    faculty.clock.now += dt.timedelta(hours=1)
    faculty.tick()
    assert (row(faculty).state, actions(faculty).count("lapsed")) == (WAITING, 1)
    assert "reminded" not in actions(faculty), "nobody holds it by then"


# Decisions


def test_shown__a_report_without_an_exam_to_whoever_was_told(faculty):
    case = faculty.do(cases.file, faculty.reader, "internet", None, faculty.origin()).id
    assert faculty.do(decisions.shown, faculty.methodist, case).id == case
    with refused("not_yours"):
        faculty.do(decisions.shown, faculty.examiner, case)
    offered = faculty.do(decisions.choices, faculty.methodist, case, None)
    assert not set(offered) & {Verdict.READMITTED, Verdict.SAME_DAY}, "there is no exam to go back to"
    for verdict in (Verdict.READMITTED, Verdict.SAME_DAY):
        ruling = Ruling(verdict, at=local("2026-12-21 15:00"))
        with refused("not_now"):
            faculty.do(decisions.decide, faculty.methodist, case, faculty.origin(), ruling)


def test_choices__who_may_decide_nothing_hears_whose_it_is(faculty):
    faculty.do(decisions.decide, faculty.examiner, faculty.case, faculty.origin(), Ruling(Verdict.REFER))
    assert row(faculty).stage == ORDER
    assert faculty.do(decisions.choices, faculty.dean, faculty.case, None) == (
        Verdict.ORDER, Verdict.REFUSED
    )  # fmt: skip
    assert code_of(faculty, decisions.choices, faculty.examiner, faculty.case, None) == "decides_dean"


def test_apply__only_for_an_order_once_and_not_at_the_end(faculty):
    with refused("not_now"):
        faculty.do(decisions.apply, faculty.reader, faculty.case, faculty.origin())
    faculty.do(decisions.decide, faculty.examiner, faculty.case, faculty.origin(), Ruling(Verdict.REFER))
    for _ in range(2):
        faculty.do(decisions.apply, faculty.reader, faculty.case, faculty.origin())
    assert actions(faculty).count("accepted") == 1
    no = Ruling(Verdict.REFUSED, reason="Дәлел жоқ")
    faculty.do(decisions.decide, faculty.dean, faculty.case, faculty.origin(), no)
    with refused("case_over"):
        faculty.do(decisions.apply, faculty.reader, faculty.case, faculty.origin())


def test_withdraw__twice_is_once_and_what_is_decided_stays(faculty):
    for _ in range(2):
        faculty.do(decisions.withdraw, faculty.reader, faculty.case, faculty.origin())
    assert actions(faculty).count("withdrawn") == 1
    with refused("case_over"):
        faculty.do(decisions.decide, faculty.examiner, faculty.case, faculty.origin(), NOW)
    other = faculty.do(cases.file, faculty.reader, "lms", faculty.exam_id, faculty.origin()).id
    faculty.do(decisions.decide, faculty.examiner, other, faculty.origin(), NOW)
    with refused("case_over"):
        faculty.do(decisions.withdraw, faculty.reader, other, faculty.origin())


def test_act__is_sent_only_where_one_is_owed(faculty):
    with refused("not_now"):
        faculty.do(decisions.send_act, faculty.examiner, faculty.case, faculty.origin(), None)
    assert row(faculty).state == TAKEN


def test_act__that_is_owed_has_no_decision_left_and_its_deadline_survives_a_new_holder(hall):
    student, secretary = hall.student("S1"), hall.member("T1", Role.SECRETARY)
    chair, dean = hall.member("T2", Role.COMMISSION_CHAIR), hall.member("T4", Role.DEAN, department="")
    changes = {"kind": ExamKind.COMPLEX_EXAM, "attestation": Attestation.FINAL, "examiners": ()}
    hall.add_exams(exam("E1", NINE, **changes))
    hall.exam_id = hall.sql(lambda uow: uow.exams.by_ext()["E1"].id)
    hall.clock.now = local("2026-12-21 09:30")
    hall.case = hall.do(cases.file, student, "internet", hall.exam_id, hall.origin()).id
    hall.clock.now += dt.timedelta(minutes=10)
    hall.tick()
    hall.do(decisions.decide, secretary, hall.case, hall.origin(), Ruling(Verdict.STOPPED))
    assert row(hall).stage == ACT
    with refused("not_now"):
        hall.do(decisions.choices, secretary, hall.case, None)
    with refused("act_owed"):
        hall.do(decisions.withdraw, student, hall.case, hall.origin())
    step = next(index for index, rung in enumerate(row(hall).chain) if chair.person_id in rung["people"])
    hall.do(holding.hand_over, secretary, hall.case, hall.origin(), step)
    hall.tick()
    hall.sent()
    hall.clock.now = local("2026-12-22 00:00")
    hall.tick()
    assert [m for m in hall.sent() if m.user_id == dean.user_id and "жіберілмеді" in m.text]
    hall.do(holding.take, chair, hall.case, hall.origin())
    hall.do(decisions.send_act, chair, hall.case, hall.origin(), None)
    assert row(hall).state == CLOSED
