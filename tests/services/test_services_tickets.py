"""The help desk: nobody waits unseen, no ticket has two helpers by accident, a silent helper loses it."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from bot.errors import Refusal
from bot.rules.trees import OWN, Fix, Problem
from bot.rules.vocabulary import Role
from bot.services import dispatch, helpdesk, helping, supervision, talks, tickets
from bot.storage.tables import Notice, TicketOffer
from tests.support.clock import local
from tests.support.people import exam
from tests.support.refusals import refused

PROBLEM = Problem("zoom.no_entry", "zoom", (Fix("zoom.check_link"), Fix("zoom.other")))


@pytest.fixture
def office(hall):
    """A volunteer's and a student's accounts; nobody on duty yet."""
    hall.volunteers = [hall.member(f"V{n}", Role.VOLUNTEER, language="kk") for n in (1, 2, 3, 4)]
    hall.one = hall.student("S1")
    return hall


def on_duty(hall, *people):
    for me in people:
        hall.do(helpdesk.go_on_duty, me)


def ask(hall, me, group="conference"):
    return hall.do(tickets.open_own, me, group, hall.origin())


def claim(hall, me, ticket):
    return hall.do(helpdesk.claim, me, ticket.id)


def cards(hall, kind="ticket_card"):
    """Who has been owed a card."""
    return set(
        hall.sql(lambda uow: list(uow.session.scalars(select(Notice.person_id).where(Notice.kind == kind))))
    )


def offered(hall, ticket):
    query = select(TicketOffer.person_id).where(TicketOffer.ticket_id == ticket.id)
    return set(hall.sql(lambda uow: list(uow.session.scalars(query))))


def test_open__goes_to_a_few_on_duty_at_once(office):
    on_duty(office, *office.volunteers)
    ticket = ask(office, office.one)
    assert (ticket.number, ticket.state, ticket.place) == ("H-26-00001", "waiting", 1)
    assert len(offered(office, ticket)) == 3
    assert offered(office, ticket) == cards(office)


def test_open__the_same_wish_is_one_ticket(office):
    first = ask(office, office.one)
    second = ask(office, office.one)
    assert (second.id, second.fresh) == (first.id, False)


def test_open__carries_what_was_tried(office):
    office.do(helping.use_device, office.one, OWN, "android")
    office.do(helping.begin, office.one, OWN, PROBLEM)
    office.do(helping.answer, office.one, OWN, PROBLEM, "zoom.check_link", "failed")
    ticket = ask(office, office.one)
    assert (ticket.problem, ticket.device) == ("zoom.no_entry", "android")
    assert [(one.fix, one.outcome) for one in ticket.tried] == [("zoom.check_link", "failed")]


def test_open__too_many_in_an_hour_are_refused(office):
    for _ in range(5):
        ticket = ask(office, office.one)
        office.do(tickets.not_needed, office.one, ticket.id)
    with refused("too_many_tickets"):
        ask(office, office.one)
    office.clock.now += dt.timedelta(hours=1, seconds=1)
    assert ask(office, office.one).state == "waiting"


def test_open__with_nobody_on_duty_the_call_centre_hears_at_once(office):
    lead = office.member("C1", Role.CALL_CENTER)
    ticket = ask(office, office.one)
    assert offered(office, ticket) == {lead.person_id}
    assert ticket.on_duty == 0


def test_duty__what_waits_is_offered_to_who_comes(office):
    ticket = ask(office, office.one)
    on_duty(office, office.volunteers[0])
    assert office.volunteers[0].person_id in offered(office, ticket)


def test_claim__the_first_tap_wins_and_others_cards_close(office):
    on_duty(office, *office.volunteers[:3])
    ticket = ask(office, office.one)
    office.tick()
    office.sent()
    first, second, third = office.volunteers[:3]
    assert claim(office, first, ticket).mine
    with refused("ticket_taken"):
        claim(office, second, ticket)
    office.tick()
    got = office.expect((office.one, "қосылды"), (second, "басқа көмекші"), (third, "басқа көмекші"))
    assert all(message.edits for message in got if message.user_id != office.one.user_id)


def test_claim__of_all_at_the_same_moment_exactly_one_wins(office):
    on_duty(office, *office.volunteers)
    ticket = ask(office, office.one)
    start = threading.Barrier(len(office.volunteers))

    def tap(me):
        start.wait(10)
        try:
            return claim(office, me, ticket).mine
        except Refusal as refusal:
            return refusal.code

    with ThreadPoolExecutor(len(office.volunteers)) as pool:
        outcomes = list(pool.map(tap, office.volunteers))
    assert sorted(map(str, outcomes)) == ["True", "ticket_taken", "ticket_taken", "ticket_taken"]
    winner = office.volunteers[outcomes.index(True)]
    assert office.sql(lambda uow: uow.tickets.get(ticket.id).holder_id) == winner.person_id
    claims = office.sql(lambda uow: [e for e in uow.tickets.events(ticket.id) if e.action == "claimed"])
    assert len(claims) == 1


def test_claim__twice_by_the_same_is_once(office):
    on_duty(office, office.volunteers[0])
    ticket = ask(office, office.one)
    claim(office, office.volunteers[0], ticket)
    again = claim(office, office.volunteers[0], ticket)
    assert (again.mine, again.fresh) == (True, False)


def test_claim__nobody_passes_by_a_running_exam(office):
    office.member("T1")
    calm = office.student("S2", group="БТ-1")
    office.add_exams(exam("E1", local("2026-12-21 07:30")))
    on_duty(office, office.volunteers[0])
    first = ask(office, calm)
    urgent = ask(office, office.one)
    assert (urgent.place, urgent.exam.ext_id) == (1, "E1")
    with refused("urgent_first") as caught:
        claim(office, office.volunteers[0], first)
    assert caught.value.params["ticket"] == urgent.id
    claim(office, office.volunteers[0], urgent)
    assert claim(office, office.volunteers[0], first).mine


def test_claim__is_for_helpers(office):
    ticket = ask(office, office.one)
    other = office.student("S2")
    with refused("helpers_only"):
        claim(office, other, ticket)


def test_claim__hands_have_an_end(office):
    on_duty(office, office.volunteers[0])
    for n in range(3):
        claim(office, office.volunteers[0], ask(office, office.student(f"S1{n}")))
    with refused("tickets_enough"):
        claim(office, office.volunteers[0], ask(office, office.one))


def test_unclaimed__more_volunteers_then_the_call_centre_then_the_administrator(office):
    lead, admin = office.member("C1", Role.CALL_CENTER), office.member("A1", Role.ADMIN)
    on_duty(office, *office.volunteers)
    ticket = ask(office, office.one)
    assert len(offered(office, ticket)) == 3
    office.clock.now += dt.timedelta(minutes=3)
    office.tick()
    assert offered(office, ticket) == {me.person_id for me in office.volunteers}
    office.clock.now += dt.timedelta(minutes=3)
    office.tick()
    assert lead.person_id in offered(office, ticket)
    assert admin.person_id not in offered(office, ticket)
    office.clock.now += dt.timedelta(minutes=3)
    office.tick()
    assert admin.person_id in offered(office, ticket)


def test_lease__a_silent_helper_loses_the_ticket_and_the_student_is_first(office):
    on_duty(office, *office.volunteers[:2])
    ticket = ask(office, office.one)
    claim(office, office.volunteers[0], ticket)
    late = ask(office, office.student("S2"))
    office.clock.now += dt.timedelta(minutes=4, seconds=59)
    office.do(dispatch.leases_due)
    assert office.do(tickets.show, office.one, ticket.id).state == "claimed"
    office.clock.now += dt.timedelta(seconds=1)
    office.tick()
    now = office.do(tickets.show, office.one, ticket.id)
    assert (now.state, now.place, now.front) == ("waiting", 1, True)
    assert late.id != ticket.id
    assert any("кезектің басындасыз" in message.text for message in office.sent())
    with refused("ticket_not_held"):
        office.do(helpdesk.resolve, office.volunteers[0], ticket.id)
    assert claim(office, office.volunteers[1], ticket).mine


def test_shift_over__open_tickets_go_back(office):
    on_duty(office, *office.volunteers[:2])
    ticket = ask(office, office.one)
    claim(office, office.volunteers[0], ticket)
    assert not office.do(helpdesk.go_off_duty, office.volunteers[0]).on
    assert office.do(tickets.show, office.one, ticket.id).state == "waiting"


def test_second__goes_on_alone_when_the_first_leaves(office):
    on_duty(office, *office.volunteers[:2])
    ticket = ask(office, office.one)
    claim(office, office.volunteers[0], ticket)
    office.do(helpdesk.invite, office.volunteers[0], ticket.id)
    office.do(helpdesk.give_back, office.volunteers[0], ticket.id)
    assert office.do(helpdesk.open_card, office.volunteers[1], ticket.id).mine


def test_not_found__a_silent_asker_ends_it_and_may_open_it_again(office):
    on_duty(office, office.volunteers[0])
    ticket = ask(office, office.one)
    claim(office, office.volunteers[0], ticket)
    office.do(helpdesk.not_found, office.volunteers[0], ticket.id)
    office.do(helpdesk.not_found, office.volunteers[0], ticket.id)
    office.tick()
    asked = [m for m in office.sent() if m.user_id == office.one.user_id and "Осындасыз ба" in m.text]
    assert len(asked) == 1
    office.clock.now += dt.timedelta(minutes=5)
    office.tick()
    assert office.do(tickets.show, office.one, ticket.id).state == "resolved"
    assert office.do(tickets.reopen, office.one, ticket.id).front


def test_not_found__a_word_of_the_asker_keeps_it(office):
    on_duty(office, office.volunteers[0])
    ticket = ask(office, office.one)
    claim(office, office.volunteers[0], ticket)
    office.do(helpdesk.not_found, office.volunteers[0], ticket.id)
    office.clock.now += dt.timedelta(minutes=4)
    office.do(talks.say, office.one, ticket.id, office.origin(), text="осындамын")
    office.clock.now += dt.timedelta(minutes=2)
    office.tick()
    assert office.do(tickets.show, office.one, ticket.id).state == "claimed"


def test_pause__silence_costs_nothing_for_a_while(office):
    on_duty(office, office.volunteers[0])
    ticket = ask(office, office.one)
    claim(office, office.volunteers[0], ticket)
    office.do(helpdesk.pause, office.volunteers[0], ticket.id)
    office.clock.now += dt.timedelta(minutes=14)
    office.tick()
    assert office.do(tickets.show, office.one, ticket.id).state == "claimed"
    office.clock.now += dt.timedelta(minutes=2)
    office.tick()
    assert office.do(tickets.show, office.one, ticket.id).state == "waiting"


def test_hand_over__the_next_one_reads_the_note(office):
    on_duty(office, *office.volunteers[:2])
    ticket = ask(office, office.one)
    claim(office, office.volunteers[0], ticket)
    office.do(helpdesk.hand_over, office.volunteers[0], ticket.id, "Zoom қайта орнатылды")
    assert claim(office, office.volunteers[1], ticket).note == "Zoom қайта орнатылды"


def test_to_the_call_centre(office):
    lead = office.member("C1", Role.CALL_CENTER)
    on_duty(office, office.volunteers[0])
    ticket = ask(office, office.one)
    claim(office, office.volunteers[0], ticket)
    office.do(helpdesk.hand_over, office.volunteers[0], ticket.id, "", lead=True)
    assert lead.person_id in offered(office, ticket)
    assert claim(office, lead, ticket).mine


def test_resolve__rate_and_open_again_within_a_day(office):
    on_duty(office, *office.volunteers[:2])
    ticket = ask(office, office.one)
    claim(office, office.volunteers[0], ticket)
    office.do(helpdesk.resolve, office.volunteers[0], ticket.id)
    assert office.do(tickets.rate, office.one, ticket.id, 5).rating == 5
    with refused("not_yours"):
        office.do(tickets.rate, office.student("S9"), ticket.id, 1)
    office.clock.now += dt.timedelta(hours=23)
    again = office.do(tickets.reopen, office.one, ticket.id)
    assert (again.id, again.state, again.front) == (ticket.id, "waiting", True)
    claim(office, office.volunteers[0], again)
    office.do(helpdesk.resolve, office.volunteers[0], ticket.id)
    office.clock.now += dt.timedelta(hours=25)
    with refused("ticket_too_old"):
        office.do(tickets.reopen, office.one, ticket.id)


def test_report__is_filed_for_the_asker_with_the_history(office):
    examiner = office.member("T1")
    office.add_exams(exam("E1", local("2026-12-21 07:30")))
    on_duty(office, office.volunteers[0])
    ticket = ask(office, office.one)
    claim(office, office.volunteers[0], ticket)
    office.tick()
    office.sent()
    filed = office.do(helpdesk.report, office.volunteers[0], ticket.id, office.origin(), "Байқадық: Zoom")
    assert filed.case.startswith("FM-26-")
    office.tick()
    got = office.sent()
    assert any(m.user_id == examiner.user_id and "Байқадық: Zoom" in m.text for m in got)
    assert any(m.user_id == office.one.user_id and filed.case in m.text for m in got)
    again = office.do(helpdesk.report, office.volunteers[0], ticket.id, office.origin(), "")
    assert again.case == filed.case


def test_block__no_more_tickets_until_the_call_centre_has_looked(office):
    lead = office.member("C1", Role.CALL_CENTER)
    on_duty(office, office.volunteers[0])
    ticket = ask(office, office.one)
    claim(office, office.volunteers[0], ticket)
    office.do(helpdesk.block, office.volunteers[0], ticket.id, "Дөрекі сөз")
    with refused("ticket_blocked"):
        ask(office, office.one)
    with refused("leads_only"):
        office.do(supervision.blocks, office.volunteers[0])
    (row,) = office.do(supervision.blocks, lead)
    assert row.reason == "Дөрекі сөз"
    office.do(helpdesk.review, lead, row.id, lift=True)
    assert ask(office, office.one).state == "waiting"


def test_caller__stands_in_the_line_by_their_own_exam(office):
    office.member("T1")
    office.add_exams(exam("E1", local("2026-12-21 07:30")))
    lead = office.member("C1", Role.CALL_CENTER)
    office.do(helping.begin, lead, "c", PROBLEM)
    ticket = office.do(tickets.open_for_caller, lead, "conference", "S1", office.origin())
    assert (ticket.asker, ticket.exam.ext_id, ticket.problem) == ("Студент S1", "E1", "zoom.no_entry")
    with refused("nobody_has_id"):
        office.do(tickets.open_for_caller, lead, "", "S777", office.origin())
    unknown = office.do(tickets.open_for_caller, lead, "", "", office.origin())
    assert (unknown.by_phone, unknown.asker) == (True, "")


def test_queue__figures_for_the_call_centre(office):
    lead = office.member("C1", Role.CALL_CENTER)
    on_duty(office, office.volunteers[0])
    done = ask(office, office.one)
    claim(office, office.volunteers[0], done)
    office.clock.now += dt.timedelta(minutes=4)
    office.do(helpdesk.resolve, office.volunteers[0], done.id)
    office.do(tickets.rate, office.one, done.id, 4)
    ask(office, office.student("S2"))
    office.clock.now += dt.timedelta(minutes=2)
    found = office.do(supervision.queue, lead)
    assert (found.load.waiting, found.load.opened, found.load.resolved) == (1, 2, 1)
    assert (found.load.longest, found.load.resolution, found.load.rating) == (120.0, 240.0, 4)
    assert not office.do(supervision.queue, office.volunteers[0]).lead
    assert len(office.do(supervision.register)) == 2
