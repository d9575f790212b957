"""The words of news, and the account of how they go."""

import pytest

from bot.rules import broadcasts as rules
from bot.rules.broadcasts import TEXT_LETTERS, Tally
from tests.support.refusals import refused

LONGEST = "ұ" * TEXT_LETTERS


@pytest.mark.parametrize(
    ("text", "clean"),
    [(" Сәлем \n", "Сәлем"), (LONGEST, LONGEST), (f"  {LONGEST}\n", LONGEST)],
)
def test_text__is_stored_clean(text, clean):
    assert rules.check_text(text) == clean


def test_text__empty_or_too_long_is_refused_with_how_long():
    for empty in ("", " \n\t"):
        with refused("news_empty"):
            rules.check_text(empty)
    with refused("news_long") as said:
        rules.check_text("ұ" * (TEXT_LETTERS + 1))
    assert said.value.params == {"letters": TEXT_LETTERS + 1, "most": TEXT_LETTERS}


@pytest.mark.parametrize(
    ("states", "wanted", "left"),
    [
        ({}, Tally(9, 8), 8),
        ({"sent": 3, "failed": 1, "unreachable": 2, "skipped": 1, "pending": 1}, Tally(9, 8, 3, 3, 1), 1),
        ({"sent": 9}, Tally(9, 8, 9), 0),
    ],
)
def test_tally__counts_every_state_and_never_less_than_nothing(states, wanted, left):
    found = rules.tally(states, 9, 8)
    assert found == wanted
    assert found.left == left


def test_said__in_the_readers_language_else_in_any():
    texts = {"kk": "Сәлем", "ru": "Привет"}
    assert [rules.said(texts, language) for language in ("kk", "ru", "en")] == ["Сәлем", "Привет", "Сәлем"]
    assert rules.said({}, "kk") == ""
