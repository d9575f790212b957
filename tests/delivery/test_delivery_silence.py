"""When Telegram is away: who tries, at which intervals, and that nobody waits any more when it is back."""

import datetime as dt

import pytest

from bot.delivery.silence import IN_A_ROW, Silence
from bot.rules.policy import Delivery


def seconds(number: float) -> dt.timedelta:
    return dt.timedelta(seconds=number)


RULES = Delivery(6, seconds(2), seconds(60), seconds(1), 2, probe_longest=seconds(5))


class Hand:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.fixture
def silence(clock: Hand) -> Silence:
    """A server that has just gone: the last of the failures in a row was this moment's."""
    its = Silence(RULES, clock)
    waits = [its.failed(number) for number in range(IN_A_ROW)]
    assert waits == [*[None] * (IN_A_ROW - 1), seconds(2)]
    return its


def test_there__everybody_goes(clock: Hand) -> None:
    its = Silence(RULES, clock)
    assert (its.away, its.room, its.wait) == (False, None, 0)
    assert all(its.admits(number) for number in range(50))


def test_there__single_failures_between_arrivals_change_nothing(clock: Hand) -> None:
    its = Silence(RULES, clock)
    for number in range(20):
        assert its.failed(number) is None
        assert its.failed(number) is None
        assert its.arrived() is False
    assert its.room is None


def test_away__nobody_goes_before_the_moment_then_one(silence: Silence, clock: Hand) -> None:
    assert (silence.away, silence.room, silence.wait) == (True, 0, 2)
    assert not silence.admits(7)
    clock.at += 2
    assert (silence.room, silence.wait) == (1, 0)
    assert silence.admits(7)
    assert silence.room == 0
    assert not silence.admits(8)


def test_away__the_pauses_grow_up_to_the_longest(silence: Silence, clock: Hand) -> None:
    pauses = []
    for number in range(6):
        pauses.append(silence.wait)
        clock.at += silence.wait
        assert silence.admits(number)
        assert silence.failed(number) == seconds(silence.wait)
    assert pauses == [2, 4, 5, 5, 5, 5]


def test_away__what_was_on_its_way_does_not_count_as_a_try(silence: Silence, clock: Hand) -> None:
    clock.at += 1
    assert [silence.failed(number) for number in range(50, 60)] == [seconds(2)] * 10
    assert silence.wait == 1
    clock.at += 1
    assert silence.admits(7)
    assert silence.failed(60) == seconds(2)
    silence.given_up(61)
    assert silence.room == 0


def test_back__everybody_goes_at_once_and_the_next_time_begins_anew(silence: Silence, clock: Hand) -> None:
    for number in range(3):
        clock.at += silence.wait
        assert silence.admits(number)
        silence.failed(number)
    assert silence.arrived() is True
    assert (silence.away, silence.room, silence.wait) == (False, None, 0)
    assert [silence.failed(number) for number in range(IN_A_ROW)][-1] == seconds(2)


def test_try__that_comes_to_no_clear_answer_leaves_the_next_to_another(silence: Silence, clock: Hand) -> None:
    clock.at += 2
    assert silence.admits(7)
    silence.given_up(7)
    assert (silence.room, silence.wait) == (0, 2)
    clock.at += 2
    assert silence.admits(8)
