"""What seldom happens: rows that cannot be read, people who cannot be told, words that are said anew."""

import pytest
from sqlalchemy import select

from bot.errors import Refusal
from bot.rules.vocabulary import ExamKind, Role
from bot.services import (
    administration,
    appeals,
    board,
    chats,
    day_reports,
    digests,
    exam_day,
    forms,
    helpdesk,
    links,
    outbox,
    preparation,
    retention,
    rewording,
    talks,
    tickets,
    timers,
)
from bot.services.files import Sent
from bot.storage.tables import AuditEvent, Notice, Reminder
from tests.support.appealing import begun, whole
from tests.support.clock import local
from tests.support.people import exam, member
from tests.support.refusals import code_of
from tests.support.running import NINE, running

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What is decided here does not depend on the database."""


def block(hall, me):
    def blocked(uow):
        uow.people.account_by_id(me.account_id).blocked_at = hall.clock()

    hall.sql(blocked)


def notices(hall, kind):
    query = select(Notice).where(Notice.kind == kind).order_by(Notice.id)
    return hall.sql(lambda uow: list(uow.session.scalars(query)))


# Sending


def test_judged_together__one_that_cannot_be_read_holds_up_none_of_its_kind(hall):
    running(hall)
    other = hall.student("S2")
    hall.tick()
    hall.add_exams(exam("E1", NINE, meeting_url="https://meet.example/new"))
    spoilt = {row.person_id: row.id for row in notices(hall, links.KIND)}[hall.reader.person_id]
    hall.sql(lambda uow: setattr(uow.notices.get(spoilt), "facts", {}))
    sent = {parcel.user_id for parcel in hall.do(outbox.claim, 100) if parcel.kind == links.KIND}
    assert sent == {other.user_id, hall.examiner.user_id}
    row = hall.sql(lambda uow: uow.notices.get(spoilt))
    assert (row.state, row.reason) == ("skipped", "unreadable")


def test_timer__that_the_rules_no_longer_know_is_put_away_and_says_nothing(hall):
    running(hall)
    hall.tick()
    hall.sent()

    def rename(uow):
        exam_id = uow.exams.by_ext()["E1"].id
        row = next(row for row in uow.reminders.of_exam(exam_id).values() if row.state == "pending")
        row.rule, row.due_at, row.use_by = "offer:of_another_policy", hall.clock(), local("2026-12-21 11:00")
        return row.id

    number = hall.sql(rename)
    assert hall.do(timers.fire) == 1
    row = hall.sql(lambda uow: uow.session.get(Reminder, number))
    assert (row.state, row.reason) == ("expanded", timers.NOT_PLANNED)
    assert not hall.sql(
        lambda uow: list(uow.session.scalars(select(Notice).where(Notice.reminder_id == number)))
    )


def test_missed__is_told_to_the_examiner_who_has_an_account(hall):
    hall.add_staff(member("T2"))
    examiner, student = hall.member("T1"), hall.student("S1")
    hall.add_exams(exam("E1", NINE, examiners=("T2", "T1")))
    hall.wire.blocked.add(student.user_id)
    hall.clock.now = local("2026-12-21 10:30")
    for _ in range(2):
        hall.tick()
        hall.clock.move(seconds=20)
    assert [row.person_id for row in notices(hall, "missed")] == [examiner.person_id]


def test_start__whoever_has_blocked_the_bot_is_not_asked_and_the_others_are(watched):
    running(watched, proctor="P1")
    block(watched, watched.examiner)
    watched.clock.now = NINE + watched.office.policy.conduct.start_asked
    assert watched.do(exam_day.ask_due) == 1
    assert [row.person_id for row in notices(watched, exam_day.QUESTION)] == [watched.proctor.person_id]


def test_call__of_whom_the_bot_cannot_reach_or_who_does_not_sit_the_exam_says_so(hall):
    running(hall)
    other = hall.student("S2", group="ИС-23-1")
    block(hall, hall.reader)
    asked = (exam_day.call, hall.examiner, hall.exam_id)
    assert code_of(hall, *asked, hall.reader.person_id, 5) == "student_unreachable"
    for gone in (other.person_id, 404):
        assert code_of(hall, *asked, gone, 6) == "student_gone"
    assert not notices(hall, exam_day.CALL)


def test_digest__is_not_owed_to_a_dean_who_has_blocked_the_bot(hall):
    running(hall, dean="D1", deputy_dean="D2")
    block(hall, hall.dean)
    hall.clock.now = local("2026-12-21 08:00")
    assert hall.do(digests.owe_due) == 1
    assert [row.person_id for row in notices(hall, digests.DIGEST)] == [hall.deputy_dean.person_id]


# Talks, chats


def test_talk__a_helper_who_has_blocked_the_bot_loses_the_ticket_with_the_next_word(hall):
    helper, second, one = (
        hall.member("V1", Role.VOLUNTEER),
        hall.member("V2", Role.VOLUNTEER),
        hall.student("S1"),
    )
    hall.do(helpdesk.go_on_duty, helper)
    ticket = hall.do(tickets.open_own, one, "", hall.origin())
    hall.do(helpdesk.claim, helper, ticket.id)
    block(hall, helper)
    hall.do(helpdesk.go_on_duty, second)
    hall.do(talks.say, one, ticket.id, hall.origin(), text="көмектесіңіз")
    assert hall.do(tickets.show, one, ticket.id).state == "waiting"
    hall.do(helpdesk.claim, second, ticket.id)
    hall.tick()
    assert any(m.text.endswith("\nкөмектесіңіз") for m in hall.sent() if m.user_id == second.user_id)


def test_talk__a_word_that_cannot_be_read_is_told_to_its_author_and_the_next_one_arrives(hall):
    helper, one = hall.member("V1", Role.VOLUNTEER), hall.student("S1")
    hall.do(helpdesk.go_on_duty, helper)
    ticket = hall.do(tickets.open_own, one, "", hall.origin())
    hall.do(helpdesk.claim, helper, ticket.id)
    hall.tick()
    hall.sent()
    for word in ("бірінші", "екінші"):
        hall.do(talks.say, one, ticket.id, hall.origin(), text=word)
    (first,) = notices(hall, "talk")
    hall.sql(lambda uow: setattr(uow.notices.get(first.id), "facts", {}))
    hall.forward(seconds=3, step_seconds=1)
    hall.expect((one, "жетпеді"), (helper, "екінші"))
    assert hall.sql(lambda uow: uow.notices.get(first.id)).state == "failed"


def test_chat__that_an_examiner_refuses_is_forgotten_and_may_be_asked_for_again(hall):
    running(hall)
    asked = hall.do(chats.link, hall.reader, -500, "")
    assert asked.standing == "asked"
    stranger = hall.member("T9", department="x")
    assert code_of(hall, chats.refuse, stranger, asked.account_id) == "chat_not_yours"
    refused = hall.do(chats.refuse, hall.examiner, asked.account_id)
    assert (refused.group, refused.asker) == (asked.group, hall.reader.name)
    assert hall.sql(lambda uow: uow.chats.find(-500)) is None
    for work in (chats.refuse, chats.confirm):
        assert code_of(hall, work, hall.examiner, asked.account_id) == "chat_gone"
    assert hall.do(chats.link, hall.reader, -500, "").standing == "asked"


# Submissions


def test_words__that_are_said_anew_take_the_place_of_the_old_ones(faculty):
    me = faculty.me
    draft = begun(faculty).id
    faculty.do(appeals.add_text, me, draft, "Бірінші.", 1, 70)
    faculty.do(appeals.add_text, me, draft, "Екінші.", 2, 71)
    assert faculty.do(rewording.in_appeal, me, draft, 70, "Жаңа.").text == "Жаңа.\nЕкінші."
    form = faculty.do(forms.begin, me, "postponement").id
    faculty.do(forms.add, me, form, 3, text="Ауылда.", source=72)
    assert faculty.do(rewording.in_application, me, form, 72, "Қалада.").text == "Қалада."
    for work, number, source in ((rewording.in_appeal, draft, 70), (rewording.in_application, form, 72)):
        assert code_of(faculty, work, me, number, source, "👍 1") == "appeal_text_empty"


def test_appeal_form__is_made_of_what_the_draft_says(faculty):
    draft = whole(faculty)
    made = faculty.do(appeals.form, faculty.me, draft.id, "docx", "ru")
    assert made.content[:2] == b"PK"
    other = faculty.do(appeals.form, faculty.me, draft.id, "odd", "kk")
    assert other.content
    assert code_of(faculty, appeals.form, faculty.other, draft.id, "pdf", "kk") == "draft_gone"


def test_draft__takes_no_voice_and_ends_with_its_exam(faculty):
    draft = begun(faculty).id
    voice = Sent("F9", "voice")
    assert code_of(faculty, appeals.add_file, faculty.me, draft, voice, 9) == "file_kind"
    assert faculty.do(appeals.draft_of, faculty.me, draft).files == ()

    def cancel(uow):
        uow.exams.by_ext()["E1"].cancelled_at = faculty.clock()

    faculty.sql(cancel)
    assert code_of(faculty, appeals.draft_of, faculty.me, draft) == "exam_gone"


def test_drafts__that_nobody_touches_lose_their_files_too(faculty):
    draft = whole(faculty).id
    faculty.clock.move(days=float(faculty.office.policy.leaves["retention.drafts_days"].value), seconds=1)
    (file,) = faculty.sql(lambda uow: uow.files.of_draft(draft))
    assert faculty.do(retention.purge_drafts) == 1
    faculty.tick()
    row = faculty.sql(lambda uow: uow.files.get(file.id))
    assert (row.name, faculty.office.files.read(file.sha256)) == ("", None)


def test_preparation__so_near_the_end_that_no_warning_fits_says_the_end_alone(hall):
    student = hall.student("S1")
    hall.member("T1")
    hall.add_exams(exam("E1", NINE, kind=ExamKind.ORAL))
    exam_id = hall.sql(lambda uow: uow.exams.by_ext()["E1"].id)
    hall.clock.now = local("2026-12-21 10:58")
    assert hall.do(preparation.begin, student, exam_id, 5) == local("2026-12-21 11:00")
    assert [row.facts["left"] for row in notices(hall, preparation.KIND)] == [0]


# Registers, tables


def test_registers__hold_a_sent_report_of_a_day(hall):
    running(hall, proctor="P1", dean="D1")
    hall.clock.now = local("2026-12-21 16:00")
    seen = hall.do(day_reports.fill, hall.proctor)
    assert [one.state for one in hall.do(day_reports.register)] == [seen.state]


def test_tables__are_looked_at_by_administrators_of_all_and_that_is_written_down(hall):
    admin, dean = hall.member("A1", Role.ADMIN, faculty="", department=""), hall.member("D1", Role.DEAN)
    hall.do(board.look_up, admin, "people")
    hall.do(board.look_up, admin)
    with pytest.raises(Refusal):
        hall.do(board.look_up, dean, "people")
    logged = hall.sql(
        lambda uow: [one for one in uow.session.scalars(select(AuditEvent)) if one.action == "tables_seen"]
    )
    assert [one.detail for one in logged if one.action == "tables_seen"] == [{"page": "people"}]
    assert hall.do(administration.health) == (0.0, 0.0, ())
