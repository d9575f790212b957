"""Words of a draft that came in several messages: an edited one takes the place of its own words only."""

import pytest

from bot.rules import drafting


def drafted(*said: tuple[int, str]) -> dict[str, object]:
    data: dict[str, object] = {}
    for source, words in said:
        text = "\n".join(part for part in (str(data.get("text", "")), words) if part)
        data = {"text": text, "pieces": drafting.pieces(data, source, words)}
    return data


@pytest.mark.parametrize(
    ("said", "source", "words", "whole"),
    [
        ([(1, "бірінші"), (2, "екінші")], 2, "жаңа", "бірінші\nжаңа"),
        ([(1, "бірінші"), (2, "екінші")], 1, "жаңа", "жаңа\nекінші"),
        ([(1, "бағам 5 емес"), (2, "5")], 2, "4", "бағам 5 емес\n4"),
        ([(1, "екі\nқатар"), (2, "қатар")], 1, "бір", "бір\nқатар"),
        ([(1, "жалғыз")], 1, "басқа", "басқа"),
    ],
)
def test_reworded__only_the_words_of_that_message(said, source, words, whole):
    assert drafting.reworded(drafted(*said), source, words) == whole


def test_reworded__what_no_longer_stands_there_changes_nothing():
    assert drafting.reworded({"text": "басқа", "pieces": {"1": "бірінші"}}, 1, "жаңа") is None
    assert drafting.reworded(drafted((1, "бірінші")), 9, "жаңа") is None
    assert drafting.reworded(drafted((0, "бірінші")), 0, "жаңа") is None


def test_reworded__the_same_words_twice_are_changed_once():
    assert drafting.reworded(drafted((1, "иә"), (2, "жоқ"), (3, "иә")), 1, "мүмкін") == "мүмкін\nжоқ\nиә"
    assert drafting.reworded({}, 1, "жаңа") is None
    assert drafting.reworded({"text": "XXXX"}, 1, "жаңа") is None
    assert drafting.reworded({"pieces": {"1": "XXXX"}}, 1, "жаңа") is None


def test_stamp__changes_with_every_word_its_place_and_its_part():
    shown = [("ab", "c"), ("ba", "c"), ("a", "bc"), ("ab", "d"), ("abc",), ("ab", "c", "")]
    assert len({drafting.stamp(*parts) for parts in shown}) == len(shown)
    assert drafting.stamp("ab", "c") == ord("a") + 2 * ord("b") + 3 * ord("|") + 4 * ord("c")
    assert drafting.stamp("a" * 98) == sum(97 * n for n in range(1, 98)) + 97
    assert 0 <= drafting.stamp("я" * 4000) < 1_000_000
