"""What a dean's day adds up to."""

import datetime as dt
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.board import Board, Desk, HourRow, MatterRow, Planned, TicketRow
from bot.rules.digests import EVENING, Digest

NOW = dt.datetime(2026, 12, 21, 5, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
EXAM = SimpleNamespace(phase="over")


def day(**changes):
    values = {"exams": (), "cases": (), **changes}
    return Board(NOW.date(), NOW, "F", (), **values)


def matter(*planned):
    steps = tuple(Planned(what, NOW + minutes * MINUTE) for what, minutes in planned)
    return MatterRow("A-1", "appeal", "N", "G", None, NOW, "filed", steps)


HELPED = Desk((TicketRow("T-1", "N", "G", "", NOW, 0, ""),), 1)


@pytest.mark.parametrize(
    ("changes", "tomorrow", "empty"),
    [
        ({}, (), True),
        ({"hours": (HourRow(NOW, reports=1, delivered=2),), "desk": HELPED, "tables": True}, (), True),
        ({"exams": (EXAM,)}, (), False),
        ({"cases": ("case",)}, (), False),
        ({"matters": (matter(),)}, (), False),
        ({"incidents": ("incident",)}, (), False),
        ({}, (EXAM,), False),
    ],
)
def test_empty__when_no_exam_case_or_incident_is_there_today_or_exam_tomorrow(changes, tomorrow, empty):
    assert Digest(EVENING, day(**changes), tomorrow).empty is empty


HOURS = st.lists(st.tuples(*(st.integers(0, 99) for _ in range(4))), max_size=24)


@given(HOURS)
def test_sums__are_of_every_hour_each_of_its_own(hours):
    said = Digest(EVENING, day(hours=tuple(HourRow(NOW, *numbers) for numbers in hours)))
    wanted = [sum(column) for column in zip(*hours, strict=True)] or [0] * 4
    assert [said.filed, said.delivered, said.missed] == [wanted[0], wanted[2], wanted[3]]


def test_due__counts_deadlines_until_the_moment_itself_and_no_reminders():
    matters = (
        matter(("decide", 9)), matter(("decide", 10)), matter(("decide", 11)), matter(("soon", 1)), matter(),
        matter(("soon", 1), ("decide", 5)), matter(("due", 1), ("decide", 20)), matter(("decide", -5)),
    )  # fmt: skip
    said = Digest(EVENING, day(matters=matters))
    assert said.due_by(NOW + 10 * MINUTE) == 4
    assert said.due_by(NOW) == 1
    assert said.due_by(NOW + 20 * MINUTE) == 6
