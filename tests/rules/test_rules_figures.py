"""Figures of marks: the digest's check, the six groups, and what holds for any marks."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Refusal
from bot.rules import figures

MARKS = (5, 4, 3, 2)


def test_counts__are_the_digests_check():
    [found] = figures.read("20 8 7 4 1", MARKS).parts
    assert (found.quality, found.success, found.average, found.absent) == (75, 95, 4.1, 0)


def test_absent__are_among_all_and_lower_every_figure():
    [found] = figures.read("20, 8, 7, 4, 0", MARKS).parts
    assert (found.success, found.absent) == (95, 1)
    assert found.average == pytest.approx(4.0)


@pytest.mark.parametrize(
    ("pair", "name"),
    [
        ((5, 5), figures.BOTH_EXCELLENT),
        ((5, 4), figures.EXCELLENT_GOOD),
        ((4, 4), figures.BOTH_GOOD),
        ((5, 3), figures.MIXED),
        ((4, 3), figures.MIXED),
        ((3, 3), figures.BOTH_SATISFACTORY),
        ((5, 2), figures.FAILED),
        ((2, 2), figures.FAILED),
        ((None, 5), figures.FAILED),
    ],
)
def test_group__is_the_same_either_way_round(pair, name):
    assert figures.group(*pair, MARKS) == figures.group(*pair[::-1], MARKS) == name


def test_group__there_is_one_for_every_pair():
    for pair in itertools.product((*MARKS, None), repeat=2):
        assert figures.group(*pair, MARKS) in figures.GROUPS


@given(st.lists(st.tuples(*[st.sampled_from(["5", "4", "3", "2", "-"])] * 2), min_size=1, max_size=60))
def test_people__are_each_in_one_group_and_figures_keep_their_bounds(pairs):
    found = figures.read("\n".join(" ".join(pair) for pair in pairs), MARKS)
    assert sum(count for _, count in found.groups) == len(pairs)
    for part in found.parts:
        assert part.total == len(pairs) == sum(part.counts) + part.absent
        assert 0 <= part.quality <= part.success <= 100
        assert 0 <= part.average <= 5


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "figures_form"),
        ("20 8 7", "figures_form"),
        ("a b c d e", "figures_form"),
        ("5 4\n5", "figures_form"),
        ("5 8", "figures_mark"),
        ("10 8 7 4 1", "figures_sum"),
        ("0 0 0 0 0", "figures_sum"),
    ],
)
def test_text__that_cannot_be_read_is_refused(text, code):
    with pytest.raises(Refusal) as refused:
        figures.read(text, MARKS)
    assert refused.value.code == code


def test_marks__each_column_has_figures_of_its_own_and_people_their_groups():
    found = figures.read("5;4\n4 , 3\n– 5\n2 3", MARKS)
    exam, defence = found.parts
    assert (exam.counts, exam.absent) == ((1, 1, 0, 1), 1)
    assert (defence.counts, defence.absent) == ((1, 1, 2, 0), 0)
    assert {name: count for name, count in found.groups if count} == {
        figures.EXCELLENT_GOOD: 1, figures.MIXED: 1, figures.FAILED: 2,
    }  # fmt: skip


@pytest.mark.parametrize("text", ["5 5\n\n5 8", "5 5\n8 5"])
def test_mark_that_is_none__is_refused_with_its_line(text):
    with pytest.raises(Refusal) as refused:
        figures.read(text, MARKS)
    assert (refused.value.code, refused.value.params) == ("figures_mark", {"line": 2})


def test_counts__have_six_figures_at_most():
    assert figures.read("999999 1 1 1 1", MARKS).parts[0].total == 999_999
    with pytest.raises(Refusal) as refused:
        figures.read("1000000 1 1 1 1", MARKS)
    assert refused.value.code == "figures_form"
