import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.policy import Moment, Quiet
from bot.rules.preferences import Judged, Wishes, judge, quiet_until, switch_of
from tests.support.clock import ALMATY, local

NIGHT = Quiet(22 * 60, 7 * 60)
NOON = Quiet(12 * 60, 13 * 60)


@pytest.mark.parametrize(
    ("quiet", "now", "until"),
    [
        (NIGHT, "2026-12-21 21:59", None),
        (NIGHT, "2026-12-21 22:00", "2026-12-22 07:00"),
        (NIGHT, "2026-12-31 23:59", "2027-01-01 07:00"),
        (NIGHT, "2026-12-22 06:59", "2026-12-22 07:00"),
        (NIGHT, "2026-12-22 07:00", None),
        (NOON, "2026-12-22 12:30", "2026-12-22 13:00"),
        (NOON, "2026-12-22 13:00", None),
        (Quiet(0, 0), "2026-12-22 00:00", None),
        (None, "2026-12-22 03:00", None),
    ],
)
def test_quiet_until__the_end_of_the_hours_that_now_lies_in(quiet, now, until):
    assert quiet_until(quiet, local(now), ALMATY) == (local(until) if until else None)


@given(st.integers(0, 1439), st.integers(0, 1439), st.integers(0, 1439))
def test_quiet_until__is_ahead_within_a_day_and_itself_not_quiet(since, until, minute):
    now = local("2026-12-22 00:00") + dt.timedelta(minutes=minute)
    end = quiet_until(Quiet(since, until), now, ALMATY)
    if end is not None:
        assert now < end <= now + dt.timedelta(days=1)
        assert quiet_until(Quiet(since, until), end, ALMATY) is None


def moment(*, deadline=False, at_once=False, wakes=False):
    return Moment("m", "start", dt.timedelta(), (60,), None, deadline, at_once=at_once, wakes=wakes)


AT_NIGHT, MORNING = local("2026-12-22 03:00"), local("2026-12-22 07:00")
LATE, SOON = local("2026-12-22 09:00"), local("2026-12-22 06:00")


@pytest.mark.parametrize(
    ("given_moment", "wishes", "use_by", "wanted"),
    [
        (moment(), Wishes(quiet=NIGHT), LATE, Judged(until=MORNING)),
        (moment(), Wishes(quiet=NIGHT), None, Judged(until=MORNING)),
        (moment(), Wishes(quiet=NIGHT), SOON, Judged()),
        (moment(), Wishes(quiet=NIGHT), MORNING, Judged()),
        (moment(), Wishes(quiet=NIGHT, own=True), SOON, Judged(reason="quiet")),
        (moment(wakes=True), Wishes(quiet=NIGHT), LATE, Judged()),
        (moment(deadline=True), Wishes(quiet=NIGHT), LATE, Judged()),
        (moment(at_once=True), Wishes(quiet=NIGHT), LATE, Judged()),
        (moment(), Wishes(reminders=False), LATE, Judged(reason="muted")),
        (moment(deadline=True), Wishes(reminders=False), LATE, Judged()),
        (moment(deadline=True), Wishes(deadlines=False), LATE, Judged(reason="muted")),
        (moment(), Wishes(deadlines=False, quiet=Quiet(0, 0)), LATE, Judged()),
    ],
)
def test_judge__table(given_moment, wishes, use_by, wanted):
    assert judge(given_moment, wishes, use_by, AT_NIGHT, ALMATY) == wanted


def test_switches__are_those_of_the_classes():
    assert [switch_of(moment()), switch_of(moment(deadline=True)), switch_of(moment(at_once=True))] == [
        "reminders", "deadlines", "deadlines",
    ]  # fmt: skip


@pytest.mark.parametrize("reminders", [True, False])
@pytest.mark.parametrize("deadlines", [True, False])
def test_switched__changes_that_class_alone_and_is_a_choice_of_ones_own(reminders, deadlines):
    before = Wishes(reminders, deadlines, NIGHT)
    assert before.switched("reminders") == Wishes(not reminders, deadlines, NIGHT, own=True)
    assert before.switched("deadlines") == Wishes(reminders, not deadlines, NIGHT, own=True)
