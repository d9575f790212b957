"""/ask: a question in anybody's words, answered with its clause; free text; inline mode; else a person."""

from typing import Any

import pytest

from bot.views.screen import DATA_LIMIT
from tests.conversations.conftest import PHONE_LINE
from tests.support.campus import Campus
from tests.support.town import Phone, Town

CLAUSE = "AYU 5.1.10"
KK, RU = "Қазақша", "Русский"
NOT_HELPED = {"kk": "Көмектеспеді", "ru": "Не помогло"}
TITLE = {"kk": "Апелляция беру мерзімі", "ru": "Срок подачи апелляции"}


def guest(town: Town, language: str) -> Phone:
    """Somebody nobody knows, who has chosen a language."""
    return town.phone(language).start().tap(KK if language == "kk" else RU)


def inline(phone: Phone, query: str) -> list[dict[str, Any]]:
    """Type `@bot query`; the results that are offered."""
    asked = phone._town.post(f"/sandbox/chats/{phone.user_id}/inline", {"query": query})
    phone.settle()
    found = phone._town.get(f"/sandbox/inline/{asked['inline_query_id']}?wait=5")
    results: list[dict[str, Any]] = (found.get("answer") or found)["results"]
    return results


@pytest.mark.parametrize("language", ["kk", "ru"])
@pytest.mark.parametrize(
    "question",
    [
        "апелляция мерзімі қанша",
        "сколько часов дается на апелляцию",
        "skolko vremeni na apellyaciu",
        "апеляция срок",
        "апелляция уакыты канша часов",
    ],
)
def test_ask__a_guest_gets_the_answer_with_its_clause_in_their_language(
    town: Town, language: str, question: str
) -> None:
    phone = guest(town, language).send(f"/ask {question}")
    assert TITLE[language] in phone.text
    assert phone.text.endswith(CLAUSE)
    assert "48" in phone.text
    assert phone.labels()[-1] == NOT_HELPED[language]
    assert len(phone.labels()) == 4


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_ask__without_words_it_asks_for_the_question(town: Town, language: str) -> None:
    phone = guest(town, language).send("/ask")
    assert "/cancel" in phone.text
    phone.send("апелляция мерзімі қанша сағат")
    assert TITLE[language] in phone.text
    phone.send("/cancel")
    assert TITLE[language] not in phone.text


def test_ask__a_picture_is_no_question_and_the_form_waits_on(town: Town) -> None:
    phone = guest(town, "ru").send("/ask")
    phone._town.post(f"/sandbox/chats/{phone.user_id}/send", {"sticker": True})
    assert "словами" in phone.settle().text
    phone.send("срок апелляции")
    assert TITLE["ru"] in phone.text


def test_ask__free_text_is_a_question(town: Town) -> None:
    phone = guest(town, "ru").send("вырубили свет на экзамене что делать")
    assert "AYU 5.1.11" in phone.text


def test_ask__a_linked_student_too(campus: Campus) -> None:
    ext_id = campus.register_student()
    phone = campus.town.joined(ext_id).send("апелляцияны қашанға дейін беруге болады")
    assert CLAUSE in phone.text


@pytest.mark.parametrize("text", ["привет", "сәлем", "👍", "asdfgh", "?", "<b>a</b> & {x} %s"])
def test_ask__what_is_near_no_rule_gets_the_menu(town: Town, text: str) -> None:
    phone = guest(town, "ru").send(text)
    assert "Шаги" in phone.labels() or "Нет нужного" in phone.labels()
    assert "AYU" not in phone.text


def test_ask__unsure_says_so_and_offers_the_nearest(town: Town) -> None:
    phone = guest(town, "ru").send("/ask апелляция")
    assert phone.text == "Точного ответа не нашёл. Три ближайших правила:"
    *rules, none = phone.labels()
    assert len(rules) == 3
    assert none == "Нет нужного"
    phone.tap(rules[0])
    assert "AYU" in phone.text
    assert phone.labels()[-1] == "Не помогло"


def test_ask__a_related_rule_is_one_tap_away(town: Town) -> None:
    phone = guest(town, "kk").send("/ask апелляция мерзімі қанша сағат")
    related = phone.labels()[0]
    phone.tap(related)
    assert phone.text.startswith(related)
    assert CLAUSE in phone.text


def test_ask__no_help_leads_to_a_person_and_is_counted(town: Town) -> None:
    phone = guest(town, "ru").send("/ask срок апелляции")
    before = counted(town, "no_help")
    phone.tap("Не помогло")
    assert PHONE_LINE in phone.text
    assert counted(town, "no_help") == before + 1


def test_ask__nothing_found_leads_to_a_person_or_another_question(town: Town) -> None:
    phone = guest(town, "ru").send("/ask абракадабра")
    assert phone.labels() == ["Спросить правила", "Спросить человека"]
    phone.tap("Спросить человека")
    assert PHONE_LINE in phone.text
    phone.tap("Спросить правила").send("срок апелляции")
    assert TITLE["ru"] in phone.text


FORGED = ["rl:", "rl:nothing.like.it", "rl:-", "rh:nothing", "rl:ayu.appeal.window:more"]


@pytest.mark.parametrize("data", FORGED)
def test_ask__a_forged_or_old_button_gets_a_helpful_answer(town: Town, data: str) -> None:
    phone = guest(town, "ru").send("/ask срок апелляции")
    sent = len(phone.from_bot())
    phone.forge(data)
    assert len(phone.from_bot()) == sent + 1
    assert phone.text


def test_ask__every_button_fits(town: Town) -> None:
    phone = guest(town, "kk").send("/ask апелляция мерзімі қанша сағат")
    rows = phone.last()["keyboard"]["inline"]
    assert all(len(button["callback_data"].encode()) <= DATA_LIMIT for row in rows for button in row)


def test_ask__in_the_menu_of_commands(town: Town) -> None:
    state = town.get("/sandbox/state")
    for commands in state["bot"]["commands"].values():
        assert "ask" in {command["command"] for command in commands}


def test_ask__no_word_of_a_question_is_logged(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    guest(town, "ru").send("/ask секретныевойска срок апелляции")
    assert "секретныевойска" not in caplog.text


@pytest.mark.parametrize(("language", "title"), TITLE.items())
def test_inline__the_same_answers_in_any_chat(town: Town, language: str, title: str) -> None:
    results = inline(guest(town, language), "апелляция мерзімі қанша сағат")
    assert results[0]["title"] == title
    assert CLAUSE in results[0]["text"]
    assert len(results[0]["id"].encode()) <= 64


def test_inline__in_the_clients_language_for_somebody_unknown(town: Town) -> None:
    stranger = town.phone("ru")
    assert inline(stranger, "срок апелляции")[0]["title"] == TITLE["ru"]
    assert stranger.from_bot() == []


@pytest.mark.parametrize("query", ["", "a", "абракадабра"])
def test_inline__nothing_to_offer(town: Town, query: str) -> None:
    assert inline(guest(town, "ru"), query) == []


def test_inline__an_answer_put_into_the_bots_own_chat_is_not_asked_again(town: Town) -> None:
    phone = guest(town, "ru")
    asked = town.post(f"/sandbox/chats/{phone.user_id}/inline", {"query": "срок апелляции"})
    phone.settle()
    found = town.get(f"/sandbox/inline/{asked['inline_query_id']}?wait=5")
    result = (found.get("answer") or found)["results"][0]
    sent = len(phone.from_bot())
    town.post(
        f"/sandbox/inline/{asked['inline_query_id']}/choose",
        {"result_id": result["id"], "chat_id": phone.user_id},
    )
    assert len(phone.settle().from_bot()) == sent


def counted(town: Town, outcome: str) -> float:
    assert town.app is not None
    return float(town.app.metrics.questions.labels(outcome)._value.get())
