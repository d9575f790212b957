"""Nobody is on duty who is not there; the place in the line tells itself."""

import datetime as dt

import pytest

from bot.rules.vocabulary import Role
from bot.services import helpdesk, supervision, tickets
from tests.support.clock import local
from tests.support.people import exam
from tests.support.scenes import scene


@scene
def office(hall):
    """A volunteer on duty who does not answer, and students."""
    hall.helper = hall.member("V1", Role.VOLUNTEER)
    hall.do(helpdesk.go_on_duty, hall.helper)
    hall.clock.now += dt.timedelta(seconds=1)
    return hall


def ask(hall, me):
    return hall.do(tickets.open_own, me, "conference", hall.origin())


def ignored(hall, count=3):
    """So many students have asked and nobody has taken them."""
    asked = [ask(hall, hall.student(f"S{number}")) for number in range(count)]
    hall.clock.now += dt.timedelta(minutes=3)
    hall.tick()
    hall.tick()
    return asked


def said(hall, me):
    return [message for message in hall.sent() if message.user_id == me.user_id]


def on(hall):
    return hall.do(helpdesk.duty, hall.helper).on


def test_shift__ends_when_offers_and_the_question_go_unanswered(office):
    ignored(office)
    question = said(office, office.helper)[-1]
    assert (question.data, on(office)) == (["dh", "dy:off"], True)
    office.clock.now += dt.timedelta(minutes=4, seconds=59)
    office.tick()
    assert on(office)
    office.clock.now += dt.timedelta(seconds=1)
    office.tick()
    assert not on(office)
    assert "кезекшілігіңіз аяқталды" in said(office, office.helper)[-1].text


@pytest.mark.parametrize("act", ["here", "claim", "queue"])
def test_shift__goes_on_for_who_does_anything(office, act):
    first, *_ = ignored(office)
    if act == "here":
        assert office.do(helpdesk.here, office.helper).on
    elif act == "claim":
        office.do(helpdesk.claim, office.helper, first.id)
    else:
        office.do(supervision.queue, office.helper)
    office.clock.now += dt.timedelta(minutes=4)
    office.do(supervision.queue, office.helper)
    office.clock.now += dt.timedelta(minutes=2)
    office.tick()
    assert on(office)


def test_shift__two_unanswered_are_no_question(office):
    ignored(office, count=2)
    assert not [m for m in said(office, office.helper) if "dh" in m.data]


def test_shift__who_helps_somebody_is_left_in_peace(office):
    held = ask(office, office.student("S9"))
    office.do(helpdesk.claim, office.helper, held.id)
    office.do(helpdesk.pause, office.helper, held.id)
    office.do(helpdesk.go_on_duty, office.member("V2", Role.VOLUNTEER))
    ignored(office)
    assert not [m for m in said(office, office.helper) if "dh" in m.data]


def test_place__changes_in_the_message_that_stands(office):
    first, second = office.student("S1"), office.student("S2")
    one, two = ask(office, first), ask(office, second)
    office.tick()
    office.sent()
    office.do(tickets.shown, second, two, 700)
    office.do(helpdesk.claim, office.helper, one.id)
    office.clock.now += dt.timedelta(seconds=19)
    office.tick()
    assert said(office, second) == []
    office.clock.now += dt.timedelta(seconds=1)
    office.tick()
    (changed,) = said(office, second)
    assert (changed.edits, "Кезектегі орныңыз: 1" in changed.text) == (700, True), changed.text
    office.clock.now += dt.timedelta(seconds=30)
    office.tick()
    assert said(office, second) == []


def test_place__somebody_whose_exam_runs_goes_before_and_it_says_so(office):
    calm, urgent = office.student("S1", group="БТ-1"), office.student("S2")
    office.member("T1")
    office.add_exams(exam("E1", local("2026-12-21 07:30")))
    one = ask(office, calm)
    office.do(tickets.shown, calm, one, 700)
    ask(office, urgent)
    office.clock.now += dt.timedelta(seconds=20)
    office.tick()
    assert [m.edits for m in said(office, calm) if "2" in m.text] == [700]


def test_place__says_when_it_is_taken_and_when_it_is_over(office):
    student = office.student("S1")
    one = ask(office, student)
    office.do(tickets.shown, student, one, 700)
    office.do(helpdesk.claim, office.helper, one.id)
    office.tick()
    taken = [m for m in said(office, student) if m.edits == 700]
    assert [f"tx:{one.id}" in m.data for m in taken] == [True]
    office.do(helpdesk.resolve, office.helper, one.id)
    office.tick()
    assert [m.data for m in said(office, student) if m.edits == 700] == [[]]
