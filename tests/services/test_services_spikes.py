"""Many with one platform's trouble: proposed to the call centre once, made an incident by one tap."""

import datetime as dt

import pytest

from bot.exchange import charts
from bot.rules.trees import OWN, Fix, Problem
from bot.rules.vocabulary import Role
from bot.services import cases, helpdesk, helping, incidents, spikes, supervision, tickets
from bot.views import desk_load
from tests.support.clock import local
from tests.support.people import exam
from tests.support.refusals import refused

PROBLEM = Problem("zoom.no_entry", "zoom", (Fix("zoom.fresh_link"),))
CAMERA = Problem("camera.black", "camera", (Fix("camera.close_others"),))


@pytest.fixture
def office(hall):
    hall.lead = hall.member("C1", Role.CALL_CENTER, language="ru")
    hall.dean = hall.member("D1", Role.DEAN)
    return hall


def ask(hall, number, problem=PROBLEM, group="conference"):
    me = hall.student(f"S{number}")
    hall.do(helping.begin, me, OWN, problem)
    return me, hall.do(tickets.open_own, me, group, hall.origin())


def rush(hall, count=5, **more):
    asked = [ask(hall, number, **more) for number in range(count)]
    hall.tick()
    return asked


def cards(hall, me=None):
    """Cards of spikes that have come to the call centre."""
    me = me or hall.lead
    return [m for m in hall.sent() if m.user_id == me.user_id and "🔺" in m.text]


def test_spike__is_proposed_to_the_call_centre_once_and_grows_in_place(office):
    rush(office, 4)
    assert cards(office) == []
    ask(office, 5)
    office.clock.now += dt.timedelta(seconds=5)
    office.tick()
    (card,) = cards(office)
    assert "Zoom" in card.text
    assert "Человек: 5" in card.text
    assert [data.partition(":")[0] for data in card.data] == ["sd", "sn", "menu"]
    office.clock.now += dt.timedelta(minutes=1)
    ask(office, 6)
    office.forward(seconds=10, step_seconds=5)
    (grown,) = cards(office)
    assert (grown.edits is not None, "Человек: 6" in grown.text) == (True, True)


def test_spike__one_who_asks_five_times_is_no_spike(office):
    me, ticket = ask(office, 1)
    for _ in range(4):
        office.do(tickets.not_needed, me, ticket.id)
        ticket = office.do(tickets.open_own, me, "conference", office.origin())
    office.tick()
    assert cards(office) == []


def test_declare__is_an_incident_that_later_reports_join(office):
    office.member("T1")
    office.add_exams(exam("E1", local("2026-12-21 07:30")))
    rush(office)
    spike = office.sql(lambda uow: uow.tickets.open_spikes()[0].id)
    with refused("leads_only"):
        office.do(spikes.declare, office.dean, spike)
    made = office.do(spikes.declare, office.lead, spike)
    assert made.incident.startswith("MI-26-")
    assert office.do(spikes.declare, office.lead, spike).incident == made.incident
    (shown,) = office.do(incidents.current)
    assert (shown.number, shown.key, shown.total) == (made.incident, "conference", 0)
    office.tick()
    assert any(m.user_id == office.dean.user_id and made.incident in m.text for m in office.sent())
    one = office.student("S77")
    office.do(cases.file, one, "conference", None, office.origin())
    assert office.do(incidents.current)[0].total == 1


def test_declare__without_reports_it_stays_open_its_hours_and_no_longer(office):
    rush(office)
    spike = office.sql(lambda uow: uow.tickets.open_spikes()[0].id)
    office.do(spikes.declare, office.lead, spike)
    office.clock.now += dt.timedelta(hours=2, minutes=59)
    office.do(incidents.finish)
    assert len(office.do(incidents.current)) == 1
    office.clock.now += dt.timedelta(minutes=2)
    office.do(incidents.finish)
    assert office.do(incidents.current) == []


def test_dismiss__is_not_proposed_again_while_it_lasts(office):
    rush(office)
    (card,) = cards(office)
    spike = int(card.data[0].partition(":")[2])
    assert office.do(spikes.dismiss, office.lead, spike).answered
    ask(office, 9)
    office.forward(seconds=10, step_seconds=5)
    assert [card.data for card in cards(office)][-1] == ["menu:queue"]


def test_spike__ends_by_itself_and_cannot_be_declared_then(office):
    rush(office)
    spike = office.sql(lambda uow: uow.tickets.open_spikes()[0].id)
    office.clock.now += dt.timedelta(minutes=11)
    office.tick()
    with refused("spike_gone"):
        office.do(spikes.declare, office.lead, spike)
    for number in range(20, 25):
        ask(office, number)
    office.tick()
    assert office.sql(lambda uow: [row.id != spike for row in uow.tickets.open_spikes()]) == [True]


def test_spike__of_everybodys_own_device_is_told_and_cannot_be_an_incident(office):
    rush(office, problem=CAMERA, group="device")
    (card,) = cards(office)
    assert [data.partition(":")[0] for data in card.data] == ["sn", "menu"]
    spike = int(card.data[0].partition(":")[2])
    with refused("spike_not_mass"):
        office.do(spikes.declare, office.lead, spike)


def test_chart__is_a_picture_in_both_languages(office):
    rush(office)
    found = office.do(supervision.frequent, office.lead)
    with refused("leads_only"):
        office.do(supervision.frequent, office.dean)
    assert (found.total, found.platforms["zoom"][-1]) == (5, 5)
    for language in ("kk", "ru"):
        picture = charts.drawn(desk_load.chart(office.base.voices[language], found))
        assert picture.startswith(b"\x89PNG")
        assert int.from_bytes(picture[16:20]) > 1000


def test_dead_ends__are_shown_to_the_call_centre(office):
    for number in range(5):
        me, _ = ask(office, number)
        office.do(helping.answer, me, OWN, PROBLEM, "zoom.fresh_link", "failed")
    assert office.do(supervision.queue, office.lead).load.dead_ends == (("zoom.no_entry", 5),)
    helper = office.member("V1", Role.VOLUNTEER)
    office.do(helpdesk.go_on_duty, helper)
    assert office.do(supervision.queue, helper).load.dead_ends == ()
