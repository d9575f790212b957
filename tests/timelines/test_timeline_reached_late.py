"""Somebody who can be reached again gets the warning that is still of use, and no older one."""

from bot.rules.people import Me
from bot.services import forgetting, people
from tests.support.hall import Hall
from tests.support.people import exam, student
from tests.support.timelines import at, jump, nothing_until, to


def running(hall: Hall, moment: str) -> None:
    hall.member()
    hall.add_exams(exam("E1", at("09:00")))
    to(hall, "10:29", step_seconds=300)
    hall.sent()
    to(hall, moment)
    hall.sent()


def guest(hall: Hall) -> Me:
    me: Me = hall.do(people.meet, 555, "kk")
    return me


def link(hall: Hall, ext_id: str) -> Me:
    """A guest uses the invite code of somebody in the registers."""
    issued = hall.do(people.issue_invites, secret="00" * 32)
    code = next(invite.code for invite in issued if invite.ext_id == ext_id)
    me: Me = hall.do(people.link, guest(hall), code, hall.origin())
    hall.tick()
    return me


def test_linked_late__gets_the_warning_with_the_true_minutes(hall: Hall) -> None:
    hall.add_students(student("S1"))
    running(hall, "10:33")
    me = link(hall, "S1")
    hall.expect((me, "27 минут қалды"))
    nothing_until(hall, "10:39:59")
    to(hall, "10:40")
    hall.expect((me, "20 минут қалды"))


def test_linked_late__the_superseded_one_stays_away(hall: Hall) -> None:
    hall.add_students(student("S1"))
    running(hall, "10:43")
    me = link(hall, "S1")
    hall.expect((me, "17 минут қалды"))


def test_linked_after_the_end__gets_nothing(hall: Hall) -> None:
    hall.add_students(student("S1"))
    running(hall, "11:01")
    link(hall, "S1")
    nothing_until(hall, "12:00", step_seconds=600)


def test_unblocked_by_writing__gets_the_warning_once(hall: Hall) -> None:
    me = hall.student("S1")
    hall.wire.blocked.add(me.user_id)
    running(hall, "10:33")
    hall.wire.blocked.clear()
    hall.do(people.meet, me.user_id, "")
    hall.do(people.meet, me.user_id, "")
    hall.tick()
    hall.expect((me, "27 минут қалды"))
    nothing_until(hall, "10:39:59")


def test_unblocked_in_telegram__gets_the_warning_at_once(hall: Hall) -> None:
    me = hall.student("S1")
    hall.do(people.set_blocked, me.user_id, True)
    running(hall, "10:33")
    hall.do(people.set_blocked, me.user_id, False)
    hall.tick()
    hall.expect((me, "27 минут қалды"))
    hall.do(people.meet, me.user_id, "")
    hall.tick()
    hall.expect()


def test_blocked_before__is_not_even_tried(hall: Hall) -> None:
    me = hall.student("S1")
    hall.do(people.set_blocked, me.user_id, True)
    tried: list[int] = []
    hall.wire.before = tried.append
    hall.add_exams(exam("E1", at("09:00"), examiners=()))
    to(hall, "11:05", step_seconds=150)
    assert tried == []


def test_forgotten__with_a_warning_ahead_leaves_nothing_owed(hall: Hall) -> None:
    me = hall.student("S1")
    running(hall, "10:29:30")
    jump(hall, "10:29:59")
    hall.do(forgetting.forget, me.ext_id)
    nothing_until(hall, "11:05", step_seconds=90)
    states = hall.sql(lambda uow: {notice.state for notice, *_ in uow.notices.register()})
    assert not states & {"pending", "sending"}
