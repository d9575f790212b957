import datetime as dt

import pytest

from bot.rules.exams import Span
from bot.rules.timetable import moved, require_allowed, require_current, typed
from tests.support.clock import ALMATY, local
from tests.support.refusals import refused

NOW = local("2026-12-21 08:00")
EXAM = Span(local("2026-12-21 09:00"), local("2026-12-21 11:00"))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("22.12 14:00", "2026-12-22 14:00"),
        ("22.12.2026 14:00", "2026-12-22 14:00"),
        (" 22/12 9:05 ", "2026-12-22 09:05"),
        ("22.12, 14.30", "2026-12-22 14:30"),
        ("2026-12-22 14:00", "2026-12-22 14:00"),
        ("2026-12-22T14:00", "2026-12-22 14:00"),
        ("05.01 10:00", "2027-01-05 10:00"),
        ("21.12 09:00", "2026-12-21 09:00"),
        ("05.01.2026 10:00", "2026-01-05 10:00"),
        ("2025-01-05 10:00", "2025-01-05 10:00"),
    ],
)
def test_typed__is_a_local_moment(text, wanted):
    assert typed(text, NOW, ALMATY) == local(wanted)


@pytest.mark.parametrize(
    "text",
    ["", "ертең", "14:00", "22.12", "31.02 10:00", "22.13 10:00", "22.12 25:00", "22.12 10:60", "29.02 10:00",
     "22.12 14:00 please", "٢٢.١٢ ١٤:٠٠"],
)  # fmt: skip
def test_typed__what_is_no_moment_is_asked_again(text):
    with refused("move_unclear"):
        typed(text, NOW, ALMATY)


def test_typed__today_is_the_local_day():
    before_dawn = local("2026-12-21 02:00")
    assert typed("20.12 10:00", before_dawn, ALMATY) == local("2027-12-20 10:00")


def test_moved__a_year_ahead_to_the_second():
    ahead = NOW + dt.timedelta(days=366)
    assert moved(EXAM, ahead, NOW).start == ahead


def test_moved__keeps_the_length():
    span = moved(EXAM, local("2026-12-22 14:00"), NOW)
    assert (span.start, span.end) == (local("2026-12-22 14:00"), local("2026-12-22 16:00"))


@pytest.mark.parametrize(
    ("starts_at", "now", "code"),
    [
        (EXAM.start, NOW, "move_same"),
        (NOW, NOW, "move_past"),
        (NOW - dt.timedelta(hours=1), NOW, "move_past"),
        (NOW + dt.timedelta(days=367), NOW, "move_past"),
        (local("2026-12-22 14:00"), EXAM.end, "exam_over"),
    ],
)
def test_moved__refuses_what_cannot_be(starts_at, now, code):
    with refused(code):
        moved(EXAM, starts_at, now)


def test_button__of_an_older_state_or_of_other_minutes_is_refused():
    require_current(3, 3)
    require_allowed(10, (5, 10))
    with refused("exam_changed"):
        require_current(4, 3)
    with refused("exam_changed"):
        require_allowed(15, (5, 10))
