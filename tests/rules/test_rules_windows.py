"""The clock of an appeal: hours and working days, weekends, holidays, moved days, 23:59:59, zones."""

import datetime as dt
import zoneinfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.library.appeals import appeal_rules
from bot.library.content import load
from bot.library.workdays import public_holidays, workdays
from bot.rules.vocabulary import Attestation
from bot.rules.windows import Leniency, Term, admit, reminders, window
from bot.rules.workdays import Workdays
from tests.support.refusals import refused

ALMATY = zoneinfo.ZoneInfo("Asia/Almaty")
DAYS = workdays(load("ayu").policy)
SECOND = dt.timedelta(seconds=1)


def at(text, zone=ALMATY):
    return dt.datetime.fromisoformat(text).replace(tzinfo=zone)


def two_days():
    return Term(None, 2, clause="MIN 64")


def hours(reading="moment"):
    return Term(48, None, reading, "AYU 5.1.10")


@pytest.mark.parametrize(
    ("published", "reading", "closes"),
    [
        ("2026-12-21 14:00", "moment", "2026-12-23 14:00"),
        ("2026-12-21 14:00", "day_start", "2026-12-23 00:00"),
        ("2026-12-21 14:00", "next_day", "2026-12-24 00:00"),
        ("2026-12-25 23:59:59", "moment", "2026-12-27 23:59:59"),  # hours run through a weekend
        ("2026-12-31 10:00", "moment", "2027-01-02 10:00"),  # and through the New Year
    ],
)
def test_hours__by_every_reading_of_from_the_day(published, reading, closes):
    assert hours(reading).end(at(published), ALMATY, DAYS) == at(closes)


@pytest.mark.parametrize(
    ("published", "closes"),
    [
        ("2026-12-21 14:00", "2026-12-24 00:00"),  # Monday: Tuesday, Wednesday
        ("2026-12-24 09:00", "2026-12-29 00:00"),  # Thursday: Friday, Monday
        ("2026-12-25 23:59:59", "2026-12-30 00:00"),  # Friday evening: Monday, Tuesday
        ("2026-12-26 10:00", "2026-12-30 00:00"),  # Saturday
        ("2026-12-31 10:00", "2027-01-07 00:00"),  # New Year: 1, 2 and, in lieu, 4 January are off
        ("2026-03-19 10:00", "2026-03-27 00:00"),  # Nauryz: 20, then 26 March
        ("2026-12-15 10:00", "2026-12-19 00:00"),  # Independence Day: 17, 18
        ("2027-01-05 10:00", "2027-01-09 00:00"),  # Orthodox Christmas: 6, 8
    ],
)
def test_working_days__pass_over_weekends_and_holidays(published, closes):
    assert two_days().end(at(published), ALMATY, DAYS) == at(closes)


def test_working_days__the_offices_moved_days_win():
    moved = Workdays(
        DAYS.holidays, days_off=frozenset({dt.date(2026, 12, 22)}), days_on=frozenset({dt.date(2026, 12, 26)})
    )
    assert two_days().end(at("2026-12-21 14:00"), ALMATY, moved) == at("2026-12-25 00:00")
    assert two_days().end(at("2026-12-24 14:00"), ALMATY, moved) == at("2026-12-27 00:00")


def test_holidays__are_the_countrys_also_where_a_new_law_moved_them():
    assert dt.date(2027, 3, 15) in public_holidays("KZ", 2027)
    assert dt.date(2026, 8, 30) not in public_holidays("KZ", 2026)


def test_both__the_working_days_count():
    assert Term(1, 2).end(at("2026-12-21 14:00"), ALMATY, DAYS) == at("2026-12-24 00:00")


def test_silent__nobody_may_say_that_it_is_too_late():
    found = window(at("2020-01-01 10:00"), Term(None, None), "moment", ALMATY, DAYS)
    assert (found.closes, found.strictest) == (None, None)
    assert admit(found, at("2026-12-21 10:00"), Leniency()) == "in_time"


@pytest.mark.parametrize(
    ("moment", "accepted"),
    [
        ("2026-12-23 23:59:59", True),
        ("2026-12-24 00:00:00", False),
        ("2026-12-24 00:00:01", False),
    ],
)
def test_edge__of_working_days(moment, accepted):
    found = window(at("2026-12-21 14:00"), two_days(), "moment", ALMATY, DAYS)
    assert found.open_at(at(moment)) is accepted
    if accepted:
        assert admit(found, at(moment), Leniency()) == "in_time"
    else:
        with refused("appeal_closed") as said:
            admit(found, at(moment), Leniency())
        assert said.value.params == {"at": at("2026-12-23 23:59"), "clause": "MIN 64"}


@pytest.mark.parametrize(
    ("moment", "accepted"), [("2026-12-23 13:59:59", True), ("2026-12-23 14:00:00", False)]
)
def test_edge__of_hours(moment, accepted):
    found = window(at("2026-12-21 14:00"), hours(), "moment", ALMATY, DAYS)
    assert found.open_at(at(moment)) is accepted
    assert found.said == at("2026-12-23 14:00")


def test_strictest__is_what_to_warn_by():
    found = window(at("2026-12-21 14:00"), hours(), "day_start", ALMATY, DAYS)
    assert found.strictest == at("2026-12-22 23:59")


def test_zone__the_same_moment_another_day():
    late = dt.datetime(2026, 12, 21, 20, 30, tzinfo=dt.UTC)  # 22 December in Almaty, 21 in London
    assert two_days().end(late, ALMATY, DAYS) == at("2026-12-25 00:00")
    london = zoneinfo.ZoneInfo("Europe/London")
    assert two_days().end(late, london, DAYS) == at("2026-12-24 00:00", london)


def test_begun__before_the_end_and_finished_after_it_as_the_university_grants():
    found = window(at("2026-12-21 14:00"), hours(), "moment", ALMATY, DAYS)
    late, begun = at("2026-12-23 14:09:59"), at("2026-12-23 13:59")
    assert admit(found, late, Leniency(begun_minutes=10), begun_at=begun) == "begun"
    for granted, moment, since in (
        (Leniency(), late, begun),
        (Leniency(begun_minutes=10), at("2026-12-23 14:10"), begun),
        (Leniency(begun_minutes=10), late, at("2026-12-23 14:00")),
    ):
        with refused("appeal_closed"):
            admit(found, moment, granted, begun_at=since)


def test_outage__a_registered_one_lets_in_as_the_university_grants():
    found = window(at("2026-12-21 14:00"), hours(), "moment", ALMATY, DAYS)
    report = at("2026-12-23 12:00")
    assert admit(found, at("2026-12-24 13:59"), Leniency(outage_hours=24), outage_at=report) == "outage"
    for granted, moment, filed in (
        (Leniency(), at("2026-12-24 13:59"), report),
        (Leniency(outage_hours=24), at("2026-12-24 14:00"), report),
        (Leniency(outage_hours=24), at("2026-12-24 13:59"), None),
    ):
        with refused("appeal_closed"):
            admit(found, moment, granted, outage_at=filed)


def test_reminders__only_what_is_ahead_the_earliest_first():
    found = window(at("2026-12-21 14:00"), hours(), "moment", ALMATY, DAYS)
    planned = reminders(found, (1440, 360, 60), at("2026-12-21 14:00"))
    assert planned == [
        (1440, at("2026-12-22 14:00")),
        (360, at("2026-12-23 08:00")),
        (60, at("2026-12-23 13:00")),
    ]
    assert [before for before, _ in reminders(found, (1440, 360, 60), at("2026-12-23 07:00"))] == [360, 60]
    assert reminders(found, (1440, 360, 60), at("2026-12-23 14:00")) == []


moments = st.datetimes(dt.datetime(2025, 1, 1), dt.datetime(2030, 1, 1), timezones=st.just(dt.UTC))


@settings(deadline=None)
@given(moments, st.integers(1, 10), st.timedeltas(dt.timedelta(), dt.timedelta(days=3)))
def test_working_days__never_close_on_a_day_off_and_never_earlier_for_a_later_publication(
    published, n, later
):
    end = Term(None, n).end(published, ALMATY, DAYS)
    last = (end - SECOND).astimezone(ALMATY).date()
    assert DAYS.works(last)
    between = [published.astimezone(ALMATY).date() + dt.timedelta(days=d) for d in range(1, 60)]
    assert sum(DAYS.works(day) for day in between if day <= last) == n
    assert Term(None, n).end(published + later, ALMATY, DAYS) >= end


@given(moments, st.sampled_from(["moment", "day_start", "next_day"]))
def test_hours__the_readings_stand_in_order_around_the_moment(published, reading):
    ends = [hours(r).end(published, ALMATY, DAYS) for r in ("day_start", "moment", "next_day")]
    assert ends == sorted(ends)
    assert abs(hours(reading).end(published, ALMATY, DAYS) - published) <= dt.timedelta(hours=72)


@pytest.mark.parametrize(
    ("profile", "attestation", "window_clause", "form", "odd", "first_ground"),
    [
        ("ayu", "interim", "AYU 5.1.10", "scan", False, "grade"),
        ("ayu", "final", "AYU 6.8.1", "online", False, "grade"),
        ("ministry", "interim", "MIN 64", None, True, "grade"),
        ("ukgu", "interim", "MIN 64", "online_screenshot", True, "two_answers"),
    ],
)
def test_policy__each_profiles_rules_with_their_clause(
    profile, attestation, window_clause, form, odd, first_ground
):
    rules = appeal_rules(load(profile).policy, Attestation(attestation))
    assert (rules.window.clause, rules.form, rules.grounds[0]) == (window_clause, form, first_ground)
    assert rules.odd is odd or profile == "ayu"


def test_is_holiday__a_public_one_or_an_offices_but_no_moved_workday():
    off, on, public = (dt.date(2026, 12, day) for day in (14, 17, 16))
    days = Workdays(lambda _: frozenset({on, public}), days_off=frozenset({off}), days_on=frozenset({on}))
    assert [days.is_holiday(dt.date(2026, 12, day)) for day in range(14, 20)] == [
        True, False, True, False, False, False,
    ]  # fmt: skip
    both = Workdays(lambda _: frozenset(), days_off=frozenset({off}), days_on=frozenset({off}))
    assert both.is_holiday(off)


def test_window__where_working_days_count_the_strictest_reading_is_the_same():
    found = window(at("2026-12-21 14:00"), two_days(), "day_start", ALMATY, DAYS)
    assert found.strictest == at("2026-12-23 23:59")
    assert found.said == found.strictest
    assert found.clause == two_days().clause


# The least term: no source that names the shortest one makes anybody late

LEAST = Term(None, 2, clause="MIN 64", least=True)


def test_least__after_it_an_appeal_is_let_in_and_marked():
    found = window(at("2026-12-21 14:00"), LEAST, "moment", ALMATY, DAYS)
    assert found.closes == at("2026-12-24 00:00")
    for moment, entry in (("2026-12-23 23:59:59", "in_time"), ("2026-12-24 00:00", "least")):
        assert admit(found, at(moment), Leniency()) == entry
        assert found.takes(at(moment))
    assert not found.open_at(at("2026-12-24 00:00"))


@pytest.mark.parametrize(
    ("profile", "attestation", "least"),
    [
        ("ministry", "interim", True), ("ministry", "final", True), ("ukgu", "interim", True),
        ("kazmkpu", "interim", True), ("ayu", "interim", False), ("ayu", "final", False),
        ("kaznmu", "interim", False),
    ],
)  # fmt: skip
def test_least__is_the_ministrys_alone(profile, attestation, least):
    assert appeal_rules(load(profile).policy, Attestation(attestation)).window.least is least


@pytest.mark.parametrize("own", ["window_hours: 48", "window_working_days: 2", "window_working_days: 5"])
def test_least__a_term_that_the_university_has_set_is_a_limit(tmp_path, own):
    file = tmp_path / "policy.yaml"
    file.write_text(f"appeals: {{interim: {{{own}}}}}", encoding="utf-8")
    rules = appeal_rules(load("ukgu", policy_file=file).policy, Attestation.INTERIM)
    assert not rules.window.least
