"""The helpers' chat: posts without names, taken there by who is on duty, closed when taken, few at a time."""

import datetime as dt

from bot.delivery.chats import Chats
from bot.rules.vocabulary import Role
from bot.services import chats, desk, deskchats, dispatch, helpdesk, tickets
from tests.support.clock import local
from tests.support.people import exam, student
from tests.support.refusals import refused
from tests.support.scenes import played, scene

CHAT = -500


@scene
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


# A rush


def test_rush__no_minute_sees_more_than_telegram_lets_into_a_group(office):
    limit = office.office.policy.delivery.group_per_minute
    office.do(helpdesk.go_on_duty, office.second)
    helpers = [office.first, office.second]
    office.sender._chats = Chats(0, lambda: office.clock().timestamp(), 1000)  # which would hold them back
    office.add_students(*(student(f"R{number}") for number in range(40)))
    for number in range(40):
        ask(office, office.join(f"R{number}"))
        if number % 2 == 0:
            one = office.sql(lambda uow: desk.line(uow, office.clock())[0].id)
            office.do(helpdesk.claim_in_chat, helpers[number // 2 % 2], one, CHAT)
            office.do(helpdesk.resolve, helpers[number // 2 % 2], one)
        office.deliver()
        office.clock.move(seconds=2)
    office.tick()
    times = [m.at for m in office.sent() if m.user_id == CHAT]
    busiest = max(sum(at <= other < at + dt.timedelta(minutes=1) for other in times) for at in times)
    assert limit / 2 < busiest <= limit


def test_rush__what_waits_stands_in_one_post_the_most_urgent_first_and_is_taken_there(office):
    crowd(office)
    posts(office)
    office.clock.move(seconds=10)
    rush = [m for m in posts(office) if "Көмек күтіп отырғандар" in m.text][-1]
    assert len(rush.data) == 5
    assert "Айгерім" not in rush.text
    waiting = office.sql(lambda uow: [one.id for one in desk.line(uow, office.clock())])
    standing = office.sql(lambda uow: uow.desk_chats.standing(uow.desk_chats.find(CHAT)[0].id))
    assert rush.data == [f"gc:{number}" for number in waiting if number not in standing][:5]
    office.do(helpdesk.claim_in_chat, office.first, int(rush.data[0][3:]), CHAT)
    office.clock.move(seconds=10)
    (changed,) = [m for m in posts(office) if "Көмек күтіп отырғандар" in m.text]
    assert (changed.edits is not None, rush.data[0] in changed.data) == (True, False)


def test_rush__is_said_anew_after_a_while_and_ends_when_nobody_waits(office):
    asked = crowd(office)
    posts(office)
    office.clock.move(minutes=3)
    said = [m for m in posts(office) if "төменде" in m.text or "Көмек күтіп отырғандар" in m.text]
    assert [(m.edits is None, bool(m.data)) for m in said if m.edits is None] == [(True, True)]
    office.clock.move(seconds=10)
    moved = [m for m in [*said, *posts(office)] if "Кезектің жалғасы төменде" in m.text]
    assert len(moved) == 1
    for me, ticket in asked:
        office.do(tickets.not_needed, me, ticket.id)
    office.tick()
    office.clock.move(seconds=10)
    last = [m for m in posts(office) if "Бәріне көмекші табылды" in m.text]
    assert [(m.edits is not None, m.data) for m in last] == [(True, [])]
    office.clock.move(minutes=2)
    ticket = ask(office, office.student("Z1"))
    assert [m.data for m in posts(office)] == [[f"gc:{ticket.id}"]]


@played
def crowd(hall):
    """More than may be posted singly in a minute: students and their tickets."""
    asked = []
    for number in range(20):
        me = hall.student(f"Q{number}")
        asked.append((me, ask(hall, me)))
        hall.tick(whole=False)
        if number % 2 and number < 12:
            hall.do(tickets.not_needed, *((me, asked[-1][1].id)))
    hall.tick()
    return [pair for n, pair in enumerate(asked) if not (n % 2 and n < 12)]
