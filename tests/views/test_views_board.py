"""The message that leads to the board, and the line on which a day is drawn."""

import dataclasses
import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import zone
from bot.library import content
from bot.rules.board import Board, ExamRow, HourRow
from bot.rules.exams import ExamBrief, Span
from bot.views.board.chart import HEIGHT, Chart
from bot.views.board.offer import offer
from bot.views.board.timeline import LENGTH, Timeline
from bot.views.speech import Speakers
from tests.support.clock import local

MORNING = local("2026-12-21 09:00")
KEY = "/board/enter/abc"


@pytest.fixture(scope="module")
def loaded():
    return content.load("ayu", None)


@pytest.fixture(scope="module")
def voice(loaded):
    return Speakers(loaded.catalogue, loaded.words, zone("Asia/Almaty"))["kk"]


def board(*spans: tuple[int, int], now: int = 0) -> Board:
    """Exams from so many minutes after nine, so long."""
    rows = tuple(row(MORNING + dt.timedelta(minutes=start), length) for start, length in spans)
    return Board(MORNING.date(), MORNING + dt.timedelta(minutes=now), "", (), rows, ())


def row(start: dt.datetime, length: int) -> ExamRow:
    span = Span(start, start + dt.timedelta(minutes=length))
    exam = ExamBrief(1, "E1", {"kk": "А", "ru": "А"}, "written", "interim", span, "", "", 1)
    return ExamRow(exam, "upcoming", (), 0, 0, 0, 0, 0, ())


def test_offer__is_a_button_where_telegram_takes_the_address(voice):
    (here,), (there,) = offer(voice, f"https://bot.example{KEY}").keyboard()
    assert here["web_app"] == {"url": "https://bot.example/board/app"}
    assert there["url"] == f"https://bot.example{KEY}"


def test_offer__is_the_address_itself_where_it_does_not(voice):
    screen = offer(voice, f"http://127.0.0.1:8081{KEY}")
    assert screen.keyboard() == []
    assert screen.text.endswith(f"http://127.0.0.1:8081{KEY}")


def test_line__of_a_day_without_exams_is_not_drawn():
    assert Timeline.of(board()) is None


@given(
    st.lists(st.tuples(st.integers(0, 800), st.integers(1, 600)), min_size=1, max_size=20),
    st.integers(-600, 2000),
)
def test_line__holds_every_exam_in_order(spans, now):
    line = Timeline.of(board(*spans, now=now))
    assert line is not None
    for start, length in spans:
        span = Span(MORNING + dt.timedelta(minutes=start), MORNING + dt.timedelta(minutes=start + length))
        assert 0 < line.x(span.start) < line.x(span.end) < LENGTH or line.width(span) == 6
    marks = [x for x, _ in line.hours()]
    assert marks == sorted(set(marks))
    assert 1 <= len(marks) <= 12
    assert all(0 <= x <= LENGTH for x in marks)
    assert line.has_now == (line.start <= line.now <= line.end)
    assert all(later > earlier for earlier, later in itertools.pairwise(mark for _, mark in line.hours()))


def test_names__are_in_the_order_of_the_readers_alphabet(loaded):
    letters = loaded.letters
    voices = Speakers(loaded.catalogue, loaded.words, zone("Asia/Almaty"), letters=letters)
    names = [
        "Яна",
        "Әсем",
        "Бота",
        "Айша",
        "Іңкәр",
        "Ырысты",
        "Қанат",
        "Карим",
        "Өмір",
        "Олжас",
        "Ермек",
        "Ғалым",
        "Гүл",
    ]
    kazakh = [
        "Айша",
        "Әсем",
        "Бота",
        "Гүл",
        "Ғалым",
        "Ермек",
        "Карим",
        "Қанат",
        "Олжас",
        "Өмір",
        "Ырысты",
        "Іңкәр",
        "Яна",
    ]
    for language in ("kk", "ru"):
        assert sorted(names, key=voices[language].order) == kazakh
    assert sorted(["Ab", "Аб", "7б", "-а"], key=voices["ru"].order) == ["-а", "7б", "Аб", "Ab"]


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=1, max_size=24))
def test_chart__never_leaves_its_frame_and_hides_nothing(numbers):
    hours = tuple(HourRow(MORNING, a + b, a, b, a) for a, b in numbers)
    drawn = Chart.of(dataclasses.replace(board((0, 60)), hours=hours))
    assert drawn is not None
    for hour in hours:
        assert drawn.reports(hour.reports) <= HEIGHT
        assert drawn.warnings(hour.delivered + hour.missed) <= HEIGHT
        assert bool(hour.reports) == bool(drawn.reports(hour.reports))
    assert Chart.of(board((0, 60))) is None
