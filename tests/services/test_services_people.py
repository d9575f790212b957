import asyncio
import dataclasses
import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from bot.errors import Refusal
from bot.rules import codes
from bot.rules.vocabulary import PersonKind, Role
from bot.services import conversations, outbox, people
from bot.services.office import Desk
from bot.storage.tables import Account, AuditEvent, Invite
from tests.support.clock import local
from tests.support.people import exam, member, student
from tests.support.refusals import refused

SECRET = "00" * 32


def guest(hall, user_id=500, client_language=""):
    return hall.do(people.meet, user_id, client_language)


def code_of(hall, ext_id, **options):
    issued = hall.do(people.issue_invites, secret=SECRET, **options)
    return next(invite.code for invite in issued if invite.ext_id == ext_id)


def link(hall, me, code, origin=None):
    return hall.do(people.link, me, code, origin or hall.origin())


def audited(hall, action):
    query = select(AuditEvent.detail).where(AuditEvent.action == action)
    return hall.sql(lambda uow: list(uow.session.scalars(query)))


# Meeting


def test_recognize__many_at_once_each_as_alone(hall):
    """Staff, students, guests, an open question in one of two chats, somebody who blocked, a stranger."""
    dean, reader = hall.member("T1", Role.DEAN), hall.student("S1")
    away = hall.student("S2")
    guest(hall, 500)
    hall.do(people.set_blocked, away.user_id, True)
    hall.do(conversations.put, "1:2:3:", "appeal", {"draft": 7})
    asked = [
        (dean.user_id, "ru", "a"), (reader.user_id, "", "1:2:3:"), (reader.user_id, "", "b"),
        (away.user_id, "", "c"), (500, "ru", "d"), (501, "ru", "e"),
    ]  # fmt: skip
    together = hall.do(people.recognize, asked)
    assert together == [hall.do(people.recognize, [one])[0] for one in asked]
    assert [one and one.form for one in together] == ["", "appeal", "", None, "", None]
    assert together[0].me.roles == {Role.DEAN}
    assert together[1].answers == {"draft": 7}
    assert hall.do(people.recognize, []) == []


def test_look_together__one_that_fails_fails_alone(hall):
    rounds = []

    def look(uow, office, now, asked):
        rounds.append(list(asked))
        if 3 in asked:
            raise Refusal("damaged")
        return [number * 10 for number in asked]

    async def ask():
        desk = Desk(hall.desk.database, hall.office, hall.clock)
        asked = (desk.look_together(look, number) for number in range(5))
        return await asyncio.gather(*asked, return_exceptions=True)

    said = asyncio.run(ask())
    assert [one for one in said if not isinstance(one, Refusal)] == [0, 10, 20, 40]
    assert isinstance(said[3], Refusal)
    assert rounds[:2] == [[0], [1, 2, 3, 4]]


def test_meet__a_first_contact_makes_one_guest(hall):
    me = guest(hall)
    assert (me.person_id, me.kind, me.chosen, me.consented, me.roles) == (
        None,
        None,
        False,
        False,
        frozenset(),
    )
    assert guest(hall) == me
    assert guest(hall, 501).account_id != me.account_id
    assert hall.sql(lambda uow: len(uow.session.scalars(select(Account)).all())) == 2


@pytest.mark.parametrize(
    ("client", "language"),
    [
        ("ru", "ru"), ("ru-KZ", "ru"), ("ru_KZ", "ru"), ("RU", "ru"), ("kk", "kk"), ("kk-Cyrl-KZ", "kk"),
        ("en", "kk"), ("xx", "kk"), ("", "kk"), ("-", "kk"), ("рус", "kk"), ("r" * 5000, "kk"),
    ],
)  # fmt: skip
def test_meet__the_clients_language_is_a_default_and_no_choice(hall, client, language):
    me = guest(hall, client_language=client)
    assert (me.language, me.chosen) == (language, False)


def test_meet__the_registers_language_goes_before_the_clients_and_a_choice_before_both(hall):
    hall.add_students(student("S1", language="ru"))
    me = link(hall, guest(hall, client_language="kk"), code_of(hall, "S1"))
    assert (hall.do(people.meet, 500, "kk").language, me.chosen) == ("ru", False)
    me = hall.do(people.choose_language, me, "kk")
    assert (me.language, me.chosen) == ("kk", True)
    assert hall.do(people.meet, 500, "ru").language == "kk"


def test_meet__a_member_of_staff_comes_with_their_roles(hall):
    me = hall.member("T1", Role.DEAN, Role.EXAMINER)
    assert (me.kind, me.roles) == (PersonKind.STAFF, {Role.DEAN, Role.EXAMINER})
    hall.add_staff(member("T1", Role.METHODIST))
    assert hall.do(people.meet, me.user_id, "").roles == {Role.METHODIST}, "a role lost is lost at once"


@pytest.mark.parametrize("language", ["en", "", "kk-KZ", "'; DROP TABLE accounts; --"])
def test_choose_language__one_that_we_do_not_speak_is_refused(hall, language):
    me = guest(hall)
    with refused("unknown_language"):
        hall.do(people.choose_language, me, language)
    assert not guest(hall).chosen


def test_account_that_is_gone__is_asked_to_start_again(hall):
    me = dataclasses.replace(guest(hall), user_id=999)
    with refused("start_again"):
        hall.do(people.choose_language, me, "kk")
    with refused("start_again"):
        hall.do(people.consent, me, 1)
    with refused("start_again"):
        link(hall, me, "a" * 26)


# Consent


def proof(hall, user_id=500):
    account = hall.sql(lambda uow: uow.people.account(user_id))
    return account.consent_version, account.consented_at, account.consent_update


def test_consent__its_proof_is_version_moment_and_update(hall):
    me = guest(hall)
    assert proof(hall) == (0, None, None)
    moment = hall.clock()
    assert hall.do(people.consent, me, 77).consented
    hall.clock.move(minutes=5)
    assert hall.do(people.consent, me, 78).consented
    assert proof(hall) == (1, moment, 77)
    assert audited(hall, "consent_given") == [{"version": 1}]


def test_consent__a_new_text_is_asked_for_anew(hall):
    me = guest(hall)
    hall.do(people.consent, me, 77)
    policy = dataclasses.replace(hall.office.policy, consent_version=2)
    office = dataclasses.replace(hall.office, policy=policy)
    assert not hall.sql(lambda uow: people.meet(uow, office, hall.clock(), 500, "")).consented
    assert hall.sql(lambda uow: people.consent(uow, office, hall.clock(), me, 79)).consented
    assert proof(hall)[::2] == (2, 79)


# Linking


@pytest.mark.parametrize(
    "shape", [str, str.upper, lambda code: f"  {code}\n"], ids=["as-is", "capitals", "spaces"]
)
def test_link__a_right_code_joins_the_account_to_the_person(hall, shape):
    hall.add_students(student("S1"))
    me = link(hall, guest(hall), shape(code_of(hall, "S1")))
    assert (me.ext_id, me.kind, me.name, me.group) == ("S1", PersonKind.STUDENT, "Студент S1", "АЖ-23-1")
    assert guest(hall) == me
    assert audited(hall, "account_linked") == [{"person": me.person_id}]


def test_link__a_students_and_a_members_same_id_are_two_people(hall):
    hall.add_students(student("7"))
    hall.add_staff(member("7"))
    of_staff = code_of(hall, "7", kind=PersonKind.STAFF)
    assert link(hall, guest(hall), of_staff).kind is PersonKind.STAFF
    assert link(hall, guest(hall, 501), code_of(hall, "7")).kind is PersonKind.STUDENT


@pytest.mark.parametrize(
    "code",
    ["", "x", "a" * 26, "a" * 65, "' OR '1'='1", "\x00" * 26, "\ud800", "ӘҒҚҢӨҰҮҺІ", "%" * 26, "2" * 100_000],
    ids=["empty", "short", "unknown", "65", "sql", "nul", "surrogate", "kazakh", "wildcards", "huge"],
)
def test_link__a_wrong_code_is_refused_and_gives_nothing(hall, code):
    hall.add_students(student("S1"))
    code_of(hall, "S1")
    with refused("code_wrong"):
        link(hall, guest(hall), code)
    assert guest(hall).person_id is None


def test_link__a_used_code_opens_nothing_though_its_account_is_gone(hall):
    hall.add_students(student("S1"))
    code = code_of(hall, "S1")
    link(hall, guest(hall, 500), code)
    hall.sql(lambda uow: uow.session.delete(uow.people.account(500)))
    with refused("code_used"):
        link(hall, guest(hall, 501), code)


def test_link__a_used_code_is_refused_for_everybody_else(hall):
    hall.add_students(student("S1"))
    code = code_of(hall, "S1")
    first = link(hall, guest(hall), code)
    with refused("code_used"):
        link(hall, guest(hall, 501), code)
    assert guest(hall, 501).person_id is None
    assert guest(hall) == first


def test_link__the_same_update_twice_is_once(hall):
    hall.add_students(student("S1"))
    code, me = code_of(hall, "S1"), guest(hall)
    assert link(hall, me, code, 7) == link(hall, me, code, 7) == guest(hall)
    assert len(audited(hall, "account_linked")) == 1


def test_link__a_rotated_code_stops_working_and_the_new_one_works(hall):
    hall.add_students(student("S1"))
    old, new = code_of(hall, "S1"), code_of(hall, "S1", rotate=True)
    assert old != new
    with refused("code_wrong"):
        link(hall, guest(hall), old)
    assert link(hall, guest(hall), new).ext_id == "S1"


def test_link__another_persons_code_does_not_change_who_one_is(hall):
    hall.add_students(student("S1"), student("S2"))
    one, other = code_of(hall, "S1"), code_of(hall, "S2")
    me = link(hall, guest(hall), one)
    with refused("already_linked") as caught:
        link(hall, me, other)
    assert caught.value.params == {"name": "Студент S1"}
    assert guest(hall).ext_id == "S1"
    assert link(hall, guest(hall, 501), other).ext_id == "S2", "and the code is not used up"


def test_link__somebody_linked_in_another_way_cannot_be_taken_over(hall):
    hall.add_students(student("S1"))
    code = code_of(hall, "S1")
    hall.join("S1")
    with refused("code_used"):
        link(hall, guest(hall), code)


def test_link__of_two_who_use_a_code_at_once_one_wins(hall):
    hall.add_students(student("S1"))
    code = code_of(hall, "S1")
    readers = [guest(hall, user_id) for user_id in range(500, 506)]

    def try_it(me):
        try:
            return link(hall, me, code, me.user_id).ext_id
        except Refusal as refusal:
            return refusal.code

    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(try_it, readers))
    assert sorted(results) == ["S1", *["code_used"] * 5]


def test_wrong_codes__five_in_an_hour_are_enough_even_before_a_right_one(hall):
    hall.add_students(student("S1"))
    code, me = code_of(hall, "S1"), guest(hall)
    for origin in range(1, 6):
        with refused("code_wrong"):
            link(hall, me, "a" * 26, origin)
        hall.do(people.note_wrong_code, me, origin)
        hall.clock.move(minutes=1)
    with refused("code_too_many"):
        link(hall, me, code, 6)
    with refused("code_wrong"):
        link(hall, me, "a" * 26, 5)  # the fifth one again, after a restart: the same answer as before
    hall.clock.move(minutes=55)
    with refused("code_too_many"):
        link(hall, me, code, 7)
    hall.clock.move(seconds=1)
    assert link(hall, me, code, 8).ext_id == "S1"


def test_wrong_codes__one_accounts_do_not_stop_another(hall):
    hall.add_students(student("S1"))
    code, me = code_of(hall, "S1"), guest(hall)
    for origin in range(9):
        hall.do(people.note_wrong_code, me, origin)
    assert link(hall, guest(hall, 501), code).ext_id == "S1"


def test_wrong_codes__the_same_update_counts_and_is_audited_once(hall):
    me = guest(hall)
    for _ in range(9):
        hall.do(people.note_wrong_code, me, 7)
    assert len(audited(hall, "code_refused")) == 1
    assert (
        hall.sql(lambda uow: uow.people.wrong_codes(me.account_id, hall.clock() - dt.timedelta(hours=1), 8))
        == 1
    )


# Invites


def test_invites__a_code_for_everybody_not_linked_and_the_same_again(hall):
    hall.add_students(student("S1"), student("S2", group="ИС-23-1"))
    hall.add_staff(member("T1"))
    hall.join("S1")
    issued = hall.do(people.issue_invites, secret=SECRET, bot_username="emtihan_bot")
    assert [(i.kind, i.ext_id, i.full_name) for i in issued] == [
        ("student", "S2", "Студент S2"),
        ("staff", "T1", "Қызметкер T1"),
    ]
    assert [i.link for i in issued] == [f"https://t.me/emtihan_bot?start={i.code}" for i in issued]
    assert hall.do(people.issue_invites, secret="ff" * 32, bot_username="emtihan_bot") == issued


def test_invites__of_a_register_or_a_group_only(hall):
    hall.add_students(student("S1"), student("S2", group="ИС-23-1"))
    hall.add_staff(member("T1"))

    def issued(**options):
        return [invite.ext_id for invite in hall.do(people.issue_invites, secret=SECRET, **options)]

    assert issued(kind=PersonKind.STUDENT) == ["S1", "S2"]
    assert issued(kind=PersonKind.STAFF) == ["T1"]
    assert issued(group="ИС-23-1") == ["S2"]
    assert issued(kind=PersonKind.STAFF, group="ИС-23-1") == []


def test_invites__have_no_link_while_the_bot_has_no_name(hall):
    hall.add_students(student("S1"))
    assert [i.link for i in hall.do(people.issue_invites, secret=SECRET)] == [""]
    assert hall.do(people.bot_username) == ""
    hall.do(people.remember_bot, "emtihan_bot")
    hall.do(people.remember_bot, "emtihan2_bot")
    assert hall.do(people.bot_username) == "emtihan2_bot"


def test_invites__only_a_fingerprint_of_a_code_is_kept(hall):
    hall.add_students(student("S1"))
    code = code_of(hall, "S1")
    invite = hall.sql(lambda uow: uow.session.scalar(select(Invite)))
    assert invite.code_hash == codes.fingerprint(code)
    kept = [str(getattr(invite, column.name)) for column in Invite.__table__.columns]
    assert not any(code in value for value in kept)


# Catching up with a warning


def running(hall, *students):
    """A written exam 9–11 of one group; the clock stands at 10:32, the first warning has been fired."""
    hall.member("T1")
    hall.add_students(*(student(ext_id) for ext_id in students))
    hall.add_exams(exam("E1", local("2026-12-21 09:00")))
    hall.clock.now = local("2026-12-21 10:30")
    hall.tick()
    hall.sent()
    hall.clock.now = local("2026-12-21 10:32")


def warned(hall, user_id=500):
    hall.tick()
    return [message.text for message in hall.sent() if message.user_id == user_id and "⏰" in message.text]


def test_catch_up__whoever_links_late_gets_the_warning_that_is_still_of_use(hall):
    running(hall, "S1")
    code = code_of(hall, "S1")
    link(hall, guest(hall), code)
    [text] = warned(hall)
    assert "28 минут" in text
    assert warned(hall) == []


def test_catch_up__whoever_links_after_the_next_is_due_gets_only_that(hall):
    running(hall, "S1")
    code = code_of(hall, "S1")
    hall.clock.now = local("2026-12-21 10:41")
    link(hall, guest(hall), code)
    [text] = warned(hall)
    assert "19 минут" in text


def test_catch_up__whoever_links_after_the_end_gets_none(hall):
    running(hall, "S1")
    code = code_of(hall, "S1")
    hall.clock.now = local("2026-12-21 11:00")
    link(hall, guest(hall), code)
    assert warned(hall) == []


def blocked(hall, me):
    hall.do(people.set_blocked, me.user_id, True)
    assert me.person_id not in hall.sql(lambda uow: uow.people.reachable([me.person_id]))


@pytest.mark.parametrize("news", ["membership", "message", "both"])
def test_catch_up__whoever_unblocks_gets_it_however_we_hear_of_it_and_once(hall, news):
    hall.add_students(student("S1"))
    me = hall.join("S1")
    blocked(hall, me)
    running(hall)
    if news != "message":
        hall.do(people.set_blocked, me.user_id, False)
    if news != "membership":
        guest(hall, me.user_id)
    [text] = warned(hall, me.user_id)
    assert "28 минут" in text
    assert warned(hall, me.user_id) == []


def test_catch_up__one_blocked_after_the_warning_was_written_down_is_missed_then_told(hall):
    hall.add_students(student("S1"))
    me = hall.join("S1")
    hall.member("T1")
    hall.add_exams(exam("E1", local("2026-12-21 09:00")))
    hall.clock.now = local("2026-12-21 10:30")
    hall.wire.blocked.add(me.user_id)
    hall.tick()
    lines = [line for line in hall.do(outbox.register) if line.kind == "warning"]
    assert [(line.ext_id, line.state) for line in lines] == [("S1", "unreachable")]
    hall.wire.blocked.clear()
    hall.clock.now = local("2026-12-21 10:35")
    hall.do(people.set_blocked, me.user_id, False)
    [text] = warned(hall, me.user_id)
    assert "25 минут" in text


def test_blocked__the_moment_is_that_of_the_first_news(hall):
    hall.add_students(student("S1"))
    me = hall.join("S1")
    moment = hall.clock()
    blocked(hall, me)
    hall.clock.move(minutes=5)
    blocked(hall, me)
    assert hall.sql(lambda uow: uow.people.account(me.user_id).blocked_at) == moment


def test_blocked__by_somebody_unknown_is_nothing(hall):
    hall.do(people.set_blocked, 12345, True)
    assert hall.sql(lambda uow: uow.people.account(12345)) is None
