"""The way in: an update takes effect once, in order, whatever Telegram and the line do."""

import contextlib
import logging
import urllib.error
import urllib.request
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.support.campus import Campus
from tests.support.town import Phone, Town

TROUBLE = "Интернет жоқ"
SORRY = {"kk": "Жібергеніңіз сақталды", "ru": "То, что Вы отправили, сохранено"}


@pytest.fixture
def examiner(campus: Campus) -> Phone:
    phone = campus.member()
    campus.exam(phone)
    return phone


@pytest.fixture
def student(campus: Campus, examiner: Phone) -> Phone:
    return campus.student()


def last_update(town: Town) -> int:
    """The number of the newest update."""
    return town.sandbox.ask(lambda sandbox: sandbox.world.updates._next_id - 1)


def states(town: Town, update_id: int) -> list[str]:
    """What became of an update, one entry a row of it."""

    def look(uow: Any) -> list[str]:
        from sqlalchemy import select

        from bot.storage.tables import IncomingUpdate

        query = select(IncomingUpdate.state).where(IncomingUpdate.update_id == update_id)
        return list(uow.session.scalars(query))

    found: list[str] = town.sql(look)
    return found


def test_update__delivered_twice_takes_effect_once(campus: Campus, student: Phone, examiner: Phone) -> None:
    student.send("/sos").tap(TROUBLE)
    tapped = last_update(campus.town)
    student.fresh()
    campus.town.post("/sandbox/redeliver", {"update_id": tapped})
    student.send("/my")
    assert states(campus.town, tapped) == ["done"]
    assert len(campus.cases(student)) == 1
    assert len(examiner.fresh()) == 1
    assert len(student.fresh()) == 1


def test_update__delivered_twice_after_a_restart_takes_effect_once(
    campus: Campus, student: Phone, examiner: Phone
) -> None:
    student.send("/sos").tap(TROUBLE).tap("Толықтыру").send("сөз")
    noted = last_update(campus.town)
    campus.town.stop_bot()
    campus.town.post("/sandbox/redeliver", {"update_id": noted})
    campus.town.start_bot()
    student.send("/my")
    assert len([text for text in examiner.texts() if text.endswith("сөз")]) == 1


def test_updates__of_one_person_are_handled_in_their_order(town: Town) -> None:
    phone = town.phone("kk").start().tap("Қазақша")
    phone.fresh()
    sent = ["/help", "/steps", "/privacy", "/lang", "/help", "/cancel", "/nothing"] * 3
    for text in sent:
        phone.act("send", text=text)
    phone.settle()
    heads = {
        "/help": "Не істемей тұр?", "/steps": "Қай емтиханның", "/privacy": "Сіз қонақсыз", "/lang": "Тілді",
        "/cancel": "Ашық сұрақ жоқ", "/nothing": "Мұндай команда",
    }  # fmt: skip
    answers = [message["text"] for message in phone.fresh()]
    assert len(answers) == len(sent)
    assert all(a.startswith(heads[t]) for a, t in zip(answers, sent, strict=True))


def test_updates__that_come_swapped_are_both_handled(campus: Campus, student: Phone) -> None:
    student.send("/sos")
    student.fresh()
    assert campus.town.post("/sandbox/reorder", {})["state"] == "armed"
    student.act("tap", label=TROUBLE)
    student.act("send", text="/my")
    student.settle()
    assert len(campus.cases(student)) == 1
    assert student.text.startswith("Әзірге хабарлама жібермедіңіз")


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_handler__that_keeps_failing_is_quarantined_with_an_apology(
    own_town: Town, own_campus: Campus, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError("Құпия сөз")

    phone = own_campus.student(language)
    monkeypatch.setattr("bot.services.exams.mine", broken)
    with capture_logs() as lines:
        phone.send("/exams")
    assert phone.text.startswith(SORRY[language])
    assert "+7 72533" in phone.text
    assert states(own_town, last_update(own_town)) == ["quarantined"]
    errors = [line for line in lines if line["log_level"] == "error"]
    assert [line["event"] for line in errors] == ["update.failed"] * 3
    assert "Құпия" not in str(errors)
    phone.forge("menu:exams")
    assert phone.text.startswith(SORRY[language])
    monkeypatch.undo()
    phone.send("/start")
    assert phone.text.startswith("Студент")


def test_handler__that_fails_once_is_tried_again(
    own_town: Town, own_campus: Campus, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.services import exams

    once, original = [ZeroDivisionError()], exams.mine

    def shaky(*args: Any) -> Any:
        if once:
            raise once.pop()
        return original(*args)

    phone = own_campus.student()
    monkeypatch.setattr(exams, "mine", shaky)
    phone.send("/exams")
    assert phone.text.startswith("Алда емтихан көрінбейді")
    assert not any(text.startswith(SORRY["kk"]) for text in phone.texts())
    assert states(own_town, last_update(own_town)) == ["done"]


@pytest.mark.parametrize(
    "kind", ["500", "429", "502_html", "reset_before", "reset_after", "wrong_json", "hang", "drop_answer"]
)
def test_telegram__failing_at_the_answer_delays_it_and_the_effect_is_once(
    campus: Campus, student: Phone, examiner: Phone, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    assert campus.town.app is not None
    monkeypatch.setattr(campus.town.app.parts.speaking, "patience", 0.3)
    student.send("/sos")
    asked = student.last()["message_id"]
    campus.town.fault(kind, student, method="editMessageText", times=1 + (kind == "500"))
    student.tap(TROUBLE)
    assert "Хабарлама қабылданды" in student.message(asked)["text"]
    assert len(campus.cases(student)) == 1
    assert len(examiner.fresh()) == 1


@pytest.mark.parametrize("kind", ["500", "429", "502_html", "reset_before"])
def test_telegram__failing_at_a_message_keeps_the_form_until_the_answer(
    campus: Campus, student: Phone, examiner: Phone, kind: str
) -> None:
    student.send("/sos").tap(TROUBLE).tap("Толықтыру")
    student.fresh()
    examiner.fresh()
    campus.town.fault(kind, student, method="sendMessage")
    student.send("сөз")
    assert [message["text"][:9] for message in student.fresh()] == ["✅ Қосылды"]
    assert len(examiner.fresh()) == 1


def test_telegram__failing_at_the_toast_stops_the_spinner_and_repeats_nothing(
    campus: Campus, student: Phone
) -> None:
    campus.exam(subject_kk="Физика")
    student.send("/exams")
    student.fresh()
    campus.town.fault("500", method="answerCallbackQuery", times=2)
    student.tap("09:00 · Физика")
    assert len(student.fresh()) == 1


def test_telegram__refusing_the_command_menu_stops_nothing(campus: Campus, student: Phone) -> None:
    campus.town.fault("error", method="setMyCommands", times=5, code=400)
    student.send("/lang").tap("Русский")
    assert student.text.startswith("Студент")
    campus.town.delete("/sandbox/faults")


def test_telegram__busy_with_one_chat_delays_nobody_else(campus: Campus, student: Phone) -> None:
    friend = campus.student()
    campus.town.fault("429", student, method="sendMessage", times=1, retry_after=2)
    student.act("send", text="/help")
    friend.act("send", text="/help")
    campus.town.until(lambda: "Не істемей тұр?" in friend.text)
    assert "Не істемей тұр?" not in student.text
    student.settle()
    assert "Не істемей тұр?" in student.text


def test_sender_of_a_message__who_blocked_meanwhile_is_no_failure(campus: Campus, student: Phone) -> None:
    campus.town.fault("403", student, method="sendMessage", times=1)
    student.send("/help")
    assert states(campus.town, last_update(campus.town)) == ["done"]
    assert "Не істемей тұр?" in student.send("/help").text


@pytest.mark.parametrize("kind", ["500", "429", "502_html", "reset_before", "wrong_json"])
def test_polling__survives_what_telegram_answers(campus: Campus, student: Phone, kind: str) -> None:
    campus.town.fault(kind, method="getUpdates")
    student.send("/help")
    student.send("/help")
    assert "Не істемей тұр?" in student.text


@pytest.mark.parametrize("odd", [{"update_id": 1}, "x", 5, [[], None, {"update_id": "1"}]])
def test_polling__survives_an_answer_of_another_shape(
    campus: Campus, student: Phone, monkeypatch: pytest.MonkeyPatch, odd: Any
) -> None:
    from bot.wire import Wire

    once, original = [odd], Wire.call

    async def call(wire: Wire, method: str, payload: dict[str, Any], patience: float = 15) -> Any:
        if method == "getUpdates" and once:
            return once.pop()
        return await original(wire, method, payload, patience)

    monkeypatch.setattr(Wire, "call", call)
    student.send("/help")
    student.send("/help")
    assert once == []
    assert "Не істемей тұр?" in student.text


def test_polling__of_a_second_instance_is_named_in_the_log_and_recovers(own_town: Town) -> None:
    phone = own_town.phone("kk").start().tap("Қазақша")
    url = f"{own_town.sandbox.url}/bot{own_town.sandbox.sandbox.config.token}/getUpdates?timeout=1"

    def conflict() -> bool:
        with contextlib.suppress(urllib.error.HTTPError), urllib.request.urlopen(url, timeout=15) as answer:
            answer.read()
        return any(line["event"] == "polling.conflict" for line in lines)

    with capture_logs() as lines:
        own_town.until(conflict)
    (line, *_) = [line for line in lines if line["event"] == "polling.conflict"]
    assert line["log_level"] == "error"
    assert line["reason"] == "another process polls with this token"
    assert line["wait"] >= 0.5
    phone.send("/help")
    assert "Не істемей тұр?" in phone.text


def test_polling__an_update_that_cannot_be_stored_is_left_out_alone(
    own_town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.storage.inbox import Inbox

    original = Inbox.store

    def picky(inbox: Inbox, bot_id: int, now: Any, rows: list[Any]) -> int:
        if any("poison" in str(payload) for _, _, payload in rows):
            raise OverflowError
        return original(inbox, bot_id, now, rows)

    phone = own_town.phone("kk").start().tap("Қазақша")
    monkeypatch.setattr(Inbox, "store", picky)
    with capture_logs() as lines:
        phone.act("send", text="poison")
        phone.act("send", text="/help")
        phone.settle()
    assert "Не істемей тұр?" in phone.text
    (line,) = [line for line in lines if line["log_level"] == "error"]
    assert (line["event"], line["reason"]) == ("update.unstorable", "OverflowError")
    assert "poison" not in str(line)


def test_library_logs__name_no_update(student: Phone, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        student.send("құпия сөз 12345")
    assert "құпия" not in caplog.text
    assert "4200000000:" not in caplog.text
