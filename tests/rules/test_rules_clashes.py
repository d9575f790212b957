import datetime as dt
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.clashes import Slot, clashes, forbidden_minutes, needs_proctor
from bot.rules.exams import Span
from bot.rules.policy import KindRules, Sourced
from bot.rules.vocabulary import ExamKind

START = dt.datetime(2026, 12, 21, 4, 0, tzinfo=dt.UTC)


def slot(name, begin, end, groups=(), examiners=(), proctor="", *, new=True):
    span = Span(START + dt.timedelta(minutes=begin), START + dt.timedelta(minutes=end))
    return Slot(name, span, tuple(groups), tuple(examiners), proctor, new)


def found(*slots):
    return [(c.what, c.who, c.first, c.second) for c in clashes(slots)]


def test_clashes__each_of_them_in_two_places():
    one = slot("A", 0, 120, ["G1", "G2"], ["T1"], "P1")
    other = slot("B", 60, 180, ["G2"], ["T1"], "P1")
    assert found(one, other) == [
        ("group", "G2", "A", "B"),
        ("examiner", "T1", "A", "B"),
        ("proctor", "P1", "A", "B"),
    ]


def test_clashes__one_after_the_other_is_none():
    assert found(slot("A", 0, 60, ["G"]), slot("B", 60, 120, ["G"])) == []


def test_clashes__a_long_one_with_two_short_ones():
    slots = slot("A", 0, 300, ["G"]), slot("B", 10, 20, ["G"]), slot("C", 30, 40, ["G"])
    assert found(*slots) == [("group", "G", "A", "B"), ("group", "G", "A", "C")]


def test_clashes__that_this_file_has_nothing_to_do_with_are_not_told_again():
    old = slot("A", 0, 60, ["G"], new=False), slot("B", 0, 60, ["G"], new=False)
    assert found(*old) == []
    assert found(*old, slot("C", 30, 90, ["G"])) == [("group", "G", "A", "C"), ("group", "G", "B", "C")]


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 20)), max_size=8))
def test_clashes__are_all_pairs_that_overlap(times):
    slots = [slot(str(n), begin, begin + length, ["G"]) for n, (begin, length) in enumerate(times)]
    wanted = {
        frozenset((a.exam, b.exam))
        for a, b in combinations(slots, 2)
        if a.span.start < b.span.end and b.span.start < a.span.end
    }
    told = [frozenset((c.first, c.second)) for c in clashes(slots)]
    assert set(told) == wanted
    assert len(told) == len(wanted)


def rules(**figures):
    return KindRules(ExamKind.TEST, None, (), None, {}, figures)


@pytest.mark.parametrize(
    ("minutes", "kind_rules", "wanted"),
    [
        (40, rules(duration_minutes=Sourced(40, "AYU 5.2.1", "source")), None),
        (50, rules(duration_minutes=Sourced(40, "AYU 5.2.1", "source")), (40, "AYU 5.2.1")),
        (50, rules(duration_minutes=Sourced(40, None, "chosen")), None),
        (50, rules(duration_minutes=Sourced(None, None, "source")), None),
        (90, rules(written_minutes_min=Sourced(120, "AYU 6.4.2", "source")), (120, "AYU 6.4.2")),
        (120, rules(written_minutes_min=Sourced(120, "AYU 6.4.2", "source")), None),
        (10, rules(), None),
        (10, None, None),
    ],
)
def test_forbidden_minutes__only_where_the_source_gives_a_number(minutes, kind_rules, wanted):
    assert forbidden_minutes(minutes, kind_rules) == wanted


def test_needs_proctor__where_the_policy_says_so():
    assert needs_proctor(rules(proctoring=Sourced(True, "AYU 5.1.5", "source")))
    assert not needs_proctor(rules(proctoring=Sourced(None, None, "source")))
    assert not needs_proctor(rules())
    assert not needs_proctor(None)
