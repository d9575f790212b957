import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules import warnings
from bot.rules.exams import Span
from bot.rules.policy import KindRules, Moment
from bot.rules.vocabulary import ExamKind
from bot.rules.warnings import LEFT, OFFER

START = dt.datetime(2026, 12, 21, 4, 0, tzinfo=dt.UTC)
TICK = dt.timedelta(microseconds=1)


def minutes(number):
    return dt.timedelta(minutes=number)


def rules(*left, moments=()):
    return KindRules(ExamKind.WRITTEN, 120, left, None, {moment.id: moment for moment in moments}, {})


def planned(length, *left, moments=()):
    span = Span(START, START + minutes(length))
    return list(warnings.plan(span, rules(*left, moments=moments)))


def shown(timers):
    """Timers as (rule, minutes, due and use-by in minutes after the start)."""
    return [
        (t.rule, t.minutes, (t.due_at - START) / minutes(1), (t.use_by - START) / minutes(1)) for t in timers
    ]


@pytest.mark.parametrize(
    ("length", "left", "expected"),
    [
        (120, (30, 20, 10), [(30, 90, 100), (20, 100, 110), (10, 110, 120)]),
        (120, (10, 30, 20), [(30, 90, 100), (20, 100, 110), (10, 110, 120)]),
        (30, (30, 20, 10), [(30, 0, 10), (20, 10, 20), (10, 20, 30)]),
        (25, (30, 20, 10), [(20, 5, 15), (10, 15, 25)]),
        (5, (30, 20, 10), []),
        (120, (), []),
        (120, (0.5, 1.25), [(1.25, 118.75, 119.5), (0.5, 119.5, 120)]),
        (120, (10, 10), [(10, 110, 120)]),
    ],
    ids=["three", "any-order", "as-long-as", "shorter", "very-short", "none", "fractions", "said-twice"],
)
def test_plan__warnings_follow_one_another_up_to_the_end(length, left, expected):
    assert shown(planned(length, *left)) == [(LEFT, *row) for row in expected]


def moment(name, anchor, offset, *offers, deadline=True):
    return Moment(name, anchor, minutes(offset), offers, None, deadline)


@pytest.mark.parametrize(
    ("given_moment", "expected"),
    [
        (moment("upload", "end", -10, 5), [(5, 105, 110)]),
        (moment("upload", "start", -96 * 60, 1440, 240), [(1440, -7200, -6000), (240, -6000, -5760)]),
        (moment("upload", "start", -96 * 60, 240, 1440), [(1440, -7200, -6000), (240, -6000, -5760)]),
        (moment("join", "start", -10, 5, deadline=False), [(5, -15, 0)]),
        (moment("join", "start", -10, 0, deadline=False), [(0, -10, 0)]),
        (moment("part", "start", 60, 0, deadline=False), [(0, 60, 120)]),
        (moment("upload", "end", -10, 0), []),
        (moment("upload", "end", -10), []),
        (moment("upload", "end", -10, 0.5), [(0.5, 109.5, 110)]),
        (moment("upload", "start", -600, 30, 0), [(30, -630, -600)]),
    ],
    ids=[
        "deadline", "two-offers", "two-in-any-order", "reminder-before", "at-the-moment", "reminder-inside",
        "deadline-at-itself", "never-offered", "fraction", "last-of-two-at-itself",
    ],
)  # fmt: skip
def test_plan__offers_of_clock_bound_steps(given_moment, expected):
    timers = shown(planned(120, moments=[given_moment]))
    assert timers == [(OFFER + given_moment.id, *row) for row in expected]


def test_plan__a_late_timetable_brings_one_offer_of_a_deadline_not_all_of_them():
    timers = planned(120, moments=[moment("upload", "start", -5760, 1440, 240)])
    two_hours_before = START - minutes(5760 + 120)
    assert [t.minutes for t in warnings.still_ahead(timers, two_hours_before)] == [240]


SPANS = st.integers(1, 900)
LEFTS = st.lists(st.floats(0.01, 600, allow_nan=False), max_size=6)


@settings(deadline=None)
@given(SPANS, LEFTS)
def test_plan__a_warning_is_due_inside_its_exam_and_yields_to_the_next(length, left):
    timers = planned(length, *left)
    end = START + minutes(length)
    assert all(START <= t.due_at < t.use_by <= end for t in timers)
    assert all(one.use_by == other.due_at for one, other in pairwise(timers))
    assert len({(t.rule, t.minutes) for t in timers}) == len(timers)
    if timers:
        assert timers[-1].use_by == end


@settings(deadline=None)
@given(SPANS, LEFTS, st.integers(0, 1_000_000))
def test_plan__at_any_moment_at_most_one_warning_is_worth_sending(length, left, second):
    now = START + dt.timedelta(seconds=second % (length * 60 + 60))
    good = [t for t in planned(length, *left) if t.due_at <= now < t.use_by]
    assert len(good) <= 1


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (1800, 30), (1829, 30), (1830, 31), (1770, 30), (1769, 29), (60, 1), (90, 2), (89, 1), (30, 1),
        (1, 1), (0, 1), (-600, 1), (0.001, 1),
    ],
)  # fmt: skip
def test_minutes_left__the_nearest_whole_minute_never_less_than_one(seconds, said):
    end = START + dt.timedelta(seconds=seconds)
    assert warnings.minutes_left(end, START) == said


@settings(deadline=None)
@given(st.floats(31, 40_000, allow_nan=False))
def test_minutes_left__is_never_more_than_half_a_minute_off(seconds):
    said = warnings.minutes_left(START + dt.timedelta(seconds=seconds), START)
    assert abs(said * 60 - seconds) <= 30.001


END = START + minutes(120)
DUE, NEXT = END - minutes(30), END - minutes(20)


def judged(now, *, due_at=DUE, use_by=NEXT, planned_revision=1, revision=1, end=END, cancelled=False):
    return warnings.verdict(
        due_at=due_at,
        use_by=use_by,
        planned_revision=planned_revision,
        revision=revision,
        end=end,
        cancelled=cancelled,
        now=now,
    )


@pytest.mark.parametrize(
    ("now", "changes", "verdict"),
    [
        (DUE - TICK, {}, "not_yet"),
        (DUE, {}, "send"),
        (NEXT - TICK, {}, "send"),
        (NEXT, {}, "superseded"),
        (END - TICK, {}, "superseded"),
        (END, {}, "ended"),
        (END + minutes(1), {}, "ended"),
        (END - TICK, {"due_at": END - minutes(10), "use_by": END}, "send"),
        (END, {"due_at": END - minutes(10), "use_by": END + minutes(5)}, "ended"),
        (DUE, {"end": DUE - TICK, "due_at": DUE - TICK - TICK}, "ended"),
        (END, {"due_at": END, "use_by": END + minutes(60)}, "send"),
        (END + minutes(59), {"due_at": END, "use_by": END + minutes(60)}, "send"),
        (END + minutes(60), {"due_at": END, "use_by": END + minutes(60)}, "superseded"),
        (DUE, {"revision": 2}, "moved"),
        (DUE, {"revision": 1, "planned_revision": 2}, "moved"),
        (END, {"revision": 2}, "moved"),
        (DUE, {"cancelled": True}, "cancelled"),
        (END, {"cancelled": True, "revision": 2}, "cancelled"),
    ],
)
def test_verdict__table(now, changes, verdict):
    assert judged(now, **changes) == verdict


@settings(deadline=None)
@given(
    st.integers(-10_000, 10_000),
    st.integers(1, 600),
    st.integers(1, 600),
    st.integers(1, 3),
    st.integers(1, 3),
    st.booleans(),
)
def test_verdict__sends_only_what_is_true(second, due, use, planned_revision, revision, cancelled):
    now = END + dt.timedelta(seconds=second)
    due_at = END - minutes(due)
    verdict = judged(
        now,
        due_at=due_at,
        use_by=due_at + minutes(use),
        planned_revision=planned_revision,
        revision=revision,
        cancelled=cancelled,
    )
    true = not cancelled and revision == planned_revision and now < END and now < due_at + minutes(use)
    assert (verdict in ("send", "not_yet")) is true
    if verdict == "send":
        assert due_at <= now < END


def test_still_ahead__keeps_what_can_be_of_use_even_when_it_is_due_already():
    timers = planned(120, 30, 20, 10)
    assert [t.minutes for t in warnings.still_ahead(timers, DUE - minutes(60))] == [30, 20, 10]
    assert [t.minutes for t in warnings.still_ahead(timers, NEXT - TICK)] == [30, 20, 10]
    assert [t.minutes for t in warnings.still_ahead(timers, NEXT)] == [20, 10]
    assert warnings.still_ahead(timers, END) == []


@pytest.mark.parametrize(
    ("seconds", "planned", "said"),
    [
        (30 * 60, 30, 30),
        (30 * 60 + 40, 30, 30),
        (30 * 60 + 59.9, 30, 30),
        (31 * 60, 30, 31),
        (31 * 60 + 29, 30, 31),
        (36 * 60, 30, 36),
        (30 * 60 - 29, 30, 30),
        (30 * 60 - 31, 30, 29),
        (24 * 60, 30, 24),
        (90, 1.5, 2),
        (100, 1.5, 2),
        (70, 1, 1),
        (20, 0.5, 1),
        (30 * 60 + 40, None, 31),
    ],
)
def test_minutes_left__early_in_a_wave_says_its_minutes_while_they_are_whole(seconds, planned, said):
    end = START + dt.timedelta(seconds=seconds)
    assert warnings.minutes_left(end, START, planned) == said


def of_anchor(anchor, *, students=True, offset=0, offers=(3,), **more):
    told = ("student",) if students else ("proctor",)
    return Moment(f"{anchor}{offset}", anchor, minutes(offset), offers, None, tell=told, **more)


def test_extras__students_with_more_time_have_what_hangs_on_their_own_end_and_nothing_else():
    moments = [
        of_anchor("end", offset=-5),
        of_anchor("end", students=False, offset=-6),
        of_anchor("start", offset=7),
    ]
    span = Span(START, START + minutes(120))
    timers = list(warnings.plan(span, rules(30, 10, moments=moments), [15, 15, 5]))
    cohorts = [(t.rule, t.minutes, (t.due_at - START) / minutes(1)) for t in timers if "+" in t.rule]
    assert cohorts == [
        ("left+5", 30, 95), ("left+5", 10, 115), ("step:end-5+5", 3, 117),
        ("left+15", 30, 105), ("left+15", 10, 125), ("step:end-5+15", 3, 127),
    ]  # fmt: skip
    assert {warnings.parted(rule) for rule, *_ in cohorts} == {
        ("left", 5), ("step:end-5", 5), ("left", 15), ("step:end-5", 15),
    }  # fmt: skip
    assert warnings.parted("left") == ("left", 0)


@pytest.mark.parametrize(
    ("offset", "useful", "until"),
    [
        (-30, None, 0),
        (0, None, 0),
        (30, None, 120),
        (30, 20, 50),
        (110, 20, 120),
        (-30, 20, -10),
        (130, 20, 150),
    ],
)
def test_mere_reminder__is_of_use_until_the_exam_starts_or_ends_or_as_long_as_it_says(offset, useful, until):
    useful = None if useful is None else minutes(useful)
    mere = of_anchor("start", offset=offset, offers=(5,), deadline=False, useful=useful)
    [timer] = shown(planned(120, moments=[mere]))
    assert timer[2:] == (offset - 5, until)


def test_mere_reminder__with_nothing_ahead_ends_at_its_moment():
    mere = of_anchor("end", offset=30, offers=(5,), deadline=False)
    [timer] = shown(planned(120, moments=[mere]))
    assert timer[2:] == (145, 150)


@pytest.mark.parametrize(
    ("left", "asked", "said"),
    [(1, 1, 1), (1.99, 1, 1), (10, 10, 10), (10.99, 10, 10), (11, 10, 11), (9.6, 10, 10), (1.6, None, 2)],
)
def test_minutes_left__says_the_planned_ones_up_to_a_minute_early(left, asked, said):
    assert warnings.minutes_left(START + minutes(left), START, asked) == said
