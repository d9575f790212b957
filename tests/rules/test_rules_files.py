"""What is taken of files that people send, and which of them count."""

import datetime as dt

import pytest

from bot.rules import files as rules
from bot.rules.files import ERASED, KEPT, MISSING, REFUSED, REMOVED, WAITING, FileLimits, FileView
from tests.support.refusals import refused

LIMITS = FileLimits(("pdf", "heic"), 1.5, 3, 10, 5)
STATES = (WAITING, KEPT, MISSING, REFUSED, REMOVED, ERASED)


def file(state=KEPT, kind="pdf", *, made=False):
    at = dt.datetime(2026, 12, 21, tzinfo=dt.UTC)
    return FileView(1, "x", "application", state, kind, 1, 1, "", "", made, at)


@pytest.mark.parametrize("present", [0, 1, 2])
def test_count__up_to_the_limit(present):
    rules.check_count(present, LIMITS)


@pytest.mark.parametrize("present", [3, 4, 99])
def test_count__over_it_is_refused_with_the_limit(present):
    with refused("files_many") as said:
        rules.check_count(present, LIMITS)
    assert said.value.params == {"limit": 3}


def test_size__to_the_byte():
    assert LIMITS.bytes_max == 1_572_864
    rules.check_size(0, LIMITS)
    rules.check_size(LIMITS.bytes_max, LIMITS)
    with refused("file_big") as said:
        rules.check_size(LIMITS.bytes_max + 1, LIMITS)
    assert said.value.params == {"limit": 2}


@pytest.mark.parametrize(
    ("select", "states"),
    [(rules.standing, (WAITING, KEPT, MISSING)), (rules.to_send_again, (MISSING, REFUSED))],
)
def test_files__that_count_and_that_are_asked_for_again(select, states):
    assert [one.state for one in select([file(state) for state in STATES])] == list(states)


@pytest.mark.parametrize(
    ("one", "alone"),
    [
        (file(KEPT, "heic"), 1), (file(KEPT, "heic", made=True), 0), (file(KEPT, "jpg"), 0),
        (file(WAITING, "heic"), 0), (file(REMOVED, "heic"), 0),
    ],
)  # fmt: skip
def test_apart__are_kept_pictures_that_fit_no_page(one, alone):
    assert rules.apart([one, one, file()]) == 2 * alone
