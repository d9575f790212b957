"""Troubleshooting: what was tried is kept, outcomes are counted once, the order learns from them."""

import pytest

from bot.rules.trees import CALL, OWN, Fix, Problem
from bot.rules.vocabulary import Role
from bot.services import helping
from tests.support.clock import local
from tests.support.people import exam
from tests.support.refusals import refused

FIXES = (Fix("zoom.link"), Fix("zoom.update", ("android", "iphone")), Fix("zoom.browser"))
PROBLEM = Problem("zoom.no_entry", "zoom", FIXES)
OTHER = Problem("zoom.no_sound", "zoom", (Fix("zoom.volume"),))


def begin(hall, me, problem=PROBLEM, scope=OWN):
    return hall.do(helping.begin, me, scope, problem)


def answer(hall, me, fix, outcome="failed", problem=PROBLEM, scope=OWN):
    return hall.do(helping.answer, me, scope, problem, fix, outcome)


def counts(hall):
    return {
        (line.problem, line.fix, line.device): (line.tally.helped, line.tally.failed, line.tally.cant)
        for line in hall.do(helping.lines)
        if line.tally.shown
    }


def test_begin__shows_the_first_fix_and_goes_on_where_one_stood(hall):
    me = hall.student()
    assert begin(hall, me).fix == "zoom.link"
    answer(hall, me, "zoom.link")
    assert begin(hall, me).fix == "zoom.update"


def test_begin__another_problem_begins_anew(hall):
    me = hall.student()
    begin(hall, me)
    answer(hall, me, "zoom.link")
    assert begin(hall, me, OTHER).fix == "zoom.volume"
    assert begin(hall, me).tried == ()


def test_answer__to_the_end_and_a_person(hall):
    me = hall.student()
    begin(hall, me)
    for fix in FIXES:
        where = answer(hall, me, fix.id)
    assert (where.fix, where.solved) == (None, False)
    assert [one.fix for one in where.tried] == [fix.id for fix in FIXES]
    assert counts(hall)["zoom.no_entry", "", ""] == (0, 1, 0)


def test_answer__helped_ends_it(hall):
    me = hall.student()
    begin(hall, me)
    where = answer(hall, me, "zoom.link", "helped")
    assert (where.fix, where.solved) == (None, True)
    assert counts(hall) == {
        ("zoom.no_entry", "zoom.link", ""): (1, 0, 0),
        ("zoom.no_entry", "", ""): (1, 0, 0),
    }


def test_answer__often_counts_once_and_another_takes_its_place(hall):
    me = hall.student()
    begin(hall, me)
    for _ in range(3):
        answer(hall, me, "zoom.link")
    assert counts(hall) == {("zoom.no_entry", "zoom.link", ""): (0, 1, 0)}
    hall.do(helping.back, me, OWN, PROBLEM)
    answer(hall, me, "zoom.link", "cant")
    assert counts(hall) == {("zoom.no_entry", "zoom.link", ""): (0, 0, 1)}


def test_answer__an_old_button_is_refused(hall):
    me = hall.student()
    begin(hall, me, OTHER)
    with refused("help_gone"):
        answer(hall, me, "zoom.link")
    with refused("help_gone"):
        answer(hall, me, "zoom.link", problem=OTHER)
    assert counts(hall) == {}


def test_back__the_fix_before_is_asked_again(hall):
    me = hall.student()
    begin(hall, me)
    with refused("help_first"):
        hall.do(helping.back, me, OWN, PROBLEM)
    answer(hall, me, "zoom.link")
    where = hall.do(helping.back, me, OWN, PROBLEM)
    assert (where.fix, where.tried) == ("zoom.link", ())


def test_order__learns_from_others_with_the_same_device(hall):
    for number in range(12):
        me = hall.student(f"S{number}")
        hall.do(helping.use_device, me, OWN, "android")
        begin(hall, me)
        answer(hall, me, "zoom.link")
        answer(hall, me, "zoom.update")
        answer(hall, me, "zoom.browser", "helped")
    late, other = hall.student("S90"), hall.student("S91")
    hall.do(helping.use_device, late, OWN, "android")
    hall.do(helping.use_device, other, OWN, "windows")
    assert begin(hall, late).fix == "zoom.browser"
    assert begin(hall, other).fix == "zoom.link"


def test_device__is_remembered_and_leaves_out_what_is_not_for_it(hall):
    me = hall.student()
    hall.do(helping.use_device, me, OWN, "mac")
    begin(hall, me)
    assert answer(hall, me, "zoom.link").fix == "zoom.browser"
    assert begin(hall, me, OTHER).device == "mac"
    with refused("help_gone"):
        hall.do(helping.use_device, me, OWN, "toaster")


def test_exam__that_runs_is_shown_and_one_to_come_is_not(hall):
    me = hall.student()
    hall.member("T1")
    hall.add_exams(exam("E1", local("2026-12-21 09:00")))
    assert begin(hall, me).exam is None
    hall.clock.now = local("2026-12-21 09:30")
    assert begin(hall, me).exam.ext_id == "E1"
    hall.clock.now = local("2026-12-21 11:00")
    assert begin(hall, me).exam is None


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.CALL_CENTER, Role.ADMIN])
def test_script__is_for_those_who_help(hall, role):
    helper = hall.member("V1", role)
    begin(hall, helper)
    answer(hall, helper, "zoom.link")
    assert begin(hall, helper, scope=CALL).fix == "zoom.link"
    assert hall.do(helping.use_language, helper, CALL, "ru").language == "ru"
    with refused("help_gone"):
        hall.do(helping.use_language, helper, CALL, "en")


def test_script__is_for_nobody_else(hall):
    for me in (hall.student(), hall.member("T1")):
        with refused("helpers_only"):
            begin(hall, me, scope=CALL)
