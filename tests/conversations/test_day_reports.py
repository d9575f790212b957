"""The report of a day by phones: the proctor looks, corrects, sends; the dean reads and gathers."""

from bot.rules.vocabulary import Role
from tests.support.campus import Campus


def test_report__from_the_desk_to_the_dean_and_the_centre(campus: Campus) -> None:
    campus.student()
    proctor, dean = campus.member(Role.PROCTOR), campus.member(Role.DEAN, language="ru")
    campus.exam(starts_in=-90, duration_min=60, proctor=proctor.ext_id)
    proctor.send("/staff")
    offer = next(m for m in reversed(proctor.from_bot()) if "Күндік есеп" in proctor.labels(m))
    proctor.tap("Күндік есеп", message_id=offer["message_id"])
    assert "Тізімде: 1. Қатысқаны: —" in proctor.text
    proctor.tap("✏️ Деректер қоры")
    proctor.send("бәрі келді")
    assert "Алдымен санды жазыңыз" in proctor.text
    proctor.send("1 https://rec.example/1")
    assert "Қатысқаны: 1. Келмегені: 0" in proctor.text
    proctor.tap("Деканға жіберу")
    assert "✅ Жіберілді" in proctor.text
    arrived = next(m for m in reversed(dean.from_bot()) if "Пришёл отчёт проктора" in str(m.get("text")))
    assert "https://rec.example/1" in arrived["text"]
    dean.tap("Отчёт в Центр", message_id=arrived["message_id"])
    assert any("Все отчёты прокторов получены" in text for text in dean.texts())
    assert any("-centre-ru.xlsx" in str(m.get("document")) for m in dean.from_bot())
