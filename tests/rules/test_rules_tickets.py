"""Who is helped first, to whom a ticket is offered, how long the line is."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules import tickets
from bot.rules.exams import Span
from bot.rules.tickets import Helper, Limits, Queued, Stage, Urgency, line

NOW = dt.datetime(2026, 12, 21, 5, 0, tzinfo=dt.UTC)
LIMITS = Limits(offers_at_once=3, offers_each=3, tickets_each=3)


def ago(minutes):
    return NOW - dt.timedelta(minutes=minutes)


def exam(starts_in, length=120):
    start = NOW + dt.timedelta(minutes=starts_in)
    return Span(start, start + dt.timedelta(minutes=length))


def queued(number=1, waits=1.0, starts_in=None, **changes):
    span = exam(starts_in) if starts_in is not None else None
    return Queued(number, **{"language": "kk", "group": "lms", "since": ago(waits), "exam": span, **changes})


waiting = st.builds(
    queued,
    number=st.integers(1, 10_000),
    waits=st.floats(0, 500),
    starts_in=st.none() | st.integers(-300, 2000),
    front=st.booleans(),
)


def test_line__running_exam_then_the_nearer_then_the_longer_wait():
    calm, long_calm = queued(1, 5), queued(2, 90)
    soon, later = queued(3, 1, 30), queued(4, 200, 300)
    runs, runs_longer = queued(5, 1, -10), queued(6, 8, -50)
    tomorrow = queued(7, 3, 1500)
    found = line([calm, long_calm, soon, later, runs, runs_longer, tomorrow], NOW)
    assert [ticket.id for ticket in found] == [6, 5, 3, 4, 2, 1, 7]


def test_line__left_alone_goes_before_others_of_its_urgency_and_never_before_a_running_exam():
    left, runs, calm = queued(1, 1, front=True), queued(2, 1, -10), queued(3, 60)
    assert [ticket.id for ticket in line([calm, left, runs], NOW)] == [2, 1, 3]


@given(st.lists(waiting, max_size=12))
def test_line__a_running_exam_is_never_behind(found):
    levels = [tickets.urgency(ticket, NOW) for ticket in line(found, NOW)]
    assert levels == sorted(levels)


@given(st.lists(waiting, max_size=8, unique_by=lambda ticket: ticket.id))
def test_place__everybody_has_one_of_their_own(found):
    places = sorted(tickets.place(found, ticket.id, NOW) for ticket in found)
    assert places == list(range(1, len(found) + 1))


def test_urgency__over_and_far_exams_hurry_nobody():
    assert tickets.urgency(queued(1, 1, -121), NOW) is Urgency.CALM
    assert tickets.urgency(queued(1, 1, -119), NOW) is Urgency.RUNNING
    assert tickets.urgency(queued(1, 1, 721), NOW) is Urgency.CALM
    assert tickets.urgency(queued(1, 1, 719), NOW) is Urgency.NEAR


def test_expected__follows_the_pace_of_the_line_and_is_silent_when_it_cannot_know():
    claims = [ago(minute) for minute in (1, 4, 7, 10, 13)]
    assert tickets.expected_minutes(1, claims, NOW) == 3
    assert tickets.expected_minutes(10, claims, NOW) == 30
    assert tickets.expected_minutes(1, claims[:2], NOW) is None
    assert tickets.expected_minutes(1, [ago(16), ago(17), ago(18)], NOW) is None
    assert tickets.expected_minutes(0, claims, NOW) is None


@given(st.integers(1, 500), st.integers(3, 200))
def test_expected__nobody_is_promised_less_than_the_pace_gives(place, claims):
    minutes = tickets.expected_minutes(place, [ago(1)] * claims, NOW)
    assert minutes is not None
    assert minutes >= 15 * place / claims
    assert minutes <= 15 * place / claims + 1


def helpers(*languages):
    return [Helper(number, frozenset({name})) for number, name in enumerate(languages, 1)]


def test_invite__language_first_then_the_platform():
    found = tickets.invite(queued(), helpers("ru", "kk", "kk"), {}, LIMITS, NOW)
    assert found == [2, 3]
    knowing = [Helper(1, groups=frozenset({"device"})), Helper(2, groups=frozenset({"lms"})), Helper(3)]
    assert tickets.invite(queued(), knowing, {}, LIMITS, NOW) == [2, 3, 1]


def test_invite__of_another_language_rather_than_nobody():
    assert tickets.invite(queued(), helpers("ru"), {}, LIMITS, NOW) == [1]


def test_invite__no_more_than_a_few_and_nobody_twice():
    crowd = [Helper(number) for number in range(1, 10)]
    first = tickets.invite(queued(), crowd, {}, LIMITS, NOW)
    assert len(first) == 3
    assert tickets.invite(queued(), crowd, dict.fromkeys(first, True), LIMITS, NOW) == []
    more = tickets.invite(queued(stage=Stage.MORE), crowd, dict.fromkeys(first, True), LIMITS, NOW)
    assert len(more) == 3
    assert not set(first) & set(more)


def test_invite__an_offer_that_lapsed_or_is_with_full_hands_keeps_nobody_away():
    crowd = [Helper(1, busy=1), Helper(2), Helper(3), Helper(4), Helper(5)]
    assert tickets.invite(queued(), crowd, {1: True, 2: False, 3: True}, LIMITS, NOW) == [4, 5]


def test_invite__the_busy_are_asked_only_when_nobody_answered():
    busy = [Helper(1, busy=1), Helper(2, busy=3)]
    assert tickets.invite(queued(), busy, {}, LIMITS, NOW) == []
    assert tickets.invite(queued(stage=Stage.MORE), busy, {}, LIMITS, NOW) == [1]


def test_invite__full_hands_get_only_a_running_exam():
    full = [Helper(1, offers=3)]
    assert tickets.invite(queued(), full, {}, LIMITS, NOW) == []
    assert tickets.invite(queued(starts_in=-10), full, {}, LIMITS, NOW) == [1]


def test_own__nobody_is_asked_to_help_themselves_nor_held_up_by_their_own():
    own = queued(1, starts_in=-10, asker=7)
    helpers = [Helper(7), Helper(8)]
    assert tickets.invite(own, helpers, {}, LIMITS, NOW) == [8]
    assert tickets.must_yield(queued(2), [own], helpers[0], NOW) is None
    assert tickets.must_yield(queued(2), [own], helpers[1], NOW) == own


def test_must_yield__to_a_running_exam_in_a_language_of_the_helper():
    calm, runs, foreign = queued(1), queued(2, starts_in=-10), queued(3, starts_in=-10, language="ru")
    speaks = Helper(1, frozenset({"kk"}))
    assert tickets.must_yield(calm, [calm, runs, foreign], speaks, NOW) == runs
    assert tickets.must_yield(calm, [calm, foreign], speaks, NOW) is None
    assert tickets.must_yield(runs, [calm, runs, foreign], speaks, NOW) is None


def test_frequency__platforms_by_hour_the_most_troubling_first():
    opened = [("zoom.a", ago(5)), ("zoom.b", ago(65)), ("zoom.a", ago(70)), ("moodle.a", ago(1))]
    found = tickets.frequency([*opened, ("moodle.old", ago(24 * 60)), ("moodle.ahead", ago(-61))], NOW, 5)
    assert (found.hours[0], found.hours[-1], len(found.hours)) == ((NOW.hour + 1) % 24, NOW.hour, 24)
    assert list(found.platforms) == ["zoom", "moodle"]
    assert found.platforms["zoom"][-3:] == (2, 1, 0)
    assert found.platforms["moodle"][-2:] == (1, 0)
    assert found.problems == (("zoom.a", 2), ("moodle.a", 1), ("zoom.b", 1))
    assert found.total == 4


moments = st.lists(st.tuples(st.sampled_from(["a.x", "a.y", "b.x"]), st.integers(0, 24 * 60)), max_size=30)


@given(moments)
def test_frequency__counts_everything_of_the_day_once(found):
    day = tickets.frequency([(name, ago(minutes)) for name, minutes in found], NOW, 5)
    assert sum(sum(row) for row in day.platforms.values()) == day.total == sum(n for _, n in day.problems)


def test_place__of_one_that_does_not_wait_is_none():
    assert tickets.place([queued(1)], 2, NOW) == tickets.place([], 1, NOW) == 0


def test_expected_minutes__the_edge_of_what_is_recent_and_the_least_that_is_said():
    edge = NOW - tickets.RECENT
    just_before = edge - dt.timedelta(microseconds=1)
    assert tickets.expected_minutes(1, [edge] * tickets.TELLING, NOW) is not None
    assert tickets.expected_minutes(1, [just_before] * tickets.TELLING, NOW) is None
    assert tickets.expected_minutes(1, [ago(1)] * 1000, NOW) == 1


def test_invite__fills_up_to_the_limit_and_a_running_exam_asks_twice_as_often():
    crowd = [Helper(number) for number in range(1, 6)]
    assert len(tickets.invite(queued(), crowd, {1: True, 2: True}, LIMITS, NOW)) == 1
    few = Limits(offers_at_once=1, offers_each=3, tickets_each=3)
    crowded = [Helper(1, busy=0), Helper(2), Helper(3)]
    assert tickets.invite(queued(), crowded, {1: True, 2: True}, few, NOW) == []
    assert tickets.invite(queued(starts_in=-10), [Helper(1, offers=5)], {}, LIMITS, NOW) == [1]
    assert tickets.invite(queued(starts_in=-10), [Helper(1, offers=6)], {}, LIMITS, NOW) == []


def test_invite__whoever_has_been_idle_longer_first():
    resting = [Helper(1, idle_since=ago(1)), Helper(2, idle_since=ago(9)), Helper(3)]
    assert tickets.invite(queued(), resting, {}, LIMITS, NOW) == [3, 2, 1]
    epoch = [Helper(4), Helper(5, idle_since=dt.datetime.fromtimestamp(0.5, dt.UTC))]
    assert tickets.invite(queued(), epoch, {}, LIMITS, NOW) == [4, 5]


def test_frequency__by_the_hour_of_the_clock_whatever_the_second():
    late = NOW - dt.timedelta(microseconds=1)
    found = tickets.frequency([("zoom.sound.echo", late), ("zoom.x", NOW)], NOW, 5)
    assert found.platforms == {"zoom": (*[0] * 22, 1, 1)}
    begun = NOW.replace(second=30)
    assert tickets.frequency([("a.x", NOW.replace(second=59))], begun, 5).platforms["a"][-1] == 1


@pytest.mark.parametrize(
    ("most", "lately", "standing", "left"),
    [(20, 0, 0, 10), (20, 4, 3, 6), (20, 15, 10, 0), (3, 0, 0, 1), (2, 0, 0, 1), (1, 0, 0, 0), (0, 0, 0, 0)],
)
def test_posts_left__each_is_two_messages(most, lately, standing, left):
    assert tickets.posts_left(most, lately, standing) == left


def test_line__how_near_the_exam_is_counts_only_among_those_that_come_soon():
    runs_long, waits_long = queued(1, 1, -90), queued(2, 9, -5)
    tomorrow, calm = queued(3, 500, 1500), queued(4, 5)
    assert [ticket.id for ticket in line([runs_long, waits_long, calm, tomorrow], NOW)] == [2, 1, 3, 4]
    edge = queued(5, exam=Span(NOW + tickets.NEAR, NOW + tickets.NEAR * 2))
    assert tickets.urgency(edge, NOW) is Urgency.NEAR
