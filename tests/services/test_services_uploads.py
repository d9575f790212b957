"""An administrator sends a file of the university to the bot: shown first, stored whole or not at all."""

import pytest

from bot.exchange.rows import Problem
from bot.rules.vocabulary import PersonKind, Role
from bot.services import files, registers, retention, uploads
from bot.services.files import Sent
from bot.services.imports import NothingStored, Report
from bot.storage.tables import AuditEvent
from tests.support.clock import local
from tests.support.people import exam, member, student
from tests.support.refusals import code_of

HEAD = "student_id,full_name,group,programme,faculty,level,course,language\n"
GOOD = HEAD + "S9,Айжан Серікқызы,АЖ-23-1,6B06101,АТ факультеті,bachelor,3,kk\n"
BAD = HEAD + "S9,Айжан,АЖ-23-1,6B06101,АТ,bachelor,9,kk\nS8,Ерлан,АЖ-23-1,6B06101,АТ,bachelor,2,xx\n"


@pytest.fixture
def admin(hall):
    return hall.member("A1", Role.ADMIN)


def send(hall, admin, text, kind="students"):
    hall.wire.files["F1"] = text.encode()
    found = hall.do(
        uploads.receive, admin, kind, Sent("F1", "document", "list.csv", len(text)), hall.origin()
    )
    hall.tick()
    return hall.do(uploads.look, admin, found.id)


def store(hall, admin, upload):
    job = hall.do(uploads.open_job, admin, upload.id)
    parsed = registers.parse_kept(hall.office, job.kind, job.sha256)
    return hall.do(uploads.store, admin, upload.id, parsed)


def students(hall):
    return set(hall.sql(lambda uow: uow.people.by_ext(PersonKind.STUDENT)))


def test_file__is_shown_then_stored_by_the_tap_and_a_second_tap_changes_nothing(hall, admin):
    found = send(hall, admin, GOOD)
    [card] = hall.expect((admin, "Файл дұрыс"))
    assert (found.state, found.added, students(hall)) == ("checked", 1, set())
    assert card.data == [f"is:{found.id}", f"ix:{found.id}"]
    done = store(hall, admin, found)
    assert (done.state, done.added, students(hall)) == ("stored", 1, {"S9"})
    assert hall.do(uploads.open_job, admin, found.id) is None, "it is stored already"
    assert hall.do(uploads.look, admin, found.id).state == "stored"
    actions = hall.sql(lambda uow: [row.action for row in uow.session.query(AuditEvent)])
    assert "file_imported" in actions


def test_file__with_wrong_rows_stores_nothing_and_comes_back_with_lines_and_columns(hall, admin):
    found = send(hall, admin, BAD)
    [card] = hall.expect((admin, "Файл сақталған жоқ"))
    assert (found.state, found.rejected, students(hall)) == ("refused", 2, set())
    assert [(one.line, one.column) for one in found.problems] == [(2, "course"), (3, "language")]
    assert "2-жол, «course»" in card.text
    assert card.upload is not None
    assert card.upload.content.startswith(b"PK")
    assert code_of(hall, uploads.open_job, admin, found.id) == "upload_gone"


def test_file__that_is_no_table_is_refused_in_the_readers_words(hall, admin):
    found = send(hall, admin, "%PDF-1.4 nothing")
    [card] = hall.sent()
    assert found.state == "refused"
    assert "Бұл кесте емес" in card.text


def test_file__that_became_wrong_meanwhile_is_not_stored(hall, admin):
    text = "exam_id,student_id,published_at\nE1,,2026-12-22T14:00\n"

    hall.add_students(student("S1"))
    hall.add_staff(member("T1"))
    hall.add_exams(exam("E1", local("2026-12-21 09:00")))
    found = send(hall, admin, text, "results")
    assert found.state == "checked"
    hall.sql(lambda uow: uow.session.delete(uow.exams.by_ext()["E1"]))
    with pytest.raises(NothingStored) as nothing:
        store(hall, admin, found)
    shown = hall.do(uploads.broke, admin, found.id, nothing.value.report)
    assert (shown.state, [one.code for one in shown.problems]) == ("refused", ["unknown_exam"])


def test_file__nobody_else_may_send_store_or_drop_it(hall, admin):
    dean = hall.member("D1", Role.DEAN)
    found = send(hall, admin, GOOD)
    for work, args in (
        (uploads.begin, ("students",)),
        (uploads.receive, ("students", Sent("F1", "document"), hall.origin())),
        (uploads.open_job, (found.id,)),
        (uploads.drop, (found.id,)),
    ):
        assert code_of(hall, work, dean, *args) == "admins_only"
    assert code_of(hall, uploads.begin, hall.student("S1"), "students") == "staff_only"
    assert code_of(hall, uploads.begin, admin, "everything") == "upload_kind"


def test_file__the_same_update_notes_it_once(hall, admin):
    hall.wire.files["F1"] = GOOD.encode()
    origin = hall.origin()
    first, again = (
        hall.do(uploads.receive, admin, "students", Sent("F1", "document"), origin) for _ in range(2)
    )
    assert first.id == again.id
    hall.tick()
    assert len(hall.sent()) == 1


def test_file__whose_storing_was_cut_off_keeps_its_bytes_until_it_is_stored(hall, admin):
    found = send(hall, admin, GOOD)
    job = hall.do(uploads.open_job, admin, found.id)
    parsed = registers.parse_kept(hall.office, job.kind, job.sha256)

    def cut(uow):
        uploads.store(uow, hall.office, hall.clock(), admin, found.id, parsed)
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        hall.sql(cut)
    hall.do(files.erase_due)
    assert store(hall, admin, found).state == "stored"
    assert hall.office.files.path(job.sha256).exists()
    hall.forward(seconds=6)
    assert not hall.office.files.path(job.sha256).exists()


def test_file__dropped_or_never_confirmed_leaves_no_bytes(hall, admin):
    first = send(hall, admin, GOOD)
    assert hall.do(uploads.drop, admin, first.id).state == "dropped"
    second = send(hall, admin, GOOD)
    job = hall.do(uploads.open_job, admin, second.id)
    assert hall.office.files.path(job.sha256).exists()
    hall.forward(hours=25, step_seconds=3600 * 25)
    hall.do(uploads.expire)
    hall.do(files.erase_due)
    assert hall.do(uploads.look, admin, second.id).state == "dropped"
    assert not hall.office.files.path(job.sha256).exists()
    assert hall.do(retention.purge_files) == 0


SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what does not depend on the database."""


@SQLITE
def test_taps__after_the_end_change_nothing(hall, admin):
    found = send(hall, admin, GOOD)
    job = hall.do(uploads.open_job, admin, found.id)
    parsed = registers.parse_kept(hall.office, job.kind, job.sha256)
    assert hall.do(uploads.store, admin, found.id, parsed).state == "stored"
    again = hall.do(uploads.store, admin, found.id, parsed)
    assert (again.state, again.added, students(hall)) == ("stored", 1, {"S9"})
    for work, more in ((uploads.drop, ()), (uploads.broke, (Report(),))):
        assert hall.do(work, admin, found.id, *more).state == "stored"
    actions = hall.sql(lambda uow: [row.action for row in uow.session.query(AuditEvent)])
    assert actions.count("file_imported") == 1


@SQLITE
def test_dropped__is_stored_by_nobody_and_of_none_there_is_nothing(hall, admin):
    found = send(hall, admin, GOOD)
    job = hall.do(uploads.open_job, admin, found.id)
    parsed = registers.parse_kept(hall.office, job.kind, job.sha256)
    hall.do(uploads.drop, admin, found.id)
    assert code_of(hall, uploads.store, admin, found.id, parsed) == "upload_gone"
    assert (hall.do(uploads.drop, admin, found.id).state, students(hall)) == ("dropped", set())
    assert code_of(hall, uploads.look, admin, 404) == "upload_gone"


@SQLITE
def test_reading__that_ends_after_the_file_was_dropped_says_nothing(hall, admin):
    found = send(hall, admin, GOOD)
    hall.do(uploads.drop, admin, found.id)
    hall.sent()
    hall.do(uploads.checked, found.id, Report())
    hall.tick()
    assert hall.do(uploads.look, admin, found.id).state == "dropped"
    hall.expect()


@SQLITE
def test_store__of_a_file_that_reads_badly_by_now_stores_nothing(hall, admin):
    found = send(hall, admin, GOOD)
    job = hall.do(uploads.open_job, admin, found.id)
    parsed = registers.parse_kept(hall.office, job.kind, job.sha256)
    parsed.problems.append(Problem(2, "course", code="bad", message=""))
    with pytest.raises(NothingStored) as nothing:
        hall.do(uploads.store, admin, found.id, parsed)
    assert [one.code for one in nothing.value.report.problems] == ["bad"]
    assert (hall.do(uploads.look, admin, found.id).state, students(hall)) == ("checked", set())


STAFF_HEAD = "staff_id,full_name,roles,faculty,department,language\n"
EXAM_HEAD = (
    "exam_id,subject_kk,subject_ru,kind,attestation,date,start,duration_min,groups,examiners,proctor,"
    "faculty,department,meeting_url,lms_url\n"
)
OTHERS = {
    "students": HEAD
    + "S9,Айжан Серікқызы,ЭК-1,6B06101,Экономика,bachelor,3,kk\n"
    + "S5,Ерлан Серікұлы,АЖ-23-1,6B06101,АТ факультеті,bachelor,3,kk\n",
    "staff": STAFF_HEAD + "T8,Айгүл Сәкенқызы,dean,,,kk\n",
    "timetable": EXAM_HEAD + "E7,Тарих,История,oral,interim,2026-12-28,09:00,60,ЭК-1,T9,,Экономика,,,\n",
    "results": "exam_id,student_id,published_at\nE7,,2026-12-22T14:00\n",
}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_file__of_another_facultys_people_or_exams_is_the_whole_universitys_administrators(hall, admin):
    rector = hall.member("A0", Role.ADMIN, faculty="")
    hall.add_students(student("S5", faculty="Экономика", group="ЭК-1"))
    hall.add_staff(member("T9", faculty="Экономика"))
    hall.add_exams(
        exam("E7", local("2026-12-21 09:00"), faculty="Экономика", groups=("ЭК-1",), examiners=("T9",))
    )
    wrong = {"students": [2, 3], "staff": [2], "timetable": [2], "results": [2]}
    for kind, text in OTHERS.items():
        found = send(hall, admin, text, kind)
        assert (found.state, [one.line for one in found.problems]) == ("refused", wrong[kind]), kind
        assert {(one.column, one.code) for one in found.problems} == {("faculty", "other_faculty")}
        assert "басқа факультет" in hall.sent()[-1].text
        assert send(hall, rector, text, kind).state == "checked", kind
    assert send(hall, admin, GOOD).state == "checked", "their own faculty is theirs"


def test_file__is_stored_and_dropped_by_its_sender_alone(hall, admin):
    other = hall.member("A2", Role.ADMIN)
    found = send(hall, admin, GOOD)
    for work in (uploads.open_job, uploads.drop, uploads.look):
        assert code_of(hall, work, other, found.id) == "upload_gone"
    assert store(hall, admin, found).state == "stored"
