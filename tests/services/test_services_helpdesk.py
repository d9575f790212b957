"""A helper's taps at their edges: refused with a word, done once, harmless where there is nothing to do."""

import datetime as dt

import pytest

from bot.rules import trees
from bot.rules.tickets import Stage
from bot.rules.vocabulary import Role
from bot.services import cases, dispatch, helpdesk, supervision, talks, tickets
from tests.support.refusals import code_of, refused
from tests.support.scenes import scene

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What is refused, and to whom, does not depend on the database."""


@scene
def desk(hall):
    """Two helpers on duty, a student whose ticket the first of them holds."""
    hall.first, hall.second = (hall.member(f"V{n}", Role.VOLUNTEER) for n in (1, 2))
    hall.lead = hall.member("C1", Role.CALL_CENTER)
    hall.one = hall.student("S1")
    for me in (hall.first, hall.second):
        hall.do(helpdesk.go_on_duty, me)
    hall.ticket = hall.do(tickets.open_own, hall.one, "", hall.origin()).id
    hall.do(helpdesk.claim, hall.first, hall.ticket)
    return hall


def row(hall):
    return hall.sql(lambda uow: uow.tickets.get(hall.ticket))


def shift(hall, me):
    return hall.sql(lambda uow: uow.tickets.shift_of(me.person_id))


def actions(hall):
    return [event.action for event in hall.sql(lambda uow: uow.tickets.events(hall.ticket))]


def test_choose__turns_languages_and_platforms_but_never_the_last_of_them(desk):
    assert desk.do(helpdesk.choose, desk.first, "ru").languages == ("kk", "ru")
    assert desk.do(helpdesk.choose, desk.first, "kk").languages == ("ru",)
    assert code_of(desk, helpdesk.choose, desk.first, "ru") == "duty_last"
    assert desk.do(helpdesk.duty, desk.first).languages == ("ru",)
    *others, last = trees.GROUPS
    for group in others:
        assert group not in desk.do(helpdesk.choose, desk.first, group).groups
    assert code_of(desk, helpdesk.choose, desk.first, last) == "duty_last", "none would mean all"
    assert desk.do(helpdesk.choose, desk.first, others[0]).groups == (last, others[0])
    fresh = desk.do(tickets.open_own, desk.student("S7"), "", desk.origin()).id
    desk.do(helpdesk.claim, desk.lead, fresh)
    assert desk.do(helpdesk.duty, desk.lead).languages == (), "who claims off duty helps in every language"
    assert desk.do(helpdesk.choose, desk.lead, "ru").languages == ("kk",)


def test_choose__is_for_who_is_on_duty_and_knows_its_buttons(desk):
    with refused("help_gone"):
        desk.do(helpdesk.choose, desk.first, "klingon")
    desk.do(helpdesk.go_off_duty, desk.first)
    with refused("not_on_duty"):
        desk.do(helpdesk.choose, desk.first, "kk")
    assert code_of(desk, helpdesk.choose, desk.one, "kk") == "helpers_only"


def test_duty__ended_twice_is_ended_once_and_begun_twice_goes_on(desk):
    before = shift(desk, desk.second).id
    assert desk.do(helpdesk.here, desk.second).on
    assert shift(desk, desk.second).id == before
    for _ in range(2):
        assert not desk.do(helpdesk.go_off_duty, desk.second).on


def test_claim__what_is_over_stays_over_and_nobody_helps_themselves(desk):
    own = desk.do(tickets.open_own, desk.second, "", desk.origin()).id
    with refused("ticket_own"):
        desk.do(helpdesk.claim, desk.second, own)
    desk.do(helpdesk.resolve, desk.first, desk.ticket)
    with refused("ticket_over"):
        desk.do(helpdesk.claim, desk.second, desk.ticket)
    with refused("ticket_gone"):
        desk.do(helpdesk.claim, desk.second, 404)


def test_own_ticket__is_offered_to_others_only(desk):
    desk.do(helpdesk.resolve, desk.first, desk.ticket)
    own = desk.do(tickets.open_own, desk.second, "", desk.origin()).id
    asked = desk.sql(lambda uow: uow.tickets.offers([own]))
    assert set(asked[own]) == {desk.first.person_id}
    desk.do(helpdesk.claim, desk.first, own)
    with refused("nobody_free"):
        desk.do(helpdesk.invite, desk.first, own)


def test_own_ticket__of_the_only_one_on_duty_goes_to_the_call_centre_at_once(desk):
    desk.do(helpdesk.resolve, desk.first, desk.ticket)
    desk.do(helpdesk.go_off_duty, desk.first)
    own = desk.do(tickets.open_own, desk.second, "", desk.origin()).id
    assert set(desk.sql(lambda uow: uow.tickets.offers([own]))[own]) == {desk.lead.person_id}


def test_own_ticket__of_the_call_centre_itself_goes_to_others_of_it(desk):
    other = desk.member("C2", Role.CALL_CENTER)
    for me in (desk.first, desk.second):
        desk.do(helpdesk.go_off_duty, me)
    own = desk.do(tickets.open_own, desk.lead, "", desk.origin()).id
    assert set(desk.sql(lambda uow: uow.tickets.offers([own]))[own]) == {other.person_id}


def test_card__opened_by_another_helper_changes_nobodys_conversation(desk):
    seen = desk.do(helpdesk.open_card, desk.second, desk.ticket)
    assert (seen.mine, seen.state) == (False, "claimed")
    assert shift(desk, desk.second).current_id is None
    assert shift(desk, desk.first).current_id == desk.ticket


def test_second__leaves_and_the_first_goes_on(desk):
    desk.do(helpdesk.invite, desk.first, desk.ticket)
    assert row(desk).second_id == desk.second.person_id
    desk.do(helpdesk.invite, desk.first, desk.ticket)
    assert actions(desk).count("invited") == 1, "there is a second already"
    assert not desk.do(helpdesk.give_back, desk.second, desk.ticket).mine
    assert (row(desk).state, row(desk).holder_id, row(desk).second_id) == (
        "claimed", desk.first.person_id, None
    )  # fmt: skip
    with refused("ticket_not_held"):
        desk.do(talks.say, desk.second, desk.ticket, desk.origin(), text="кештеу")


def test_second__asked_in_while_they_talk_elsewhere_go_on_talking_there(desk):
    other = desk.do(tickets.open_own, desk.student("S2"), "", desk.origin()).id
    desk.do(helpdesk.claim, desk.second, other)
    with refused("nobody_free"):
        desk.do(helpdesk.invite, desk.first, desk.ticket)
    assert shift(desk, desk.second).current_id == other


@pytest.mark.parametrize("work", [helpdesk.hand_over, helpdesk.block])
def test_note__has_an_end_and_nothing_happens_beyond_it(desk, work):
    with refused("note_too_long") as caught:
        desk.do(work, desk.first, desk.ticket, "я" * (helpdesk.NOTE_LIMIT + 1))
    assert caught.value.params == {"limit": helpdesk.NOTE_LIMIT}
    assert row(desk).state == "claimed"
    desk.do(work, desk.first, desk.ticket, "я" * helpdesk.NOTE_LIMIT)
    assert row(desk).state != "claimed"


def test_hand_over__to_the_call_centre_with_a_second_helper_is_the_seconds_now(desk):
    desk.do(helpdesk.invite, desk.first, desk.ticket)
    desk.do(helpdesk.hand_over, desk.first, desk.ticket, "көмек керек", lead=True)
    assert (row(desk).state, row(desk).holder_id) == ("claimed", desk.second.person_id)
    assert row(desk).stage < Stage.CALL_CENTER, "it waits for nobody"


def test_report__is_for_an_asker_whom_the_bot_knows_as_the_student(desk):
    with refused("asker_not_linked"):
        phone = desk.do(tickets.open_for_caller, desk.lead, "", "", desk.origin()).id
        desk.do(helpdesk.claim, desk.second, phone)
        desk.do(helpdesk.report, desk.second, phone, desk.origin(), "")
    assert desk.do(cases.mine, desk.one) == []


def test_block__of_a_caller_ends_the_ticket_and_blocks_no_account(desk):
    phone = desk.do(tickets.open_for_caller, desk.lead, "", "", desk.origin()).id
    desk.do(helpdesk.claim, desk.second, phone)
    assert desk.do(helpdesk.block, desk.second, phone, "дөрекі").state == "blocked"
    assert desk.do(supervision.blocks, desk.lead) == []


def test_review__of_no_block_is_refused(desk):
    with refused("ticket_gone"):
        desk.do(helpdesk.review, desk.lead, 404, lift=True)
    with refused("leads_only"):
        desk.do(helpdesk.review, desk.first, 404, lift=True)


def test_blocked__asks_for_nobody_until_the_call_centre_has_looked_and_kept_is_kept(desk):
    desk.do(helpdesk.block, desk.first, desk.ticket, "дөрекі")
    (block,) = desk.do(supervision.blocks, desk.lead)
    desk.do(helpdesk.review, desk.lead, block.id, lift=False)
    with refused("ticket_blocked"):
        desk.do(tickets.open_own, desk.one, "", desk.origin())


def test_rate__is_one_to_five_of_what_is_done(desk):
    assert code_of(desk, tickets.rate, desk.one, desk.ticket, 5) == "ticket_gone"
    desk.do(helpdesk.resolve, desk.first, desk.ticket)
    for stars in (0, 6):
        assert code_of(desk, tickets.rate, desk.one, desk.ticket, stars) == "ticket_gone"


def test_reopen__of_what_is_open_or_beside_another_opens_nothing(desk):
    assert desk.do(tickets.reopen, desk.one, desk.ticket).state == "claimed"
    desk.do(helpdesk.resolve, desk.first, desk.ticket)
    standing = desk.do(tickets.open_own, desk.one, "", desk.origin()).id
    assert desk.do(tickets.reopen, desk.one, desk.ticket).id == standing
    assert row(desk).state == "resolved"


def test_not_needed__twice_is_ended_once(desk):
    for _ in range(2):
        assert desk.do(tickets.not_needed, desk.one, desk.ticket).state == "resolved"
    assert actions(desk).count("not_needed") == 1


def test_caller__of_one_update_stands_in_the_line_once(desk):
    origin = desk.origin()
    first, again = (desk.do(tickets.open_for_caller, desk.lead, "", "S1", origin) for _ in range(2))
    assert (first.id, again.fresh) == (again.id, False)


def test_place__is_kept_current_only_in_the_askers_own_chat(desk):
    seen = desk.do(tickets.show, desk.one, desk.ticket)
    desk.do(tickets.shown, desk.second, seen, 7)
    assert row(desk).shown_at is None
    desk.do(tickets.shown, desk.one, seen, 7)
    assert row(desk).shown_at == desk.clock()


def test_resolved__of_two_the_helper_goes_on_with_the_other(desk):
    other = desk.do(tickets.open_own, desk.student("S2"), "", desk.origin()).id
    desk.do(helpdesk.claim, desk.first, other)
    assert shift(desk, desk.first).current_id == other
    desk.do(helpdesk.resolve, desk.first, desk.ticket)
    assert shift(desk, desk.first).current_id == other, "they talk in this one"
    desk.do(helpdesk.resolve, desk.first, other)
    assert shift(desk, desk.first).current_id is None


def test_lease__of_a_helper_who_just_spoke_is_not_over(desk):
    desk.clock.now += dt.timedelta(minutes=4)
    desk.do(talks.say, desk.first, desk.ticket, desk.origin(), text="осындамын")
    desk.clock.now += dt.timedelta(hours=1)
    assert desk.do(dispatch.leases_due) == 0
    assert row(desk).state == "claimed"
