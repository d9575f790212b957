"""The clock of an outage and what may be decided, as tables and properties."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Refusal
from bot.rules.auditing import State, Trouble, judge
from bot.rules.decisions import slots
from bot.rules.incidents import is_mass, scopes
from bot.rules.outages import CLAIM, Outage, claimed, left_of_test, lost, read, resume_until
from tests.support.clock import ALMATY, local

NOW = local("2026-12-21 10:00")
BOUNDS = (local("2026-12-21 09:00"), local("2026-12-21 11:00"))


def minute(number):
    return BOUNDS[0] + dt.timedelta(minutes=number)


@pytest.mark.parametrize(
    ("breaks", "minutes"),
    [
        ([], 0),
        ([(10, 20)], 10),
        ([(10, 20), (15, 25)], 15),
        ([(10, 20), (30, None)], 40),
        ([(-30, 10)], 10),
        ([(110, 200)], 10),
        ([(130, 140)], 0),
        ([(10, 10.1)], 1),
        ([(10, 20), (10, 20)], 10),
    ],
)
def test_lost__inside_the_exam_and_no_minute_twice(breaks, minutes):
    pairs = tuple((minute(a), None if b is None else minute(b)) for a, b in breaks)
    assert lost(Outage(pairs), NOW, BOUNDS) == minutes


SPANS = st.lists(st.tuples(st.integers(-60, 180), st.integers(0, 60)), max_size=6)


@given(SPANS)
def test_lost__never_more_than_the_exam_nor_less_than_its_longest_break(spans):
    pairs = tuple((minute(a), minute(a + n)) for a, n in spans)
    found = lost(Outage(pairs), minute(400), BOUNDS)
    assert 0 <= found <= 120
    inside = [(min(b, BOUNDS[1]) - max(a, BOUNDS[0])).total_seconds() / 60 for a, b in pairs]
    assert found >= max([0, *inside])


@pytest.mark.parametrize(
    ("at", "same_day", "until"),
    [
        ("2026-12-21 10:00", True, "2026-12-21 13:00"),
        ("2026-12-21 22:30", True, "2026-12-22 00:00"),
        ("2026-12-21 22:30", False, "2026-12-22 01:30"),
        ("2026-12-31 23:59", True, "2027-01-01 00:00"),
    ],
)
def test_resume_until__three_hours_of_the_current_day(at, same_day, until):
    assert resume_until(local(at), 3, same_day=same_day, zone=ALMATY) == local(until)


def test_claimed__not_ahead_and_not_beyond_a_day():
    assert claimed(None, NOW, NOW) == NOW
    assert claimed(minute(1), NOW, NOW) == minute(1)
    for wrong in (NOW + dt.timedelta(seconds=1), NOW - dt.timedelta(hours=24, seconds=1)):
        with pytest.raises(Refusal):
            claimed(wrong, NOW, NOW)


def test_read__what_a_case_keeps():
    kept = {"breaks": [[minute(1).isoformat(), None]], "given": 5, "resume_by": NOW.isoformat()}
    assert read(kept) == Outage(((minute(1), None),), 5, NOW)
    assert read({}) == Outage()


def test_slots__whole_quarters_of_today():
    found = slots(local("2026-12-21 10:07"), ALMATY, 3, dt.timedelta(minutes=15))
    assert found == [local("2026-12-21 10:30"), local("2026-12-21 10:45"), local("2026-12-21 11:00")]
    assert slots(local("2026-12-21 23:50"), ALMATY, 3, dt.timedelta(minutes=15)) == []
    odd = local("2026-12-21 10:07").replace(second=31, microsecond=9)
    assert slots(odd, ALMATY, 1, dt.timedelta(minutes=45)) == [local("2026-12-21 11:15")], "from midnight on"


def test_incidents__what_reports_can_have_in_common():
    found = scopes(5, "АТ", "lms", ("lms",))
    assert [(name, found[name].scope, found[name].key) for name in found] == [
        ("exam", "exam", "5"),
        ("faculty", "faculty", "АТ"),
        ("platform", "platform", "lms"),
    ]
    assert scopes(None, "", "internet", ("lms",)) == {}
    assert is_mass([1, 2, 3], 3)
    assert not is_mass([1, 1, 1], 3)


GOOD = {"held": False, "holder": False, "next_due": NOW, "failed": False, "told": True, "since": NOW}


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, None),
        ({"held": True, "holder": True}, None),
        ({"held": True}, Trouble.NO_HOLDER),
        ({"next_due": None}, Trouble.NO_TIMER),
        ({"next_due": None, "failed": True}, Trouble.FAILED),
        ({"next_due": NOW - dt.timedelta(minutes=2)}, Trouble.OVERDUE),
        ({"told": False}, None),
        ({"told": False, "since": NOW - dt.timedelta(minutes=5)}, Trouble.UNHEARD),
    ],
)
def test_auditor__judges(changes, found):
    assert judge(State(**{**GOOD, **changes}), NOW) == found


@pytest.mark.parametrize(
    ("breaks", "now", "left"),
    [
        ([], 0, 120),
        ([], 30, 90),
        ([(10, None)], 30, 110),
        ([(10, 20)], 30, 100),
        ([(10, 20), (15, 25)], 30, 105),
        ([(15, 25), (10, 20)], 30, 105),
        ([(0, 10), (20, None)], 200, 110),
        ([(10, 20), (10, None)], 30, 110),
        ([], 30.5, 89),
        ([], 130, 0),
        ([(-10, 5)], 30, 95),
    ],
)
def test_left_of_test__what_was_spent_outside_breaks_is_spent(breaks, now, left):
    pairs = tuple((minute(a), None if b is None else minute(b)) for a, b in breaks)
    assert left_of_test(Outage(pairs), BOUNDS, minute(now)) == left


def test_lost__breaks_in_any_order_and_of_one_beginning():
    assert lost(Outage(((minute(30), minute(40)), (minute(10), minute(35)))), NOW, BOUNDS) == 30
    assert lost(Outage(((minute(10), None), (minute(10), minute(20)))), NOW, BOUNDS) == 50
    assert lost(Outage(((minute(0), minute(120)),)), minute(200), BOUNDS) == 120


def test_read__ends_of_breaks_and_none():
    kept = {"breaks": [[minute(1).isoformat(), minute(2).isoformat()], [minute(5).isoformat(), None]]}
    assert read(kept) == Outage(((minute(1), minute(2)), (minute(5), None)))
    assert read({}) == Outage()


@pytest.mark.parametrize("at", [dt.timedelta(), CLAIM])
def test_claimed__up_to_a_day_before_the_report_and_up_to_now(at):
    assert claimed(NOW - at, NOW, NOW) == NOW - at
    for wrong in (NOW + dt.timedelta(microseconds=1), NOW - CLAIM - dt.timedelta(microseconds=1)):
        with pytest.raises(Refusal) as refused:
            claimed(wrong, NOW, NOW)
        assert refused.value.code == "time_wrong"


def test_resume_until__ends_with_the_local_day_to_the_microsecond():
    at = local("2026-12-21 23:30").replace(second=7, microsecond=5)
    assert resume_until(at, 2, same_day=True, zone=ALMATY) == local("2026-12-22 00:00")
    assert resume_until(at, 2, same_day=True, zone=ALMATY).tzinfo is dt.UTC
