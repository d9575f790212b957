"""What the guided tour takes for done: whatever way the visitor took, what lies behind them counts."""

import pytest

from bot.rules.decisions import Ruling, Verdict
from bot.rules.vocabulary import Role
from bot.services import conversations, decisions, forms, helpdesk, people, talks, tickets, tour, walks
from bot.services.files import Sent
from tests.support.appealing import granted
from tests.support.people import student
from tests.support.running import reported, running

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""The demo's database."""

REPORT = {"report:there", "report:applied", "report:referred", "report:taken", "report:ended"}


def true(hall):
    return hall.do(tour.facts).true


def test_nothing__has_happened_yet(hall):
    facts = hall.do(tour.facts)
    assert (facts.true, facts.ids) == (frozenset(), {})


def test_joined__is_who_has_agreed_and_used_their_code(hall):
    hall.add_students(student("S1"))
    guest = hall.do(people.meet, 900, "kk")
    hall.do(people.consent, guest, hall.origin())
    assert "joined:S1" not in true(hall)
    [issued] = hall.do(people.issue_invites, secret="00" * 32)
    hall.do(people.link, guest, issued.code, hall.origin())
    assert "joined:S1" in true(hall)


def test_report__that_is_decided_counts_as_all_that_leads_there(hall):
    running(hall, methodist="T2", dean="T4")
    assert not {one for one in true(hall) if one.startswith("report:")}
    reported(hall)
    hall.tick()
    found = true(hall)
    assert {"report:there", "report:filed", "sent:case_card"} <= found
    assert not found & (REPORT - {"report:there"})
    hall.do(decisions.decide, hall.examiner, hall.case, hall.origin(), Ruling(Verdict.READMITTED))
    assert true(hall) >= REPORT
    ids = hall.do(tour.facts).ids
    assert ids["exam:E1"] == hall.exam_id
    assert ids["person:S1"] == hall.reader.person_id


def test_appeal__is_called_when_it_has_been_sat_and_each_vote_is_its_members(faculty):
    assert not {"published", "appeal:there"} & true(faculty)
    granted(faculty)
    assert {"appeal:called", "voted:C1", "voted:M1", "voted:M2"} <= true(faculty)


def test_ticket__that_is_solved_was_claimed_and_answered(hall):
    hall.one, hall.helper = hall.student("S1"), hall.member("V1", Role.VOLUNTEER)
    ticket = hall.do(tickets.open_own, hall.one, "conference", hall.origin())
    assert {one for one in true(hall) if one.startswith("ticket:")} == {"ticket:there"}
    assert "duty" not in true(hall)
    hall.do(helpdesk.go_on_duty, hall.helper)
    assert "duty" in true(hall)
    hall.do(helpdesk.claim, hall.helper, ticket.id)
    assert {"ticket:claimed", "duty"} <= true(hall)
    assert "ticket:answered" not in true(hall)
    hall.do(talks.say, hall.helper, ticket.id, hall.origin(), text="Қайта кіріп көріңіз")
    assert "ticket:answered" in true(hall)
    assert "ticket:resolved" not in true(hall)
    hall.do(helpdesk.resolve, hall.helper, ticket.id)
    assert {"ticket:claimed", "ticket:answered", "ticket:resolved"} <= true(hall)


def test_draft__says_what_it_holds_and_an_open_question_whose_it_is(hall):
    running(hall)
    draft = hall.do(forms.begin, hall.reader, "postponement").id
    of_form = "draft:application"
    assert {one for one in true(hall) if one.startswith("draft:")} == {of_form}
    hall.do(forms.choose, hall.reader, draft, reason="no_means")
    sent = Sent("F1", "document", "a.pdf")
    hall.do(forms.add, hall.reader, draft, hall.origin(), sent=sent)
    assert {f"{of_form}:reason", f"{of_form}:files"} <= true(hall)
    assert f"{of_form}:text" not in true(hall)
    hall.do(
        conversations.put, conversations.key(1, hall.reader.user_id, hall.reader.user_id), "note", {"case": 1}
    )
    assert f"asked:{hall.reader.user_id}:note" in true(hall)
    hall.do(conversations.put, conversations.key(1, hall.reader.user_id, hall.reader.user_id), "", {})
    assert not {one for one in true(hall) if one.startswith("asked:")}


def test_walk__counts_from_its_first_step(hall):
    running(hall)
    hall.do(walks.open_walk, hall.reader, "ayu.written.take", hall.exam_id)
    assert "walked" not in true(hall)
    hall.do(walks.step, hall.reader, "ayu.written.take", hall.exam_id, 0, done=True)
    assert "walked" in true(hall)
