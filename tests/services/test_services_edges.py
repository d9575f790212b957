"""Use-cases at their edges: handled twice, asked by somebody else, of nothing, when all has moved on."""

import datetime as dt

import pytest

from bot.rules.casework import TAKEN, WAITING
from bot.rules.chats import Answer, Question
from bot.rules.files import Verdict as FileVerdict
from bot.rules.vocabulary import Attestation, ExamKind, Role
from bot.services import (
    absences,
    act_cases,
    aftermath,
    appealed,
    appeals,
    applications,
    case_papers,
    cases,
    chains,
    changes,
    chats,
    day_again,
    day_reports,
    decisions,
    deskchats,
    exam_desk,
    exams,
    files,
    forms,
    holding,
    people,
    preparation,
    registrar,
    resits,
    retention,
    rewording,
    wishes,
)
from bot.services.files import Sent
from bot.storage.tables import AuditEvent, CaseTimer, Notice
from tests.support.appealing import begun, case_of, submitted
from tests.support.clock import local
from tests.support.people import exam, member, student
from tests.support.refusals import code_of
from tests.support.running import NINE, reported
from tests.support.running import running as exam_with
from tests.support.scenes import scene

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What is refused, and to whom, does not depend on the database."""

CHAT, LATER = -500, -100_500


@scene
def running(hall):
    """A running exam, its examiner, proctor, methodist and dean; a student's report that nobody has taken."""
    exam_with(hall, proctor="P1", methodist="T2", dean="D1")
    hall.other = hall.student("S2")
    hall.guest = hall.do(people.meet, 900, "")
    hall.add_students(student("S3"))
    return reported(hall)


def row(hall):
    return hall.sql(lambda uow: uow.cases.get(hall.case))


def events(hall):
    return [event.action for event in hall.sql(lambda uow: uow.cases.events(hall.case))]


def laid(hall):
    return hall.sql(lambda uow: uow.exams.by_ext()["E1"])


def on_case(hall, work, *args):
    """A timer's handler, as the keeper calls it."""
    return hall.sql(
        lambda uow: work(uow, hall.office, hall.clock(), uow.cases.get(hall.case, lock=True), *args)
    )


# An exam is changed


def test_exam__a_change_handled_twice_is_one_change(running):
    desk = (running.examiner, running.exam_id)
    for _ in range(2):
        found = running.do(exam_desk.extend, *desk, 1, 15, 5)
    assert found.span.end == local("2026-12-21 11:15")
    later = local("2026-12-21 10:00")
    for _ in range(2):
        assert running.do(exam_desk.move, *desk, 2, later, 6).span.start == later
    given = (running.reader.person_id, 10, 0, 7)
    for _ in range(2):
        assert running.do(exam_desk.give, *desk, 3, *given)[1].extra == 10
    for _ in range(2):
        running.do(exam_desk.cancel, *desk, 3, 8)
    assert [one.action for one in running.sql(lambda uow: uow.exams.changes(running.exam_id))] == [
        "extended", "moved", "given", "cancelled",
    ]  # fmt: skip
    written = running.sql(lambda uow: [one.action for one in uow.session.query(AuditEvent)])
    assert len([one for one in written if one.startswith("exam_")]) == 4
    assert code_of(running, exam_desk.cancel, *desk, 4, 9) == "exam_gone"
    assert code_of(running, exam_desk.look, running.examiner, 404) == "exam_gone"


def test_exam__those_one_may_change_are_ones_own_and_a_deans_facultys(running):
    running.add_exams(
        exam("E2", NINE, examiners=("T2",)), exam("E3", NINE, examiners=("T2",), faculty="Экономика")
    )
    listed = {
        me.ext_id: [one.ext_id for one in running.do(exam_desk.mine, me)]
        for me in (running.examiner, running.dean)
    }
    assert listed == {"T1": ["E1"], "D1": ["E1", "E2"]}


def test_change__of_nothing_or_made_already_is_no_change(running):
    span = changes.Span(NINE, local("2026-12-21 12:00"))

    def move(uow):
        return changes.move(
            uow, running.office, running.clock(), uow.exams.get(running.exam_id), span, None, 5
        )

    def cancel(uow, origin):
        return changes.cancel(
            uow, running.office, running.clock(), uow.exams.get(running.exam_id), None, origin
        )

    def give(exam_id, person_id, minutes, origin):
        work = lambda uow: changes.give_minutes(  # noqa: E731
            uow, running.office, running.clock(), exam_id, person_id, minutes, None, origin=origin
        )
        return running.sql(work)

    assert [running.sql(move), running.sql(move)] == [True, False]
    assert laid(running).revision == 2
    assert not give(404, None, 5, 6)
    assert not give(running.exam_id, None, 0, 6)
    unlinked = running.person("S3").id
    assert give(running.exam_id, unlinked, 5, 6), "who has no account sits longer all the same"
    assert running.sql(lambda uow: uow.exams.extra_of(running.exam_id, unlinked).minutes) == 5
    assert [running.sql(lambda uow, n=n: cancel(uow, n)) for n in (7, 7, 8)] == [True, False, False]
    assert not give(running.exam_id, None, 5, 9)


# A report's chain and holder


def test_timers__that_come_after_the_case_was_taken_change_nothing(running):
    running.do(holding.take, running.examiner, running.case, running.origin())
    before = events(running)
    for work in (chains.climb, chains.again):
        on_case(running, work, "")
    assert events(running) == before
    assert row(running).state == TAKEN


def test_timers__of_a_holder_whom_nobody_is_any_more_change_nothing(running):
    before = events(running)
    for work in (holding.lapse, holding.remind):
        on_case(running, work, "remind")
    assert (events(running), row(running).state) == (before, WAITING)


def test_timer__of_a_case_that_is_over_stops_and_one_of_a_newer_program_waits(running):
    running.do(decisions.withdraw, running.reader, running.case, running.origin())
    other = running.do(cases.file, running.reader, "lms", running.exam_id, running.origin()).id

    def plan(uow):
        for case_id, rule in ((running.case, chains.CLIMB), (other, "of_tomorrow")):
            uow.session.query(CaseTimer).filter_by(case_id=case_id, rule=rule).delete()
            uow.session.add(CaseTimer(case_id=case_id, rule=rule, due_at=running.clock(), state="pending"))

    running.sql(plan)
    running.tick()

    def look(uow, case_id, rule):
        found = uow.session.query(CaseTimer).filter_by(case_id=case_id, rule=rule).one()
        return found.state, found.due_at > running.clock()

    assert running.sql(lambda uow: look(uow, running.case, chains.CLIMB)) == ("stopped", False)
    assert running.sql(lambda uow: look(uow, other, "of_tomorrow")) == ("pending", True)


def test_unreachable__of_somebody_not_of_the_present_step_moves_nothing(running):
    def lost(uow, case_id, person_id):
        chains.unreachable(uow, running.office, running.clock(), case_id, person_id)

    running.sql(lambda uow: lost(uow, 404, running.examiner.person_id))
    running.sql(lambda uow: lost(uow, running.case, running.dean.person_id))
    assert row(running).step == 0
    running.do(holding.take, running.examiner, running.case, running.origin())
    before = events(running)
    running.sql(lambda uow: lost(uow, running.case, running.examiner.person_id))
    assert (events(running), row(running).holder_id) == (before, running.examiner.person_id)


def test_away__with_nobody_in_their_place_the_next_hears_at_once_and_the_reporter_stands_in_for_nobody(
    running,
):
    until = local("2026-12-22 09:00")
    running.do(absences.declare, running.examiner, running.examiner.person_id, until, None)
    running.tick()
    assert running.methodist.user_id in {m.user_id for m in running.sent()}
    assert row(running).step == 1


def test_away__the_reporter_stands_in_for_nobody_in_their_own_report(running):
    own = running.do(cases.file, running.proctor, "lms", running.exam_id, running.origin()).id
    about = (running.examiner.person_id, local("2026-12-22 09:00"), running.proctor.person_id)
    running.do(absences.declare, running.examiner, *about)
    told = {
        case_id: running.sql(lambda uow, n=case_id: uow.cases.told(uow.cases.get(n)))
        for case_id in (own, running.case)
    }
    assert running.proctor.person_id not in told[own], "nobody is told of their own report"
    assert running.methodist.person_id in told[own]
    assert running.proctor.person_id in told[running.case]


def test_papers__are_those_there_are_for_those_they_concern(running):
    assert code_of(running, case_papers.on_request, running.reader, running.case, "dean_order") == "not_now"
    assert (
        code_of(running, case_papers.on_request, running.other, running.case, case_papers.CERTIFICATE)
        == "not_yours"
    )
    assert (
        code_of(running, case_papers.on_request, running.guest, running.case, case_papers.HISTORY)
        == "not_yours"
    )


def test_resit__of_an_exam_that_is_not_there_has_its_own_reminders_and_no_warnings(running):
    lone = running.do(cases.file, running.reader, "lms", None, running.origin()).id
    at = local("2026-12-28 10:00")
    running.sql(lambda uow: resits.plan(uow, running.office, running.clock(), uow.cases.get(lone), at))
    kinds = running.sql(
        lambda uow: [
            n.facts for n in uow.session.query(Notice).filter(Notice.due_at > local("2026-12-26 00:00"))
        ]
    )
    assert len(kinds) == 3


# Who may, of what there is


def test_colleagues__are_named_by_who_speaks_for_them(running):
    assert code_of(running, absences.colleagues, running.proctor, "T1") == "no_such_colleague"
    assert [one.name for one in running.do(absences.colleagues, running.dean, "T1")] == ["Қызметкер T1"]


def test_absence__with_a_stand_in_out_of_the_bots_reach_is_kept_and_told_to_nobody(running):
    running.add_staff(member("T7"))
    until = local("2026-12-22 09:00")
    stands_in = running.person("T7").id
    running.do(absences.declare, running.examiner, running.examiner.person_id, until, stands_in)
    away = running.sql(lambda uow: uow.absences.away([running.examiner.person_id], running.clock()))
    assert away == {running.examiner.person_id: stands_in}
    running.tick()
    told = {m.user_id for m in running.sent()}
    assert running.methodist.user_id in told, "the next of the chain hears, since the stand-in cannot"


def test_added_file__is_a_file_for_what_takes_files_and_is_open(faculty):
    case_id = submitted(faculty)
    scan, voice = Sent("F2", "document", "b.pdf"), Sent("F3", "voice")
    assert code_of(faculty, appealed.add_to_case, faculty.me, case_id, voice, 1) == "file_kind"
    assert code_of(faculty, appealed.add_to_case, faculty.other, case_id, scan, 1) == "not_yours"
    faculty.clock.now = local("2026-12-21 14:05")
    report = faculty.do(cases.file, faculty.me, "other", None, faculty.origin()).id
    assert code_of(faculty, appealed.taking_files, faculty.me, report) == "case_gone"
    faculty.do(appealed.withdraw, faculty.me, case_id, case_of(faculty, case_id).revision, faculty.origin())
    assert code_of(faculty, appealed.taking_files, faculty.me, case_id) == "case_over"


def test_words__that_are_changed_may_not_grow_beyond_what_is_read(faculty):
    draft = begun(faculty)
    faculty.do(appeals.add_text, faculty.me, draft.id, "Қате.", 1, 70)
    long = "я" * (faculty.office.appeals[Attestation.INTERIM].text_letters_max + 1)
    assert code_of(faculty, rewording.in_appeal, faculty.me, draft.id, 70, long) == "appeal_text_long"
    assert faculty.do(rewording.in_appeal, faculty.me, draft.id, 71, "басқа") is None
    form = faculty.do(forms.begin, faculty.me, "postponement")
    faculty.do(forms.add, faculty.me, form.id, 2, text="Ауылда.", source=72)
    long = "я" * (forms.TEXT_LETTERS + 1)
    assert code_of(faculty, rewording.in_application, faculty.me, form.id, 72, long) == "form_text_long"
    assert faculty.do(rewording.in_application, faculty.me, form.id, 73, "басқа") is None


def test_application__is_seen_by_its_people_and_answered_with_a_word_there_is(running):
    running.add_exams(exam("E2", local("2026-12-23 09:00"), kind=ExamKind.WRITTEN))
    later = running.sql(lambda uow: uow.exams.by_ext()["E2"].id)
    draft = running.do(forms.begin, running.reader, "postponement")
    running.do(forms.choose, running.reader, draft.id, exam_id=later)
    running.do(forms.choose, running.reader, draft.id, reason="no_means")
    running.do(forms.add, running.reader, draft.id, running.origin(), text="Ауылда интернет жоқ.")
    stamp = running.do(forms.draft_of, running.reader, draft.id).stamp
    case_id = running.do(applications.submit, running.reader, draft.id, stamp, running.origin())
    for me in (running.other, running.proctor):
        assert code_of(running, applications.show, me, case_id) == "not_yours"
    answer = {"outcome": "perhaps", "words": "жарайды"}
    assert code_of(running, applications.answer, running.dean, case_id, 5, **answer) == "unknown_vote"


def test_figures__are_read_from_a_message_not_from_a_book(hall):
    office = hall.member("R1", Role.REGISTRAR)
    assert code_of(hall, registrar.compute, office, "5 " * 10_001) == "figures_form"


def test_preparation__only_where_the_source_gives_such_a_time(running):
    assert code_of(running, preparation.begin, running.reader, running.exam_id, 5) == "walk_gone"


def test_day_report__remarks_and_reasons_have_an_end_and_a_day_without_exams_has_no_report(running):
    running.clock.now = local("2026-12-21 16:00")
    seen = running.do(day_reports.fill, running.proctor)
    long = "я" * 5000
    assert code_of(running, day_reports.remark, running.proctor, seen.id, long) == "act_text_long"
    running.do(day_reports.send, running.proctor, seen.id, seen.revision, running.origin())
    assert code_of(running, day_again.reopen, running.proctor, seen.id, long, 6) == "act_text_long"
    empty = dt.date(2026, 12, 20)
    assert code_of(running, day_reports.centre, running.dean, empty, running.origin()) == "day_no_exams"


# Files on their way


def test_file__that_was_settled_meanwhile_is_not_judged_again(running):
    sent = Sent("F1", "document", "a.pdf")
    draft = running.do(forms.begin, running.reader, "postponement").id
    running.do(forms.add, running.reader, draft, running.origin(), sent=sent)
    (file,) = running.sql(lambda uow: uow.files.of_draft(draft))
    good = FileVerdict("pdf")
    running.do(files.judged, file.id, good, "a" * 64, 10)
    again = running.sql(lambda uow: uow.files.get(file.id))
    assert (again.state, again.reason) == ("waiting", "again"), "its bytes were erased as another's copy"
    kept = running.office.files.put(b"%PDF")
    running.do(files.judged, file.id, good, kept, 4)
    for late in ((files.judged, (FileVerdict("", problem="damaged"), "", 0)), (files.not_had, ("away",))):
        running.do(late[0], file.id, *late[1])
    assert running.sql(lambda uow: uow.files.get(file.id)).state == "kept"


# Chats


def test_chats__of_nobody_are_left_alone_and_a_group_that_grew_keeps_one_account(running):
    running.do(chats.migrate, CHAT, LATER)
    running.do(chats.link, running.examiner, CHAT, "АЖ-23-1")
    running.do(chats.bot_is, CHAT, True, True)
    linked = running.sql(lambda uow: uow.chats.find(CHAT)[0].id)
    running.do(
        chats.seen, CHAT, [(running.guest.user_id, True), (4040, True), (running.reader.user_id, True)]
    )
    asked = running.do(chats.questions, 50)
    assert {question.user for question in asked if question.user} == {running.other.user_id}
    running.do(chats.link, running.examiner, LATER, "АЖ-23-1")
    running.do(chats.migrate, CHAT, LATER)
    assert running.sql(lambda uow: uow.chats.find(LATER)[0].id) == linked
    assert running.sql(lambda uow: uow.people.account(CHAT)) is None
    running.do(chats.unlink, running.examiner, LATER)
    running.do(chats.answered, [Answer(Question(linked, LATER, 1, 501), present=True)])
    assert running.sql(lambda uow: uow.chats.find(LATER)) is None


def test_helpers_chat__that_is_none_is_not_unlinked(hall):
    lead = hall.member("C1", Role.CALL_CENTER)
    assert code_of(hall, deskchats.unlink, lead, CHAT) == "desk_chat_gone"


# Terms that a policy does not set


def test_retention__without_a_term_nothing_is_erased(governed):
    hall = governed("retention: {attachments_days: null, tickets_days: null, deliveries_days: null}")
    for work in (retention.purge_files, retention.purge_tickets, retention.purge_deliveries):
        assert hall.do(work) == 0


def test_nobody__has_no_exams_and_a_guest_no_wishes(running):
    assert running.sql(lambda uow: exams.meant_now(uow, running.clock(), 404)) == []
    assert code_of(running, wishes.keep_quiet, running.guest, 22, 7) == "link_first"
    for work in (act_cases.waiting_for, aftermath.waiting_for):
        assert running.do(work, running.guest) == []
