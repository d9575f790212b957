import datetime as dt
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules.notices import Next, Outcome, Rank, after_attempt, backoff
from bot.rules.policy import Delivery

NOW = dt.datetime(2026, 12, 21, 4, 0, tzinfo=dt.UTC)


def seconds(number):
    return dt.timedelta(seconds=number)


RULES = Delivery(6, seconds(2), seconds(60), seconds(1), 2)


@pytest.mark.parametrize(
    ("attempts", "pause"), [(1, 2), (2, 4), (3, 8), (4, 16), (5, 32), (6, 60), (7, 60), (1000, 60)]
)
def test_backoff__doubles_up_to_the_longest(attempts, pause):
    assert backoff(attempts, RULES) == seconds(pause)


@settings(deadline=None)
@given(st.integers(1, 10_000), st.floats(0.01, 60), st.floats(0.01, 3600))
def test_backoff__never_shrinks_never_ends_and_never_exceeds_the_longest(attempts, first, longest):
    rules = Delivery(100, seconds(first), seconds(max(first, longest)), seconds(1), 0)
    assert seconds(0) < backoff(attempts, rules) <= rules.retry_longest
    assert backoff(attempts, rules) <= backoff(attempts + 1, rules)


@pytest.mark.parametrize(
    ("outcome", "attempts", "retry_after", "following"),
    [
        ("sent", 1, None, Next("sent")),
        ("sent", 99, None, Next("sent")),
        ("blocked", 1, None, Next("unreachable")),
        ("refused", 1, None, Next("failed")),
        ("trouble", 1, None, Next("pending", NOW + seconds(2))),
        ("trouble", 5, None, Next("pending", NOW + seconds(32))),
        ("trouble", 6, None, Next("failed")),
        ("trouble", 7, None, Next("failed")),
        ("flood", 1, 7.5, Next("pending", NOW + seconds(7.5))),
        ("flood", 99, 30, Next("pending", NOW + seconds(30))),
        ("flood", 1, None, Next("pending", NOW + seconds(1))),
        ("flood", 1, 0, Next("pending", NOW + seconds(1))),
        ("down", 1, None, Next("pending", NOW + seconds(2))),
        ("down", 6, None, Next("pending", NOW + seconds(60))),
        ("down", 9999, None, Next("pending", NOW + seconds(60))),
        ("down", 4, 5, Next("pending", NOW + seconds(5))),
        ("held", 3, 7.5, Next("pending", NOW + seconds(7.5))),
        ("held", 3, None, Next("pending", None)),
        ("moved", 3, 7.5, Next("pending", None)),
    ],
)
def test_after_attempt__table(outcome, attempts, retry_after, following):
    assert after_attempt(outcome, attempts, NOW, RULES, retry_after) == following


@settings(deadline=None)
@given(st.sampled_from(get_args(Outcome)), st.integers(1, 200), st.none() | st.floats(0.001, 100_000))
def test_after_attempt__what_is_owed_again_is_owed_later(outcome, attempts, retry_after):
    following = after_attempt(outcome, attempts, NOW, RULES, retry_after)
    if following.state != "pending":
        assert following.due_at is None
    elif outcome not in ("held", "moved"):
        assert following.due_at > NOW


@settings(deadline=None)
@given(st.integers(1, 200))
def test_after_attempt__trouble_ends_after_so_many_attempts(attempts):
    found = after_attempt("trouble", attempts, NOW, RULES).state
    assert found == ("pending" if attempts < RULES.attempts_max else "failed")


def test_rank__an_answer_goes_before_a_warning_and_news_come_last():
    assert sorted(Rank) == [Rank.ANSWER, Rank.WARNING, Rank.ESCALATION, Rank.REMINDER, Rank.NEWS]
