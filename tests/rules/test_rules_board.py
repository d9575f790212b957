"""Pages of the board's lists, and what of the university somebody sees."""

import datetime as dt
from types import SimpleNamespace

import pytest

from bot.rules.board import PART, Board, Scope

NOW = dt.datetime(2026, 12, 21, 5, tzinfo=dt.UTC)


def exams(over, ahead):
    phases = ["over"] * over + ["upcoming"] * ahead
    return tuple(SimpleNamespace(number=n, phase=phase) for n, phase in enumerate(phases))


def board(rows=(), cases=(), **asked):
    return Board(NOW.date(), NOW, "", (), rows, cases, asked=asked)


@pytest.mark.parametrize(
    ("over", "ahead", "asked", "page", "pages"),
    [
        (0, 0, {}, 1, 1),
        (0, PART, {}, 1, 1),
        (0, PART + 1, {}, 1, 2),
        (PART - 1, 2, {}, 1, 2),
        (PART, 1, {}, 2, 2),
        (2 * PART, 0, {}, 1, 2),
        (PART, 1, {"exams": 1}, 1, 2),
        (0, PART + 1, {"exams": 99}, 2, 2),
        (0, PART + 1, {"exams": 0}, 1, 2),
        (0, PART + 1, {"exams": -5}, 1, 2),
    ],
)
def test_part__of_exams_is_the_one_asked_for_else_that_with_the_next(over, ahead, asked, page, pages):
    rows = exams(over, ahead)
    found = board(rows, **asked).part("exams")
    assert (found.name, found.page, found.pages, found.total) == ("exams", page, pages, over + ahead)
    assert tuple(found.rows) == rows[(page - 1) * PART : page * PART]


def test_part__of_other_lists_is_the_first_page():
    reports = exams(0, PART + 2)
    found = board(exams(PART, 1), reports).part("reports")
    assert (found.page, tuple(found.rows)) == (1, reports[:PART])
    assert tuple(board(exams(PART, 1), reports, reports=2).part("reports").rows) == reports[PART:]
    for name in ("matters", "desk"):
        assert board().part(name).total == 0


@pytest.mark.parametrize(
    ("scope", "wanted"),
    [(Scope(), Scope("F")), (Scope("G"), Scope("G")), (Scope("", own=True), Scope("", own=True))],
)
def test_scope__is_narrowed_where_there_is_a_choice(scope, wanted):
    assert scope.narrowed("F") == wanted
