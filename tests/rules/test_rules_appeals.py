"""Who sits on a commission of appeal, how many must vote, and what their votes come to."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules import appeals as rules
from bot.rules.appeals import AGAINST, FOR, GRANTED, REFUSED, AppealRules, Candidate, Composition
from bot.rules.vocabulary import ExamKind, Role
from bot.rules.windows import Leniency, Term
from tests.support.refusals import refused


def said(**changes):
    term = Term(24, None)
    values = {
        "window": term, "strict": "moment", "sitting": term, "result": term, "leniency": Leniency(),
        "remind_minutes": (), "form": "scan", "grounds": (), "before_grounds": (), "before_clause": None,
        "addressee": Role.APPEAL_CHAIR, "received_by": None, "odd": True, "odd_clause": "MIN 65",
        "excludes": (), "administration": ("dean",), "members_min": 3, "quorum_percent": 50,
        "outcomes": ("grade",), "new_date_told": (), "unguided_told": (), "text_letters_max": 100,
        "clause": "MIN 60",
    }  # fmt: skip
    return AppealRules(**{**values, **changes})


def people(*numbers, roles=()):
    return [Candidate(number, frozenset(roles)) for number in numbers]


@pytest.mark.parametrize("kind", ExamKind)
@pytest.mark.parametrize("form", ["scan", "online", None, "online_screenshot"])
def test_form__a_screenshot_is_of_tests_alone(kind, form):
    tests = {ExamKind.TEST, ExamKind.TEST_COMPLEX, ExamKind.TEST_CYCLIC}
    wanted = "online" if form == "online_screenshot" and kind not in tests else form
    assert rules.form_of(said(form=form), kind) == wanted


@pytest.mark.parametrize(
    ("roles", "excludes", "reason"),
    [
        (("dean",), (), ""),
        (("dean",), ("administration",), "administration"),
        (("methodist",), ("administration",), ""),
        (("dean",), ("commission_member",), ""),
        (("commission_member",), ("commission_member",), "commission_member"),
        (("commission_chair",), ("commission_member",), "commission_member"),
        (("secretary",), ("commission_member",), "commission_member"),
        (("secretary",), ("administration",), ""),
        (("secretary", "dean"), ("commission_member", "administration"), "commission_member"),
    ],
)
def test_conflict__whom_the_rules_exclude(roles, excludes, reason):
    assert rules.conflict(*people(1, roles=roles), (), said(excludes=excludes)) == reason
    assert rules.conflict(*people(1, roles=roles), (2, 1), said(excludes=excludes)) == "examiner"
    assert rules.conflict(*people(1, roles=roles), (2,), said(excludes=excludes)) == reason


@pytest.mark.parametrize(
    ("chairs", "members", "examiners", "changes", "wanted"),
    [
        ((1,), (2, 3), (), {}, Composition(1, (2, 3))),
        ((1,), (2, 3, 4), (), {}, Composition(1, (2, 3), ((4, "odd"),))),
        ((1,), (2, 3, 4), (), {"odd": False}, Composition(1, (2, 3, 4))),
        ((1,), (2, 3, 4), (3,), {}, Composition(1, (2, 4), ((3, "examiner"),))),
        ((1, 9), (2, 3), (1,), {}, Composition(9, (2, 3), ((1, "examiner"),))),
        ((1, 2), (2, 3), (), {}, Composition(1, (2, 3))),
        ((1,), (1, 2, 3, 3), (), {}, Composition(1, (2, 3))),
        ((1,), (2,), (), {"odd": False}, Composition(1, (2,), (), "few")),
        ((1,), (2,), (), {"odd": False, "members_min": 2}, Composition(1, (2,))),
        ((1,), (2,), (), {}, Composition(1, (), ((2, "odd"),), "few")),
        ((), (2, 3, 4), (), {}, Composition(None, (2, 3, 4), (), "no_chair")),
        ((5,), (5,), (5,), {}, Composition(None, (), ((5, "examiner"),), "no_chair")),
    ],
)
def test_compose__table(chairs, members, examiners, changes, wanted):
    found = rules.compose(people(*chairs), people(*members), examiners, said(**changes))
    assert found == wanted
    assert found.everybody == ((wanted.chair,) if wanted.chair else ()) + wanted.members


@given(st.lists(st.integers(1, 9)), st.lists(st.integers(1, 9)), st.sets(st.integers(1, 9)))
def test_compose__is_odd_without_an_examiner_and_nobody_twice(chairs, members, examiners):
    found = rules.compose(people(*chairs), people(*members), examiners, said()).everybody
    assert len(set(found)) == len(found)
    assert not examiners & set(found)
    assert not set(chairs) - examiners or len(found) % 2


@pytest.mark.parametrize(
    ("seated", "out", "into", "wanted"),
    [
        ([1, 2, 3], [2], [7], [1, 7, 3]),
        ([1, 2, 3], [1], [7], [7, 2, 3]),
        ([1, 2, 3], [2], [], [1, 3]),
        ([1, 2, 3], [], [7, 8], [1, 2, 3, 7, 8]),
        ([1, 2, 3], [1, 3], [7, 8, 9], [7, 2, 8, 9]),
        ([], [], [7], [7]),
    ],
)
def test_reseated__newcomers_take_the_places_of_those_who_go(seated, out, into, wanted):
    assert rules.reseated(seated, out, into) == wanted


@pytest.mark.parametrize(
    ("size", "changes", "code", "params"),
    [
        (3, {}, "", {}),
        (5, {}, "", {}),
        (4, {"odd": False}, "", {}),
        (4, {}, "seat_even", {"clause": "MIN 65"}),
        (2, {}, "seat_even", {"clause": "MIN 65"}),
        (1, {}, "seat_few", {"needed": 3}),
        (2, {"odd": False}, "seat_few", {"needed": 3}),
    ],
)
def test_size__is_odd_and_enough(size, changes, code, params):
    if not code:
        rules.require_size(size, said(**changes))
        return
    with refused(code) as caught:
        rules.require_size(size, said(**changes))
    assert caught.value.params == params


@pytest.mark.parametrize(
    ("size", "percent", "needed"),
    [(3, 50, 2), (4, 50, 3), (5, 50, 3), (3, 66.6, 2), (3, 100, 3), (3, 0, 1), (1, 50, 1), (0, 50, 0)],
)
def test_quorum__is_more_than_the_share_and_not_more_than_there_are(size, percent, needed):
    assert rules.quorum(size, said(quorum_percent=percent)) == needed


@pytest.mark.parametrize(
    ("votes", "outcome"),
    [
        ({1: FOR, 2: FOR}, GRANTED),
        ({2: FOR, 3: FOR}, GRANTED),
        ({1: AGAINST, 2: AGAINST, 3: FOR}, REFUSED),
        ({1: FOR, 2: AGAINST}, GRANTED),
        ({1: AGAINST, 2: FOR}, REFUSED),
        ({1: FOR, 2: FOR, 9: AGAINST, 8: AGAINST}, GRANTED),
    ],
)
def test_verdict__of_the_majority_and_of_halves_the_chairs(votes, outcome):
    assert rules.verdict(votes, (1, 2, 3), 1, said()) == outcome


@pytest.mark.parametrize(
    ("votes", "code", "params"),
    [
        ({}, "appeal_quorum", {"needed": 2, "voted": 0}),
        ({1: FOR}, "appeal_quorum", {"needed": 2, "voted": 1}),
        ({1: FOR, 9: FOR, 8: FOR}, "appeal_quorum", {"needed": 2, "voted": 1}),
        ({2: FOR, 3: AGAINST}, "appeal_chair_vote", {}),
    ],
)
def test_verdict__waits_for_the_quorum_and_of_halves_for_the_chair(votes, code, params):
    with refused(code) as caught:
        rules.verdict(votes, (1, 2, 3), 1, said())
    assert caught.value.params == params


def test_verdict__every_vote_of_three_comes_to_what_two_of_them_say():
    for given_votes in product((FOR, AGAINST), repeat=3):
        wanted = GRANTED if given_votes.count(FOR) > 1 else REFUSED
        assert rules.verdict(dict(enumerate(given_votes)), range(3), 0, said()) == wanted
