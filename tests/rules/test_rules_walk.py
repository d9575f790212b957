import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules.exams import Span
from bot.rules.policy import KindRules, Moment
from bot.rules.vocabulary import ExamKind
from bot.rules.walk import (
    START,
    Algorithm,
    Place,
    Step,
    bound_to,
    clamp,
    for_exam,
    go,
    mark_done,
    step_time,
)

BEGIN = dt.datetime(2026, 12, 21, 4, 0, tzinfo=dt.UTC)
SPAN = Span(BEGIN, BEGIN + dt.timedelta(hours=2))
UPLOAD = Moment("upload", "end", dt.timedelta(minutes=-10), (5,), None)
RULES = KindRules(ExamKind.WRITTEN, 120, (), None, {"upload": UPLOAD}, {})


@pytest.mark.parametrize(
    ("position", "length", "found"),
    [(0, 5, 0), (4, 5, 4), (5, 5, 4), (99, 5, 4), (-1, 5, 0), (10**15, 5, 4), (0, 1, 0), (3, 1, 0)],
)
def test_clamp__an_old_button_names_a_step_that_exists(position, length, found):
    assert clamp(position, length) == found


@pytest.mark.parametrize(
    ("done", "position", "shown", "finished"),
    [
        ((), 0, 1, False),
        ((0,), 1, 2, False),
        ((0, 1), 2, 2, True),
        ((1,), 0, 2, False),
        ((1, 2), 0, 0, True),
        ((), 2, 0, False),
        ((2,), 1, 0, False),
        ((), 1, 2, False),
    ],
    ids=[
        "first",
        "next",
        "last",
        "over-what-is-done",
        "fills-the-gap",
        "last-first",
        "back-to-the-gap",
        "on-from-the-middle",
    ],
)
def test_mark_done__shows_the_next_step_not_done_yet(done, position, shown, finished):
    place = mark_done(Place(position, frozenset(done), finished=False), position, 3)
    assert place == Place(shown, frozenset({*done, position}), finished=finished)


@pytest.mark.parametrize("position", [-1, 3, 99])
def test_mark_done__a_step_that_does_not_exist_changes_nothing(position):
    place = Place(1, frozenset({0}), finished=False)
    assert mark_done(place, position, 3) == place


@pytest.mark.parametrize(("position", "shown"), [(-5, 0), (0, 0), (2, 2), (3, 2)])
def test_go__shows_a_step_and_marks_nothing(position, shown):
    place = Place(1, frozenset({0}), finished=False)
    assert go(place, position, 3) == Place(shown, frozenset({0}), finished=False)


LENGTHS = st.integers(1, 12)
MOVES = st.lists(st.tuples(st.booleans(), st.integers(-3, 15)), max_size=30)


def walked(length, moves):
    place = START
    for done, position in moves:
        place = (mark_done if done else go)(place, position, length)
    return place


@settings(deadline=None)
@given(LENGTHS, MOVES)
def test_walk__whatever_is_tapped_the_place_exists(length, moves):
    place = walked(length, moves)
    assert 0 <= place.position < length
    assert place.done <= set(range(length))
    assert place.finished is (len(place.done) == length)


@settings(deadline=None)
@given(LENGTHS, MOVES, st.integers(-3, 15))
def test_walk__a_tap_twice_is_a_tap_once(length, moves, position):
    place = walked(length, moves)
    once = mark_done(place, position, length)
    assert mark_done(once, position, length) == once
    shown = go(place, position, length)
    assert go(shown, position, length) == shown


@settings(deadline=None)
@given(LENGTHS, MOVES, st.booleans(), st.integers(-3, 15))
def test_walk__what_is_done_stays_done(length, moves, done, position):
    place = walked(length, moves)
    assert place.done <= (mark_done if done else go)(place, position, length).done


@settings(deadline=None)
@given(LENGTHS, MOVES)
def test_walk__following_the_shown_step_finishes(length, moves):
    place = walked(length, moves)
    for _ in range(length + 1):
        place = mark_done(place, place.position, length)
    assert place.finished


@pytest.mark.parametrize(
    ("event", "span", "at"),
    [
        ("", SPAN, None),
        ("upload", None, None),
        ("start", SPAN, SPAN.start),
        ("end", SPAN, SPAN.end),
        ("upload", SPAN, SPAN.end - dt.timedelta(minutes=10)),
        ("unknown", SPAN, None),
    ],
)
def test_step_time__of_a_clock_bound_step_in_a_real_exam(event, span, at):
    assert step_time(Step("s", "AYU 1", "", event), RULES, span) == at


def test_bound_to__the_first_step_of_an_event():
    steps = [Step("a", "", "", ""), Step("b", "", "", "upload"), Step("c", "", "", "upload")]
    assert bound_to(steps, "upload") == 1
    assert bound_to(steps, "join") is None
    assert bound_to([], "upload") is None


def algorithm(name, phase, actor="student", kind="written", event=""):
    return Algorithm(name, kind, phase, actor, (Step("a", "", "", event),), (), "")


TAKE = algorithm("written.take", "take")
ETIQUETTE = algorithm("etiquette", "etiquette", "all", "", "start")
CONDUCT = algorithm("written.conduct", "conduct", "examiner")


@pytest.mark.parametrize(
    ("every", "roles", "wanted"),
    [
        ([ETIQUETTE, TAKE], frozenset(), [TAKE]),
        ([ETIQUETTE, TAKE, algorithm("written.retake", "take")], frozenset(), [TAKE]),
        ([ETIQUETTE, TAKE, CONDUCT], frozenset({"examiner"}), [CONDUCT, TAKE, ETIQUETTE]),
        ([ETIQUETTE, TAKE, CONDUCT], frozenset({"dean"}), [TAKE]),
        ([algorithm("oral.take", "take", kind="oral")], frozenset(), []),
    ],
)
def test_for_exam__a_student_gets_the_one_walk_and_staff_their_own_work_first(every, roles, wanted):
    assert for_exam(every, roles, "written") == wanted
