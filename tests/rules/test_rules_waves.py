import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules import waves
from bot.rules.waves import Load

NOON = dt.datetime(2026, 12, 21, 7, 0, tzinfo=dt.UTC)
FAR = dt.timedelta(hours=1)


def at(seconds):
    return NOON + dt.timedelta(seconds=seconds)


def begins(loads, per_second=30.0, earliest=FAR):
    """Seconds after noon at which each wave begins."""
    planned = waves.plan([Load(at(s), n) for s, n in loads], per_second, earliest)
    return [round((wave.begins_at - NOON).total_seconds(), 3) for wave in planned]


@pytest.mark.parametrize(
    ("loads", "expected"),
    [
        ([(0, 3000)], [-50]),
        ([(0, 59)], [0]),
        ([(0, 61)], [-1.017]),
        ([(0, 0)], []),
        ([(0, 3000), (600, 3000)], [-50, 550]),
        ([(0, 3000), (60, 3000)], [-70, 30]),
        ([(0, 3000), (50, 3000), (100, 3000)], [-100, 0, 100]),
        ([(60, 3000), (0, 3000)], [-70, 30]),
        ([(0, 30_000), (60, 30)], [-500.44, 60]),
    ],
    ids=[
        "half-before",
        "few",
        "a-second",
        "nobody",
        "apart",
        "two",
        "three",
        "any-order",
        "behind-a-big-one",
    ],
)
def test_plan__the_middle_is_on_the_moment(loads, expected):
    assert begins(loads) == pytest.approx(expected, abs=0.01)


def test_plan__never_earlier_than_allowed():
    assert begins([(0, 60_000)], earliest=dt.timedelta(minutes=6)) == [-360]


LOADS = st.lists(
    st.tuples(st.integers(0, 3600), st.integers(1, 20_000)), min_size=1, max_size=12, unique_by=lambda p: p[0]
)


@given(LOADS, st.floats(1, 1000))
def test_plan__in_order_never_late_by_plan_never_before_the_limit(loads, rate):
    early = dt.timedelta(minutes=6)
    planned = waves.plan([Load(at(s), n) for s, n in loads], rate, early)
    assert [wave.due_at for wave in planned] == sorted(at(s) for s, _ in loads)
    for wave in planned:
        assert wave.due_at - early <= wave.begins_at <= wave.due_at


@given(LOADS, st.floats(1, 1000))
def test_plan__as_much_lateness_as_earliness(loads, rate):
    """Sent one after another at the rate from the first beginning on, people are told on time on average."""
    planned = waves.plan([Load(at(s), n) for s, n in loads], rate, dt.timedelta(days=9))
    worst = max(abs(error) for error in _errors(planned, rate))
    longest = sum(n for _, n in loads) / rate
    assert worst <= longest / 2 + 3600 + 1


def _errors(planned, rate):
    free = None
    for wave in planned:
        begin = wave.begins_at if free is None else max(free, wave.begins_at)
        free = begin + dt.timedelta(seconds=wave.people / rate)
        middle = begin + (free - begin) / 2
        yield (middle - wave.due_at).total_seconds()


@given(st.integers(2, 50_000), st.floats(1, 1000))
def test_plan__one_wave_lies_evenly_around_its_moment(people, rate):
    (wave,) = waves.plan([Load(NOON, people)], rate, dt.timedelta(days=2))
    (error,) = _errors([wave], rate)
    assert abs(error) < 1


@pytest.mark.parametrize(("people", "told"), [(18_000, False), (18_001, True)])
def test_too_many__beyond_the_gap_to_the_next_warning(people, told):
    assert waves.too_many(Load(NOON, people), 30, dt.timedelta(minutes=10)) is told


def test_by_minute__adds_up_what_falls_into_one():
    loads = [Load(at(61), 5), Load(at(0), 1), Load(at(59.5), 2)]
    assert waves.by_minute(loads) == [Load(at(0), 3), Load(at(60), 5)]


@pytest.mark.parametrize(
    ("loads", "expected"),
    [
        ([(0, 3000), (110, 3000)], [-50, 60]),
        ([(0, 3000), (90, 3000)], [-55, 45]),
        ([(0, 3000), (600, 3000), (1200, 3000)], [-50, 550, 1150]),
    ],
    ids=["just-apart", "just-together", "three-apart"],
)
def test_waves__are_joined_only_where_they_would_meet(loads, expected):
    assert begins(loads) == expected
