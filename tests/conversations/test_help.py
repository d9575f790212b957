"""/help: platform, problem, fixes one at a time, then a person; in an exam its clock and the red button."""

import pytest

from tests.support.campus import Campus
from tests.support.town import Phone, Town

HELPED, FAILED, CANNOT, PERSON = "✅ Помогло", "Не помогло", "Не могу это сделать", "🙋 Позвать человека"


def to_problem(phone: Phone, device: str = "Телефон Android") -> Phone:
    """From /help to the first fix of the first problem of Zoom."""
    phone.send("/help").tap("🎥 Видеоконференция").tap("Zoom")
    problem = next(
        label for label in phone.labels() if label not in ("🔴 Форс-мажор", "Назад", "Другая неполадка")
    )
    phone.tap(problem)
    return phone.tap(device) if device in phone.labels() else phone


def test_help__from_the_platform_to_the_first_fix(campus: Campus) -> None:
    phone = to_problem(campus.student("ru"))
    assert {HELPED, FAILED, CANNOT, PERSON, "Назад"} <= set(phone.labels())
    assert "1/" in phone.text


def test_help__for_a_guest_too(town: Town) -> None:
    phone = to_problem(town.phone("ru").start().tap("Русский"))
    assert phone.tap(HELPED).text.startswith("✅ Хорошо, заработало.")


def test_help__every_fix_to_the_end_and_a_person(campus: Campus) -> None:
    phone = to_problem(campus.student("ru"))
    seen = [phone.text]
    while FAILED in phone.labels():
        phone.tap(FAILED)
        assert phone.text not in seen
        seen.append(phone.text)
        assert len(seen) < 30
    assert "Все способы испробованы." in phone.text
    assert PERSON in phone.labels()


def test_help__the_device_is_asked_once(campus: Campus) -> None:
    phone = to_problem(campus.student("ru"))
    phone.send("/help").tap("🎥 Видеоконференция").tap("Zoom")
    problem = next(label for label in phone.labels() if label not in ("Назад", "Другая неполадка"))
    assert "Телефон Android" not in phone.tap(problem).labels()
    assert "📱 Телефон Android: сменить" in phone.labels()


def test_help__back_to_the_fix_before_and_to_the_problems(campus: Campus) -> None:
    phone = to_problem(campus.student("ru"))
    first = phone.text
    assert phone.tap(FAILED).text != first
    assert phone.tap("Назад").text == first
    assert "Что случилось?" in phone.tap("Назад").text


def test_help__in_an_exam_its_clock_and_the_red_button(campus: Campus) -> None:
    campus.exam(starts_in=-60)
    phone = to_problem(campus.student("ru"))
    assert "⏰ До конца экзамена 60 минут, конец в 11:00" in phone.text
    assert "Что случилось?" in phone.tap("🔴 Форс-мажор").text


@pytest.mark.parametrize("typed", ["/help камера не работает", "камера не работает"])
def test_help__found_by_words(campus: Campus, typed: str) -> None:
    phone = campus.student("ru").send(typed)
    assert any("амер" in label for label in phone.labels())


@pytest.mark.parametrize(
    "data",
    [
        "hg:nothing:o",
        "hp:nothing:o",
        "hq:nothing:o",
        "ho:zoom.nothing:h:o",
        "ho:x:y:z",
        "hd:toaster:o",
        "hb:o",
        "hx:",
    ],
)
def test_help__forged_and_old_buttons_get_an_answer(campus: Campus, data: str) -> None:
    phone = campus.student("ru").send("/help")
    assert phone.forge(data)["answered"]
    assert "/help" in phone.text or "способ" in phone.text


def test_script__is_not_for_students(campus: Campus) -> None:
    phone = campus.student("ru").send("/help")
    for data in ("hh:c", "hg:conference:c", "hl:kk", "hs", "tc"):
        phone.forge(data)
        assert phone.text == "Это только для цифровых волонтёров и call-центра."
