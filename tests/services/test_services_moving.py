"""Somebody writes from another Telegram account: what is theirs goes along, nothing stays behind."""

import pytest

from bot.rules.vocabulary import PersonKind, Role
from bot.services import administration, cases, helpdesk, people, talks, tickets
from tests.support.clock import local
from tests.support.people import exam, student
from tests.support.refusals import refused
from tests.support.scenes import scene

KEY = "00" * 32
NEW = 900


@scene
def faculty(hall):
    """A student in a running exam, with the examiner."""
    hall.do(people.keep_secret, KEY)
    hall.me = hall.student("S1", "ru")
    hall.examiner = hall.member("T1")
    hall.add_exams(exam("E1", local("2026-12-21 09:00")))
    hall.exam_id = hall.sql(lambda uow: uow.exams.by_ext()["E1"].id)
    hall.clock.now = local("2026-12-21 10:00")
    hall.tick()
    hall.sent()
    return hall


def guest(hall, user_id=NEW):
    return hall.do(people.meet, user_id, "ru")


def code_of(hall, ext_id="S1"):
    [issued] = hall.do(people.invite_again, ext_id, KEY)
    return issued.code


def moved(hall):
    return hall.do(people.link, guest(hall), code_of(hall), hall.origin())


def test_move__warnings_go_to_the_new_chat_and_the_old_one_is_told(faculty):
    me = moved(faculty)
    assert (me.user_id, me.ext_id, me.person_id) == (NEW, "S1", faculty.me.person_id)
    faculty.forward(minutes=30)
    faculty.expect((faculty.me, "другой аккаунт Telegram"), (me, "Осталось 30 минут"))
    assert guest(faculty, faculty.me.user_id).person_id is None


def test_move__a_report_that_waits_goes_on_with_its_student_in_the_new_chat(faculty):
    case = faculty.do(cases.file, faculty.me, "internet", faculty.exam_id, faculty.origin())
    faculty.tick()
    faculty.sent()
    me = moved(faculty)
    assert [one.number for one in faculty.do(cases.mine, me)] == [case.number]
    faculty.do(cases.take, faculty.examiner, case.id, faculty.origin())
    faculty.tick()
    heard = {message.user_id for message in faculty.sent() if case.number in message.text}
    assert heard == {NEW}
    with refused("link_first"):
        faculty.do(cases.mine, guest(faculty, faculty.me.user_id))


def test_move__what_could_not_reach_the_lost_account_is_owed_after_all(faculty):
    faculty.wire.blocked.add(faculty.me.user_id)
    faculty.clock.now = local("2026-12-21 10:30")
    faculty.tick()
    assert faculty.me.user_id not in {message.user_id for message in faculty.sent()}
    me = moved(faculty)
    faculty.tick()
    faculty.expect((me, "Осталось 30 минут"))


def test_move__a_code_is_used_once_and_the_ordinary_one_moves_nobody(faculty):
    [ordinary] = [one for one in faculty.sql(lambda uow: uow.people.find("S1")) if one.kind == "student"]
    code = code_of(faculty)
    faculty.do(people.link, guest(faculty), code, faculty.origin())
    with refused("code_used"):
        faculty.do(people.link, guest(faculty, 901), code, faculty.origin())
    assert guest(faculty).person_id == ordinary.id


def test_move__the_same_update_twice_moves_once(faculty):
    code, me, origin = code_of(faculty), guest(faculty), faculty.origin()
    faculty.do(people.link, me, code, origin)
    assert faculty.do(people.link, me, code, origin).user_id == NEW
    faculty.tick()
    assert [m.user_id for m in faculty.sent()] == [faculty.me.user_id]


def test_move__nothing_changes_until_the_code_is_used(faculty):
    code_of(faculty)
    faculty.forward(minutes=30)
    faculty.expect((faculty.me, "Осталось 30 минут"))


def test_move__there_and_back(faculty):
    moved(faculty)
    back = faculty.do(people.link, guest(faculty, faculty.me.user_id), code_of(faculty), faculty.origin())
    assert back.user_id == faculty.me.user_id
    faculty.forward(minutes=30)
    told = [(m.user_id, "Осталось" in m.text) for m in faculty.sent()]
    assert sorted(told) == [(faculty.me.user_id, True), (NEW, False)]


def test_move__what_a_guest_asked_of_the_help_desk_stays_in_their_chat(faculty):
    asked = guest(faculty)
    number = faculty.do(tickets.open_own, asked, "", faculty.origin()).id
    me = faculty.do(people.link, asked, code_of(faculty), faculty.origin())
    assert faculty.sql(lambda uow: uow.tickets.get(number).account_id) == me.account_id


@pytest.mark.parametrize("taken", ["", "own", "asked"])
def test_move__of_two_open_requests_one_stays_and_the_asker_hears_which(faculty, taken):
    helper = faculty.member("V1", Role.VOLUNTEER)
    numbers = {}
    for name, who in (("asked", guest(faculty)), ("own", faculty.me)):
        numbers[name] = faculty.do(tickets.open_own, who, "", faculty.origin()).id
        if name == taken:
            faculty.do(helpdesk.claim, helper, numbers[name])
    faculty.tick()
    faculty.sent()
    me = moved(faculty)
    stays = numbers["asked" if taken == "asked" else "own"]
    states = faculty.sql(lambda uow: {n: uow.tickets.get(n).state for n in numbers.values()})
    assert [n for n, state in states.items() if state != "resolved"] == [stays]
    faculty.tick()
    number = faculty.sql(lambda uow: uow.tickets.get(stays).number)
    said = [m.text for m in faculty.sent() if m.user_id == NEW and "два открытых обращения" in m.text]
    assert [number in text for text in said] == [True]
    assert faculty.do(tickets.open_own, me, "", faculty.origin()).id == stays


@pytest.mark.parametrize("taken", ["", "own", "asked"])
def test_move__of_two_open_requests_what_was_said_in_either_reaches_the_helper(faculty, taken):
    helper, numbers = faculty.member("V1", Role.VOLUNTEER), {}
    for name, who in (("asked", guest(faculty)), ("own", faculty.me)):
        numbers[name] = faculty.do(tickets.open_own, who, "", faculty.origin()).id
        if name == taken:
            faculty.do(helpdesk.claim, helper, numbers[name])
        for word in ("раз", "два"):
            origin, source = faculty.origin(), 70 if name == "asked" else 7
            faculty.do(talks.say, who, numbers[name], origin, text=f"{name} {word}", source_id=source)
    faculty.forward(seconds=10, step_seconds=1)
    me = moved(faculty)
    stays = numbers["asked" if taken == "asked" else "own"]
    if not taken:
        faculty.do(helpdesk.claim, helper, stays)
    faculty.forward(seconds=10, step_seconds=1)
    heard = [m.text.rpartition("\n")[2] for m in faculty.sent() if m.user_id == helper.user_id]
    first, second = ("asked", "own") if taken == "asked" else ("own", "asked")
    said = [text for text in heard if text.partition(" ")[0] in numbers]
    assert said == [f"{name} {word}" for name in (first, second) for word in ("раз", "два")]
    faculty.do(talks.edit, me, 70, "asked три")
    kept = faculty.sql(lambda uow: [row.text for row in uow.talks.of(stays)])
    assert "asked три" in kept


def test_move__a_person_linked_to_somebody_else_is_not_taken(faculty):
    other = faculty.student("S2")
    with refused("already_linked"):
        faculty.do(people.link, other, code_of(faculty), faculty.origin())


def test_one_code__of_who_is_not_linked_yet_is_their_own(faculty):
    faculty.add_students(student("S3"))
    issued = {one.ext_id: one.code for one in faculty.do(people.issue_invites, secret=KEY)}
    assert code_of(faculty, "S3") == issued["S3"]


def test_one_code__is_the_administrators_of_the_faculty(faculty):
    admin = faculty.member("A1", Role.ADMIN)
    [one] = faculty.do(administration.one_code, admin, " S1 ", KEY)
    assert (one.kind, one.ext_id) == (PersonKind.STUDENT.value, "S1")
    for who in ("S404", ""):
        with refused("no_such_person"):
            faculty.do(administration.one_code, admin, who, KEY)
    elsewhere = faculty.member("A2", Role.ADMIN, faculty="Басқа факультет", department="")
    with refused("no_such_person"):
        faculty.do(administration.one_code, elsewhere, "S1", KEY)
    with refused("admins_only"):
        faculty.do(administration.one_code, faculty.examiner, "S1", KEY)
