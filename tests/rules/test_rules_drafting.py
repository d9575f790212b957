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
