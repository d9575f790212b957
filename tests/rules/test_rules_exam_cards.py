"""The live card of an exam: whom it names first, its pages, and when it would look different."""

import datetime as dt
from dataclasses import replace

import pytest

from bot.rules import exam_cards as rules
from bot.rules.exam_cards import Began, ExamCard, Helped, OpenReport, StudentState, Warned
from bot.rules.exams import ExamBrief, Span

NOW = dt.datetime(2026, 12, 21, 5, tzinfo=dt.UTC)
HOUR, MINUTE = dt.timedelta(hours=1), dt.timedelta(minutes=1)
EXAM = ExamBrief(1, "E1", {"kk": "x"}, "written", "interim", Span(NOW, NOW + HOUR), "", "", 1)


def one(name, **changes):
    return StudentState(ord(name), name, **changes)


def card(*students, **changes):
    values = {
        "exam": EXAM, "phase": "running", "cancelled": False, "students": students, "steps": 5, "warned": (),
        "reports": (), "began": None, "published_at": None,
    }  # fmt: skip
    return ExamCard(**{**values, **changes})


def test_worry__who_needs_somebody_comes_first_then_by_name():
    students = [
        one("z", reports=1, finished=True), one("y", reach="blocked", lacking=("camera",)),
        one("x", lacking=("camera",), position=1), one("w"), one("v", position=0), one("u", uploaded=True),
        one("t", finished=True), one("s", reach="not_linked"),
    ]  # fmt: skip
    assert "".join(s.name for s in sorted(students, key=rules.worry)) == "zsyxwvtu"


@pytest.mark.parametrize(
    ("number", "shown", "found"),
    [(0, "abc", 0), (1, "def", 1), (2, "g", 2), (3, "g", 2), (99, "g", 2), (-1, "abc", 0)],
)
def test_page__is_one_that_there_is(number, shown, found):
    assert rules.page("abcdefg", number, 3) == (shown, found, 3)


@pytest.mark.parametrize(("length", "pages"), [(0, 1), (1, 1), (3, 1), (4, 2), (6, 2), (7, 3)])
def test_pages__are_at_least_one(length, pages):
    assert rules.page("x" * length, 0, 3)[2] == pages


def test_counts__of_a_card():
    seen = card(
        one("a", ready=True, position=0), one("b", reach="blocked", lacking=("x",)), one("c", position=0),
        one("d", position=3, uploaded=True), one("e", position=4, finished=True),
    )  # fmt: skip
    assert [seen.count(of) for of in rules.COUNTED] == [1, 1, 1, 1]
    assert (seen.reachable, [s.name for s in seen.unreached], seen.unopened) == (4, ["b"], 1)
    assert seen.at_step == ((0, 2), (3, 1))


WARNED = Warned(10, NOW, 3, 1, (("a", "blocked"),))
REPORT = OpenReport(1, "FM-1", "internet", "waiting", "a")
SEEN = card(one("a", position=0), one("b", reach="blocked"))


@pytest.mark.parametrize(
    "other",
    [
        {"phase": "over"},
        {"cancelled": True},
        {"exam": replace(EXAM, revision=2)},
        {"students": (one("a", position=0), one("b", reach="blocked"), one("c"))},
        {"students": (one("a", position=0), one("b", reach="not_linked"))},
        {"students": (one("a", position=0), one("c", reach="blocked"))},
        {"students": (one("a", position=1), one("b", reach="blocked"))},
        {"students": (one("a", position=0, ready=True), one("b", reach="blocked"))},
        {"warned": (WARNED,)},
        {"warned": (replace(WARNED, reached=4),)},
        {"reports": (REPORT,)},
        {"reports": (replace(REPORT, state="taken"),)},
        {"began": Began(NOW, "x")},
        {"published_at": NOW},
        {"helped": (Helped("T-1", waiting=True),)},
        {"helped": (Helped("T-1", waiting=False),)},
    ],
)
def test_digest__changes_with_what_is_seen(other):
    said = rules.digest(SEEN, [1, 2], NOW, MINUTE)
    assert rules.digest(replace(SEEN, **other), [1, 2], NOW, MINUTE) != said
    assert rules.digest(SEEN, [1], NOW, MINUTE) != said
    assert rules.digest(replace(SEEN), [1, 2], NOW, MINUTE) == said


@pytest.mark.parametrize(
    ("phase", "seconds", "same"),
    [
        ("running", 29, True), ("running", 31, False), ("upcoming", -29, True), ("upcoming", -31, False),
        ("over", 10**6, True),
    ],
)  # fmt: skip
def test_digest__minutes_count_in_steps_and_not_when_it_is_over(phase, seconds, same):
    seen = replace(SEEN, phase=phase)
    later = NOW + dt.timedelta(seconds=seconds)
    assert (rules.digest(seen, [], NOW, MINUTE) == rules.digest(seen, [], later, MINUTE)) is same


@pytest.mark.parametrize(("phase", "edge"), [("upcoming", EXAM.span.start), ("running", EXAM.span.end)])
def test_digest__counts_to_the_start_of_what_is_ahead_and_to_the_end_of_what_runs(phase, edge):
    """In steps of 7 minutes, of which an hour is no whole number."""
    seen = replace(SEEN, phase=phase)
    said = [rules.digest(seen, [], edge - left * MINUTE, 7 * MINUTE) for left in range(20)]
    assert [left for left in range(19) if said[left] != said[left + 1]] == [3, 10, 17]


def test_digest__of_one_who_was_called_is_the_same():
    called = card(one("a", position=0, called_at=NOW), one("b", reach="blocked"))
    assert rules.digest(called, [1], NOW, MINUTE) == rules.digest(SEEN, [1], NOW, MINUTE)
