"""The help desk, the board and the queue at their edges: out of reach, offered before, of another faculty."""

import datetime as dt

import pytest

from bot.rules.board import Scope
from bot.rules.tickets import Stage
from bot.rules.trees import OWN
from bot.rules.vocabulary import ExamKind, Role
from bot.rules.worklist import Asked
from bot.services import (
    board_desk,
    cases,
    clocks,
    dispatch,
    exam_day,
    hearers,
    helpdesk,
    helping,
    holding,
    outages,
    privacy,
    shifts,
    spikes,
    tickets,
    worklist,
)
from bot.storage.tables import Incident, Notice
from tests.services.test_services_sittings import peopled
from tests.services.test_services_spikes import CAMERA, PROBLEM, ask, held, rush
from tests.support.clock import local
from tests.support.hall import Hall
from tests.support.people import exam
from tests.support.refusals import code_of
from tests.support.scenes import scene

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What is refused, and to whom, does not depend on the database."""

NINE = local("2026-12-21 09:00")


def block(hall, *people):
    def work(uow):
        for me in people:
            uow.people.account(me.user_id).blocked_at = hall.clock()

    hall.sql(work)


def owed(hall, kind):
    return {
        row.person_id for row in hall.sql(lambda uow: uow.session.query(Notice).filter_by(kind=kind).all())
    }


def test_incidents__on_the_board_are_those_of_what_the_reader_sees(hall):
    hall.member("T1")
    hall.student("S1")
    hall.add_exams(exam("E1", NINE), exam("E2", NINE, faculty="Экономика"))
    own, other = (hall.sql(lambda uow, n=n: uow.exams.by_ext()[n].id) for n in ("E1", "E2"))
    scopes = [
        ("exam", own),
        ("exam", other),
        ("exam", 404),
        ("faculty", "АТ факультеті"),
        ("faculty", "Экономика"),
        ("platform", "lms"),
    ]

    def begin(uow):
        for number, (scope, key) in enumerate(scopes):
            uow.session.add(
                Incident(number=f"IN-{number}", scope=scope, key=str(key), opened_at=hall.clock())
            )

    hall.sql(begin)

    def seen(scope, shown=()):
        rows = hall.sql(lambda uow: board_desk.of_scope(uow, scope, shown))
        return [int(row.number.removeprefix("IN-")) for row in rows]

    assert seen(Scope()) == [0, 1, 2, 3, 4, 5]
    assert seen(Scope("АТ факультеті")) == [0, 3, 5]
    assert seen(Scope("Экономика")) == [1, 4, 5]
    assert seen(Scope(own=True), [own]) == [0]


def test_hearers__without_an_exam_are_all_of_the_role_and_without_any_those_of_last_resort(hall):
    dean, other = hall.member("D1", Role.DEAN), hall.member("D2", Role.DEAN, faculty="Экономика")
    hall.member("T1")
    admin = hall.member("A1", Role.ADMIN, faculty="")
    hall.student("S1")
    hall.add_exams(exam("E1", NINE))

    def nearest(uow, about):
        found = uow.exams.by_ext()["E1"] if about else None
        return set(hearers.nearest(uow, hall.office, found, (Role.DEAN,)))

    assert hall.sql(lambda uow: nearest(uow, False)) == {dean.person_id, other.person_id}
    assert hall.sql(lambda uow: nearest(uow, True)) == {dean.person_id}
    block(hall, dean, other)
    assert hall.sql(lambda uow: nearest(uow, True)) == {admin.person_id}
    block(hall, admin)
    assert hall.sql(lambda uow: nearest(uow, True)) == set()


def test_spike__card_goes_to_who_can_be_reached_and_says_who_is_in_an_exam_that_runs(hall):
    lead, away = hall.member("C1", Role.CALL_CENTER), hall.member("C2", Role.CALL_CENTER)
    block(hall, away)
    held(
        hall,
        exam("E1", local("2026-12-21 08:00")),
        exam("E2", local("2026-12-21 08:00"), groups=("АЖ-23-1",)),
    )
    rush(hall)
    assert owed(hall, spikes.CARD) == {lead.person_id}
    (row,) = hall.sql(lambda uow: uow.tickets.open_spikes())
    running = hall.do(spikes.dismiss, lead, row.id).running
    hall.do(spikes.dismiss, lead, row.id)
    answered = hall.sql(lambda uow: uow.tickets.spike(row.id))
    assert (answered.answered_by, answered.answered_at) == (lead.person_id, hall.clock())

    def call_off(uow):
        for one in uow.exams.by_ext().values():
            one.cancelled_at = hall.clock()

    hall.sql(call_off)
    assert running == 5
    assert hall.do(spikes.dismiss, lead, row.id).running == 0
    assert code_of(hall, spikes.dismiss, lead, 404) == "spike_gone"


def test_widen__who_was_offered_a_ticket_before_has_one_card_of_it(hall):
    lead = hall.member("C1", Role.CALL_CENTER, Role.VOLUNTEER)
    other = hall.member("C2", Role.CALL_CENTER)
    hall.do(helpdesk.go_on_duty, lead)
    ticket = hall.do(tickets.open_own, hall.student("S1"), "", hall.origin())
    for _ in range(2):
        hall.clock.now += dt.timedelta(minutes=3)
        hall.do(dispatch.widen_due)
    row = hall.sql(lambda uow: uow.tickets.get(ticket.id))
    assert row.stage >= Stage.CALL_CENTER
    assert owed(hall, "ticket_card") == {lead.person_id, other.person_id}
    offers = hall.sql(lambda uow: uow.tickets.offers([ticket.id]))
    assert set(offers[ticket.id]) == {lead.person_id, other.person_id}


def test_shift__of_a_helper_who_left_the_bot_ends_and_their_ticket_is_anybodys(hall):
    helper = hall.member("V1", Role.VOLUNTEER)
    one = hall.student("S1")
    hall.do(helpdesk.go_on_duty, helper)
    ticket = hall.do(tickets.open_own, one, "", hall.origin())
    hall.do(helpdesk.claim, helper, ticket.id)

    def leave(uow):
        uow.tickets.shift_of(helper.person_id).asked_at = hall.clock() - dt.timedelta(hours=1)
        uow.people.account(helper.user_id).person_id = None

    hall.sql(leave)
    hall.do(shifts.watch)
    row = hall.sql(lambda uow: uow.tickets.get(ticket.id))
    assert (row.state, row.holder_id, row.front) == ("waiting", None, True)
    assert hall.sql(lambda uow: uow.tickets.shift_of(helper.person_id)) is None
    assert owed(hall, shifts.ENDED) == set()


def test_help__goes_back_and_on_only_in_the_problem_that_is_open(hall):
    one = hall.student("S1")
    hall.do(helping.begin, one, OWN, PROBLEM)
    hall.do(helping.use_device, one, OWN, "android")
    hall.do(helping.answer, one, OWN, PROBLEM, "zoom.fresh_link", "failed")
    hall.do(helping.use_device, one, OWN, "android")
    assert len(hall.do(helping.current, one, OWN, PROBLEM).tried) == 1, "the same device begins nothing anew"
    assert code_of(hall, helping.current, one, OWN, CAMERA) == "help_gone"
    hall.do(helping.use_device, one, OWN, "windows")
    assert code_of(hall, helping.back, one, OWN, PROBLEM) in ("help_first", "help_gone")


def test_queue__names_who_holds_a_report_and_the_secretary_of_a_sitting(hall):
    peopled(hall)
    hall.clock.now = local("2026-12-21 10:05")
    filed = hall.do(cases.file, hall.first, "internet", hall.exam_id, hall.origin())
    hall.do(holding.take, hall.secretary, filed.id, hall.origin())
    found = {work.kind: work for work in hall.do(worklist.queue, hall.secretary, Asked()).works}
    assert (found["report"].owner, found["report"].role) == (hall.secretary.name, "")
    assert (found["sitting"].owner, found["sitting"].due) == (hall.secretary.name, None)


def test_resume__a_break_that_began_too_long_ago_gives_no_reminder_of_what_is_over(database_url):
    with Hall(database_url, profile="ukgu") as hall:
        reader = hall.student("S1")
        hall.member("T1")
        hall.add_exams(exam("E1", NINE, kind=ExamKind.TEST, duration_min=300))
        exam_id = hall.sql(lambda uow: uow.exams.by_ext()["E1"].id)
        hall.clock.now = local("2026-12-21 12:40")
        filed = hall.do(cases.file, reader, "internet", exam_id, hall.origin()).id

        def pending(uow):
            return set(uow.case_timers.pending(filed)) & {clocks.RESUME, clocks.RESUME_OVER}

        assert hall.sql(pending) == {clocks.RESUME, clocks.RESUME_OVER}
        hall.do(outages.happened, reader, filed, hall.origin(), local("2026-12-21 09:20"))
        assert hall.sql(pending) == {clocks.RESUME_OVER}, "the right to go on is over already"


def test_resume__half_an_hour_before_midnight_is_not_told_beforehand(database_url):
    with Hall(database_url, profile="ukgu") as hall:
        reader = hall.student("S1")
        hall.member("T1")
        hall.add_exams(exam("E1", local("2026-12-21 22:30"), kind=ExamKind.TEST, duration_min=80))
        exam_id = hall.sql(lambda uow: uow.exams.by_ext()["E1"].id)
        hall.clock.now = local("2026-12-21 23:40")
        filed = hall.do(cases.file, reader, "internet", exam_id, hall.origin()).id
        rules = hall.sql(lambda uow: uow.case_timers.pending(filed))
        assert clocks.RESUME not in rules
        assert rules[clocks.RESUME_OVER] <= local("2026-12-22 00:00")


def test_kept__terms_that_a_policy_does_not_set_are_not_promised(governed):
    hall = governed("retention: {attachments_days: null}")
    terms = hall.do(privacy.kept, hall.student("S1")).days
    assert "attachments" not in terms
    assert "deliveries" in terms


def test_begun__after_the_dean_was_told_with_nobody_left_to_hear_it(governed):
    hall = governed("exam_day: {start_asked_minutes: 5, start_told_minutes: 10}", watched=True)
    examiner, dean = hall.member("T1"), hall.member("D1", Role.DEAN)
    hall.student("S1")
    hall.add_exams(exam("E1", NINE))
    exam_id = hall.sql(lambda uow: uow.exams.by_ext()["E1"].id)
    block(hall, dean)
    for minute in ("09:05", "09:10"):
        hall.clock.now = local(f"2026-12-21 {minute}")
        hall.do(exam_day.ask_due)
        hall.do(exam_day.tell_due)
    assert owed(hall, exam_day.QUESTION) == {examiner.person_id}
    assert owed(hall, exam_day.LATE) == set()
    for on_time in (False, True):
        hall.do(exam_day.begun, examiner, exam_id, on_time=on_time)
    day, _ = hall.sql(lambda uow: uow.conduct.days([exam_id])[exam_id])
    assert day.started_at == local("2026-12-21 09:10"), "the first word counts"


def test_ask__of_one_problem_of_many_counts_once_each(hall):
    lead = hall.member("C1", Role.CALL_CENTER)
    rush(hall)
    ask(hall, 9)
    hall.do(spikes.watch)
    (row,) = hall.sql(lambda uow: uow.tickets.open_spikes())
    assert row.tickets == 6
    assert lead.person_id in owed(hall, spikes.CARD)


# The exam day


@scene
def held_exam(watched):
    """An exam that runs, its examiner and proctor; two students with accounts."""
    hall = watched
    hall.examiner, hall.proctor = hall.member("T1"), hall.member("P1", Role.PROCTOR)
    hall.one, hall.two = hall.student("S1"), hall.student("S2")
    hall.add_exams(exam("E1", NINE, proctor="P1"))
    hall.exam_id = hall.sql(lambda uow: uow.exams.by_ext()["E1"].id)
    hall.clock.now = local("2026-12-21 09:10")
    return hall


def called(hall, by, origin=None):
    hall.do(exam_day.call, by, hall.exam_id, hall.one.person_id, origin or hall.origin())


def test_call__by_one_update_is_once_and_again_only_after_a_pause(held_exam):
    origin = held_exam.origin()
    for _ in range(2):
        called(held_exam, held_exam.examiner, origin)
    again = (held_exam.proctor, held_exam.exam_id, held_exam.one.person_id, held_exam.origin())
    assert code_of(held_exam, exam_day.call, *again) == "called_already"
    held_exam.clock.now += dt.timedelta(minutes=2)
    called(held_exam, held_exam.proctor)
    calls = held_exam.sql(lambda uow: [one.caller_id for one in uow.conduct.calls([held_exam.exam_id])])
    assert calls == [held_exam.examiner.person_id, held_exam.proctor.person_id]
    block(held_exam, held_exam.proctor)
    for _ in range(2):
        held_exam.do(exam_day.answer_call, held_exam.one, held_exam.exam_id)
    held_exam.do(exam_day.answer_call, held_exam.two, held_exam.exam_id)
    assert owed(held_exam, exam_day.ANSWERED) == {held_exam.examiner.person_id}
    called(held_exam, held_exam.examiner)
    calls = held_exam.sql(lambda uow: uow.conduct.calls([held_exam.exam_id]))
    assert len(calls) == 3, "who has answered is called at once"


def test_publish__not_before_the_exam_and_a_question_of_a_moved_one_is_not_asked(held_exam):
    held_exam.clock.now = local("2026-12-21 08:59")
    assert code_of(held_exam, exam_day.publish, held_exam.examiner, held_exam.exam_id) == "exam_runs"
    held_exam.clock.now = local("2026-12-21 09:10")
    account = held_exam.sql(lambda uow: uow.people.account(held_exam.examiner.user_id).id)
    values = {"person_id": held_exam.examiner.person_id, "account_id": account, "exam_id": held_exam.exam_id}
    values |= {"rank": 20, "due_at": held_exam.clock()}

    def write(uow):
        earlier = local("2026-12-21 08:00").isoformat()
        uow.notices.owe("1", kind=exam_day.QUESTION, facts={"starts_at": earlier}, **values)
        uow.notices.owe("2", kind="exam_moved", facts={"was": [earlier, earlier], "revision": 9}, **values)
        uow.notices.owe("3", kind="exam_moved", facts={"was": [earlier, earlier], "extra": 9}, **values)

    held_exam.sql(write)
    held_exam.deliver()
    rows = held_exam.sql(lambda uow: uow.session.query(Notice).order_by(Notice.id).all())
    assert [(row.state, row.reason) for row in rows] == [("skipped", "moved")] * 3
    assert held_exam.sent() == []
