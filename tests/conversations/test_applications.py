"""An application by phones: form, reason, exam, words, sending, the dean's answer."""

import pytest

from bot.rules.vocabulary import Role
from tests.support.campus import Campus


def test_apply__from_the_form_to_the_answer(campus: Campus) -> None:
    dean, student = campus.member(Role.DEAN), campus.student()
    campus.exam(campus.member(), starts_in=600)
    student.send("/apply").tap("Емтиханды ауыстыру («I»)")
    student.tap("Себебін таңдау").tap("Құрал не интернет жоқ")
    student.tap("Емтиханды таңдау")
    student.tap(student.labels()[0])
    student.send("Ауылда интернет жоқ <b>")
    student.tap("Тексеру")
    assert "Ауылда интернет жоқ <b>" in student.text
    student.tap("Жіберу")
    assert any("Өтініш AR-26-" in text for text in student.texts())
    card = dean.text
    assert "Өтініш AR-26-" in card
    assert "AYU 5.1.9; 5.1.13" in card
    dean.tap("Қанағаттандыру").send("Өкім № 5")
    assert "емтиханның жаңа күні мен уақытын жазыңыз" in dean.text
    dean.send("ертең түсте")
    dean.send("2027-01-25 10:00")
    assert "дүйсенбі, 25 қаңтар 2027, 10:00" in dean.text
    dean.send("2027-01-20 10:00")
    assert "сәрсенбі, 20 қаңтар 2027, 10:00" in dean.text
    assert not any("жауап келді" in text for text in student.texts())
    dean.tap("✅ Дұрыс, сақтау")
    assert any("жауап келді" in text and "Өкім № 5" in text for text in student.texts())
    student.send("/my")
    assert "Менің өтініштерім" in student.text
    assert "20 қаңтар" in student.send("/exams").text
    dean.tap("🗓 Уақытын түзету").send("2027-01-21 10:00").tap("✅ Дұрыс, сақтау")
    assert any("Емтихан уақыты түзетілді" in text for text in student.texts())
    assert "21 қаңтар" in student.send("/exams").text


@pytest.mark.parametrize(
    "data",
    ["fo:none", "fo", "fd:999999", "fs:1:x", "fx:1:-", "fy:1:1", "fl:999999", "fk:999999", "fg:1:granted"],
)
def test_forged__buttons_are_answered_and_change_nothing(campus: Campus, data: str) -> None:
    stranger = campus.student()
    before = campus.town.sql(lambda uow: [(c.id, c.state) for c in uow.cases.all("application")])
    stranger.forge(data)
    assert stranger.text
    assert campus.town.sql(lambda uow: [(c.id, c.state) for c in uow.cases.all("application")]) == before


def test_apply__is_not_for_staff(campus: Campus) -> None:
    assert "студенттерге арналған" in campus.member().send("/apply").text
