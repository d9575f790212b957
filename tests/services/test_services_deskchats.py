"""The helpers' chat: posts without names, taken there by who is on duty, closed when taken, few at a time."""

import datetime as dt

import pytest

from bot.rules.vocabulary import Role
from bot.services import chats, deskchats, dispatch, helpdesk, tickets
from tests.support.clock import local
from tests.support.people import exam
from tests.support.refusals import refused

CHAT = -500


@pytest.fixture
def office(hall):
    """A helpers' chat, a lead, two volunteers (the first on duty), a student."""
    hall.lead = hall.member("C1", Role.CALL_CENTER)
    hall.first, hall.second = hall.member("V1", Role.VOLUNTEER), hall.member("V2", Role.VOLUNTEER)
    hall.one = hall.student("S1", full_name="Ахметова Айгерім")
    hall.do(helpdesk.go_on_duty, hall.first)
    hall.do(deskchats.link, hall.lead, CHAT)
    return hall


def ask(hall, me):
    return hall.do(tickets.open_own, me, "conference", hall.origin())


def posts(hall):
    """What has been said in the chat since the last look."""
    hall.tick()
    return [message for message in hall.sent() if message.user_id == CHAT]


def claim(hall, me, ticket, chat=CHAT):
    return hall.do(helpdesk.claim_in_chat, me, ticket.id, chat)


def test_post__has_no_name_and_closes_when_taken_there(office):
    ticket = ask(office, office.one)
    (post,) = posts(office)
    assert ticket.number in post.text
    assert "Айгерім" not in post.text
    assert "АЖ" not in post.text
    assert post.data == [f"gc:{ticket.id}"]
    assert claim(office, office.first, ticket).mine
    office.tick()
    sent = office.sent()
    (closed,) = [message for message in sent if message.user_id == CHAT]
    assert closed.edits is not None
    assert (closed.data, "Алынды" in closed.text) == ([], True)
    card = [message for message in sent if message.user_id == office.first.user_id][-1]
    assert "Ахметова Айгерім" in card.text


def test_claim__only_on_duty_and_only_by_helpers_and_only_there(office):
    ticket = ask(office, office.one)
    with refused("not_on_duty"):
        claim(office, office.second, ticket)
    with refused("helpers_only"):
        claim(office, office.student("S2"), ticket)
    with refused("desk_chat_gone"):
        claim(office, office.first, ticket, chat=-501)
    office.do(helpdesk.go_on_duty, office.second)
    claim(office, office.first, ticket)
    with refused("ticket_taken"):
        claim(office, office.second, ticket)


def test_post__of_a_private_claim_closes_too_and_comes_anew_when_the_helper_is_lost(office):
    ticket = ask(office, office.one)
    assert len(posts(office)) == 1
    office.do(helpdesk.claim, office.first, ticket.id)
    assert [post.data for post in posts(office)] == [[]]
    office.clock.now += dt.timedelta(minutes=6)
    office.do(dispatch.leases_due)
    (again,) = posts(office)
    assert again.edits is None
    assert (again.data, "кезектің басына" in again.text) == ([f"gc:{ticket.id}"], True)


def test_posts__a_few_at_a_time_the_running_exam_first(office):
    office.member("T1")
    office.add_exams(exam("E1", local("2026-12-21 07:30")))
    office.do(deskchats.unlink, office.lead, CHAT)
    calm = [ask(office, office.student(f"S1{n}", group="БТ-1")) for n in range(6)]
    urgent = ask(office, office.one)
    office.do(deskchats.link, office.lead, CHAT)
    shown = [post.data[0] for post in posts(office)]
    assert shown == [f"gc:{ticket.id}" for ticket in (urgent, *calm[:4])]
    claim(office, office.first, urgent)
    data = [post.data for post in posts(office)]
    assert sorted(data) == [[], [f"gc:{calm[4].id}"]]


def test_post__that_is_not_needed_any_more_never_goes_out(office):
    ticket = ask(office, office.one)
    office.do(tickets.not_needed, office.one, ticket.id)
    assert posts(office) == []


def test_chat__thrown_out_of_gets_nothing_and_takes_nobodys_room(office):
    office.wire.blocked.add(CHAT)
    ask(office, office.one)
    assert posts(office) == []
    assert office.sql(lambda uow: list(uow.desk_chats.live())) == []
    office.wire.blocked.clear()
    office.do(chats.bot_is, CHAT, True, False)
    assert len(posts(office)) == 1


def test_link__by_the_call_centre_only_and_of_no_study_group(office):
    with refused("leads_only"):
        office.do(deskchats.link, office.first, -502)
    with refused("leads_only"):
        office.do(deskchats.unlink, office.first, CHAT)
    examiner = office.member("T1")
    office.add_exams(exam("E1", local("2026-12-21 07:30")))
    with refused("chat_of_helpers"):
        office.do(chats.link, examiner, CHAT, "")
    office.do(deskchats.unlink, office.lead, CHAT)
    office.do(chats.link, examiner, CHAT, "")
    with refused("chat_taken"):
        office.do(deskchats.link, office.lead, CHAT)


def test_link__twice_is_one_chat_and_one_post(office):
    ask(office, office.one)
    office.do(deskchats.link, office.lead, CHAT)
    assert len(posts(office)) == 1
