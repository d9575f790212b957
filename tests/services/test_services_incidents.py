"""Many reports of one cause: one incident, one card a person, one decision for all, a record for each."""

import pytest

from bot.rules.auditing import Trouble
from bot.rules.casework import CLOSED, TAKEN
from bot.rules.decisions import Ruling, Verdict
from bot.rules.vocabulary import PersonKind, Role
from bot.services import auditor, cases, incident_desk, incidents
from tests.support.clock import local
from tests.support.people import exam, student
from tests.support.refusals import refused
from tests.support.scenes import scene

NINE = local("2026-12-21 09:00")


@scene
def faculty(hall):
    """Twelve students in a running exam, its examiner, the dean, the call centre and an administrator."""
    hall.add_students(*(student(f"S{n}") for n in range(12)))
    hall.readers = [hall.join(f"S{n}") for n in range(12)]
    hall.examiner = hall.member("T1")
    hall.methodist = hall.member("T2", Role.METHODIST, department="")
    hall.dean = hall.member("T4", Role.DEAN, department="")
    hall.centre = hall.member("T6", Role.CALL_CENTER, faculty="", department="")
    hall.admin = hall.member("T7", Role.ADMIN, faculty="", department="")
    hall.add_exams(exam("E1", NINE))
    hall.exam_id = hall.sql(lambda uow: uow.exams.by_ext()["E1"].id)
    hall.clock.now = local("2026-12-21 09:30")
    return hall


def file(hall, count, begin=0, trouble="electricity"):
    found = []
    for me in hall.readers[begin : begin + count]:
        found.append(hall.do(cases.file, me, trouble, hall.exam_id, hall.origin()))
        hall.clock.move(seconds=1)
    return found


def current(hall):
    return hall.do(incidents.current)


def decide_all(hall, me, incident, ruling):
    went = hall.do(incident_desk.decide_some, me, incident.id, hall.origin(), ruling)
    return went.did, went.refused


def of(messages, me):
    return [m for m in messages if m.user_id == me.user_id]


def test_fewer_than_the_policy_says__are_reports_of_their_own(faculty):
    file(faculty, 4)
    assert current(faculty) == []
    faculty.clock.move(minutes=10)
    file(faculty, 4, 4)
    assert current(faculty) == [], "those of ten minutes ago do not count"


def test_one_person_reporting_often__is_no_incident(faculty):
    for trouble in ("electricity", "internet", "conference", "lms"):
        faculty.do(cases.file, faculty.readers[0], trouble, faculty.exam_id, faculty.origin())
    file(faculty, 3, 1)
    assert current(faculty) == []


def test_devices__break_one_by_one(faculty):
    file(faculty, 8, trouble="device")
    assert current(faculty) == []


def test_five_within_ten_minutes__are_one_incident_told_at_once_to_dean_and_call_centre(faculty):
    file(faculty, 5)
    [incident] = current(faculty)
    assert (incident.scope, incident.total, incident.number) == ("exam", 5, "MI-26-00001")
    faculty.tick()
    got = faculty.sent()
    for me in (faculty.dean, faculty.centre):
        [card] = of(got, me)
        assert all(f"Студент S{n}" in card.text for n in range(5))
    assert len(of(got, faculty.examiner)) == 5, "four cards, then the incident's"


def test_further_reports__join_it_without_another_message(faculty):
    file(faculty, 5)
    faculty.tick()
    faculty.sent()
    joined = file(faculty, 6, 5)
    faculty.forward(seconds=10, step_seconds=1)
    got = faculty.sent()
    for me in (faculty.examiner, faculty.dean, faculty.centre):
        assert of(got, me), "the card is changed"
        assert all(message.edits is not None for message in of(got, me))
        assert len(of(got, me)) <= 4
    assert current(faculty)[0].total == 11
    assert faculty.do(cases.show, faculty.readers[5], joined[0].id).incident == "MI-26-00001"


def test_take_all_and_decide_all__each_keeps_its_own_record_and_gets_its_own_answer(faculty):
    filed = file(faculty, 7)
    [incident] = current(faculty)
    with refused("not_yours"):
        faculty.do(incident_desk.take_some, faculty.methodist, incident.id, 1)
    went = faculty.do(incident_desk.take_some, faculty.examiner, incident.id, faculty.origin())
    assert (went.did, went.after) == (7, None)
    assert {faculty.do(cases.show, faculty.examiner, case.id).state for case in filed} == {TAKEN}
    now = Ruling(Verdict.READMITTED)
    went = faculty.do(incident_desk.decide_some, faculty.dean, incident.id, faculty.origin(), now)
    assert (went.did, went.refused) == (0, 7), "the same day is the examiner's alone"
    went = faculty.do(incident_desk.decide_some, faculty.examiner, incident.id, faculty.origin(), now)
    assert (went.did, went.refused) == (7, 0)
    shown = [faculty.do(cases.show, faculty.examiner, case.id) for case in filed]
    assert {(case.state, case.outcome) for case in shown} == {(CLOSED, "readmitted")}
    faculty.sent()
    faculty.tick()
    got = faculty.sent()
    assert all(any("Шешім" in m.text for m in of(got, me)) for me in faculty.readers[:7])
    faculty.do(auditor.audit)
    assert current(faculty) == []


def test_same_day_for_all__one_time_each_its_own_record_answer_and_reminders(faculty):
    filed = file(faculty, 6)
    faculty.do(cases.take, faculty.examiner, filed[0].id, faculty.origin())
    [incident] = current(faculty)
    at = local("2026-12-21 15:00")
    for wrong, code in (
        (None, "time_past"),
        (NINE, "time_past"),
        (local("2026-12-22 09:00"), "time_not_today"),
    ):
        with refused(code):
            decide_all(faculty, faculty.examiner, incident, Ruling(Verdict.SAME_DAY, wrong))
    assert decide_all(faculty, faculty.dean, incident, Ruling(Verdict.SAME_DAY, at)) == (0, 6)
    faculty.tick()
    faculty.sent()
    assert decide_all(faculty, faculty.examiner, incident, Ruling(Verdict.SAME_DAY, at)) == (6, 0)
    rows = [faculty.sql(lambda uow, key=case.id: uow.cases.get(key)) for case in filed]
    assert {(row.state, row.outcome, row.data["at"]) for row in rows} == {
        (CLOSED, "same_day", at.isoformat())
    }
    assert len({row.number for row in rows}) == 6
    logged = [
        faculty.sql(lambda uow, key=case.id: [e.action for e in uow.cases.events(key)]) for case in filed
    ]
    assert all(actions.count("decided") == 1 for actions in logged)
    faculty.tick()
    got = faculty.sent()
    for me in faculty.readers[:6]:
        assert any("15:00" in message.text for message in of(got, me))
    assert not any("15:00" in message.text for me in faculty.readers[6:] for message in of(got, me))
    faculty.clock.now = local("2026-12-21 16:31")
    faculty.tick()
    got = faculty.sent()
    assert all(any("қалды" in message.text for message in of(got, me)) for me in faculty.readers[:6])


def test_same_day_for_all__of_two_exams_each_examiner_decides_their_own(faculty):
    other = faculty.member("T8")
    faculty.add_students(*(student(f"Q{n}", group="G2") for n in range(2)))
    faculty.add_exams(exam("E2", NINE, examiners=("T8",), groups=("G2",)))
    second = faculty.sql(lambda uow: uow.exams.by_ext()["E2"].id)
    for n in range(2):
        me = faculty.join(f"Q{n}", PersonKind.STUDENT)
        faculty.do(cases.file, me, "lms", second, faculty.origin())
    file(faculty, 4, trouble="lms")
    [incident] = current(faculty)
    today = Ruling(Verdict.SAME_DAY, local("2026-12-21 15:00"))
    assert decide_all(faculty, other, incident, today) == (2, 4)
    assert decide_all(faculty, faculty.examiner, incident, today) == (4, 0)


def test_a_new_report_after_the_end__begins_anew(faculty):
    file(faculty, 5)
    [incident] = current(faculty)
    faculty.do(incident_desk.decide_some, faculty.examiner, incident.id, 5, Ruling(Verdict.READMITTED))
    faculty.do(auditor.audit)
    file(faculty, 1, 6)
    assert current(faculty) == []


def test_platform__broken_in_five_faculties_is_one_incident(faculty):
    for n in range(5):
        faculty.add_students(student(f"P{n}", group=f"G{n}", faculty=f"F{n}"))
        me = faculty.join(f"P{n}", PersonKind.STUDENT)
        faculty.do(cases.file, me, "lms", None, faculty.origin())
    assert [(found.scope, found.key) for found in current(faculty)] == [("platform", "lms")]


# The auditor


def test_auditor__finds_mends_and_raises_what_would_never_go_on(faculty):
    [case] = file(faculty, 1)
    faculty.tick()
    faculty.sent()
    assert faculty.do(auditor.audit) == 0
    faculty.sql(lambda uow: uow.case_timers.stop(uow.cases.get(case.id)))
    assert faculty.do(auditor.audit) == 1
    assert faculty.do(auditor.troubles) == ((Trouble.NO_TIMER, 1),)
    assert faculty.do(auditor.audit) == 0, "raised once"
    assert faculty.sql(lambda uow: set(uow.case_timers.pending(case.id))) == {"round"}
    faculty.do(auditor.audit)
    assert faculty.do(auditor.troubles) == ()


def test_auditor__a_holder_who_is_gone_puts_the_report_back(faculty):
    [case] = file(faculty, 1)
    faculty.do(cases.take, faculty.examiner, case.id, faculty.origin())

    def vanish(uow):
        uow.cases.get(case.id).holder_id = None

    faculty.sql(vanish)
    assert faculty.do(auditor.audit) == 1
    assert faculty.do(cases.show, faculty.examiner, case.id).state == "waiting"


def test_auditor__the_administrator_sees_it_and_sees_it_clear(faculty):
    [case] = file(faculty, 1)
    faculty.sql(lambda uow: uow.case_timers.stop(uow.cases.get(case.id)))
    faculty.do(auditor.audit)
    faculty.tick()
    assert any(case.number in message.text for message in of(faculty.sent(), faculty.admin))


SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what does not depend on the database."""


@SQLITE
@pytest.mark.parametrize("verdict", [Verdict.ORDER, Verdict.REFUSED, Verdict.SOLVED])
def test_decide__only_what_can_be_said_of_all_alike(faculty, verdict):
    file(faculty, 5)
    [incident] = current(faculty)
    with refused("not_now"):
        decide_all(faculty, faculty.examiner, incident, Ruling(verdict))
    assert {case.state for case in faculty.sql(lambda uow: uow.incidents.cases(incident.id))} == {"waiting"}


@SQLITE
def test_take__only_the_reports_that_the_reader_was_told_of(faculty):
    found = file(faculty, 5)
    [incident] = current(faculty)

    def forget(uow):
        case = uow.cases.get(found[0].id)
        uow.cases.lose(case, faculty.examiner.person_id, faculty.clock())

    faculty.sql(forget)
    went = faculty.do(incident_desk.take_some, faculty.examiner, incident.id, faculty.origin())
    assert (went.did, went.after) == (4, None)
    assert faculty.sql(lambda uow: uow.cases.get(found[0].id).state) == "waiting"


@SQLITE
def test_card__that_cannot_be_delivered_sends_every_report_on_to_the_next(faculty):
    found = file(faculty, 5)
    [incident] = current(faculty)
    faculty.wire.blocked.add(faculty.examiner.user_id)
    faculty.tick()
    for case in found:
        told = faculty.sql(lambda uow, case=case: uow.cases.told(uow.cases.get(case.id)))
        assert faculty.examiner.person_id not in told
        assert faculty.methodist.person_id in told
    assert incident.total == 5
