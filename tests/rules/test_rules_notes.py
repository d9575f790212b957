import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules.notes import CAPTION_UNITS, PART_UNITS, WITHOUT_CAPTION, Part, from_facts, parts, units

TEXTS = st.text(st.characters(), max_size=30).flatmap(
    lambda piece: st.integers(0, 400).map(lambda times: piece * times)
)


@settings(deadline=None, max_examples=60)
@given(TEXTS, st.sampled_from([("", ""), ("F1", "photo"), ("F1", "video_note"), ("F1", "voice")]))
def test_parts__together_are_the_whole_and_each_fits(text, file):
    found = parts(text, *file)
    assert "".join(part.text for part in found) == text
    assert all(units(part.text) <= PART_UNITS for part in found)
    assert all(units(part.text) <= CAPTION_UNITS for part in found if part.file_id)
    assert [part.file_id for part in found if part.file_id] == ([file[0]] if file[0] else [])
    assert not any(part.text for part in found if part.file_id and part.file_kind in WITHOUT_CAPTION)
    assert [(part.k, part.n) for part in found] == [(k, len(found)) for k in range(1, len(found) + 1)]


@pytest.mark.parametrize(
    ("text", "file", "expected"),
    [
        ("сөз", ("", ""), [("сөз", "")]),
        ("сөз", ("F", "photo"), [("сөз", "F")]),
        ("", ("F", "photo"), [("", "F")]),
        ("ұ" * CAPTION_UNITS, ("F", "photo"), [("ұ" * CAPTION_UNITS, "F")]),
        ("ұ" * (CAPTION_UNITS + 1), ("F", "photo"), [("ұ" * (CAPTION_UNITS + 1), ""), ("", "F")]),
        ("ұ" * PART_UNITS, ("", ""), [("ұ" * PART_UNITS, "")]),
        ("ұ" * (PART_UNITS + 1), ("", ""), [("ұ" * PART_UNITS, ""), ("ұ", "")]),
        ("😀" * (PART_UNITS // 2 + 1), ("", ""), [("😀" * (PART_UNITS // 2), ""), ("😀", "")]),
        ("сөз", ("F", "video_note"), [("сөз", ""), ("", "F")]),
    ],
    ids=["words", "caption", "file", "full-caption", "long", "full", "over", "emoji", "round-video"],
)
def test_parts__table(text, file, expected):
    assert [(part.text, part.file_id) for part in parts(text, *file)] == expected


def test_parts__are_cut_between_words():
    first, second = parts("а" * 3000 + " " + "б" * 1000)
    assert (first.text, second.text) == ("а" * 3000 + " ", "б" * 1000)


@pytest.mark.parametrize(("text", "length"), [("", 0), ("ә", 1), ("😀", 2), ("\ud800", 1), ("a\u0301", 2)])
def test_units__are_those_of_utf_16(text, length):
    assert units(text) == length


def test_facts__a_part_goes_there_and_back_and_an_erased_one_is_none():
    part = Part("сөз", "F", "photo", 2, 3)
    assert from_facts({**part.facts(), "step": 1, "at": "2026"}) == part
    assert from_facts({}) is None
    assert from_facts({"step": 1}) is None


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("а" * 3000 + "\n" + "б" * 900, 3001),
        ("а" * 3000 + " " + "б" * 900, 3001),
        ("а" * 1000 + "\n" + "б" * 2900, PART_UNITS),
        ("а" * 1000 + " " + "б" * 2900, PART_UNITS),
        ("а" * 2000 + " " + "б" * 900 + " " + "в" * 900, 2902),
        ("а" * 2000 + "\n" + "б" * 900 + "\n" + "в" * 900, 2902),
        ("а" * 1500 + "\n" + "б" * 2900, PART_UNITS),
        ("а" * 1500 + " " + "б" * 2900, PART_UNITS),
        ("а" * 3600 + "\n" + "б" * 100, PART_UNITS),
        ("а" * 3600 + " " + "б" * 100, PART_UNITS),
        ("сөз екі", 7),
        ("а" * PART_UNITS, PART_UNITS),
        ("😀" * PART_UNITS, PART_UNITS // 2),
        ("\uffff" * PART_UNITS, PART_UNITS),
    ],
)
def test_parts__are_cut_at_the_last_end_of_a_line_or_word_in_the_second_half(text, first):
    assert len(parts(text)[0].text) == first
    assert isinstance(units(text), int)
    assert parts("сөз", "F", "photo")[0].file_kind == "photo"


def test_parts__words_alone_are_of_no_kind_of_file():
    assert parts("сөз") == [Part("сөз")]
