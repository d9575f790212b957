"""Deans read their day, morning and evening, and their week as a document; nothing where nothing is."""

import datetime as dt

from bot.rules.preferences import Wishes
from bot.rules.vocabulary import Role
from bot.services import cases, digests
from tests.services.test_services_documents import pdf_text
from tests.support.clock import local
from tests.support.people import exam, student
from tests.support.refusals import code_of
from tests.support.scenes import scene

OTHER = "Тарих факультеті"


@scene
def faculty(hall):
    """A dean reading Kazakh, a deputy reading Russian, a dean without exams; exams on two days."""
    hall.asleep = set()
    hall.dean = hall.member("D1", Role.DEAN)
    hall.deputy = hall.member("D2", Role.DEPUTY_DEAN, language="ru")
    hall.stranger = hall.member("D9", Role.DEAN, faculty=OTHER)
    hall.examiner = hall.member("T1", Role.EXAMINER)
    hall.one = hall.student("S1")
    hall.add_students(student("S2"))
    hall.add_exams(exam("E1", local("2026-12-21 10:00")), exam("E2", local("2026-12-22 14:00")))
    hall.clock.now = local("2026-12-21 07:59")
    hall.tick()
    hall.sent()
    return hall


def at(hall, moment):
    hall.clock.now = local(moment)
    hall.tick()
    return [
        m for m in hall.sent() if m.user_id in {p.user_id for p in (hall.dean, hall.deputy, hall.stranger)}
    ]


def test_morning__says_what_is_ahead_to_each_in_their_language_once(faculty):
    got = {m.user_id: m.text for m in at(faculty, "2026-12-21 08:00")}
    assert set(got) == {faculty.dean.user_id, faculty.deputy.user_id}
    assert "☀️ Бүгін" in got[faculty.dean.user_id]
    assert "10:00 Деректер қоры" in got[faculty.dean.user_id]
    assert "Бот жете алмайтын студент: 1" in got[faculty.dean.user_id]
    assert "10:00 Базы данных" in got[faculty.deputy.user_id]
    assert at(faculty, "2026-12-21 08:05") == []


def test_evening__says_what_was_and_what_comes_tomorrow(faculty):
    at(faculty, "2026-12-21 08:00")
    faculty.clock.now = local("2026-12-21 10:30")
    exam_id = faculty.sql(lambda uow: uow.exams.by_ext()["E1"].id)
    faculty.do(cases.file, faculty.one, "internet", exam_id, faculty.origin())
    got = next(
        m for m in at(faculty, "2026-12-21 19:00") if m.user_id == faculty.dean.user_id and "🌙" in m.text
    )
    assert "Форс-мажор хабарламасы: 1" in got.text
    assert "Ертең емтихан саны: 1" in got.text
    assert "14:00 Деректер қоры" in got.text


def test_late_start__is_told_while_it_is_of_use_and_not_after(faculty):
    assert at(faculty, "2026-12-21 10:59")
    faculty.clock.now = local("2026-12-22 11:01")
    faculty.tick()
    assert not [m for m in faculty.sent() if "☀️" in m.text]


def test_wishes__are_respected(faculty):
    def switch(uow):
        uow.people.keep_wishes(faculty.dean.person_id, Wishes(reminders=False))

    faculty.sql(switch)
    assert {m.user_id for m in at(faculty, "2026-12-21 08:00")} == {faculty.deputy.user_id}


def test_role__taken_away_before_it_goes_out(faculty):
    faculty.clock.now = local("2026-12-21 08:00")
    faculty.do(digests.owe_due)
    faculty.sql(lambda uow: uow.people.set_roles(faculty.dean.person_id, []))
    faculty.tick()
    assert {m.user_id for m in faculty.sent() if "☀️" in m.text} == {faculty.deputy.user_id}


def test_week__is_a_document_with_its_figures(faculty):
    exam_id = faculty.sql(lambda uow: uow.exams.by_ext()["E1"].id)
    faculty.clock.now = local("2026-12-21 10:30")
    case_id = faculty.do(cases.file, faculty.one, "internet", exam_id, faculty.origin()).id
    faculty.clock.now += dt.timedelta(minutes=3)
    faculty.tick()
    faculty.do(cases.take, faculty.examiner, case_id, faculty.origin())
    faculty.clock.now = local("2026-12-25 16:59")
    faculty.tick()
    faculty.sent()
    got = {m.user_id: m for m in at(faculty, "2026-12-25 17:00") if m.upload is not None}
    assert set(got) == {faculty.dean.user_id, faculty.deputy.user_id}
    text = pdf_text(got[faculty.deputy.user_id].upload.content)
    assert "Итоги экзаменационной недели" in text
    assert "Сообщений о форс-мажоре" in text
    assert "2026-W52" in got[faculty.dean.user_id].upload.name
    made = faculty.do(digests.week, faculty.dean)
    assert made.content.startswith(b"%PDF-")
    assert code_of(faculty, digests.week, faculty.stranger) == "week_empty"
    assert code_of(faculty, digests.week, faculty.one) == "staff_only"
