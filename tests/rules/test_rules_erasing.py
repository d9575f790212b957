import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.erasing import CLOSED, emptied

WORDS = st.text(st.characters(categories=["L"]), min_size=1, max_size=5)
SHAPES = st.recursive(
    WORDS | st.integers() | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abc"), inner),
    max_leaves=12,
)


def strings(value):
    if isinstance(value, str):
        return [value] if value else []
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [found for part in parts for found in strings(part)]


def shape(value):
    if isinstance(value, dict):
        return {name: shape(one) for name, one in value.items()}
    return [shape(one) for one in value] if isinstance(value, list) else type(value)


@given(st.dictionaries(st.text().filter(lambda name: name not in CLOSED), SHAPES))
def test_emptied__leaves_no_word_of_any_field_that_is_not_known_as_closed(fields):
    left = emptied(fields)
    assert strings(left) == []
    assert shape(left) == shape(fields)


@given(st.dictionaries(st.sampled_from(sorted(CLOSED)), SHAPES))
def test_emptied__keeps_what_is_closed_as_it_is(fields):
    assert emptied(fields) == fields


@pytest.mark.parametrize(("kind", "left"), [("application", "illness"), ("appeal", ""), ("report", "")])
def test_emptied__the_reason_of_an_application_is_a_forms_word_any_other_is_written(kind, left):
    assert emptied({"reason": "illness", "text": "мен ауырдым", "answer": "жоқ"}, kind) == {
        "reason": left,
        "text": "",
        "answer": "",
    }
