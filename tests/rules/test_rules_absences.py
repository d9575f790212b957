"""Until when somebody may be away."""

import datetime as dt

import pytest

from bot.rules import absences as rules
from tests.support.clock import ALMATY, local
from tests.support.refusals import refused

NOW = local("2026-12-21 09:30")


@pytest.mark.parametrize("now", ["2026-12-21 00:00", "2026-12-21 09:30:15.000250", "2026-12-21 23:59"])
def test_ends__are_local_midnights_of_today_tomorrow_and_on(now):
    found = rules.ends(local(now), ALMATY)
    days = ["2026-12-22", "2026-12-23", "2026-12-25", "2026-12-29", "2027-01-05"]
    assert found == [local(f"{day} 00:00") for day in days]
    assert {moment.tzinfo for moment in found} == {dt.UTC}


@pytest.mark.parametrize("until", [NOW + dt.timedelta(seconds=1), NOW + rules.LONGEST])
def test_check__ahead_and_within_three_months(until):
    rules.check(until, NOW)


def test_check__refuses_what_is_past_and_what_is_too_long():
    for past in (NOW, NOW - dt.timedelta(days=1)):
        with refused("time_past"):
            rules.check(past, NOW)
    with refused("away_too_long") as said:
        rules.check(NOW + rules.LONGEST + dt.timedelta(seconds=1), NOW)
    assert said.value.params == {"days": 92}
