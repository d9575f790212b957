"""An application by phones: form, reason, exam, words, sending, the dean's answer."""

import itertools
from typing import Any

import pytest

from bot.rules.vocabulary import Role
from bot.services import applications
from tests.conversations.test_intake import last_update, states
from tests.support.campus import Campus
from tests.support.town import Phone


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
    assert "Өтініштеріңіз" in student.text
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


def ready_to_send(campus: Campus) -> tuple[Phone, Phone]:
    """A dean, and a student who looks at the review of a whole application."""
    dean, student = campus.member(Role.DEAN), campus.student()
    campus.exam(campus.member(), starts_in=600)
    student.send("/apply").tap("Емтиханды ауыстыру («I»)").tap("Себебін таңдау").tap("Құрал не интернет жоқ")
    student.tap("Емтиханды таңдау")
    student.tap(student.labels()[0]).send("Ауылда интернет жоқ").tap("Тексеру")
    student.fresh()
    return dean, student


def filed_once(campus: Campus, dean: Phone, student: Phone) -> None:

    def look(uow: Any) -> int:
        person = uow.people.find(student.ext_id)[0]
        return len(uow.cases.of_reporter(person.id, 10, "application"))

    assert campus.town.sql(look) == 1
    assert len([text for text in dean.texts() if "Өтініш AR-26-" in text]) == 1
    assert len([text for text in student.texts() if text.startswith("Өтініш AR-26-")]) == 1
    assert "Өтініштеріңіз" in student.send("/my").text


@pytest.mark.parametrize("kind", ["500", "429", "reset_before", "reset_after", "drop_answer"])
def test_submit__with_telegram_failing_at_the_answer_is_filed_and_answered_once(
    campus: Campus, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    assert campus.town.app is not None
    monkeypatch.setattr(campus.town.app.parts.speaking, "patience", 0.3)
    dean, student = ready_to_send(campus)
    campus.town.fault(kind, student, method="editMessageText", times=1 + (kind == "500"))
    student.tap("Жіберу")
    filed_once(campus, dean, student)


def test_submit__tapped_twice_is_one(campus: Campus) -> None:
    dean, student = ready_to_send(campus)
    for _ in range(2):
        student.act("tap", label="Жіберу")
    student.settle()
    filed_once(campus, dean, student)


def test_submit__handled_anew_after_it_was_stored_and_not_answered_is_one(
    own_campus: Campus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a kill between the commit and the answer."""
    dean, student = ready_to_send(own_campus)
    failures, original = itertools.count(), applications.show

    def dies_once(*args: Any) -> Any:
        if next(failures) == 0:
            raise ZeroDivisionError
        return original(*args)

    monkeypatch.setattr(applications, "show", dies_once)
    student.tap("Жіберу")
    assert next(failures) > 1
    assert states(own_campus.town, last_update(own_campus.town)) == ["done"]
    filed_once(own_campus, dean, student)


def test_submit__delivered_again_after_a_restart_is_one(campus: Campus) -> None:
    dean, student = ready_to_send(campus)
    student.tap("Жіберу")
    tapped = last_update(campus.town)
    campus.town.stop_bot()
    campus.town.post("/sandbox/redeliver", {"update_id": tapped})
    campus.town.start_bot()
    filed_once(campus, dean, student)
