"""/exams: the list, the card, the calendar file."""

import datetime as dt
import urllib.request

import pytest
from icalendar import Calendar, Component

from bot.rules.vocabulary import Attestation, ExamKind, Role
from tests.support.campus import Campus
from tests.support.clock import ALMATY, HandClock, local
from tests.support.town import Phone, Town


def event_of(town: Town, phone: Phone) -> Component:
    """The only event of the newest message's calendar file."""
    document = phone.last()["document"]
    assert document["file_name"] == "exam.ics"
    with urllib.request.urlopen(town.sandbox.url + document["url"]) as answer:
        calendar = Calendar.from_ical(answer.read())
    (event,) = calendar.walk("VEVENT")
    return event


def test_exams__of_a_student_nearest_first_with_local_time(campus: Campus) -> None:
    campus.exam(starts_in=3 * 24 * 60 + 90, subject_kk="Веб", kind=ExamKind.TEST, duration_min=40)
    campus.exam(starts_in=-60, subject_kk="Деректер қоры")
    campus.exam(starts_in=45, subject_kk="Желілер", kind=ExamKind.ORAL, duration_min=30)
    campus.exam(starts_in=-11 * 60, subject_kk="Физика", duration_min=60)
    phone = campus.student().send("/exams")
    assert phone.text.split("\n\n") == [
        "Емтихандарыңыз",
        "Физика\nЖазбаша емтихан · 20 желтоқсан, 23:00–21 желтоқсан, 00:00\nАяқталды",
        "Деректер қоры\nЖазбаша емтихан · 09:00–11:00\n⏰ Қазір жүріп жатыр. Қалды: 1 сағат",
        "Желілер\nАуызша емтихан · 10:45–11:15\nБасталуына қалды: 45 минут",
        "Веб\nТест · 24 желтоқсан, 11:30–12:10\nБасталуына қалды: 3 күн",
    ]
    assert phone.labels()[1] == "09:00 · Деректер қоры"


def test_exams__in_russian(campus: Campus) -> None:
    campus.exam(starts_in=24 * 60 + 61, subject_ru="Сети", kind=ExamKind.TEST, duration_min=40)
    phone = campus.student("ru").send("/exams")
    assert phone.text.split("\n")[2:] == [
        "Сети",
        "Тест · 22 декабря, 11:01–11:41",
        "До начала: 25 часов 1 минута",
    ]


def test_exams__of_an_examiner_are_those_they_hold(campus: Campus) -> None:
    examiner, other = campus.member(), campus.member()
    campus.exam(examiner, subject_kk="Менікі")
    campus.exam(other, subject_kk="Бөтен")
    examiner.send("/exams")
    assert "Менікі" in examiner.text
    assert "Бөтен" not in examiner.text


def test_exams__of_a_proctor_are_those_they_watch(campus: Campus) -> None:
    proctor = campus.member(Role.PROCTOR)
    campus.exam(proctor=proctor.ext_id, subject_kk="Бақылаудағы")
    assert "Бақылаудағы" in proctor.send("/exams").text


@pytest.mark.parametrize(
    ("language", "said", "button"), [("kk", "Алда емтихан", "Қадамдар"), ("ru", "Впереди экзаменов", "Шаги")]
)
def test_exams__of_nobody(campus: Campus, language: str, said: str, button: str) -> None:
    phone = campus.student(language).send("/exams")
    assert phone.text.startswith(said)
    assert phone.labels() == [button]


def test_exams__of_a_guest_say_how_to_link(town: Town) -> None:
    phone = town.phone("kk").start().tap("Қазақша").send("/exams")
    assert "Алдымен аккаунтты байланыстырыңыз" in phone.text


def test_exam_card__leads_to_steps_links_report_and_calendar(campus: Campus) -> None:
    campus.exam(subject_kk="Деректер қоры")
    phone = campus.student().send("/exams").tap("09:00")
    assert phone.text.startswith("Деректер қоры\nЖазбаша емтихан · 09:00–11:00")
    assert "UTC+5" in phone.text
    buttons = [button for row in phone.last()["keyboard"]["inline"] for button in row]
    links = {button["text"]: button["url"] for button in buttons if "url" in button}
    assert links == {
        "Zoom-ды ашу": "https://meet.example/room",
        "Жүйені ашу": "https://lms.example/course",
    }
    assert {"Қадамдар", "🔴 Форс-мажор", "Күнтізбеге", "Емтихандарым"} <= set(phone.labels())
    phone.tap("Қадамдар")
    assert "Деректер қоры · 1/7 қадам" in phone.text
    assert phone.tap("Емтихандарым").text.startswith("Емтихандарыңыз")


def test_exam_card__says_what_to_do_next(campus: Campus) -> None:
    campus.exam()
    phone = campus.student().send("/exams").tap("09:00")
    assert "Келесі қадам: dot.ayu.edu.kz сайтына кіріңіз" in phone.text
    phone.tap("Қадамдар").tap("✅ Орындадым")
    phone.send("/exams").tap("09:00")
    assert "Келесі қадам: Бейнеконференцияға (Zoom) қосылыңыз" in phone.text


def test_exam_card__of_an_exam_that_is_over_offers_no_report(campus: Campus) -> None:
    campus.exam(starts_in=-180)
    phone = campus.student().send("/exams").tap("07:00")
    assert "Аяқталды" in phone.text
    assert "🔴 Форс-мажор" not in phone.labels()


def test_exam_card__of_a_final_exam_has_the_time_and_the_report(campus: Campus) -> None:
    campus.exam(kind=ExamKind.THESIS_DEFENCE, attestation=Attestation.FINAL, duration_min=60, starts_in=-10)
    phone = campus.student().send("/exams").tap("09:50")
    assert "Бітіру жұмысын қорғау · 09:50–10:50" in phone.text
    assert "🔴 Форс-мажор" in phone.labels()


def test_calendar__is_valid_in_utc_and_names_the_exam(campus: Campus, clock: HandClock) -> None:
    campus.exam(subject_kk="Деректер қоры; 2-бөлім, «SQL»")
    phone = campus.student().send("/exams").tap("09:00").tap("Күнтізбеге")
    assert phone.text == "Емтиханды телефонның күнтізбесіне қосыңыз."
    event = event_of(campus.town, phone)
    assert event.decoded("dtstart") == local("2026-12-21 09:00")
    assert event["dtstart"].to_ical().endswith(b"Z")
    assert event.decoded("dtend").astimezone(ALMATY).strftime("%H:%M") == "11:00"
    assert event["summary"] == "Деректер қоры; 2-бөлім, «SQL» (Жазбаша емтихан)"
    assert event["url"] == "https://meet.example/room"
    assert event.decoded("dtstamp") == clock()


def test_calendar__of_a_moved_exam_replaces_the_old_one(campus: Campus) -> None:
    exam_id = campus.exam(starts_in=60)
    phone = campus.student().send("/exams").tap("11:00").tap("Күнтізбеге")
    before = event_of(campus.town, phone)
    campus.move(exam_id, minutes=30)
    phone.settle().send("/exams").tap("11:30").tap("Күнтізбеге")
    after = event_of(campus.town, phone)
    assert after["uid"] == before["uid"]
    assert after["sequence"] > before["sequence"]
    assert after.decoded("dtstart") - before.decoded("dtstart") == dt.timedelta(minutes=30)


def test_exam_card__old_buttons_show_the_exam_as_it_is_now(campus: Campus) -> None:
    exam_id = campus.exam(starts_in=75)
    phone = campus.student().send("/exams")
    listed = phone.last()["message_id"]
    campus.move(exam_id, minutes=45)
    phone.settle().tap("11:15", message_id=listed)
    assert "12:00–14:00" in phone.text
