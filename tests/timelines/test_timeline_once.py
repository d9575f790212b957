"""Nobody gets anything twice: not by repeated ticks, not by two processes, not when the clock jumps."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from bot.clock import zone
from bot.rules.people import Me
from bot.rules.vocabulary import Role
from bot.services import cases, outbox, timers
from bot.storage.tables import Notice, Reminder
from tests.support.hall import DeskAtHand, Hall
from tests.support.people import exam
from tests.support.timelines import at, jump, nothing_until, to


@pytest.fixture
def crowd(hall: Hall) -> list[Me]:
    """Four students of an exam until eleven, one minute before their first warning."""
    students = [hall.student(f"S{n}") for n in range(4)]
    hall.member()
    hall.add_exams(exam("E1", at("09:00")))
    to(hall, "10:29", step_seconds=300)
    hall.sent()
    return students


def test_ticks__however_many_send_once(hall: Hall, crowd: list[Me]) -> None:
    jump(hall, "10:30")
    for _ in range(20):
        hall.tick()
    hall.expect(*((me, "30 минут қалды") for me in crowd))


def test_clock__back_an_hour_repeats_nothing_and_goes_on(hall: Hall, crowd: list[Me]) -> None:
    jump(hall, "10:30")
    hall.sent()
    hall.clock.move(hours=-1)
    for _ in range(3):
        hall.tick()
    hall.expect()
    nothing_until(hall, "10:39:59", step_seconds=120)
    to(hall, "10:40")
    hall.expect(*((me, "20 минут қалды") for me in crowd))


def test_clock__forward_and_back_leaves_the_warnings_as_they_were(hall: Hall, crowd: list[Me]) -> None:
    hall.clock.move(seconds=-600)
    hall.tick()
    hall.expect()
    nothing_until(hall, "10:29:59", step_seconds=60)
    to(hall, "10:30")
    hall.expect(*((me, "30 минут қалды") for me in crowd))


def test_zone__whose_data_change_moves_no_deadline(hall: Hall, crowd: list[Me]) -> None:
    due = hall.sql(lambda uow: {row.id: row.due_at for row in uow.session.scalars(select(Reminder))})
    other = dataclasses.replace(hall.office, zone=zone("Asia/Omsk"))
    hall.desk = DeskAtHand(hall.base.database, other, hall.clock)
    hall.do(timers.follow_policy)
    assert hall.sql(lambda uow: {row.id: row.due_at for row in uow.session.scalars(select(Reminder))}) == due
    jump(hall, "10:30")
    left = [message for message in hall.sent() if "30" in message.text]
    assert sorted(message.user_id for message in left) == sorted(me.user_id for me in crowd)


def test_clock__forward_over_the_lease_of_what_is_on_its_way_sends_it_once(
    hall: Hall, crowd: list[Me]
) -> None:
    def leaps(user: int) -> None:
        hall.wire.before = None
        hall.clock.move(minutes=2)
        hall.sql(lambda uow: uow.notices.sweep(hall.clock()))

    hall.wire.before = leaps
    jump(hall, "10:30")
    hall.tick()
    assert sorted(message.user_id for message in hall.sent()) == [me.user_id for me in crowd]


def test_import__again_and_again_owes_nothing_twice(hall: Hall, crowd: list[Me]) -> None:
    for _ in range(3):
        hall.add_exams(exam("E1", at("09:00")))
        jump(hall, "10:30")
    hall.expect(*((me, "30 минут қалды") for me in crowd))


def test_kill__between_claim_and_send_owes_it_again_after_the_lease(hall: Hall, crowd: list[Me]) -> None:
    hall.clock.now = at("10:30")
    hall.do(timers.fire)
    assert len(hall.do(outbox.claim, 100)) == len(crowd)
    hall.forward(seconds=59, step_seconds=10)
    hall.expect()
    hall.forward(seconds=11, step_seconds=5)
    hall.expect(*((me, "29 минут қалды") for me in crowd))


def test_two_processes__share_the_work_without_doubling_it(database_url: str) -> None:
    with Hall(database_url) as one, Hall(database_url) as two:
        students = [one.student(f"S{n}") for n in range(30)]
        methodist = one.member("T2", Role.METHODIST, department="")
        examiner = one.member("T1")
        one.add_exams(exam("E1", at("09:00")))
        exam_id = one.sql(lambda uow: uow.exams.by_ext()["E1"].id)
        one.do(cases.file, students[0], "internet", exam_id, 1)
        for hall in (one, two):
            hall.clock.now = at("10:30")
        with ThreadPoolExecutor(2) as both:
            for _ in range(3):
                list(both.map(Hall.tick, (one, two)))
        got = [message for hall in (one, two) for message in hall.sent()]
        warned = sorted(m.user_id for m in got if "30 минут қалды" in m.text)
        assert warned == sorted(me.user_id for me in students)
        cards = sorted(m.user_id for m in got if "Форс-мажор" in m.text)
        assert cards == sorted([methodist.user_id, examiner.user_id])
        states = one.sql(lambda uow: {row[0] for row in uow.session.query(Notice.state)})
        assert states <= {"sent", "skipped"}
