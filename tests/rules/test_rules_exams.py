import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules.exams import Candidate, ExamBrief, Span, meant, planned_duration
from bot.rules.policy import KindRules, Moment
from bot.rules.vocabulary import ExamKind
from tests.support.clock import ALMATY, local

START = dt.datetime(2026, 12, 21, 4, 0, tzinfo=dt.UTC)
END = START + dt.timedelta(minutes=120)
TICK = dt.timedelta(microseconds=1)
NEAR = dt.timedelta(hours=12)


def minutes(number):
    return dt.timedelta(minutes=number)


def rules(duration):
    return KindRules(ExamKind.TEST, duration, (), None, {}, {})


@pytest.mark.parametrize(
    ("now", "phase"),
    [
        (START - dt.timedelta(days=300), "upcoming"),
        (START - TICK, "upcoming"),
        (START, "running"),
        (START + TICK, "running"),
        (END - TICK, "running"),
        (END, "over"),
        (END + dt.timedelta(days=300), "over"),
    ],
)
def test_phase__at_its_edges(now, phase):
    assert Span(START, END).phase(now) == phase


@pytest.mark.parametrize("end", [START, START - TICK, START - dt.timedelta(hours=1)])
def test_span__ends_after_it_starts(end):
    with pytest.raises(ValueError, match="ends after it starts"):
        Span(START, end)


@pytest.mark.parametrize(
    ("anchor", "offset", "at"),
    [
        ("start", minutes(-10), START - minutes(10)),
        ("start", dt.timedelta(0), START),
        ("start", dt.timedelta(hours=-96), START - dt.timedelta(days=4)),
        ("end", minutes(-10), END - minutes(10)),
        ("end", minutes(-0.5), END - dt.timedelta(seconds=30)),
        ("end", dt.timedelta(hours=24), END + dt.timedelta(days=1)),
    ],
)
def test_span__a_moment_on_its_clock(anchor, offset, at):
    assert Span(START, END).at(Moment("m", anchor, offset, (), None)) == at


@pytest.mark.parametrize(
    ("given_minutes", "kind_rules", "planned"),
    [
        (90, rules(120), 90),
        (None, rules(120), 120),
        (None, rules(None), None),
        (None, None, None),
        (45, None, 45),
    ],
)
def test_planned_duration__the_files_else_the_profiles_else_nobodys(given_minutes, kind_rules, planned):
    assert planned_duration(given_minutes, kind_rules) == planned


def candidate(number, start_minutes, length=60):
    start = START + minutes(start_minutes)
    return Candidate(number, Span(start, start + minutes(length)))


@pytest.mark.parametrize(
    ("candidates", "expected"),
    [
        ([], []),
        ([candidate(1, 0)], [1]),
        ([candidate(1, -60)], [1]),
        ([candidate(1, 12 * 60)], [1]),
        ([candidate(1, 12 * 60 + 1)], []),
        ([candidate(1, -13 * 60)], [1]),
        ([candidate(1, -13 * 60 - 1)], []),
        ([candidate(1, 60), candidate(2, 30)], [2, 1]),
        ([candidate(1, 30), candidate(2, -80)], [2, 1]),
        ([candidate(1, -10, 90), candidate(2, -10, 30), candidate(3, 5)], [2, 1]),
        ([candidate(1, 5), candidate(2, -59)], [2]),
    ],
    ids=[
        "none", "starts-now", "ended-now", "just-near", "too-far", "just-near-behind", "too-far-behind",
        "nearest-first", "behind-counts", "running-alone-by-end", "running-wins",
    ],
)  # fmt: skip
def test_meant__running_ones_else_near_ones(candidates, expected):
    assert [c.id for c in meant(candidates, START, NEAR)] == expected


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(-3000, 3000), st.integers(1, 600)), max_size=8))
def test_meant__is_a_part_of_what_is_offered_and_never_mixes_phases(spans):
    candidates = [candidate(number, *span) for number, span in enumerate(spans)]
    found = meant(candidates, START, NEAR)
    running = [c for c in candidates if c.span.phase(START) == "running"]
    assert set(found) <= set(candidates)
    assert len(set(found)) == len(found)
    if running:
        assert set(found) == set(running)
    assert {c.id for c in meant(reversed(candidates), START, NEAR)} == {c.id for c in found}


@settings(deadline=None)
@given(st.integers(-100_000, 100_000), st.integers(1, 10_000))
def test_phase__goes_one_way(offset, length):
    span = Span(START, START + minutes(length))
    order = ["upcoming", "running", "over"]
    now = START + minutes(offset)
    assert order.index(span.phase(now)) <= order.index(span.phase(now + minutes(1)))


@pytest.mark.parametrize(
    ("subjects", "language", "shown"),
    [
        ({"kk": "Деректер қоры", "ru": "Базы данных"}, "ru", "Базы данных"),
        ({"kk": "Деректер қоры", "ru": ""}, "ru", "Деректер қоры"),
        ({"kk": "Деректер қоры", "ru": "Базы данных"}, "en", "Деректер қоры"),
    ],
)
def test_brief__names_the_subject_in_the_readers_language_else_in_any(subjects, language, shown):
    brief = ExamBrief(1, "E1", subjects, "test", "interim", Span(START, END), "", "", 1)
    assert brief.subject(language) == shown


@pytest.mark.parametrize(
    ("offset", "expected"),
    [
        (-60 * 6, "2026-12-20 18:00"),
        (0, "2026-12-21 11:00"),
        (60 * 18, "2026-12-21 18:00"),
        (60 * 9, "2026-12-21 11:00"),
    ],
    ids=["evening-before", "midnight-is-not-before-its-end", "evening", "not-before-its-end"],
)
def test_moment_of_the_day__counts_from_the_local_midnight(offset, expected):
    moment = Moment("m", "day", minutes(offset), (0,), None, zone=ALMATY)
    found = Span(START, END).at(moment)
    assert found == local(expected)
    assert found.tzinfo is dt.UTC


def test_longer__moves_the_end_alone():
    assert Span(START, END).longer(15) == Span(START, END + minutes(15))
    assert Span(START, END).longer(0) == Span(START, END)


def test_moment_of_the_day__is_of_the_day_that_begins_where_the_university_is():
    night = local("2026-12-22 00:30")
    evening_before = Moment("m", "day", minutes(-60), (0,), None, zone=ALMATY)
    assert Span(night, night + minutes(30)).at(evening_before) == local("2026-12-21 23:00")
