"""One problem on four devices, a script by words, a conversation with everything it may carry."""

from collections.abc import Iterator

import pytest

from bot.rules.vocabulary import Role
from tests.conversations.test_tickets import _go_home, talking
from tests.support.campus import Campus
from tests.support.town import Phone

DEVICES = {
    "Телефон Android": "Потяните сверху вниз",
    "iPhone": "Приложение откроется заново",
    "Компьютер Windows": "Win+I",
    "Mac": "Системные настройки",
}
SCRIPT = "📞 Помощь по телефону"


@pytest.fixture
def volunteer(campus: Campus) -> Iterator[Phone]:
    """A volunteer on duty, the only one."""
    campus.town.sql(_go_home, campus.town.desk.clock())
    yield campus.member(Role.VOLUNTEER, language="ru").send("/duty on")
    campus.town.sql(_go_home, campus.town.desk.clock())


@pytest.mark.parametrize("device", DEVICES)
def test_help__the_way_out_is_that_of_the_device(campus: Campus, device: str) -> None:
    phone = campus.student("ru").send("/help").tap("💻 Устройство").tap("Камера")
    phone.tap("Камера показывает чёрный экран").tap(device)
    seen = []
    while "Не могу это сделать" in phone.labels():
        seen.append(phone.text)
        phone.tap("Не могу это сделать")
    told = {name for name, word in DEVICES.items() for text in seen if word in text}
    assert told == {device}


def test_script__by_the_callers_words_and_in_the_callers_language(campus: Campus, volunteer: Phone) -> None:
    volunteer.send("/help").tap(SCRIPT)
    assert "Что не работает у звонящего?" in volunteer.text
    volunteer.tap("Говорит на другом языке").tap("🔎 Поиск по словам")
    assert "Что говорит звонящий?" in volunteer.text
    volunteer.send("камера қара көрсетіп тұр")
    volunteer.tap(next(label for label in volunteer.labels() if "амера" in label))
    if "Mac" in volunteer.labels():
        volunteer.tap("Телефон Android")
    assert "❓" in volunteer.text
    assert "🗣" in volunteer.text
    said = volunteer.text.partition("🗣")[2]
    assert set("әғқңөұүһі") & set(said.lower()), "what to say is Kazakh, the buttons are the helper's"
    assert "✅ Помогло" in volunteer.labels()


def test_talk__every_kind_arrives_and_an_answer_finds_its_message(campus: Campus, volunteer: Phone) -> None:
    student = talking(campus, volunteer)
    student.sends(voice=True)
    assert volunteer.last()["voice"]
    student.sends(video_note=True)
    assert any("video_note" in m for m in volunteer.from_bot())
    student.sends(location={"latitude": 43.2, "longitude": 76.9})
    assert volunteer.last()["location"] == {"latitude": 43.2, "longitude": 76.9}
    student.sends(sticker=True)
    assert "sticker" in volunteer.last()
    student.send("осы терезе")
    copy = volunteer.last()["message_id"]
    volunteer.sends(text="Нажмите «Войти»", reply_to=copy)
    own = next(m["message_id"] for m in student.messages() if m.get("text") == "осы терезе")
    assert student.last()["reply_to"] == own


def test_talk__somebody_gone_is_said_in_the_conversation(campus: Campus, volunteer: Phone) -> None:
    student = talking(campus, volunteer)
    student.change(blocked=True)
    volunteer.send("Вы здесь?")
    campus.town.until(lambda: any("не доставлено" in text for text in volunteer.texts()))


def test_ticket__handed_over_with_a_note_rated_and_opened_again(campus: Campus, volunteer: Phone) -> None:
    student = talking(campus, volunteer)
    student.send("Zoom ашылмайды")
    other = campus.member(Role.VOLUNTEER, language="kk").send("/duty on")
    card = next(m for m in reversed(volunteer.from_bot()) if "Ещё…" in volunteer.labels(m))
    volunteer.tap("Ещё…", message_id=card["message_id"]).tap(
        "Передать другому", message_id=card["message_id"]
    )
    volunteer.send("Ссылка старая, нужна новая")
    offer = next(m for m in reversed(other.from_bot()) if "🙋 Мен көмектесемін" in other.labels(m))
    other.tap("🙋 Мен көмектесемін", message_id=offer["message_id"])
    shown = other.message(offer["message_id"])["text"]
    assert "Ссылка старая, нужна новая" in shown
    assert any("Zoom ашылмайды" in text for text in other.texts())
    other.tap("✅ Мәселе шешілді", message_id=offer["message_id"])
    student.tap("4 ⭐")
    assert "рахмет" in student.text
    student.tap("Ақау қайталанды")
    assert "Кезектегі орныңыз: 1" in student.text
    again = [m for m in (*other.from_bot(), *volunteer.from_bot()) if (m.get("keyboard") or {}).get("inline")]
    assert any("kc:" in str(m["keyboard"]["inline"]) for m in again)
