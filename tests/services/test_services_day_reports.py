"""The report of a day: filled from what happened, corrected, read by the dean, gathered by the deanery."""

import datetime as dt
import io

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Refusal
from bot.rules import day_reports as rules
from bot.rules.vocabulary import Role
from bot.services import cases, day_reports, exam_day, walks
from tests.services.test_services_acts import drawn
from tests.services.test_services_documents import docx_text, pdf_text
from tests.support.clock import local
from tests.support.hall import Hall
from tests.support.people import exam
from tests.support.refusals import refused
from tests.support.scenes import played, scene

DAY = dt.date(2026, 12, 21)


@played
def day(hall: Hall) -> Hall:
    hall.me = hall.member("P1", Role.PROCTOR)
    hall.examiner = hall.member("T1", Role.EXAMINER)
    hall.dean = hall.member("D1", Role.DEAN)
    hall.student_ = hall.student("S1", course=3)
    hall.student("S2")
    hall.add_exams(exam("E1", local("2026-12-21 09:00"), proctor="P1"))
    hall.exam_id = hall.sql(lambda uow: uow.exams.by_ext()["E1"].id)
    hall.clock.now = local("2026-12-21 09:05")
    hall.tick()
    return hall


@scene
def ended(hall):
    """A day with one student at work, a report, an act; its exam is over."""
    day(hall)
    hall.do(exam_day.begun, hall.me, hall.exam_id, on_time=False)
    hall.do(walks.open_walk, hall.student_, "ayu.written.take", hall.exam_id)
    hall.do(cases.file, hall.student_, "internet", hall.exam_id, hall.origin())
    drawn(hall, "ayu_violation", offences=("device",))
    hall.clock.now = local("2026-12-21 16:00")
    hall.tick()
    hall.sent()
    return hall


def sent(hall):
    seen = hall.do(day_reports.fill, hall.me)
    return hall.do(day_reports.send, hall.me, seen.id, seen.revision, hall.origin())


def files(hall, case_id, language="kk"):
    kept = [f for f in hall.sql(lambda uow: uow.files.of_case(case_id)) if f"-{language}." in f.name]
    return {file.type: hall.office.files.read(file.sha256) for file in kept}


def test_report__says_what_happened_without_being_asked(ended):
    seen = ended.do(day_reports.fill, ended.me)
    (line,) = seen.lines
    assert (line.total, line.present, line.absent, line.reports) == (2, 1, 1, 1)
    assert line.acts == ("VA-26-00001",)
    assert line.began_at == local("2026-12-21 09:05")
    assert seen.due_at == local("2026-12-21 18:00")
    assert (seen.number, seen.clause) == ("DR-26-00001", "AYU 5.1.5")
    assert ended.do(day_reports.fill, ended.me).id == seen.id


def test_report__of_whom_nothing_shows_leaves_the_number_open(hall):
    day(hall)
    assert hall.do(day_reports.fill, hall.me).lines[0].present is None


def test_report__goes_to_the_dean_once_with_its_documents(ended):
    seen = ended.do(day_reports.fill, ended.me)
    seen = ended.do(day_reports.correct, ended.me, seen.id, ended.exam_id, "2 https://rec.example/1")
    seen = ended.do(day_reports.remark, ended.me, seen.id, "Бәрі тыныш")
    origin = ended.origin()
    for _ in range(2):
        done = ended.do(day_reports.send, ended.me, seen.id, seen.revision, origin)
        assert (done.state, done.to) == ("closed", ("Қызметкер D1",))
    ended.tick()
    told = [m for m in ended.sent() if m.user_id == ended.dean.user_id and "Проктордың есебі келді" in m.text]
    assert len(told) == 1
    assert "Қатысқаны: 2. Келмегені: 0" in told[0].text
    made = files(ended, seen.id)
    book = openpyxl.load_workbook(io.BytesIO(made["xlsx"])).active
    cells = " ".join(str(c.value) for row in book.iter_rows() for c in row if c.value is not None)
    for text in (pdf_text(made["pdf"]), docx_text(made["docx"]), cells):
        for part in (
            "DR-26-00001",
            "Қызметкер P1",
            "Қызметкер D1",
            "Деректер қоры",
            "VA-26-00001",
            "Бәрі тыныш",
        ):
            assert part in text, part
    with refused("case_over"):
        ended.do(day_reports.remark, ended.me, seen.id, "Тағы")


def test_report__that_changed_since_it_was_shown_is_shown_again(ended):
    seen = ended.do(day_reports.fill, ended.me)
    ended.do(day_reports.remark, ended.me, seen.id, "Тағы бір сөз")
    with refused("case_moved"):
        ended.do(day_reports.send, ended.me, seen.id, seen.revision, ended.origin())


def test_report__is_not_sent_before_the_last_exam_ends(hall):
    day(hall)
    seen = hall.do(day_reports.fill, hall.me)
    with refused("day_not_over"):
        hall.do(day_reports.send, hall.me, seen.id, seen.revision, hall.origin())


def test_report__belongs_to_its_proctor(ended):
    seen = ended.do(day_reports.fill, ended.me)
    for one in (ended.examiner, ended.dean, ended.student_):
        with refused("not_yours"):
            ended.do(day_reports.show, one, seen.id)
        with refused("not_yours"):
            ended.do(day_reports.send, one, seen.id, seen.revision, ended.origin())
    with refused("day_no_exams"):
        ended.do(day_reports.fill, ended.dean)
    with refused("staff_only"):
        ended.do(day_reports.fill, ended.student_)


@pytest.mark.parametrize("text", ["", "көп", "12 суретте", "-3", "3 javascript:x", "99999"])
def test_line__that_cannot_be_read_is_refused(text):
    with refused("day_line_unread"):
        rules.read_line(text)


@given(st.integers(0, 9999), st.sampled_from(["", "https://rec.example/a?b=1"]))
def test_line__gives_the_number_and_the_link(number, link):
    assert rules.read_line(f" {number} {link} ") == (number, link)


@given(st.integers(1, 10**8), st.integers(1, 10**8), st.dates(), st.dates())
def test_key__is_one_for_a_scope_a_person_and_a_day(one, other, day_, that):
    keys = {
        rules.key(scope, person, at)
        for scope in (rules.PROCTOR, rules.CENTRE)
        for person in (one, other)
        for at in (day_, that)
    }
    assert len(keys) == 2 * len({one, other}) * len({day_, that})
    assert max(keys) < 0
    assert min(keys) > -(2**63)


def test_line__over_the_list_is_refused(ended):
    seen = ended.do(day_reports.fill, ended.me)
    with refused("day_too_many"):
        ended.do(day_reports.correct, ended.me, seen.id, ended.exam_id, "3")
    with refused("exam_gone"):
        ended.do(day_reports.correct, ended.me, seen.id, 999, "1")


def test_centre__gathers_the_day_and_names_who_is_missing(ended):
    before = ended.do(day_reports.centre, ended.dean, DAY, ended.origin())
    assert before.missing == ("Қызметкер P1",)
    sent(ended)
    origin = ended.origin()
    for _ in range(2):
        seen = ended.do(day_reports.centre, ended.dean, DAY, origin)
    assert (seen.missing, seen.lines[0].report, seen.lines[0].present) == ((), "DR-26-00001", 1)
    text = pdf_text(files(ended, seen.id, "ru")["pdf"])
    assert "Центр организации учебного процесса" in text
    assert "DR-26-00001" in text
    for one in (ended.me, ended.examiner):
        with pytest.raises(Refusal):
            ended.do(day_reports.centre, one, DAY, ended.origin())


def test_form_4__is_the_report_of_kaznmu(database_url):
    with Hall(database_url, profile="kaznmu") as hall:
        day(hall)
        hall.clock.now = local("2026-12-21 16:00")
        seen = sent(hall)
        made = files(hall, seen.id, "ru")
        book = openpyxl.load_workbook(io.BytesIO(made["xlsx"])).active
        rows = [[cell.value for cell in row] for row in book.iter_rows()]
        head = next(row for row in rows if "ФИО" in row)
        assert [c for c in head if c] == [
            "№", "ФИО", "Специальность", "Курс, группа", "Дисциплина", "Дата экзамена", "Ссылка", "АКТ",
            "Проктор",
        ]  # fmt: skip
        assert [row[1] for row in rows if str(row[1]).startswith("Студент")] == ["Студент S1", "Студент S2"]
        text = pdf_text(made["pdf"])
        assert "не составлен" in text
        assert "проверено экзаменационных работ: 0; из них составлено актов: 0" in text
