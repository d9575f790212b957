"""The clock of a defence, identification, the count of a vote."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules import sittings as rules
from bot.rules.sittings import (
    ABSENT,
    DEGREE,
    DONE,
    GRADE,
    GRADES,
    PAUSED,
    SPEAKING,
    TALK_END,
    TALK_SOON,
    TOTAL_END,
    TOTAL_SOON,
    WAITING,
    Ballot,
    Defender,
    Seat,
    SittingRules,
    SittingView,
)
from tests.support.refusals import refused


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
        ({"warn": 15}, [TALK_SOON, TALK_END, TOTAL_END]),
        ({"warn": 14.5}, [TOTAL_SOON, TALK_SOON, TALK_END, TOTAL_END]),
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


@pytest.mark.parametrize(
    ("used", "first"),
    [(0, (TALK_SOON, 420)), (419, (TALK_SOON, 1)), (420, (TALK_END, 180)), (421, (TALK_END, 179))],
)
def test_ahead__a_mark_that_is_now_is_not_ahead(used, first):
    assert rules.ahead(said(), used)[0] == first


@given(st.dictionaries(st.integers(1, 9), st.sampled_from(GRADES), min_size=1))
def test_count__has_a_winner_or_a_tie_never_both(choices):
    tally = rules.tallied(choices)
    winner, tied = rules.counted(tally)
    assert sum(tally.values()) == len(choices)
    assert bool(winner) != bool(tied)
    assert bool(winner) == (list(tally.values()).count(max(tally.values())) == 1)
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


NOW = dt.datetime(2026, 12, 21, 5, tzinfo=dt.UTC)
LOOKED_AT = ("face", "document")


def ballot(what, result="good"):
    return Ballot(what, False, (), (), {}, {}, result, (), False, False)


def defender(person=1, state=WAITING, checked=LOOKED_AT, ballots=()):
    votes = tuple(ballot(what) for what in ballots)
    return Defender(person, f"N{person}", "G", checked, None, state, None, None, 0, votes)


def sitting(*defenders, needs_chair=True, present=True):
    seats = (Seat(8, "C", True, present), Seat(9, "M", False, True))
    rules_said = said(needs_chair=needs_chair)
    return SittingView(1, "S", None, rules_said, "open", 1, seats, defenders, "X", None, 0, "secretary")


def test_key__is_a_number_of_its_own_for_each_exam_that_no_update_has():
    assert rules.key(0) == -2_000_000_000_000_000_000
    assert rules.key(7) == rules.key(0) - 7


def test_defender__is_found_by_who_they_are():
    view = sitting(defender(1), defender(2))
    assert view.defender(2) is view.defenders[1]
    assert view.defender(3) is None
    assert view.defender(None) is None


@pytest.mark.parametrize(
    "view",
    [
        sitting(defender()),
        sitting(defender(), defender(2, DONE), defender(3, ABSENT)),
        sitting(defender(), needs_chair=False, present=False),
        sitting(defender(checked=("room", *LOOKED_AT))),
    ],
)
def test_ready__one_who_waits_and_is_identified_before_a_chair(view):
    rules.require_ready(view, 1, NOW)


@pytest.mark.parametrize(
    ("view", "code", "params"),
    [
        (sitting(defender(2)), "student_gone", {}),
        (sitting(defender(), present=False), "sitting_no_chair", {}),
        (sitting(defender(), defender(2, SPEAKING)), "sitting_speaks", {"name": "N2"}),
        (sitting(defender(), defender(2, PAUSED)), "sitting_speaks", {"name": "N2"}),
        (sitting(defender(state=SPEAKING)), "sitting_speaks", {"name": "N1"}),
        (sitting(defender(state=DONE)), "sitting_done", {"name": "N1"}),
        (sitting(defender(state=ABSENT)), "sitting_done", {"name": "N1"}),
        (sitting(defender(checked=("face",))), "sitting_unidentified", {"name": "N1"}),
    ],
)
def test_ready__says_why_a_defence_may_not_begin(view, code, params):
    with refused(code) as caught:
        rules.require_ready(view, 1, NOW)
    assert caught.value.params == params


BOTH = (GRADE, DEGREE)


@pytest.mark.parametrize(
    ("defenders", "code", "params"),
    [
        ([defender(1, DONE, ballots=BOTH)], "", {}),
        ([defender(1, DONE, ballots=BOTH), defender(2, ABSENT)], "", {}),
        ([], "sitting_empty", {}),
        ([defender(1, ABSENT)], "sitting_empty", {}),
        ([defender(1, DONE, ballots=[GRADE])], "sitting_unfinished", {"name": "N1"}),
        ([defender(1, DONE, ballots=[DEGREE])], "sitting_unfinished", {"name": "N1"}),
        ([defender(1, DONE)], "sitting_unfinished", {"name": "N1"}),
        ([defender(1, DONE, ballots=BOTH), defender(2)], "sitting_unfinished", {"name": "N2"}),
        ([defender(1, ABSENT), defender(2, DONE, ballots=BOTH), defender(3, SPEAKING, ballots=BOTH)],
         "sitting_unfinished", {"name": "N3"}),
    ],
)  # fmt: skip
def test_finished__when_each_has_both_results_or_was_absent(defenders, code, params):
    view = sitting(*defenders)
    if not code:
        rules.require_finished(view)
        return
    with refused(code) as caught:
        rules.require_finished(view)
    assert caught.value.params == params


def test_finished__a_vote_without_a_result_settles_nothing():
    open_vote = Defender(
        1, "N1", "G", (), None, DONE, None, None, 0, (ballot(GRADE), ballot(DEGREE, result=""))
    )
    with refused("sitting_unfinished"):
        rules.require_finished(sitting(open_vote))
