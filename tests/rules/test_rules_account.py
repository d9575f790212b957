"""How fast reports are taken and decided, by faculty and all together."""

import datetime as dt

from bot.rules.account import Pace, Span, Times, paces

NOW = dt.datetime(2026, 12, 21, 5, tzinfo=dt.UTC)


def times(faculty, taken=None, decided=None, *, still=False):
    def at(minutes):
        return None if minutes is None else NOW + dt.timedelta(minutes=minutes)

    return Times(faculty, NOW, at(taken), at(decided), still)


def test_paces__of_nothing_are_none():
    assert paces([]) == []


def test_paces__median_and_worst_to_a_tenth_of_a_minute():
    found = paces([times("F", 1, 20), times("F", 2.04), times("F", 10, 30), times("F", still=True)])
    assert found == [Pace("F", 4, 1, Span(3, 2.0, 10.0), Span(2, 25.0, 30.0))]


def test_paces__a_tenth_is_rounded_in_the_median_and_in_the_worst():
    [found] = paces([times("F", 1, 1.26), times("F", 2.36, 2.36), times("F", 10.06, 4.74)])
    assert (found.to_take, found.to_decide) == (Span(3, 2.4, 10.1), Span(3, 2.4, 4.7))


def test_paces__every_faculty_by_name_then_all_together():
    found = paces([times("H", 4, still=True), times("F", 2), times("F", still=True)])
    nothing = Span(0, None, None)
    assert found == [
        Pace("F", 2, 1, Span(1, 2.0, 2.0), nothing),
        Pace("H", 1, 1, Span(1, 4.0, 4.0), nothing),
        Pace("", 3, 2, Span(2, 3.0, 4.0), nothing),
    ]
