"""The one queue of all cases: late ones first, a page that there is."""

import datetime as dt
from dataclasses import replace

import pytest

from bot.rules import worklist as rules
from bot.rules.worklist import PAGE, Asked, Work

NOW = dt.datetime(2026, 12, 21, 5, tzinfo=dt.UTC)


def work(number, *, due=None, late=False, filed=0):
    def at(minutes):
        return NOW + dt.timedelta(minutes=minutes)

    until = None if due is None else at(due)
    return Work(number, f"N{number}", "report", "", "", "", {}, at(filed), until, late, "", "", mine=True)


def test_order__late_ones_by_deadline_then_the_others_those_without_one_by_age():
    works = [
        work(1, filed=5), work(2, filed=1), work(3, due=9), work(4, due=3), work(5, due=8, late=True),
        work(6, due=2, late=True), work(7, late=True), work(9, due=3), work(8, due=3),
    ]  # fmt: skip
    assert [one.id for one in rules.order(works)] == [6, 5, 7, 4, 8, 9, 3, 2, 1]


MANY = [work(number, filed=number, late=number % 5 == 0) for number in range(1, 21)]
ALL = [5, 10, 15, 20, *(number for number in range(1, 21) if number % 5)]


@pytest.mark.parametrize(("page", "shown_page"), [(0, 0), (1, 1), (2, 2), (3, 2), (99, 2)])
def test_page__is_one_that_there_is(page, shown_page):
    asked = Asked("r", everybodys=True, page=page)
    found = rules.page_of(MANY, asked, wide=True)
    assert [one.id for one in found.works] == ALL[shown_page * PAGE : (shown_page + 1) * PAGE]
    assert found.asked == replace(asked, page=shown_page)
    assert (found.total, found.late, found.pages, found.wide) == (20, 4, 3, True)


def test_page__of_late_ones_alone():
    found = rules.page_of(MANY, Asked(late=True), wide=False)
    assert [one.id for one in found.works] == [5, 10, 15, 20]
    assert (found.total, found.late, found.pages, found.wide) == (4, 4, 1, False)
    assert found.asked == Asked(late=True)
    beyond = rules.page_of(MANY, Asked(late=True, page=1), wide=False)
    assert (beyond.asked.page, beyond.works) == (0, found.works)


@pytest.mark.parametrize(("number", "pages"), [(0, 1), (1, 1), (PAGE, 1), (PAGE + 1, 2), (2 * PAGE, 2)])
def test_pages__are_at_least_one(number, pages):
    assert rules.page_of(MANY[:number], Asked(), wide=False).pages == pages
