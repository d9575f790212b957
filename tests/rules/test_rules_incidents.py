"""What reports have in common, when they are one incident, and which deans it concerns."""

import pytest

from bot.rules import incidents as rules
from bot.rules.incidents import EXAM, FACULTY, PLATFORM, Scope


@pytest.mark.parametrize(
    ("exam_id", "faculty", "trouble", "wanted"),
    [
        (7, "F", "zoom", {EXAM: "7", FACULTY: "F", PLATFORM: "zoom"}),
        (0, "", "internet", {EXAM: "0"}),
        (None, "F", "internet", {FACULTY: "F"}),
        (None, "", "zoom", {PLATFORM: "zoom"}),
        (None, "", "", {}),
    ],
)  # fmt: skip
def test_scopes__are_what_a_report_has(exam_id, faculty, trouble, wanted):
    assert rules.scopes(exam_id, faculty, trouble, ("zoom", "moodle")) == {
        scope: Scope(scope, key) for scope, key in wanted.items()
    }


@pytest.mark.parametrize(
    ("faculty", "busy", "concerned"),
    [
        ("F", {"F"}, True), ("F", {"G"}, False), ("F", {"G", ""}, True), ("F", set(), False),
        ("", {"G"}, True), ("", set(), False), ("F", {"F", "G"}, True),
    ],
)  # fmt: skip
def test_dean__is_concerned_by_exams_that_may_be_spoilt(faculty, busy, concerned):
    assert rules.concerns_dean(faculty, busy) is concerned


@pytest.mark.parametrize(
    ("reporters", "mass"),
    [((1, 2, 3), True), ((1, 2, 2), False), ((1, 1, 1), False), ((1, 2, 3, 4), True), ((), False)],
)
def test_mass__is_so_many_different_people(reporters, mass):
    assert rules.is_mass(reporters, 3) is mass
