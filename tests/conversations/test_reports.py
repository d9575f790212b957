"""/sos: a report is filed in two taps, reaches a person, is added to and taken."""

import pytest

from bot.rules.vocabulary import ExamKind, Role
from tests.conversations.conftest import PHONE_LINE
from tests.support.campus import Campus
from tests.support.clock import HandClock
from tests.support.town import Phone

TAKE = "✅ Қабылдаймын"
TROUBLES = {
    "kk": ["Жарық сөнді", "Интернет жоқ", "Zoom істемейді", "Емтихан жүйесі ашылмайды", "Құрылғы бұзылды"],
    "ru": ["Нет электричества", "Нет интернета", "Не работает Zoom", "Не открывается система"],
}


def filed(campus: Campus, phone: Phone, trouble: str = "Интернет жоқ") -> str:
    """File a report; its number."""
    phone.send("/sos").tap(trouble)
    return str(campus.cases(phone)[-1].number)


def test_sos__one_running_exam_is_two_taps(campus: Campus) -> None:
    examiner = campus.member(full_name="Оспанова А.")
    exam = campus.exam(examiner, subject_kk="Деректер қоры")
    phone = campus.student(full_name="Ахметова Айгерім").send("/sos")
    assert phone.text.split("\n") == [
        "🔴 Не болды?",
        "Емтихан: Деректер қоры",
        "Себебін бассаңыз, хабарлама бірден кетеді.",
    ]
    assert phone.labels()[:5] == TROUBLES["kk"]
    asked = phone.last()["message_id"]
    phone.tap("Интернет жоқ")
    (case,) = campus.cases(phone)
    assert case.exam_id == exam
    assert phone.message(asked)["text"].split("\n") == [
        f"🔴 Хабарлама қабылданды: {case.number}, 10:00.",
        "Интернет жоқ. Емтихан: Деректер қоры",
        "Хабарланды: оқытушы (Оспанова А.)",
        "",
        "Жауап осында келеді. Сөз немесе сурет қосуға болады.",
    ]
    assert examiner.text.split("\n") == [
        f"🔴 Форс-мажор {case.number}, 10:00",
        f"Ахметова Айгерім, {campus.group}",
        "Интернет жоқ. Емтихан: Деректер қоры",
        "Емтихан жүріп жатыр. Аяқталу уақыты: 11:00. Қалды: 60 минут",
    ]
    promises = ["Жіберуді шешу: 30 минут", "Анықтаймын: 15 минут"]
    assert examiner.labels() == [TAKE, *promises, "Шешім", "Тарихы"]


def test_sos__in_russian_to_a_kazakh_examiner(campus: Campus) -> None:
    examiner = campus.member(full_name="Оспанова А.")
    campus.exam(examiner, subject_kk="Деректер қоры", subject_ru="Базы данных")
    phone = campus.student("ru").send("/sos")
    assert phone.labels()[:4] == TROUBLES["ru"]
    phone.tap("Не работает Zoom")
    assert "Не работает Zoom. Экзамен: Базы данных" in phone.text
    assert "Сообщили: преподаватель (Оспанова А.)" in phone.text
    assert "Zoom істемейді. Емтихан: Деректер қоры" in examiner.text


def test_sos__several_running_exams_ask_which(campus: Campus) -> None:
    first, second = campus.member(), campus.member()
    campus.exam(first, subject_kk="Физика")
    chosen = campus.exam(second, subject_kk="Химия", starts_in=-30)
    phone = campus.student().send("/sos")
    assert phone.text == "🔴 Қай емтиханда?"
    assert phone.labels() == ["Физика", "Химия"]
    phone.tap("Химия").tap("Құрылғы бұзылды")
    assert campus.cases(phone)[0].exam_id == chosen
    assert "Форс-мажор" in second.text
    assert not first.fresh()


def test_sos__a_near_exam_is_meant_when_none_runs(campus: Campus) -> None:
    examiner = campus.member()
    exam = campus.exam(examiner, starts_in=40, subject_kk="Физика")
    campus.exam(starts_in=300, subject_kk="Химия")
    phone = campus.student().send("/sos")
    assert "Емтихан: Физика" in phone.text
    phone.tap("Жарық сөнді")
    assert campus.cases(phone)[0].exam_id == exam
    assert "Емтихан басталу уақыты: 10:40" in examiner.text


def test_sos__without_an_exam_goes_to_the_faculty(campus: Campus) -> None:
    methodist = campus.member(Role.METHODIST, department="")
    phone = campus.student().send("/sos")
    assert "хабарлама факультетке барады" in phone.text
    phone.tap("Басқа себеп")
    assert campus.cases(phone)[0].exam_id is None
    assert "Хабарланды: әдіскер" in phone.text
    assert "Форс-мажор" in methodist.text


def test_sos__from_the_card_of_a_later_exam_is_about_that_exam(campus: Campus) -> None:
    campus.exam(subject_kk="Қазіргі")
    later = campus.exam(starts_in=26 * 60, subject_kk="Ертеңгі")
    phone = campus.student().send("/exams").tap("22 желтоқсан").tap("🔴 Форс-мажор")
    assert "Емтихан: Ертеңгі" in phone.text
    phone.tap("Басқа себеп")
    assert campus.cases(phone)[0].exam_id == later


def test_sos__five_taps_at_once_are_one_report(campus: Campus) -> None:
    examiner = campus.member()
    campus.exam(examiner)
    phone = campus.student().send("/sos").tap("Интернет жоқ", times=5)
    assert len(phone.answers) == 5
    assert len(campus.cases(phone)) == 1
    assert len(examiner.fresh()) == 1
    assert len([text for text in phone.texts() if "FM-26-" in text]) == 1


def test_sos__the_same_trouble_again_is_the_same_report(campus: Campus) -> None:
    campus.exam()
    phone = campus.student()
    number = filed(campus, phone)
    phone.send("/sos").tap("Интернет жоқ")
    assert phone.text.startswith(f"Бұл хабарлама қабылданған: {number}, 10:00.")
    phone.send("/sos").tap("Zoom істемейді")
    assert len(campus.cases(phone)) == 2


def test_sos__of_staff_goes_up_their_own_chain(campus: Campus) -> None:
    head = campus.member(Role.HEAD_OF_DEPARTMENT)
    examiner = campus.member()
    campus.exam(examiner)
    examiner.send("/sos").tap("Жарық сөнді")
    assert "Хабарланды: кафедра меңгерушісі" in examiner.text
    assert "Форс-мажор" in head.text


def test_sos__nobody_linked_is_said_with_the_phone_numbers(campus: Campus) -> None:
    campus.exam()
    phone = campus.student().send("/sos").tap("Интернет жоқ")
    assert "Қазір ешкімге жеткізе алмадық." in phone.text
    assert phone.text.endswith(PHONE_LINE)
    assert "Жауап осында келеді" not in phone.text
    assert "Хабарланды" not in phone.text
    assert len(campus.cases(phone)) == 1


def test_sos__too_many_in_an_hour_are_refused_with_a_way_out(campus: Campus) -> None:
    campus.exam()
    phone = campus.student()
    for trouble in (*TROUBLES["kk"], "Басқа себеп"):
        phone.send("/sos").tap(trouble)
    campus.exam(starts_in=-5, subject_kk="Химия")
    phone.send("/sos").tap("Химия").tap("Интернет жоқ")
    assert phone.text.startswith("Бір сағатта 6 хабарлама жібердіңіз")
    assert PHONE_LINE in phone.text
    assert len(campus.cases(phone)) == 6


def test_status__is_fresh_at_every_look(campus: Campus, clock: HandClock) -> None:
    examiner = campus.member(full_name="Оспанова А.")
    campus.exam(examiner)
    phone = campus.student()
    number = filed(campus, phone)
    message = phone.last()["message_id"]
    clock.move(minutes=3)
    phone.tap("Жаңарту", message_id=message)
    assert phone.message(message)["text"].startswith(f"🔴 Хабарлама {number}, 10:00")
    assert phone.message(message)["text"].endswith("Жағдай уақыты: 10:03")
    examiner.tap(TAKE)
    phone.tap("Жаңарту", message_id=message)
    assert "✅ Қабылдаған: Оспанова А., 10:03" in phone.message(message)["text"]
    phone.send("/my")
    assert f"{number} · 10:00 · қабылданды" in phone.text


def test_take__the_reporter_learns_who_and_when(campus: Campus) -> None:
    examiner = campus.member(full_name="Оспанова А.")
    campus.exam(examiner)
    phone = campus.student()
    number = filed(campus, phone)
    card = examiner.last()["message_id"]
    examiner.tap(TAKE)
    assert f"✅ Хабарламаңызды қабылдаған: Оспанова А., 10:00. Нөмірі: {number}" in phone.text
    assert examiner.last()["message_id"] == card
    assert "✅ Қабылдаған: Оспанова А., 10:00" in examiner.text
    assert TAKE not in examiner.labels()
    assert campus.cases(phone)[0].state == "taken"


def test_take__five_taps_at_once_are_one(campus: Campus) -> None:
    examiner = campus.member()
    campus.exam(examiner)
    phone = campus.student()
    filed(campus, phone)
    phone.fresh()
    examiner.tap(TAKE, times=5)
    assert len(phone.fresh()) == 1


def test_take__the_second_examiner_learns_who_was_first(campus: Campus) -> None:
    first, second = campus.member(full_name="О'Нил & К."), campus.member(language="ru")
    campus.exam(first, second)
    phone = campus.student()
    number = filed(campus, phone)
    card = second.last()["message_id"]
    first.tap(TAKE)
    assert "✅ Взято: О'Нил & К., 10:00" in second.text
    answer = second.forge(f"ct:{campus.cases(phone)[0].id}", card)
    assert answer["text"] == f"Обращение {number} уже взято: О'Нил & К., 10:00."
    assert answer["show_alert"]
    assert "✅ Взято: О'Нил & К., 10:00" in second.message(card)["text"]


def test_take__a_student_cannot_forge_it(campus: Campus) -> None:
    examiner = campus.member()
    campus.exam(examiner)
    phone, stranger = campus.student(), campus.student()
    filed(campus, phone)
    case = campus.cases(phone)[0]
    for person in (phone, stranger):
        person.forge(f"ct:{case.id}")
        assert person.text == "Бұл тек қызметкерлерге арналған."
    assert campus.cases(phone)[0].state == "waiting"


def test_take__staff_who_were_not_told_cannot(campus: Campus) -> None:
    examiner, other = campus.member(), campus.member()
    campus.exam(examiner)
    phone = campus.student()
    filed(campus, phone)
    other.forge(f"ct:{campus.cases(phone)[0].id}")
    assert other.text == "Бұл хабарлама Сізге бағытталмаған."
    assert campus.cases(phone)[0].state == "waiting"


@pytest.mark.parametrize("prefix", ["cv", "cc", "cn", "co", "cf"])
def test_report__of_another_is_not_shown_whatever_is_forged(campus: Campus, prefix: str) -> None:
    campus.exam()
    phone, stranger, colleague = campus.student(full_name="Құпия Есім"), campus.student(), campus.member()
    filed(campus, phone)
    for other in (stranger, colleague):
        other.forge(f"{prefix}:{campus.cases(phone)[0].id}")
        assert not any("Құпия" in text for text in other.texts())
    assert colleague.text == "Бұл хабарлама Сізге бағытталмаған."
    assert stranger.text in (colleague.text, "Бұл тек қызметкерлерге арналған.")


def test_report__denials_are_written_down(campus: Campus) -> None:
    campus.exam()
    phone, stranger = campus.student(), campus.student()
    filed(campus, phone)
    stranger.forge(f"cv:{campus.cases(phone)[0].id}")

    def denied(uow: object) -> list[object]:
        from sqlalchemy import select

        from bot.storage.tables import AuditEvent

        account = uow.people.account(stranger.user_id)  # type: ignore[attr-defined]
        query = select(AuditEvent.detail).where(
            AuditEvent.account_id == account.id, AuditEvent.action == "access_denied"
        )
        return list(uow.session.scalars(query))  # type: ignore[attr-defined]

    assert campus.town.sql(denied) == [{"code": "not_yours"}]


def test_examiner__blocked_so_the_next_hears_at_once(campus: Campus) -> None:
    examiner = campus.member()
    methodist = campus.member(Role.METHODIST, department="", full_name="Бекова Г.")
    campus.exam(examiner)
    phone = campus.student()
    campus.town.fault("403", examiner)
    filed(campus, phone)
    assert "Форс-мажор" in methodist.text
    assert not examiner.fresh()
    assert "Хабарланды: әдіскер (Бекова Г.)" in phone.text
    assert "Хабарланды: әдіскер (Бекова Г.)" in phone.text


def test_examiner__who_has_blocked_the_bot_before_is_passed_over(campus: Campus) -> None:
    examiner = campus.member()
    methodist = campus.member(Role.METHODIST, department="")
    campus.exam(examiner)
    phone = campus.student()
    examiner.change(blocked=True)
    filed(campus, phone)
    assert "Хабарланды: әдіскер" in phone.text
    assert "Форс-мажор" in methodist.text


def test_examiner__not_linked_is_passed_over(campus: Campus) -> None:
    methodist = campus.member(Role.METHODIST, department="")
    campus.exam()
    phone = campus.student()
    filed(campus, phone)
    assert "Форс-мажор" in methodist.text


def test_chain__nobody_answers_so_the_next_is_told(campus: Campus, clock: HandClock) -> None:
    examiner = campus.member(full_name="Оспанова А.")
    methodist = campus.member(Role.METHODIST, department="", full_name="Бекова Г.")
    campus.exam(examiner)
    phone = campus.student()
    filed(campus, phone)
    assert not methodist.fresh()
    clock.move(minutes=5, seconds=1)
    campus.town.until(lambda: campus.cases(phone)[0].step == 1)
    phone.settle()
    assert "Форс-мажор" in methodist.text
    assert "Әзірге жауап болмады. Келесі жауапты адамға да хабарланды." in phone.text
    assert "Хабарланды: оқытушы (Оспанова А.)\nХабарланды: әдіскер (Бекова Г.)" in phone.text


def test_staff_desk__lists_what_waits(campus: Campus) -> None:
    examiner = campus.member()
    campus.exam(examiner)
    assert examiner.send("/staff").text.startswith("Сізді күтіп тұрған хабарлама жоқ.\n")
    phone = campus.student(full_name="Ахметова Айгерім")
    number = filed(campus, phone)
    examiner.send("/staff")
    assert f"{number} · 10:00 · жауап күтуде\nАхметова Айгерім: Интернет жоқ" in examiner.text
    examiner.tap(f"{number} · Ахметова Айгерім").tap(TAKE)
    assert campus.cases(phone)[0].state == "taken"


def test_staff_desk__is_not_for_students(campus: Campus) -> None:
    phone = campus.student().send("/staff")
    assert phone.text == "Бұл тек қызметкерлерге арналған."
    assert "🔴 Форс-мажор" in phone.labels()


def test_final_exam__goes_to_the_secretary(campus: Campus) -> None:
    secretary = campus.member(Role.SECRETARY, department="")
    campus.exam(kind=ExamKind.THESIS_DEFENCE, attestation=campus.final, duration_min=120)
    phone = campus.student()
    filed(campus, phone)
    assert "Хабарланды: комиссия хатшысы" in phone.text
    assert "Форс-мажор" in secretary.text
