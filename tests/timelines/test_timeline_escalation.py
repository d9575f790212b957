"""A report that nobody takes climbs its chain, five minutes a step; each hears once; taking it stops it."""

import pytest

from bot.rules.people import Me
from bot.rules.vocabulary import Attestation, Role
from bot.services import cases
from bot.storage.tables import CaseTimer
from bot.storage.unit import UnitOfWork
from bot.wire import ApiRefused
from tests.support.hall import Hall
from tests.support.people import exam, member
from tests.support.timelines import at, nothing_until, to

CARD, CLIMBED = "Форс-мажор", "жауап болмады"
CHAIN = {
    "T1": Role.EXAMINER,
    "T2": Role.METHODIST,
    "T3": Role.REGISTRAR,
    "T4": Role.DEPUTY_DEAN,
    "T5": Role.DEAN,
    "T6": Role.CALL_CENTER,
    "T7": Role.ADMIN,
}
UNIVERSITY = (Role.REGISTRAR, Role.CALL_CENTER, Role.ADMIN)


def appoint(hall: Hall, *without: str) -> dict[str, Me]:
    """Everybody of the chain, linked; those of the whole university have no faculty."""
    present = {}
    for ext_id, role in CHAIN.items():
        if ext_id not in without:
            place = {"faculty": ""} if role in UNIVERSITY else {}
            department = {} if role is Role.EXAMINER else {"department": ""}
            present[ext_id] = hall.member(ext_id, role, **place, **department)
    return present


def report(hall: Hall, me: Me, trouble: str = "internet", exam_id: str | None = "E1") -> int:
    number = hall.sql(lambda uow: uow.exams.by_ext()[exam_id].id) if exam_id else None
    found: int = hall.do(cases.file, me, trouble, number, hall.origin()).id
    hall.tick()
    return found


@pytest.fixture
def student(hall: Hall) -> Me:
    return hall.student()


@pytest.fixture
def staff(hall: Hall, student: Me) -> dict[str, Me]:
    """The whole chain, and an exam until eleven."""
    present = appoint(hall)
    hall.add_exams(exam("E1", at("09:00")))
    return present


def test_silence__climbs_to_the_end_and_then_rests(hall: Hall, student: Me, staff: dict[str, Me]) -> None:
    report(hall, student)
    hall.expect((staff["T1"], CARD))
    for minutes, ext_id in zip(range(5, 35, 5), ("T2", "T3", "T4", "T5", "T6", "T7"), strict=True):
        nothing_until(hall, f"08:{minutes - 1:02}:59", step_seconds=60)
        to(hall, f"08:{minutes:02}")
        hall.expect((staff[ext_id], CARD), (student, CLIMBED))
    nothing_until(hall, "08:44:59", step_seconds=60)


def test_taken__stops_the_climb_and_everybody_told_learns_it(
    hall: Hall, student: Me, staff: dict[str, Me]
) -> None:
    number = report(hall, student)
    to(hall, "08:06", step_seconds=30)
    hall.expect((staff["T1"], CARD), (staff["T2"], CARD), (student, CLIMBED))
    hall.do(cases.take, staff["T2"], number, hall.origin())
    hall.tick()
    hall.expect((student, "қабылдаған"), (student, "Уәдесі"), (staff["T1"], "Қызметкер T2"))
    nothing_until(hall, "08:10:59", step_seconds=60)


def test_nobody_reachable__is_passed_over_at_once(hall: Hall, student: Me) -> None:
    staff = appoint(hall, "T1", "T2")
    hall.add_staff(member("T1"), member("T2", Role.METHODIST, department=""))
    hall.add_exams(exam("E1", at("09:00")))
    report(hall, student)
    hall.expect((staff["T3"], CARD))
    to(hall, "08:05")
    hall.expect((staff["T4"], CARD), (student, CLIMBED))


def test_blocked__found_out_when_sending_passes_on_at_once(
    hall: Hall, student: Me, staff: dict[str, Me]
) -> None:
    hall.wire.failures[staff["T1"].user_id] = [ApiRefused(403, "Forbidden: bot was blocked by the user")]
    report(hall, student)
    hall.tick()
    hall.expect((staff["T2"], CARD), (student, "Хабарланды: әдіскер"))


def test_one_of_two__blocked_leaves_the_step_to_the_other(hall: Hall, student: Me) -> None:
    first, second = hall.member("T1"), hall.member("T9")
    methodist = hall.member("T2", Role.METHODIST, department="")
    hall.add_exams(exam("E1", at("09:00"), examiners=("T1", "T9")))
    hall.wire.failures[first.user_id] = [ApiRefused(403, "Forbidden: bot was blocked by the user")]
    report(hall, student)
    hall.tick()
    hall.expect((second, CARD))
    to(hall, "08:05")
    hall.expect((methodist, CARD), (student, CLIMBED))


def test_two_roles__of_one_person_bring_one_card_and_no_lost_time(hall: Hall, student: Me) -> None:
    both = hall.member("T1", Role.EXAMINER, Role.METHODIST)
    registrar = hall.member("T3", Role.REGISTRAR, faculty="", department="")
    hall.add_exams(exam("E1", at("09:00")))
    report(hall, student)
    hall.expect((both, CARD))
    to(hall, "08:05")
    hall.expect((registrar, CARD), (student, CLIMBED))
    nothing_until(hall, "08:24:59", step_seconds=60)


def test_two_reports__climb_each_by_its_own_clock(hall: Hall, student: Me, staff: dict[str, Me]) -> None:
    other = hall.student("S2")
    report(hall, student)
    to(hall, "08:02")
    report(hall, other)
    hall.sent()
    to(hall, "08:05")
    hall.expect((staff["T2"], CARD), (student, CLIMBED))
    to(hall, "08:07")
    hall.expect((staff["T2"], CARD), (other, CLIMBED))


def test_down__over_a_step_the_next_is_told_late_but_once(
    hall: Hall, student: Me, staff: dict[str, Me]
) -> None:
    report(hall, student)
    hall.sent()
    hall.clock.move(minutes=12)
    hall.tick()
    hall.tick()
    hall.expect((staff["T2"], CARD), (student, CLIMBED))
    nothing_until(hall, "08:16:59", step_seconds=30)
    to(hall, "08:17")
    hall.expect((staff["T3"], CARD), (student, CLIMBED))


def test_final__attestation_goes_to_the_secretary_then_the_chair(hall: Hall, student: Me) -> None:
    hall.member("T1")
    secretary = hall.member("T2", Role.SECRETARY, faculty="", department="")
    chair = hall.member("T3", Role.COMMISSION_CHAIR, faculty="", department="")
    hall.add_exams(exam("E1", at("09:00"), attestation=Attestation.FINAL))
    report(hall, student)
    hall.expect((secretary, CARD))
    to(hall, "08:05")
    hall.expect((chair, CARD), (student, CLIMBED))


def test_staff__reports_go_their_own_way(hall: Hall) -> None:
    examiner = hall.member("T1")
    head = hall.member("T2", Role.HEAD_OF_DEPARTMENT)
    methodist = hall.member("T3", Role.METHODIST, department="")
    hall.add_exams(exam("E1", at("09:00"), groups=(), examiners=("T1",)))
    report(hall, examiner)
    hall.expect((head, CARD))
    to(hall, "08:05")
    hall.expect((methodist, CARD), (examiner, CLIMBED))


def test_no_chain__at_all_the_reporter_is_told_to_call(hall: Hall, student: Me) -> None:
    hall.add_exams(exam("E1", at("09:00"), examiners=()))
    number = report(hall, student)
    hall.expect()
    shown = hall.do(cases.show, student, number)
    assert shown.nobody
    nothing_until(hall, "08:40", step_seconds=60)


def test_nobody__after_all_is_told_to_the_reporter(hall: Hall, student: Me) -> None:
    examiner = hall.member("T1")
    hall.add_exams(exam("E1", at("09:00")))
    hall.wire.blocked.add(examiner.user_id)
    report(hall, student)
    hall.tick()
    (message,) = hall.expect((student, "ешкімге жеткізе алмадық"))
    assert CLIMBED not in message.text
    assert "Қызметкер T1" not in message.text
    nothing_until(hall, "08:40", step_seconds=60)


def test_newer_rule__is_left_to_the_program_that_knows_it(
    hall: Hall, student: Me, staff: dict[str, Me]
) -> None:
    """While a new version runs beside this one, its timers are no failure here and stay set."""
    report(hall, student)

    def timer(uow: UnitOfWork) -> CaseTimer:
        return uow.session.query(CaseTimer).filter(CaseTimer.state == "pending").one()

    def rename(uow: UnitOfWork) -> None:
        timer(uow).rule = "of_the_next_version:7"

    hall.sql(rename)
    hall.forward(minutes=6)
    left = hall.sql(timer)
    assert left.rule == "of_the_next_version:7"
    assert left.due_at > hall.clock()
