import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules.exams import ExamBrief, Span
from bot.rules.files import FileLimits
from bot.rules.policy import Delivery, KindRules, Policy, Sourced
from bot.rules.readiness import Readiness, answered, items_for
from bot.rules.vocabulary import ExamKind
from tests.support.policies import governing

START = dt.datetime(2026, 12, 21, 4, 0, tzinfo=dt.UTC)
EXAM = ExamBrief(
    1, "E1", {"kk": "Пән"}, "written", "interim", Span(START, START + dt.timedelta(hours=2)), "", "", 1
)
ITEMS = ("camera", "second_device", "internet")
SECOND = dt.timedelta(seconds=1)

FILES = FileLimits(("pdf",), 20, 10, 50, 6)


def policy():
    force_majeure = governing(acknowledge=SECOND)
    delivery = Delivery(6, SECOND, SECOND, SECOND, 2)
    return Policy(
        "ayu",
        "Asia/Almaty",
        {},
        force_majeure,
        delivery,
        1,
        5,
        14,
        (),
        FileLimits(("pdf",), 20, 10, 50, 6),
        readiness=ITEMS,
    )


def rules(**figures):
    sourced = {name: Sourced(value, None, "source") for name, value in figures.items()}
    return KindRules(ExamKind.WRITTEN, 120, (), None, {}, sourced)


@pytest.mark.parametrize(
    ("kind_rules", "items"),
    [
        (rules(second_device=True), ITEMS),
        (rules(second_device=False), ("camera", "internet")),
        (rules(second_device=None), ("camera", "internet")),
        (rules(), ("camera", "internet")),
        (None, ("camera", "internet")),
    ],
    ids=["needed", "not-needed", "silent", "absent", "unknown-kind"],
)
def test_items__the_second_device_only_where_its_policy_needs_one(kind_rules, items):
    assert items_for(policy(), kind_rules) == items


@pytest.mark.parametrize(
    ("given_answers", "next_item", "missing", "ready"),
    [
        ({}, 0, (), False),
        ({"camera": True}, 1, (), False),
        ({"internet": False}, 0, ("internet",), False),
        ({"camera": True, "second_device": False, "internet": True}, None, ("second_device",), False),
        ({"camera": True, "second_device": True, "internet": True}, None, (), True),
        ({"camera": True, "second_device": True, "internet": True, "no_longer_asked": False}, None, (), True),
    ],
    ids=["nothing", "begun", "out-of-order", "something-missing", "all", "an-old-item"],
)
def test_check__what_is_next_what_is_missing_and_whether_all_is_there(
    given_answers, next_item, missing, ready
):
    check = Readiness(EXAM, answered(ITEMS, given_answers))
    assert (check.next_item, check.missing, check.ready) == (next_item, missing, ready)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from([*ITEMS, "old"]), st.booleans()))
def test_check__is_ready_exactly_when_nothing_is_open_or_missing(given_answers):
    check = Readiness(EXAM, answered(ITEMS, given_answers))
    assert check.ready is (check.next_item is None and not check.missing)
    assert [item for item, _ in check.answers] == list(ITEMS)
