"""From the card to the decision on phones: promises, times, orders, the clock, everything for all."""

from bot.rules.vocabulary import Role
from tests.support.campus import Campus
from tests.support.clock import HandClock
from tests.support.town import Phone

TAKE = "✅ Қабылдаймын"


def said(phone: Phone, part: str) -> bool:
    """Whether any message in the chat says so, as it stands now."""
    return any(part in text for text in phone.texts())


def offered(phone: Phone, label: str) -> bool:
    """Whether any message in the chat has such a button now."""
    return any(label in phone.labels(message) for message in phone.from_bot())


def filed(campus: Campus, phone: Phone, trouble: str = "Интернет жоқ") -> str:
    phone.send("/sos").tap(trouble)
    return str(campus.cases(phone)[-1].number)


def test_card__promise_keep_decide_the_same_day(campus: Campus, clock: HandClock) -> None:
    examiner = campus.member(full_name="Оспанова А.")
    campus.exam(examiner)
    phone = campus.student()
    filed(campus, phone)
    examiner.tap("Анықтаймын: 15 минут")
    assert said(examiner, "Уәдесі: анықтап, жауап беру. Мерзімі: 10:15")
    assert said(phone, "Уәдесі: анықтап, жауап беру. Мерзімі: 10:15")
    examiner.tap("✅ Орындадым")
    assert said(examiner, "Орындалды")
    examiner.tap("Шешім")
    assert offered(examiner, "✅ Қазір жіберу")
    assert not offered(examiner, "Басқа күн")
    examiner.tap("Бүгін қайта тапсыру")
    examiner.tap("10:30")
    (case,) = campus.cases(phone)
    assert (case.state, case.outcome) == ("closed", "same_day")
    assert said(phone, "Жаңа уақыты: 10:30")
    assert said(examiner, "Жаңа уақыты: 10:30")
    examiner.send("10:45")
    assert campus.cases(phone)[0].data["at"] == case.data["at"], "the question is closed"


def test_time__typed_in_answer_and_wrong_ones_are_explained(campus: Campus) -> None:
    examiner = campus.member()
    campus.exam(examiner)
    phone = campus.student()
    filed(campus, phone)
    examiner.tap("Шешім").tap("Бүгін қайта тапсыру")
    examiner.send("кейін")
    assert said(examiner, "Уақыты көрінбейді")
    examiner.send("09:00")
    assert said(examiner, "өтіп кеткен")
    examiner.send("28.12.2030 10:00")
    assert said(examiner, "тек бүгінге")
    examiner.send("16:30")
    assert campus.cases(phone)[0].outcome == "same_day"


def test_dean__orders_another_day_on_the_students_application(campus: Campus) -> None:
    examiner, dean = campus.member(), campus.member(Role.DEAN, department="", full_name="Декан Д.")
    campus.exam(examiner)
    phone = campus.student()
    number = filed(campus, phone)
    examiner.tap("Шешім").tap("Деканға беру")
    assert said(phone, "Өтінішіңіз керек")
    phone.tap("Басқа күн сұраймын")
    assert said(phone, "Студенттің өтініші: бар")
    assert said(dean, number)
    dean.tap("Шешім").tap("Басқа күн")
    dean.send("12-ө 28.12.2030 10:00")
    (case,) = campus.cases(phone)
    assert (case.outcome, case.data["order"]) == ("order", "12-ө")
    assert said(phone, "Өкім: 12-ө")


def test_clock__gone_back_and_minutes_given(campus: Campus, clock: HandClock) -> None:
    examiner = campus.member()
    campus.exam(examiner)
    phone = campus.student()
    filed(campus, phone)
    examiner.tap(TAKE)
    status = next(m for m in phone.from_bot() if "✅ Қосылды" in phone.labels(m))
    clock.move(minutes=4)
    phone.tap("✅ Қосылды", message_id=status["message_id"])
    assert "Жоғалған уақыт: 4 минут" in phone.message(status["message_id"])["text"]
    examiner.tap("Хабарламаны ашу").tap("Минут қайтару: 4")
    assert said(examiner, "Қайтарылған уақыт: 4 минут")


def test_withdraw__and_old_buttons(campus: Campus) -> None:
    examiner = campus.member()
    campus.exam(examiner)
    phone = campus.student()
    filed(campus, phone)
    card = examiner.last()["message_id"]
    status = next(m for m in phone.from_bot() if "Қайтарып алу" in phone.labels(m))["message_id"]
    phone.tap("Қайтарып алу")
    assert "қайтарып алынды" in phone.message(status)["text"]
    examiner.tap(TAKE, message_id=card)
    assert campus.cases(phone)[0].state == "withdrawn"
    assert "қайтарып алынды" in examiner.message(card)["text"]


def test_history__and_hand_over(campus: Campus) -> None:
    examiner = campus.member(full_name="Оспанова А.")
    methodist = campus.member(Role.METHODIST, department="", full_name="Бекова Г.")
    campus.exam(examiner)
    phone = campus.student()
    filed(campus, phone)
    examiner.tap(TAKE).tap("Басқаға беру").tap("әдіскер")
    assert said(methodist, "Форс-мажор")
    methodist.tap("Тарихы")
    assert said(methodist, "басқаға берілді")


def test_behalf__by_a_classmate(campus: Campus) -> None:
    examiner = campus.member()
    campus.exam(examiner)
    friend, other = campus.student(full_name="Дос"), campus.student(full_name="Ұзақ")
    friend.send("/sos").tap("Басқа студент үшін").send("ЖОҚ-1")
    assert said(friend, "табылмады")
    friend.send("/sos").tap("Басқа студент үшін").send(other.ext_id).tap("Жарық сөнді")
    assert said(friend, "Ұзақ")
    assert said(examiner, "Студент үшін хабарлаған: Дос")
    assert said(other, "Сіз үшін хабарлаған: Дос")
    other.tap("✅ Растаймын")
    assert not offered(other, "✅ Растаймын")


def test_incident__five_reports_are_one_card_and_one_decision(campus: Campus) -> None:
    examiner, dean = campus.member(), campus.member(Role.DEAN, department="")
    campus.exam(examiner)
    phones = [campus.student(full_name=f"Студент {n}") for n in range(5)]
    for phone in phones:
        filed(campus, phone, "Жарық сөнді")
    assert said(examiner, "Жаппай ақау")
    assert said(dean, "Жаппай ақау")
    assert all(said(examiner, f"Студент {n}") for n in range(5))
    examiner.tap("✅ Бәрін аламын")
    assert {campus.cases(phone)[0].state for phone in phones} == {"taken"}
    examiner.tap("Бәріне бір шешім").tap("✅ Қазір жіберу")
    assert {campus.cases(phone)[0].outcome for phone in phones} == {"readmitted"}
    assert all(said(phone, "қазір жалғастыру керек") for phone in phones)


def test_incident__all_sit_it_again_today_at_one_time(campus: Campus) -> None:
    examiner = campus.member()
    campus.exam(examiner)
    phones = [campus.student(full_name=f"Студент {n}") for n in range(5)]
    for phone in phones:
        filed(campus, phone, "Жарық сөнді")
    examiner.tap("Бәріне бір шешім").tap("Бүгін қайта тапсыру")
    assert offered(examiner, "10:30")
    examiner.send("бір уақытта")
    assert said(examiner, "Уақыты көрінбейді")
    examiner.send("16:30")
    assert said(examiner, "Дайын: 5")
    assert {campus.cases(phone)[0].outcome for phone in phones} == {"same_day"}
    assert all(said(phone, "Жаңа уақыты: 16:30") for phone in phones)
    examiner.send("16:45")
    assert len({campus.cases(phone)[0].data["at"] for phone in phones}) == 1


def test_happened__asked_after_filing_by_a_tap_or_typed(campus: Campus) -> None:
    examiner = campus.member()
    campus.exam(examiner)
    phone = campus.student()
    filed(campus, phone)
    phone.tap("🕒 Қашан болды?")
    assert any("5 минут бұрын · 09:55" in label for label in phone.labels())
    phone.send("кеше кешке")
    assert said(phone, "Уақыты көрінбейді")
    phone.send("09:50")
    assert said(phone, "Болған уақыты: 09:50. Хабарлама түскен уақыт: 10:00.")
    assert said(examiner, "Болған уақыты: 09:50")
    assert not offered(phone, "🕒 Қашан болды?") or campus.cases(phone)[0].data["claimed_at"]
