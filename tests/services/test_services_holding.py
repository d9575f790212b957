"""Who holds a report: the last one of a chain is not let go; one person is chosen among those who can."""

from bot.rules.casework import ORDER, TAKEN, WAITING
from bot.rules.decisions import Ruling, Verdict
from bot.rules.vocabulary import Role
from bot.services import cases, decisions, holding
from bot.storage.tables import Absence
from tests.support.clock import local
from tests.support.refusals import refused
from tests.support.running import NINE, reported, running
from tests.support.scenes import scene


@scene
def faculty(hall):
    """A running exam until eleven; examiner, two methodists, dean and administrator with accounts."""
    running(hall, methodist="T2", dean="T4", admin="T7")
    hall.other = hall.member("T3", Role.METHODIST, department="")
    return reported(hall)


def row(hall):
    return hall.sql(lambda uow: uow.cases.get(hall.case))


def did(hall, action):
    events = hall.sql(lambda uow: uow.cases.events(hall.case))
    return [event.detail for event in events if event.action == action]


def take(hall, me, **more):
    hall.do(holding.take, me, hall.case, hall.origin(), **more)


def referred(hall):
    take(hall, hall.examiner)
    hall.do(decisions.decide, hall.examiner, hall.case, hall.origin(), Ruling(Verdict.REFER))
    hall.tick()


def heard(hall, me, part):
    return [message for message in hall.sent() if message.user_id == me.user_id and part in message.text]


def test_dean__who_takes_a_referred_report_promises_the_order_by_its_own_deadline(faculty):
    referred(faculty)
    take(faculty, faculty.dean)
    shown = faculty.do(cases.show, faculty.dean, faculty.case)
    assert shown.promise.what == "give_order"
    assert shown.promise.due == faculty.clock() + faculty.office.policy.force_majeure.order
    with refused("unknown_promise"):
        faculty.do(holding.promise, faculty.dean, faculty.case, faculty.origin(), "admit")
    faculty.forward(hours=20, step_seconds=1800)
    assert row(faculty).holder_id == faculty.dean.person_id, "five minutes are not a dean's"
    assert len(did(faculty, "reminded")) == 5, "every four hours, not every ten minutes"


def test_referred__report_is_no_longer_held_by_who_referred_it(faculty):
    referred(faculty)
    for work in (holding.take, holding.take_over):
        with refused("not_yours"):
            faculty.do(work, faculty.examiner, faculty.case, faculty.origin())
    assert (row(faculty).state, row(faculty).holder_id) == (WAITING, None)


def test_dean__late_is_reminded_then_raised_to_the_administrator_and_keeps_the_report(faculty):
    referred(faculty)
    take(faculty, faculty.dean)
    faculty.sent()
    faculty.forward(hours=24, minutes=1, step_seconds=3600)
    assert (row(faculty).state, row(faculty).stage) == (TAKEN, ORDER)
    assert row(faculty).holder_id == faculty.dean.person_id
    got = faculty.sent()
    assert any(m.user_id == faculty.dean.user_id and "Уәде еткен мерзім өтті" in m.text for m in got)
    assert not any(m.user_id == faculty.admin.user_id and "екінші рет" in m.text for m in got)
    faculty.forward(hours=4, minutes=5, step_seconds=3600)
    assert heard(faculty, faculty.admin, "екінші рет")
    assert row(faculty).holder_id == faculty.dean.person_id
    assert [detail["reason"] for detail in did(faculty, "raised")] == ["case_late"]
    faculty.forward(hours=12, step_seconds=3600)
    assert len(did(faculty, "raised")) == 1, "raised once for one holding"
    faculty.do(holding.take_over, faculty.admin, faculty.case, faculty.origin())
    assert row(faculty).holder_id == faculty.admin.person_id


def test_examiner__with_somebody_behind_them_loses_the_report_at_once(faculty):
    take(faculty, faculty.examiner)
    faculty.forward(minutes=6, step_seconds=60)
    assert row(faculty).state == WAITING
    assert did(faculty, "lapsed")


def test_seats__are_those_who_can_be_told_now(faculty):
    take(faculty, faculty.examiner)

    def leave(uow):
        away = Absence(
            person_id=faculty.methodist.person_id,
            stands_in_id=faculty.dean.person_id,
            from_at=NINE,
            until_at=local("2026-12-22 09:00"),
        )
        uow.absences.add(away)

    faculty.sql(leave)
    faculty.wire.blocked.add(faculty.other.user_id)
    number, seats = faculty.do(holding.seats, faculty.examiner, faculty.case)
    assert number == row(faculty).number
    assert [(seat.role, [name for _, name in seat.people]) for seat in seats] == [
        ("methodist", ["Қызметкер T4", "Қызметкер T3"]),
        ("dean", ["Қызметкер T4"]),
        ("admin", ["Қызметкер T7"]),
    ]
    with refused("not_yours"):
        faculty.do(holding.seats, faculty.dean, faculty.case)


def test_hand_over__to_one_person_of_a_step(faculty):
    take(faculty, faculty.examiner)
    _, seats = faculty.do(holding.seats, faculty.examiner, faculty.case)
    chosen = faculty.other.person_id
    assert chosen in dict(seats[0].people)
    faculty.sent()
    faculty.do(
        holding.hand_over, faculty.examiner, faculty.case, faculty.origin(), seats[0].step, person_id=chosen
    )
    faculty.tick()
    got = faculty.sent()
    assert any(m.user_id == faculty.other.user_id and "Форс-мажор" in m.text for m in got)
    assert not any(m.user_id == faculty.methodist.user_id for m in got)
    take(faculty, faculty.other)
    assert row(faculty).holder_id == chosen
    with refused("case_moved"):
        step = len(row(faculty).chain) - 1
        faculty.do(holding.hand_over, faculty.other, faculty.case, faculty.origin(), step, person_id=chosen)
