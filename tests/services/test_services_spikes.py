"""Many with one platform's trouble: proposed to the call centre once, made an incident by one tap."""

import datetime as dt

import pytest
from sqlalchemy import select

from bot.exchange import charts
from bot.rules.trees import OWN, Fix, Problem
from bot.rules.vocabulary import Role
from bot.services import cases, helpdesk, helping, incident_desk, incidents, spikes, supervision, tickets
from bot.storage.tables import AuditEvent
from bot.views import desk as desk_views
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


def held(hall, *rows):
    """Exams of one group, whose examiner is somebody."""
    hall.member("T1")
    hall.student("S0")
    assert not hall.add_exams(*rows).rejected


def ask(hall, number, problem=PROBLEM, group="conference"):
    me = hall.student(f"S{number}")
    hall.do(helping.begin, me, OWN, problem)
    return me, hall.do(tickets.open_own, me, group, hall.origin())


def rush(hall, count=5, **more):
    asked = [ask(hall, number, **more) for number in range(1, count + 1)]
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
    held(office, exam("E1", local("2026-12-21 07:30")))
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


# A declared incident: whom it concerns, and its early end


def declared(hall):
    """The call centre has declared that the conference fails; the incident's id."""
    rush(hall)
    spike = hall.sql(lambda uow: uow.tickets.open_spikes()[0].id)
    hall.do(spikes.declare, hall.lead, spike)
    return hall.do(incidents.current)[0].id


def told(hall, part):
    """Who got a new message with these words."""
    hall.tick()
    return sorted(m.user_id for m in hall.sent() if part in m.text and m.edits is None)


def test_declare__only_deans_with_an_exam_that_day_hear_of_it(office):
    busy = office.member("D2", Role.DEAN, faculty="Busy")
    done = office.member("D3", Role.DEAN, faculty="Done")
    tomorrow = office.member("D4", Role.DEAN, faculty="Tomorrow")
    whole = office.member("D5", Role.DEAN, faculty="")
    office.clock.now = local("2026-12-21 12:00")
    held(
        office,
        exam("E1", local("2026-12-21 23:00"), faculty="Busy"),
        exam("E2", local("2026-12-21 08:00"), faculty="Done"),
        exam("E3", local("2026-12-22 09:00"), faculty="Tomorrow"),
    )
    office.tick()
    office.sent()
    incident = declared(office)
    got = told(office, "MI-26-")
    assert {busy.user_id, whole.user_id, office.lead.user_id} <= set(got)
    assert not {done.user_id, tomorrow.user_id, office.dean.user_id} & set(got)
    with refused("not_yours"):
        office.do(incident_desk.show, tomorrow, incident)


def test_end__by_the_call_centre_is_told_once_and_the_banner_is_gone(office):
    held(office, exam("E1", local("2026-12-21 07:30")))
    volunteer = office.member("V1", Role.VOLUNTEER)
    other = office.member("C2", Role.CALL_CENTER)
    incident = declared(office)
    number = office.do(incidents.current)[0].number
    assert number in office_queue(office, volunteer)
    reporter = office.student("S77")
    case = office.do(cases.file, reporter, "conference", None, office.origin())
    office.tick()
    office.sent()
    with refused("not_yours"):
        office.do(incident_desk.end, office.dean, incident)
    ended = office.do(incident_desk.end, other, incident)
    assert (ended.closed_at, ended.may_end) == (office.clock(), False)
    assert office.do(incident_desk.end, office.lead, incident).ended_by == ended.ended_by
    got = told(office, number)
    assert got.count(office.dean.user_id) == got.count(office.lead.user_id) == 1
    assert other.user_id not in got
    assert number not in office_queue(office, volunteer)
    assert office.do(cases.show, reporter, case.id).state == "waiting"
    late = office.do(cases.file, office.student("S78"), "conference", None, office.origin())
    assert office.do(cases.show, reporter, case.id).incident == number
    assert office.sql(lambda uow: uow.incidents.of_case(late.id)) is None
    logged = office.sql(lambda uow: [e.action for e in uow.session.scalars(select(AuditEvent))])
    assert (logged.count("incident_declared"), logged.count("incident_ended")) == (1, 1)


def test_end__the_student_of_an_open_report_hears_that_it_works_again(office):
    incident = declared(office)
    reporter = office.student("S77")
    case = office.do(cases.file, reporter, "conference", None, office.origin())
    office.tick()
    office.sent()
    office.do(incident_desk.end, office.lead, incident)
    office.tick()
    (word,) = [m for m in office.sent() if m.user_id == reporter.user_id]
    assert (case.number in word.text, word.data) == (True, [f"cv:{case.id}"])


def test_end__of_an_incident_that_reports_made_is_refused(office):
    for number in range(5):
        me = office.student(f"P{number}", group=f"G{number}", faculty=f"F{number}")
        office.do(cases.file, me, "lms", None, office.origin())
    (shown,) = office.do(incidents.current)
    assert not shown.declared
    with refused("incident_not_declared"):
        office.do(incident_desk.end, office.lead, shown.id)
    with refused("case_gone"):
        office.do(incident_desk.end, office.lead, 999)


def office_queue(hall, me):
    """What /queue says to somebody."""
    return desk_views.queue(hall.base.voices["ru"], hall.do(supervision.queue, me), hall.clock()).text
