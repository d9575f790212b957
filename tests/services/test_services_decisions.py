"""A report comes to its decision: by whom the source gives it to, and with what follows."""

import datetime as dt

import pytest

from bot.rules.casework import CLOSED, ORDER, TAKEN, WAITING
from bot.rules.decisions import Ruling, Verdict
from bot.rules.vocabulary import Attestation, ExamKind, Role
from bot.services import behalf, cases, decisions, holding, outages, people
from bot.storage.tables import Absence
from tests.support.clock import local
from tests.support.people import exam, student
from tests.support.refusals import refused
from tests.support.running import NINE, running
from tests.support.scenes import scene


@scene
def faculty(hall):
    """A running exam until eleven; examiner, methodist and dean with accounts."""
    return running(hall, methodist="T2", dean="T4")


def file(hall, me=None, trouble="internet", about=...):
    about = hall.exam_id if about is ... else about
    return hall.do(cases.file, me or hall.reader, trouble, about, hall.origin())


def look(hall, case):
    return hall.sql(lambda uow: uow.cases.get(case.id))


def timers(hall, case):
    return hall.sql(lambda uow: set(uow.case_timers.pending(case.id)))


def decide(hall, me, case, ruling, **more):
    return hall.do(decisions.decide, me, case.id, hall.origin(), ruling, **more)


def texts(hall, me):
    return [m.text for m in hall.sent() if m.user_id == me.user_id]


TODAY = Ruling(Verdict.SAME_DAY, at=local("2026-12-21 15:00"))
NOW = Ruling(Verdict.READMITTED)


def test_same_day__is_the_examiners_alone_and_plans_the_students_reminders_anew(faculty):
    case = file(faculty)
    faculty.clock.move(minutes=6)
    faculty.tick()
    for me in (faculty.methodist,):
        with refused("decides_examiner"):
            decide(faculty, me, case, TODAY)
    with refused("not_yours"):
        decide(faculty, faculty.dean, case, TODAY)
    with refused("staff_only"):
        decide(faculty, faculty.reader, case, TODAY)
    decide(faculty, faculty.examiner, case, TODAY)
    row = look(faculty, case)
    assert (row.state, row.outcome, timers(faculty, case)) == (CLOSED, "same_day", set())
    faculty.sent()
    faculty.tick()
    got = faculty.sent()
    assert [m.user_id for m in got if "15:00" in m.text and m.edits is None] == [
        faculty.reader.user_id,
        faculty.methodist.user_id,
    ]
    faculty.forward(hours=1, minutes=20, step_seconds=60)
    assert texts(faculty, faculty.reader) == [], "the warnings of the first sitting are not this student's"
    faculty.forward(hours=6, step_seconds=60)
    heard = [text.split("\n")[0] for text in texts(faculty, faculty.reader)]
    assert len([text for text in heard if "15:00" in text]) == 2
    assert [text for text in heard if "қалды" in text] == [
        "⏰ <b>30 минут қалды</b>",
        "⏰ <b>20 минут қалды</b>",
        "⏰ <b>10 минут қалды</b>",
    ]


def test_readmitted__goes_on_in_the_running_exam_with_its_warnings(faculty):
    case = file(faculty)
    decide(faculty, faculty.examiner, case, NOW)
    faculty.tick()
    faculty.sent()
    faculty.forward(hours=1, minutes=1, step_seconds=60)
    assert any("30 минут қалды" in text for text in texts(faculty, faculty.reader))


@pytest.mark.parametrize(
    ("ruling", "code"),
    [
        (Ruling(Verdict.SAME_DAY), "time_past"),
        (Ruling(Verdict.SAME_DAY, at=local("2026-12-21 09:30")), "time_past"),
        (Ruling(Verdict.SAME_DAY, at=local("2026-12-22 00:00")), "time_not_today"),
        (Ruling(Verdict.ORDER, at=local("2026-12-28 10:00"), number="12"), "not_now"),
        (Ruling(Verdict.REFUSED, reason="жоқ"), "not_now"),
        (Ruling(Verdict.RESUMED), "not_now"),
        (Ruling(Verdict.SOLVED), "decides_holder"),
    ],
)
def test_examiner__cannot_decide_what_is_not_theirs_or_not_whole(faculty, ruling, code):
    case = file(faculty)
    with refused(code):
        decide(faculty, faculty.examiner, case, ruling)
    assert look(faculty, case).state == WAITING


def test_referred__the_dean_orders_another_day_on_the_students_application(faculty):
    case = file(faculty)
    faculty.do(holding.take, faculty.examiner, case.id, faculty.origin())
    decide(faculty, faculty.examiner, case, Ruling(Verdict.REFER))
    row = look(faculty, case)
    assert (row.state, row.stage, row.holder_id) == (WAITING, ORDER, None)
    faculty.tick()
    got = faculty.sent()
    assert any(m.user_id == faculty.dean.user_id and case.number in m.text for m in got)
    assert any(m.user_id == faculty.reader.user_id and "өтініш" in m.text.lower() for m in got)
    with refused("not_yours"):
        faculty.do(decisions.apply, faculty.student("S2"), case.id, faculty.origin())
    faculty.do(decisions.apply, faculty.reader, case.id, faculty.origin())
    order = Ruling(Verdict.ORDER, at=local("2026-12-28 10:00"), number="12-ө")
    with refused("decides_dean"):
        decide(faculty, faculty.examiner, case, order)
    with refused("order_number"):
        decide(faculty, faculty.dean, case, Ruling(Verdict.ORDER, at=order.at))
    decide(faculty, faculty.dean, case, order)
    row = look(faculty, case)
    assert (row.state, row.outcome, row.data["order"]) == (CLOSED, "order", "12-ө")
    faculty.tick()
    kept = faculty.sql(lambda uow: [(f.role, f.type) for f in uow.files.of_case(case.id)])
    assert {role for role, _ in kept} == {"student_application", "dean_order"}
    assert any("28 желтоқсан, 10:00" in text and "12-ө" in text for text in texts(faculty, faculty.reader))


def test_refused__says_why_and_only_the_dean_does(faculty):
    case = file(faculty)
    decide(faculty, faculty.examiner, case, Ruling(Verdict.REFER))
    no = Ruling(Verdict.REFUSED, reason="Дәлел жоқ")
    with refused("reason_needed"):
        decide(faculty, faculty.dean, case, Ruling(Verdict.REFUSED))
    decide(faculty, faculty.dean, case, no)
    faculty.tick()
    assert any("Дәлел жоқ" in text for text in texts(faculty, faculty.reader))


def test_decided__by_the_same_update_again_and_by_an_old_button(faculty):
    case = file(faculty)
    for _ in range(2):
        faculty.do(decisions.decide, faculty.examiner, case.id, 7, NOW)
    actions = faculty.sql(lambda uow: [e.action for e in uow.cases.events(case.id)])
    assert actions.count("decided") == 1
    with refused("case_over"):
        decide(faculty, faculty.examiner, case, NOW)
    other = file(faculty, trouble="lms")
    shown = look(faculty, other).revision
    faculty.do(holding.take, faculty.examiner, other.id, faculty.origin())
    with refused("case_moved"):
        decide(faculty, faculty.examiner, other, NOW, revision=shown)


def test_stand_in__decides_as_the_one_who_is_away(faculty):
    other = faculty.member("T9", Role.METHODIST, department="X")

    def away(uow):
        row = Absence(person_id=faculty.examiner.person_id, from_at=NINE, until_at=local("2026-12-22 09:00"))
        row.stands_in_id = other.person_id
        uow.absences.add(row)

    faculty.sql(away)
    case = file(faculty)
    faculty.tick()
    assert [m.user_id for m in faculty.sent() if m.user_id != faculty.reader.user_id] == [other.user_id]
    decide(faculty, other, case, NOW)
    assert look(faculty, case).outcome == "readmitted"


def test_withdrawn__stops_everything_and_everybody_told_learns_it(faculty):
    case = file(faculty)
    faculty.tick()
    faculty.sent()
    with refused("not_yours"):
        faculty.do(decisions.withdraw, faculty.student("S2"), case.id, faculty.origin())
    faculty.do(decisions.withdraw, faculty.reader, case.id, faculty.origin())
    faculty.tick()
    assert [m.user_id for m in faculty.sent()] == [faculty.examiner.user_id]
    assert timers(faculty, case) == set()
    faculty.clock.now = local("2026-12-21 11:30")
    faculty.tick()
    faculty.sent()
    faculty.forward(hours=3, step_seconds=600)
    assert faculty.sent() == []


# Promises


def test_promise__that_lapses_puts_the_report_back_on_its_chain(faculty):
    case = file(faculty)
    faculty.do(holding.take, faculty.examiner, case.id, faculty.origin(), "find_out")
    faculty.tick()
    faculty.sent()
    faculty.forward(minutes=14, seconds=59, step_seconds=30)
    assert look(faculty, case).state == TAKEN
    faculty.sent()
    faculty.forward(seconds=1)
    row = look(faculty, case)
    assert (row.state, row.holder_id) == (WAITING, None)
    faculty.tick()
    got = faculty.sent()
    assert {m.user_id for m in got} == {
        faculty.examiner.user_id,
        faculty.methodist.user_id,
        faculty.reader.user_id,
    }
    with refused("case_moved"):
        faculty.do(holding.take, faculty.examiner, case.id, faculty.origin(), "", 0)


def test_promise__kept_leaves_the_decision_due(faculty):
    case = file(faculty)
    faculty.do(holding.take, faculty.examiner, case.id, faculty.origin())
    faculty.do(holding.keep, faculty.examiner, case.id, faculty.origin())
    assert timers(faculty, case) == {"remind", "decide", "resume"} - {"resume"}
    faculty.forward(minutes=59, step_seconds=60)
    assert look(faculty, case).state == TAKEN
    assert len([text for text in texts(faculty, faculty.examiner) if "шешіміңіз әлі жоқ" in text]) == 5
    faculty.forward(minutes=1, step_seconds=60)
    assert look(faculty, case).state == WAITING


def test_promises__are_not_moved_for_ever(faculty):
    case = file(faculty)
    faculty.do(holding.take, faculty.examiner, case.id, faculty.origin())
    for _ in range(3):
        faculty.do(holding.promise, faculty.examiner, case.id, faculty.origin(), "find_out")
    with refused("promises_used_up"):
        faculty.do(holding.promise, faculty.examiner, case.id, faculty.origin(), "find_out")
    with refused("unknown_promise"):
        faculty.do(holding.promise, faculty.examiner, case.id, faculty.origin(), "someday")
    with refused("not_yours"):
        faculty.do(holding.promise, faculty.methodist, case.id, faculty.origin(), "find_out")


def test_holder__who_blocks_the_bot_or_loses_every_role_holds_it_no_more(faculty):
    for loss in ("blocked", "roles"):
        faculty.do(people.set_blocked, faculty.methodist.user_id, False)
        case = file(faculty, trouble="lms" if loss == "roles" else "internet")
        faculty.clock.move(minutes=5)
        faculty.tick()
        faculty.do(holding.take, faculty.methodist, case.id, faculty.origin(), "admit")
        if loss == "blocked":
            faculty.do(people.set_blocked, faculty.methodist.user_id, True)
        else:
            faculty.sql(lambda uow: uow.people.set_roles(faculty.methodist.person_id, ()))
        faculty.forward(minutes=10, step_seconds=60)
        assert look(faculty, case).state == WAITING


def test_hand_over__to_a_step_and_take_over_from_a_holder(faculty):
    case = file(faculty)
    faculty.do(holding.take, faculty.examiner, case.id, faculty.origin())
    with refused("nobody_there"):
        faculty.do(holding.hand_over, faculty.examiner, case.id, faculty.origin(), 2)
    faculty.do(holding.hand_over, faculty.examiner, case.id, faculty.origin(), 1)
    faculty.tick()
    assert any("Форс-мажор" in text for text in texts(faculty, faculty.methodist))
    faculty.do(holding.take, faculty.methodist, case.id, faculty.origin())
    with refused("not_holder"):
        faculty.do(holding.keep, faculty.examiner, case.id, faculty.origin())
    faculty.do(holding.take_over, faculty.examiner, case.id, faculty.origin())
    assert look(faculty, case).holder_id == faculty.examiner.person_id
    assert "climb" not in timers(faculty, case)


# Final attestation


@scene
def defence(hall):
    hall.reader = hall.student("S1")
    hall.secretary = hall.member("T1", Role.SECRETARY)
    hall.chair = hall.member("T2", Role.COMMISSION_CHAIR)
    hall.seats = [hall.member(f"M{n}", Role.COMMISSION_MEMBER) for n in range(2)]
    hall.dean = hall.member("T4", Role.DEAN, department="")
    changes = {"kind": ExamKind.COMPLEX_EXAM, "attestation": Attestation.FINAL, "examiners": ()}
    hall.add_exams(exam("E1", NINE, **changes))
    hall.exam_id = hall.sql(lambda uow: uow.exams.by_ext()["E1"].id)
    hall.clock.now = local("2026-12-21 09:30")
    return hall


def test_final__the_commission_decides_and_the_secretary_owes_the_act_to_all_members(defence):
    case = file(defence)
    with refused("not_now"):
        decide(defence, defence.secretary, case, NOW)
    decide(defence, defence.secretary, case, Ruling(Verdict.STOPPED))
    row = look(defence, case)
    assert (row.state, row.stage, row.holder_id) == (TAKEN, "act", defence.secretary.person_id)
    defence.tick()
    defence.sent()
    with refused("not_yours"):
        defence.do(decisions.send_act, defence.seats[0], case.id, 5, None)
    for _ in range(2):
        defence.do(decisions.send_act, defence.secretary, case.id, 6, None)
    defence.tick()
    got = {m.user_id for m in defence.sent() if "акт" in m.text.lower()}
    assert got == {me.user_id for me in (defence.chair, *defence.seats, defence.secretary)}
    kept = defence.sql(lambda uow: {(f.role, f.type) for f in uow.files.of_case(case.id)})
    assert kept == {("technical_act", "pdf"), ("technical_act", "docx")}
    assert look(defence, case).state == CLOSED


def test_final__an_act_that_is_not_sent_the_same_day_goes_to_the_dean(defence):
    case = file(defence)
    decide(defence, defence.secretary, case, Ruling(Verdict.RESUMED))
    defence.clock.now = local("2026-12-21 23:59:59")
    defence.tick()
    assert texts(defence, defence.dean) == []
    defence.clock.now = local("2026-12-22 00:00")
    defence.tick()
    assert any("жіберілмеді" in text for text in texts(defence, defence.dean))
    defence.do(decisions.send_act, defence.secretary, case.id, defence.origin(), None)


# The clock


def test_outage__minutes_lost_are_counted_inside_the_exam_and_given_back_once(faculty):
    case = file(faculty)
    faculty.clock.move(minutes=12, seconds=5)
    faculty.do(outages.back, faculty.reader, case.id, 5)
    assert faculty.do(outages.back, faculty.reader, case.id, 5).id == case.id
    with refused("no_outage"):
        faculty.do(outages.back, faculty.reader, case.id, 6)
    faculty.do(outages.gone, faculty.reader, case.id, 7)
    with refused("outage_runs"):
        faculty.do(outages.give_back, faculty.examiner, case.id, 8, None)
    faculty.clock.move(minutes=2)
    faculty.do(outages.back, faculty.reader, case.id, 9)
    shown = faculty.do(cases.show, faculty.reader, case.id)
    assert shown.lost == 15
    with refused("not_yours"):
        faculty.do(outages.give_back, faculty.dean, case.id, 10, None)
    for _ in range(2):
        faculty.do(outages.give_back, faculty.examiner, case.id, 11, None)
    assert faculty.do(cases.show, faculty.reader, case.id).outage.given == 15
    with refused("no_outage"):
        faculty.do(outages.give_back, faculty.examiner, case.id, 12, None)
    faculty.tick()
    assert any("11:15" in text for text in texts(faculty, faculty.reader)), "told the new end"


# On behalf


def test_behalf__a_classmate_files_and_the_student_confirms_when_back(faculty):
    friend = faculty.student("S2")
    faculty.add_students(student("S3"), student("S4", group="Басқа"))
    with refused("no_such_student"):
        faculty.do(behalf.file, friend, "S4", "internet", None, faculty.origin())
    case = faculty.do(behalf.file, friend, "S3", "electricity", faculty.exam_id, faculty.origin())
    assert (case.reporter, case.filed_by, case.confirmed) == ("Студент S3", "Студент S2", False)
    faculty.tick()
    assert any("Студент S2" in text for text in texts(faculty, faculty.examiner))
    absent = faculty.join("S3")
    faculty.sql(lambda uow: uow.notices.owe_again(absent.person_id, absent.account_id, faculty.clock()))
    faculty.tick()
    assert any("Сіз үшін хабарлаған" in text for text in texts(faculty, absent))
    with refused("not_yours"):
        faculty.do(behalf.confirm, friend, case.id, faculty.origin())
    assert faculty.do(behalf.confirm, absent, case.id, faculty.origin()).confirmed


def test_behalf__the_call_centre_for_anybody_other_staff_for_their_faculty(faculty):
    centre = faculty.member("C1", Role.CALL_CENTER, faculty="Басқа", department="")
    stranger = faculty.member("X1", Role.METHODIST, faculty="Басқа", department="")
    with refused("no_such_student"):
        faculty.do(behalf.prepare, stranger, "S1")
    assert faculty.do(behalf.prepare, centre, "S1")[0] == "Студент S1"
    assert faculty.do(behalf.prepare, faculty.methodist, "S1")[0] == "Студент S1"


def test_history__tells_who_did_what_in_order(faculty):
    case = file(faculty)
    faculty.do(holding.take, faculty.examiner, case.id, faculty.origin())
    decide(faculty, faculty.examiner, case, NOW)
    _, lines = faculty.do(cases.history, faculty.examiner, case.id)
    assert [(line.did, line.who) for line in lines if line.did != "step_told"] == [
        ("filed", "Студент S1"),
        ("taken", "Қызметкер T1"),
        ("decided", "Қызметкер T1"),
    ]
    assert dt.timedelta(0) <= lines[-1].at - lines[0].at
