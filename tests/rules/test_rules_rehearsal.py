"""Which exams a rehearsal is for, when it is due, and the number that names it."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules import rehearsal as rules
from bot.rules.conduct import QUIET
from bot.rules.rehearsal import DAY, SOON
from tests.support.clock import ALMATY, local

MINUTE = dt.timedelta(minutes=1)
PROBED = replace(QUIET, rehearsal_hour=18, rehearsal_before=60 * MINUTE, probe_before=10 * MINUTE)
MOMENTS = st.integers(1_700_000_000, 1_900_000_000).map(lambda s: dt.datetime.fromtimestamp(s, dt.UTC))


@pytest.mark.parametrize(
    ("start", "first", "end"),
    [
        ("2026-12-21 09:00", "2026-12-21 00:00", "2026-12-22 00:00"),
        ("2026-12-21 00:00", "2026-12-21 00:00", "2026-12-22 00:00"),
        ("2026-12-21 23:59", "2026-12-21 00:00", "2026-12-22 00:00"),
        ("2026-12-31 03:00", "2026-12-31 00:00", "2027-01-01 00:00"),
    ],
)
def test_day__is_the_local_one(start, first, end):
    key = rules.day_key(local(start), ALMATY)
    found = rules.span_of(DAY, key, ALMATY)
    assert found == (local(first), local(end))
    assert {moment.tzinfo for moment in found} == {dt.UTC}


def test_soon__is_the_minute_of_the_start():
    key = rules.soon_key(local("2026-12-21 09:00"))
    assert isinstance(key, int)
    assert rules.soon_key(local("2026-12-21 09:00:59")) == key
    found = rules.span_of(SOON, key, ALMATY)
    assert found == (local("2026-12-21 09:00"), local("2026-12-21 09:01"))
    assert {moment.tzinfo for moment in found} == {dt.UTC}


@given(MOMENTS)
def test_key__names_the_span_that_its_start_lies_in(start):
    for check, key in ((DAY, rules.day_key(start, ALMATY)), (SOON, rules.soon_key(start))):
        first, end = rules.span_of(check, key, ALMATY)
        assert first <= start < end


@pytest.mark.parametrize(
    ("check", "key"),
    [(DAY, 0), (DAY, -1), (DAY, 3_652_059), (DAY, 10**12), (DAY, 10**18), (SOON, 10**18), (SOON, -(10**18))],
)
def test_span__of_a_number_that_is_no_day_is_an_error_that_its_caller_knows(check, key):
    with pytest.raises(ValueError, match=r"."):
        rules.span_of(check, key, ALMATY)


@pytest.mark.parametrize(
    ("now", "before"),
    [
        ("2026-12-20 17:49", "2026-12-21 00:00"),
        ("2026-12-20 17:50", "2026-12-22 00:00"),
        ("2026-12-20 18:00", "2026-12-22 00:00"),
        ("2026-12-20 23:49", "2026-12-22 00:00"),
        ("2026-12-20 23:50", "2026-12-21 00:00"),
        ("2026-12-21 00:00", "2026-12-22 00:00"),
        ("2026-12-21 09:00", "2026-12-22 00:00"),
    ],
)
def test_horizon__from_the_hour_on_less_the_probes_time_it_is_tomorrows_exams(now, before):
    assert rules.horizon(DAY, local(now), PROBED, ALMATY) == local(before)


def test_horizon__soon_is_the_policys_span_and_the_probes_time_ahead():
    now = local("2026-12-21 08:00")
    assert rules.horizon(SOON, now, PROBED, ALMATY) == now + 70 * MINUTE


def test_horizon__of_what_is_switched_off_is_none():
    now = local("2026-12-21 19:00")
    assert rules.horizon(DAY, now, replace(PROBED, rehearsal_hour=None), ALMATY) is None
    assert rules.horizon(SOON, now, replace(PROBED, rehearsal_before=None), ALMATY) is None
    assert rules.horizon(DAY, now, replace(PROBED, rehearsal_hour=0), ALMATY) is not None


@pytest.mark.parametrize(
    ("probed", "start", "wanted"),
    [
        (("18:00",), "22:00", "18:10"),
        (("18:00", "18:05"), "22:00", "18:15"),
        (("18:05", "18:00"), "22:00", "18:15"),
        (("18:00",), "18:15", "18:05"),
        (("18:00",), "18:20", "18:10"),
    ],
)
def test_due__when_the_last_probe_had_its_time_or_an_exam_is_that_near(probed, start, wanted):
    def at(clock):
        return local(f"2026-12-20 {clock}")

    assert rules.due([at(clock) for clock in probed], at(start), PROBED) == at(wanted)
