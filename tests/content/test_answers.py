"""Every rule of every university as a screen: it can be filled, it fits, its buttons lead somewhere."""

from zoneinfo import ZoneInfo

import pytest

from bot.library.content import Content, profiles
from bot.library.rulebook import Entry, Figure
from bot.views import rules
from bot.views.figures import said
from bot.views.screen import DATA_LIMIT, TEXT_LIMIT
from bot.views.speech import Speakers, Speech
from tests.support.contents import loaded

ENTRIES_MIN = 250
LABEL_LETTERS = 40
INLINE_ID_BYTES = 64


def voices(content: Content) -> list[Speech]:
    return Speakers(content.catalogue, content.words, ZoneInfo("Asia/Almaty")).all()


@pytest.fixture(scope="module", params=profiles())
def content(request: pytest.FixtureRequest) -> Content:
    return loaded(request.param)


def test_answers__every_rule_fits_a_message_and_its_buttons_lead_to_rules(content: Content) -> None:
    rulebook = content.rulebook
    for voice in voices(content):
        for entry in rulebook.entries.values():
            screen = rules.answer(voice, rulebook, entry)
            assert len(screen.text) <= TEXT_LIMIT
            assert "{" not in screen.text
            assert screen.text.endswith(f"<i>{entry.clause}</i>")
            for row in screen.rows:
                for button in row:
                    assert len(button.label) <= LABEL_LETTERS
                    assert len(button.data.encode()) <= DATA_LIMIT
                    prefix, target = button.data.split(":")
                    assert prefix in (rules.SHOW, rules.NO_HELP)
                    assert target in rulebook.entries


def test_answers__an_inline_result_has_a_short_id_and_a_line(content: Content) -> None:
    for voice in voices(content):
        for entry in content.rulebook.entries.values():
            title, line, text = rules.article(voice, content.rulebook, entry)
            assert title
            assert line
            assert text.endswith("</i>")
            assert len(entry.id.encode()) <= INLINE_ID_BYTES


def test_answers__no_number_of_an_answer_with_figures_stands_in_its_words_too(content: Content) -> None:
    """Where a figure is filled in, the same number is not written beside it: the policy has it alone."""
    for entry in content.rulebook.entries.values():
        for language in content.languages:
            answer = content.rulebook.words(language, entry.id).answer
            assert not written_twice(entry, answer), (language, entry.id)


def written_twice(entry: Entry, answer: str) -> set[str]:
    numbers = {str(figure.value) for figure in entry.figures.values() if isinstance(figure.value, int)}
    words = {word.strip(".,:;()%") for word in answer.split()}
    return {number for number in numbers & words if len(number) > 1}


def test_answers__enough_rules_over_all_sources() -> None:
    own = {entry.id for profile in profiles() for entry in loaded(profile).rulebook.entries.values()}
    assert len(own) >= ENTRIES_MIN


SAID = [
    (Figure(48, "hours"), "48 сағат", "48 часов"),
    (Figure(0.5, "hours"), "30 минут", "30 минут"),
    (Figure(-10, "minutes"), "10 минут", "10 минут"),
    (Figure(90, "minutes"), "1 сағат 30 минут", "1 час 30 минут"),
    (Figure((7, 10), "minutes"), "7–10 минут", "7–10 минут"),
    (Figure(2, "working_days"), "2 жұмыс күні", "2 рабочих дня"),
    (Figure(1, "months"), "1 ай", "1 месяц"),
    (Figure(70, "percent"), "70 %", "70 %"),
    (Figure(25, ""), "25", "25"),
    (Figure("dean", "role"), "декан", "декан"),
    (Figure(("dean", "methodist"), "role"), "декан және әдіскер", "декан и методист"),
    (Figure("2020-06-30", "date"), "30 маусым 2020", "30 июня 2020"),
    (Figure("Platonus", ""), "Platonus", "Platonus"),
]


@pytest.mark.parametrize(("figure", "kk", "ru"), SAID, ids=lambda value: str(value)[:30])
def test_figures__as_each_language_says_them(figure: Figure, kk: str, ru: str) -> None:
    assert [said(voice, figure) for voice in voices(loaded("ayu"))] == [kk, ru]


def test_figures__a_list_in_its_order() -> None:
    for voice in voices(loaded("ayu")):
        text = said(voice, Figure((30, 20, 10), "minutes"))
        assert text.startswith("30, 20")
        assert text.endswith("10 минут")
