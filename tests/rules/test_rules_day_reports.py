"""The line of a proctor's report as it is typed, and the number that a report is known by."""

import datetime as dt

import pytest

from bot.rules import day_reports as rules
from bot.rules.day_reports import CENTRE, LINK_LETTERS, PROCTOR
from tests.support.clock import local
from tests.support.refusals import refused

LONGEST = "https://" + "x" * (LINK_LETTERS - 8)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("24", (24, "")),
        (" 24 ", (24, "")),
        ("0", (0, "")),
        ("9999", (9999, "")),
        ("24 https://x.example/r", (24, "https://x.example/r")),
        ("24\nhttp://x.example", (24, "http://x.example")),
        (f"24 {LONGEST}", (24, LONGEST)),
    ],
)
def test_line__how_many_and_perhaps_a_link(text, found):
    assert rules.read_line(text) == found


@pytest.mark.parametrize(
    "text",
    ["", "көп", "12345", "-1", "24 ftp://x", "24 x.example", "24 https://a b", "24x", f"24 {LONGEST}x", "https://x"],
)  # fmt: skip
def test_line__that_says_neither_is_asked_again(text):
    with refused("day_line_unread"):
        rules.read_line(text)


def test_present__nobody_who_is_not_on_the_list():
    rules.require_present(0, 0)
    rules.require_present(24, 24)
    with refused("day_too_many") as said:
        rules.require_present(25, 24)
    assert said.value.params == {"total": 24}


def test_key__is_another_for_each_scope_person_and_day_and_never_an_updates():
    days = [dt.date(2026, 12, 21) + dt.timedelta(days=n) for n in range(400)]
    keys = [
        rules.key(scope, who, day) for scope in (PROCTOR, CENTRE) for who in (1, 2, 99_999) for day in days
    ]
    assert len(set(keys)) == len(keys)
    assert all(-(2**63) < key < -(10**12) for key in keys)


def test_key__stays_what_it_was_for_it_stands_in_the_database():
    day = dt.date(2026, 12, 21)
    assert rules.key(PROCTOR, 7, day) == -(1_000_070_000_000 + day.toordinal())
    assert rules.key(CENTRE, 7, day) == -(1_000_000_000_070_000_000 + day.toordinal())


def test_due__only_what_lies_ahead():
    due = local("2026-12-21 20:00")
    found = rules.next_due(due, (-30, 0, 60), local("2026-12-21 20:00"))
    assert found == [(60, local("2026-12-21 21:00"))]
    assert [minutes for minutes, _ in rules.next_due(due, (-30, 0, 60), local("2026-12-21 19:00"))] == [
        -30,
        0,
        60,
    ]
