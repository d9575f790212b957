"""The clock of a defence, identification, the count of a vote."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules import sittings as rules
from bot.rules.sittings import GRADES, TALK_END, TALK_SOON, TOTAL_END, TOTAL_SOON, SittingRules


def said(**changes):
    values = {
        "checks": {"face": "AYU 6.5.2", "document": "AYU 6.5.3"},
        "lead": dt.timedelta(minutes=30),
        "talk": (7, 10),
        "total": 15,
        "warn": 2,
        "clause": "AYU 6.3.6",
        "vote": "collegial",
        "vote_clause": "AYU 6.6.2",
        "needs_chair": True,
    }
    return SittingRules(**{**values, **changes})


def test_marks__of_seven_to_ten_and_fifteen_in_all():
    assert rules.marks(said()) == [(TALK_SOON, 7), (TALK_END, 10), (TOTAL_SOON, 13), (TOTAL_END, 15)]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"talk": None}, [TOTAL_SOON, TOTAL_END]),
        ({"total": None}, [TALK_SOON, TALK_END]),
        ({"talk": None, "total": None}, []),
        ({"warn": 20}, [TALK_SOON, TALK_END, TOTAL_END]),
    ],
)
def test_marks__of_what_the_source_gives_alone(changes, expected):
    assert [mark for mark, _ in rules.marks(said(**changes))] == expected


@given(st.floats(0, 2000))
def test_ahead__is_what_is_left_and_never_the_past(used):
    left = rules.ahead(said(), used)
    assert all(seconds > 0 for _, seconds in left)
    assert {mark for mark, _ in left} == {m for m, minutes in rules.marks(said()) if minutes * 60 > used}
    assert all(abs(used + s - dict(rules.marks(said()))[m] * 60) < 1e-6 for m, s in left)


@given(st.dictionaries(st.integers(1, 9), st.sampled_from(GRADES), min_size=1))
def test_count__has_a_winner_or_a_tie_never_both(choices):
    tally = rules.tallied(choices)
    winner, tied = rules.counted(tally)
    assert sum(tally.values()) == len(choices)
    assert bool(winner) != bool(tied)
    best = max(tally.values())
    assert {c for c, n in tally.items() if n == best} == ({winner} if winner else set(tied))


def test_count__of_nothing_is_nothing():
    assert rules.counted({}) == ("", ())


@pytest.mark.parametrize(
    ("vote", "what", "allowed"),
    [
        ("collegial", "degree", False),
        ("secret_or_collegial", "degree", True),
        ("secret_or_collegial", "grade", False),
        ("", "degree", False),
    ],
)
def test_secret__only_where_the_source_allows_it(vote, what, allowed):
    assert rules.secret_allowed(said(vote=vote), what) is allowed


def test_identified__when_everything_was_looked_at():
    assert rules.identified(said(), ["face", "document"])
    assert not rules.identified(said(), ["face"])
    assert rules.identified(said(checks={}), [])
