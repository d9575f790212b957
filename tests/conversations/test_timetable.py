"""An examiner changes an exam from the phone: asked first, done, told; forged taps change nothing."""

import urllib.request

from icalendar import Calendar

from bot.rules.vocabulary import Role
from tests.support.campus import Campus
from tests.support.town import Town


def test_extend__from_the_card_in_three_taps_and_the_student_hears(town: Town, campus: Campus) -> None:
    examiner, student = campus.member(), campus.student()
    exam_id = campus.exam(examiner, starts_in=-60, subject_kk="Деректер қоры")
    examiner.send("/exams").tap("09:00 · Деректер қоры").tap("Уақытын өзгерту").tap("+15 минут")
    assert "Жаңа аяқталу уақыты: 11:15" in examiner.text
    examiner.tap("✅ Иә, растаймын")
    assert "✅ Өзгерді" in "\n".join(examiner.texts())
    town.settle()
    assert "09:00–11:15" in student.text
    examiner.forge(f"xf:{exam_id}:1:30")
    town.settle()
    changes = town.sql(lambda uow: [change.action for change in uow.exams.changes(exam_id)])
    assert changes == ["extended"]


def test_move__typed_and_confirmed(town: Town, campus: Campus) -> None:
    dean, student = campus.member(Role.DEPUTY_DEAN), campus.student()
    campus.exam(starts_in=24 * 60, subject_kk="Желілер")
    dean.send("/staff").tap("Кестені өзгерту").tap("22 желтоқсан, 10:00 · Желілер").tap("Басқа уақытқа")
    dean.send("ертең кешке")
    assert "22.12 14:00" in dean.text
    dean.send("23.12 15:30")
    assert "23 желтоқсан, 15:30–17:30" in dean.text
    dean.tap("✅ Иә, растаймын")
    town.settle()
    assert "23 желтоқсан, 15:30–17:30" in student.text
    assert "уақыты өзгерді" in student.text


def test_cancel__asked_first_and_out_of_the_calendar(town: Town, campus: Campus) -> None:
    examiner, student = campus.member(), campus.student()
    campus.exam(examiner, starts_in=60, subject_kk="Веб")
    examiner.send("/exams").tap("11:00 · Веб").tap("Уақытын өзгерту").tap("Емтиханды болдырмау")
    assert "✅ Иә, растаймын" in examiner.labels()
    examiner.tap("✅ Иә, растаймын")
    town.settle()
    assert "Емтихан өтпейді" in student.text
    student.tap("Күнтізбеге")
    document = student.last()["document"]
    with urllib.request.urlopen(town.sandbox.url + document["url"]) as answer:
        calendar = Calendar.from_ical(answer.read())
    assert calendar["method"] == "CANCEL"


def test_one_students_minutes__are_given_by_name(town: Town, campus: Campus) -> None:
    examiner, student = campus.member(), campus.student("ru", full_name="Ахметов Мади")
    campus.exam(examiner, starts_in=-60, subject_kk="Веб", subject_ru="Веб")
    examiner.send("/exams").tap("09:00 · Веб").tap("Уақытын өзгерту").tap("Бір студентке уақыт")
    examiner.tap("Ахметов Мади").tap("+30 минут").tap("✅ Иә, растаймын")
    town.settle()
    assert "09:00–11:30" in student.text
    assert "добавлено только Вам: 30 минут" in student.text
    student.send("/exams")
    assert "09:00–11:30" in student.text


def test_forged__taps_of_a_student_and_of_another_faculty_change_nothing(town: Town, campus: Campus) -> None:
    student, stranger = campus.student(), campus.member(Role.DEAN, faculty="Басқа")
    exam_id = campus.exam(starts_in=60)
    for phone in (student.send("/exams"), stranger.send("/staff")):
        for data in (f"xf:{exam_id}:1:15", f"xq:{exam_id}:1", f"xc:{exam_id}", f"xp:{exam_id}:1:99999999999",
                     f"xn:{exam_id}:1:999999999", f"xj:{exam_id}:1:1:15:0", "xc:-", "xl:99"):  # fmt: skip
            phone.forge(data)
    town.settle()
    assert town.sql(lambda uow: len(uow.exams.changes(exam_id))) == 0


def test_settings__reminders_off_and_on_and_quiet_hours(campus: Campus) -> None:
    student = campus.student()
    student.send("/start").tap("Ескертулер")
    assert "Тыныш уақыт: 22:00–07:00" in student.text
    student.tap("✅ Еске салу")
    assert "⬜ Еске салу" in student.labels()
    student.tap("⬜ Еске салу")
    assert "✅ Еске салу" in student.labels()
    student.tap("23:00–08:00")
    assert "Тыныш уақыт: 23:00–08:00" in student.text
    student.tap("Тыныш уақытсыз")
    assert "Тыныш уақыт жоқ" in student.text
    student.forge("zq:5000:1")
    student.forge("zo:warnings:0")
    student.forge("zo")


def test_whole_session__in_one_calendar_file(town: Town, campus: Campus) -> None:
    student = campus.student()
    campus.exam(starts_in=90)
    campus.exam(starts_in=72 * 60)
    student.send("/exams").tap("Бәрін күнтізбеге")
    document = student.last()["document"]
    assert document["file_name"] == "exams.ics"
    with urllib.request.urlopen(town.sandbox.url + document["url"]) as answer:
        events = Calendar.from_ical(answer.read()).walk("VEVENT")
    assert len(events) == 2
    assert all(event["status"] == "CONFIRMED" and event.walk("VALARM") for event in events)
