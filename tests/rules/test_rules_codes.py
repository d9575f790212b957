import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import Refusal
from bot.rules import codes

SECRET = bytes(32)


@settings(deadline=None, max_examples=50)
@given(st.binary(min_size=1, max_size=64), st.text(max_size=70), st.integers(1, 10**6))
def test_make__every_code_fits_a_start_link_and_looks_like_one(secret, person, generation):
    person = person.encode("utf-8", "replace").decode()
    code = codes.make(secret, person, generation)
    assert codes.plausible(code)
    assert len(code) <= 64
    assert codes.make(secret, person, generation) == code


@pytest.mark.parametrize(
    "other",
    [
        (SECRET, "student:S1", 2),
        (SECRET, "student:S2", 1),
        (SECRET, "staff:S1", 1),
        (b"x" * 32, "student:S1", 1),
    ],
    ids=["rotated", "another-person", "another-register", "another-installation"],
)
def test_make__another_generation_person_or_installation_has_another_code(other):
    assert codes.make(*other) != codes.make(SECRET, "student:S1", 1)


def test_make__a_thousand_people_have_a_thousand_codes():
    assert len({codes.make(SECRET, f"student:{number}", 1) for number in range(1000)}) == 1000


@pytest.mark.parametrize(
    "text",
    [
        "", "start", "a" * 25, "a" * 27, "A" * 26, "1" * 26, "0" * 26, "а" * 26, "a" * 25 + " ",
        "a" * 25 + "\0", "' OR 1=1 --", "a" * 4096, "\ud800" * 26,
    ],
    ids=[
        "empty", "word", "short", "long", "capitals", "one", "zero", "cyrillic", "space", "nul", "sql",
        "huge", "surrogates",
    ],
)  # fmt: skip
def test_plausible__refuses_what_can_be_no_code(text):
    assert not codes.plausible(text)


@settings(deadline=None)
@given(st.text(st.characters(), max_size=80))
def test_fingerprint__of_anything_is_a_sha256(text):
    found = codes.fingerprint(text)
    assert len(found) == 64
    assert set(found) <= set("0123456789abcdef")


def test_fingerprint__differs_for_different_codes():
    assert codes.fingerprint("a" * 26) != codes.fingerprint("b" * 26)
    assert "a" * 26 not in codes.fingerprint("a" * 26)


@pytest.mark.parametrize(("wrong", "refused"), [(0, False), (4, False), (5, True), (6, True), (500, True)])
def test_attempts__five_wrong_ones_in_an_hour_are_enough(wrong, refused):
    if not refused:
        codes.check_attempts(wrong, 5)
        return
    with pytest.raises(Refusal) as too_many:
        codes.check_attempts(wrong, 5)
    assert too_many.value.code == "code_too_many"


def test_fingerprint__of_half_a_letter_is_one_too():
    assert len(codes.fingerprint("\ud800" * 26)) == 64


def test_once__is_another_each_time_and_fits_a_link():
    made = {codes.once() for _ in range(100)}
    assert len(made) == 100
    assert {len(one) for one in made} == {43}
