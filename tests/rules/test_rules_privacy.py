"""Numbers of persons and cards are hidden, others are left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.privacy import is_card, is_iin, mask

IIN = "990101300013"
CARD = "4111111111111111"


def checked(first: str) -> str:
    """Eleven digits with the check digit that makes them a number, '' when there is none."""
    return next((first + digit for digit in "0123456789" if is_iin(first + digit)), "")


@pytest.mark.parametrize(
    "text",
    [
        CARD,
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "картам 5555555555554444, рақмет",
        checked("99010130001"),
    ],
)
def test_mask__hides(text):
    masked, hidden = mask(text)
    assert hidden
    assert not any(len(part) > 4 for part in "".join(c if c.isdigit() else " " for c in masked).split())


@pytest.mark.parametrize(
    "text",
    [
        "", "Сәлем", "+7 701 234 56 78", "87012345678", "2026-12-21 09:00", "4111 1111 1111 1112",
        "123456789012",
        "000000000000", "0000000000000000", "https://zoom.us/j/91234567890", "991301300013",
    ],
)  # fmt: skip
def test_mask__leaves_alone(text):
    assert mask(text) == (text, False)


@given(st.text(st.sampled_from("0123456789 -абв"), max_size=60))
def test_mask__nothing_is_left_to_hide(text):
    masked, _ = mask(text)
    assert mask(masked) == (masked, False)


@given(st.text(max_size=80).filter(lambda text: sum(c.isdigit() for c in text) < 12))
def test_mask__words_stay_as_they_are(text):
    assert mask(text) == (text, False)


def test_card__is_told_by_its_check_digit():
    assert is_card(CARD)
    assert not is_card("4111111111111112")


@pytest.mark.parametrize(
    ("number", "right"),
    [
        ("990101300003", True),
        ("990101300409", True),  # the first weights give ten: the second ones decide
        ("990101300460", False),  # both give ten: there is no such number
        ("000229500008", True),
        ("020229300009", False),  # nor had 1902
        ("040229500005", True),
        ("000229300005", False),  # 1900 had no 29 February
        ("990110300002", True),
        ("990110300003", False),
        ("990101900003", False),
    ],
)
def test_iin__by_date_century_and_both_rounds_of_weights(number, right):
    assert is_iin(number) is right


@pytest.mark.parametrize(("number", "right"), [("4999999999999996", None), ("4509090909090909", None)])
def test_card__digits_that_double_over_nine(number, right):
    """Luhn, counted another way: the digits of the doubled ones are added."""
    doubled = "".join(str(int(digit) * (2 - index % 2)) for index, digit in enumerate(number))
    assert is_card(number) is (sum(map(int, doubled)) % 10 == 0)


def test_mask__leaves_the_last_four_behind_as_many_marks():
    assert mask(f"картам {CARD}") == ("картам ••••1111", True)
