"""The board: who gets in, how far they see, and what a day adds up to."""

import datetime as dt

import pytest

from bot.errors import Refusal
from bot.exchange.rows import ResultRow
from bot.rules.board import KEY_LIFE, SESSION_LIFE
from bot.rules.vocabulary import Role
from bot.rules.worklist import Asked
from bot.services import (
    act_cases,
    acts,
    appeals,
    board,
    cases,
    day_reports,
    imports,
    readiness,
    tickets,
    worklist,
)
from bot.services.files import Sent
from bot.views import worklist as work_views
from bot.views.screen import pack
from tests.exchange.test_exchange_files import pdf
from tests.support.clock import local
from tests.support.people import exam, member, student
from tests.support.scenes import scene

NINE = local("2026-12-21 09:00")
OTHER = "Тарих факультеті"


@scene
def day(hall):
    """Two faculties: a written exam 9–11 in ours, another at 14 in the other one."""
    hall.dean = hall.member("D1", Role.DEAN)
    hall.faculty = hall.dean.faculty
    hall.examiner = hall.member("T1", Role.EXAMINER)
    hall.one = hall.student("S1")
    hall.add_students(student("S2"), student("S9", group="ТР-1", faculty=OTHER))
    hall.add_staff(member("T9", Role.EXAMINER, faculty=OTHER))
    hall.add_exams(
        exam("E1", NINE),
        exam("E2", local("2026-12-21 14:00"), groups=("ТР-1",), examiners=("T9",), faculty=OTHER),
        exam("E3", local("2026-12-22 09:00")),
    )
    hall.clock.now = local("2026-12-21 09:30")
    return hall


def number(hall, ext_id):
    return hall.sql(lambda uow: uow.exams.by_ext()[ext_id].id)


def key_of(hall, me):
    return hall.do(board.link, me).rpartition("/")[2]


def session_of(hall, me):
    return hall.do(board.enter, key_of(hall, me))


def names(shown):
    return [row.exam.ext_id for row in shown.exams]


# Who gets in


@pytest.mark.parametrize("role", [Role.DEAN, Role.DEPUTY_DEAN, Role.METHODIST, Role.REGISTRAR, Role.EXAMINER])
def test_link__is_given_to_whom_the_board_concerns(day, role):
    me = day.member("X1", role)
    assert day.do(board.reader, session_of(day, me)).person_id == me.person_id


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.APPEAL_MEMBER])
def test_link__is_given_to_nobody_else(day, role):
    with pytest.raises(Refusal, match="staff_only"):
        day.do(board.link, day.member("X1", role))
    with pytest.raises(Refusal, match="staff_only"):
        day.do(board.link, day.one)


def test_key__opens_once(day):
    key = key_of(day, day.dean)
    day.do(board.enter, key)
    with pytest.raises(Refusal, match="board_key"):
        day.do(board.enter, key)


def test_key__is_good_for_minutes_only(day):
    key = key_of(day, day.dean)
    day.clock.now += KEY_LIFE
    with pytest.raises(Refusal, match="board_key"):
        day.do(board.enter, key)


@pytest.mark.parametrize("wrong", ["", "x" * 43, "' OR 1=1 --"])
def test_key__made_up_opens_nothing(day, wrong):
    with pytest.raises(Refusal, match="board_key"):
        day.do(board.enter, wrong)
    with pytest.raises(Refusal, match="board_key"):
        day.do(board.reader, wrong)


def test_session__ends_by_itself_and_by_leaving(day):
    old, left = session_of(day, day.dean), session_of(day, day.dean)
    day.do(board.leave, left)
    with pytest.raises(Refusal, match="board_key"):
        day.do(board.reader, left)
    day.do(board.reader, old)
    day.clock.now += SESSION_LIFE
    with pytest.raises(Refusal, match="board_key"):
        day.do(board.reader, old)


def test_role__that_is_taken_away_shuts_out_at_once(day):
    session = session_of(day, day.dean)
    day.do(imports.staff, [member("D1", Role.VOLUNTEER)])
    with pytest.raises(Refusal, match="staff_only"):
        day.do(board.reader, session)


def test_app__is_believed_once_and_while_it_is_fresh(day):
    now = day.clock()
    session = day.do(board.enter_app, day.dean.user_id, now, "proof")
    assert day.do(board.reader, session).person_id == day.dean.person_id
    for said_at, proof in ((now, "proof"), (now - dt.timedelta(hours=1), "other"), (now, "")):
        if proof:
            with pytest.raises(Refusal, match="board_key"):
                day.do(board.enter_app, day.dean.user_id, said_at, proof)
    with pytest.raises(Refusal, match="staff_only"):
        day.do(board.enter_app, day.one.user_id, now, "students")
    with pytest.raises(Refusal, match="board_key"):
        day.do(board.enter_app, 999_999, now, "nobodys")


def test_purge__removes_what_is_over(day):
    key_of(day, day.dean)
    session_of(day, day.dean)
    assert day.do(board.purge) == 0
    day.clock.now += SESSION_LIFE
    assert day.do(board.purge) == 3


# How far they see


def test_dean__sees_the_own_faculty_and_no_other(day):
    shown = day.do(board.overview, day.dean, OTHER)
    assert (names(shown), shown.faculties) == (["E1"], ())
    with pytest.raises(Refusal, match="exam_gone"):
        day.do(board.exam, day.dean, number(day, "E2"))


def test_whole_university__chooses_a_faculty(day):
    admin = day.member("A1", Role.ADMIN, faculty="")
    shown = day.do(board.overview, admin)
    assert names(shown) == ["E1", "E2"]
    assert set(shown.faculties) >= {day.faculty, OTHER}
    assert names(day.do(board.overview, admin, OTHER)) == ["E2"]
    assert names(day.do(board.overview, admin, "no such faculty")) == ["E1", "E2"]


def test_examiner__sees_the_exams_they_hold(day):
    assert names(day.do(board.overview, day.examiner)) == ["E1"]
    with pytest.raises(Refusal, match="exam_gone"):
        day.do(board.exam, day.examiner, number(day, "E2"))
    other = day.member("T8", Role.EXAMINER)
    assert names(day.do(board.overview, other)) == []


def test_report__is_seen_in_its_faculty_only(day):
    day.do(cases.file, day.one, "internet", number(day, "E1"), day.origin())
    (case,) = day.do(board.overview, day.dean).cases
    assert (case.trouble, case.reporter, case.state) == ("internet", day.person("S1").full_name, "waiting")
    stranger = day.member("D9", Role.DEAN, faculty=OTHER)
    assert day.do(board.overview, stranger).cases == ()


# What a day adds up to


def test_day__is_a_local_one(day):
    assert names(day.do(board.overview, day.dean, "", dt.date(2026, 12, 22))) == ["E3"]
    assert day.do(board.overview, day.dean, "", dt.date(2026, 12, 23)).exams == ()


def test_row__counts_who_is_linked_ready_and_warned(day):
    exam_id = number(day, "E1")
    questions = len(day.do(readiness.open_check, day.one, exam_id).answers)
    for index in range(questions):
        day.do(readiness.answer, day.one, exam_id, index, ok=True)
    day.clock.now = local("2026-12-21 10:30")
    day.tick()
    (row,) = day.do(board.overview, day.dean).exams
    assert (row.phase, row.students, row.linked, row.ready, row.finished) == ("running", 2, 1, 1, 0)
    assert [(w.minutes, w.reached, w.total) for w in row.warnings] == [(30, 1, 2)]


def test_glance__is_of_what_is_to_be_done(day):
    day.do(cases.file, day.one, "internet", number(day, "E1"), day.origin())
    shown = day.do(board.overview, day.dean)
    assert (shown.running, shown.waiting, shown.unreached, shown.next_start) == (1, 1, 1, None)
    case = shown.cases[0]
    day.do(cases.take, day.examiner, day.sql(lambda uow: uow.cases.all()[0].id), day.origin())
    assert case.escalate_at is not None
    taken = day.do(board.overview, day.dean)
    assert (taken.waiting, taken.cases[0].holder) == (0, day.person("T1").full_name)
    assert taken.cases[0].escalate_at is None


def test_exam__shows_everybody_in_it(day):
    day.clock.now = local("2026-12-21 10:30")
    day.tick()
    page = day.do(board.exam, day.dean, number(day, "E1"))
    rows = {row.name: row for row in page.students}
    linked, unlinked = rows[day.person("S1").full_name], rows[day.person("S2").full_name]
    assert (linked.reason, linked.warnings[30]) == ("", ("sent", day.clock()))
    assert (unlinked.reason, unlinked.warnings[30][0]) == ("not_linked", "unreachable")


# Appeals, the help desk, incidents, the day's hours


def test_appeal__stands_with_its_deadline_and_what_is_planned(day):
    for ext_id, role in (("C1", Role.APPEAL_CHAIR), ("M1", Role.APPEAL_MEMBER), ("M2", Role.APPEAL_MEMBER)):
        day.member(ext_id, role)
    day.clock.now = local("2026-12-21 14:00")
    day.do(imports.results, [ResultRow(2, "E1", None, day.clock())])
    draft = day.do(appeals.begin, day.one, number(day, "E1"), day.origin())
    day.do(appeals.set_ground, day.one, draft.id, "grade")
    day.do(appeals.add_text, day.one, draft.id, "Жауабым дұрыс еді.", day.origin())
    day.wire.files["scan"] = pdf()
    day.do(appeals.add_file, day.one, draft.id, Sent("scan", "document", "a.pdf"), day.origin())
    day.tick()
    draft = day.do(appeals.review, day.one, draft.id)
    day.do(appeals.submit, day.one, draft.id, draft.stamp, day.origin())
    (row,) = day.do(board.overview, day.dean).matters
    assert (row.kind, row.name, row.stage) == ("appeal", day.person("S1").full_name, "filed")
    assert (row.deadline.what, row.deadline.at) == ("late", local("2026-12-23 14:00"))
    assert [step.what for step in row.planned] == ["soon", "soon", "late"]
    stranger = day.member("D9", Role.DEAN, faculty=OTHER)
    assert day.do(board.overview, stranger).matters == ()


def test_desk__most_urgent_first_and_of_the_faculty(day):
    day.add_students(student("S5", group="ЖТ-1"))
    calm, running = day.join("S5"), day.one
    for me in (calm, running):
        day.do(tickets.open_own, me, "conference", day.origin())
        day.clock.now += dt.timedelta(seconds=1)
    shown = day.do(board.overview, day.dean).desk
    assert [(row.name, row.urgency) for row in shown.tickets] == [
        (day.person("S1").full_name, 0),
        (day.person("S5").full_name, 2),
    ]
    assert (len(shown.waiting), len(shown.claimed), shown.on_duty) == (2, 0, 0)
    stranger = day.member("D9", Role.DEAN, faculty=OTHER)
    assert day.do(board.overview, stranger).desk.tickets == ()
    assert [row.urgency for row in day.do(board.overview, day.examiner).desk.tickets] == [0]


def test_incident__of_the_faculty_is_counted(day):
    exam_id = number(day, "E1")
    for n in range(10, 15):
        day.add_students(student(f"S{n}"))
        day.do(cases.file, day.join(f"S{n}"), "internet", exam_id, day.origin())
    (row,) = day.do(board.overview, day.dean).incidents
    assert (row.total, row.waiting, row.taken) == (5, 5, 0)
    stranger = day.member("D9", Role.DEAN, faculty=OTHER)
    assert day.do(board.overview, stranger).incidents == ()
    assert len(day.do(board.overview, day.examiner).incidents) == 1


def test_hours__count_reports_and_warnings(day):
    day.do(cases.file, day.one, "internet", number(day, "E1"), day.origin())
    day.clock.now = local("2026-12-21 10:30")
    day.tick()
    hours = day.do(board.overview, day.dean).hours
    assert [(hour.start, hour.reports, hour.handled, hour.delivered, hour.missed) for hour in hours] == [
        (local("2026-12-21 09:00"), 1, 0, 0, 0),
        (local("2026-12-21 10:00"), 0, 0, 1, 1),
    ]
    assert day.do(board.overview, day.dean, "", dt.date(2026, 12, 23)).hours == ()


def test_matters__acts_reports_of_the_day_and_their_deadlines(day):
    proctor = day.member("P1", Role.PROCTOR)
    day.add_exams(exam("E1", local("2026-12-21 09:00"), proctor="P1"))
    day.clock.now = local("2026-12-21 09:30")
    draft = day.do(acts.begin, proctor, "ayu_violation", number(day, "E1"), day.origin())
    day.do(acts.choose_student, proctor, draft.id, day.person("S1").id)
    day.do(acts.toggle_offence, proctor, draft.id, "cheat_sheet")
    stamp = day.do(acts.draft_of, proctor, draft.id).stamp
    day.do(act_cases.submit, proctor, draft.id, stamp, day.origin())
    day.do(day_reports.lay)
    shown = day.do(board.overview, day.dean)
    assert shown.counted == {"act": 1, "day_report": 1}
    rows = {row.kind: row for row in shown.matters}
    assert {row.name for row in rows.values()} == {proctor.name}, "who drew it up, not whom it is about"
    assert rows["act"].deadline.what == "answer"
    assert rows["day_report"].deadline.what == "report"
    assert shown.overdue == 0
    assert {row.kind for row in day.do(board.overview, proctor).matters} == {"act", "day_report"}
    day.clock.now = rows["day_report"].deadline.at
    assert day.do(board.overview, day.dean).overdue == 1
    queue = day.do(worklist.queue, proctor, Asked("d"))
    assert [(work.kind, work.due, work.late, work.owner) for work in queue.works] == [
        ("day_report", rows["day_report"].deadline.at, True, proctor.name)
    ]
    assert pack("qg", queue.works[0].id) in str(
        work_views.queue(day.base.voices["kk"], queue, day.clock()).rows
    )
