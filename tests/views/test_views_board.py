"""The message that leads to the board, and the line on which a day is drawn."""

import dataclasses
import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import zone
from bot.library import content
from bot.rules.board import (
    PART,
    Board,
    CaseRow,
    ChainStep,
    Delivered,
    Desk,
    ExamRow,
    HourRow,
    MatterRow,
    Planned,
    TicketRow,
)
from bot.rules.exams import ExamBrief, Span
from bot.views.board.chart import HEIGHT, Chart
from bot.views.board.offer import offer
from bot.views.board.pages import Pages
from bot.views.board.timeline import LENGTH, Timeline
from bot.views.speech import Speakers
from bot.web.board import STATIC
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


# A heavy day


def crowded(voice, **asked: int) -> Board:
    """300 exams, 500 reports, 260 acts and sittings, 120 people who ask for help."""
    rows = tuple(
        dataclasses.replace(
            row(MORNING + dt.timedelta(minutes=2 * number), 90),
            groups=(f"АЖ-{number}", f"ТР-{number}"),
            students=48,
            linked=47,
            ready=number % 48,
            phase="over" if number < 100 else "running",
            warnings=(Delivered(30, 47, 48), Delivered(10, 46, 48)),
        )
        for number in range(300)
    )
    brief = rows[0].exam
    steps = tuple(ChainStep(role, "told", MORNING) for role in ("examiner", "head_of_department", "dean"))
    cases = tuple(
        CaseRow(
            f"FM-26-{number:05d}", "internet", f"Серікқызы Аружан {number}", f"АЖ-{number}", brief, MORNING,
            "waiting", "", steps, MORNING + dt.timedelta(minutes=number),
        )
        for number in range(500)
    )  # fmt: skip
    matters = tuple(
        MatterRow(
            f"VA-26-{number:05d}", "act" if number < 200 else "sitting", f"Оспанова Дана {number}", "", brief,
            MORNING, "", (Planned("sign", MORNING + dt.timedelta(hours=number)),),
        )
        for number in range(260)
    )  # fmt: skip
    tickets = tuple(
        TicketRow(f"HD-{number}", f"Ахметов Ерлан {number}", "АЖ-1", "conference", MORNING, number % 3, "")
        for number in range(120)
    )
    now = MORNING + dt.timedelta(minutes=240)
    return Board(MORNING.date(), now, "", ("А", "Б"), rows, cases, matters, Desk(tickets, 3), asked=asked)


def test_heavy_day__is_counted_whole_and_shown_in_pages(voice):
    page = Pages("v").day(voice, crowded(voice), ("kk", "ru"))
    assert page.count('class="exam ') == page.count('class="card waiting"') == PART
    assert "300" in page
    assert "500" in page
    static = sum(len(path.read_bytes()) for path in STATIC.glob("board.*"))
    assert len(page.encode()) + static < 150_000, "also where nothing is packed"


def test_heavy_day__begins_with_the_exams_that_are_not_over(voice):
    part = crowded(voice).part("exams")
    assert (part.page, part.pages, part.total) == (100 // PART + 1, 8, 300)
    assert any(one.phase == "running" for one in part.rows)


@given(st.integers(0, 500), st.integers(-3, 9999))
def test_parts__hold_every_row_once_whatever_page_is_asked_for(number, asked):
    case = CaseRow("FM-1", "internet", "", "", None, MORNING, "waiting", "", (), None)
    cases = tuple(dataclasses.replace(case, number=f"FM-{at}") for at in range(number))
    empty = Board(MORNING.date(), MORNING, "", (), (), cases)
    seen = dataclasses.replace(empty, asked={"reports": asked}).part("reports")
    assert 1 <= seen.page <= seen.pages
    pages = [
        dataclasses.replace(empty, asked={"reports": at + 1}).part("reports") for at in range(seen.pages)
    ]
    assert [one.number for page in pages for one in page.rows] == [one.number for one in cases]


def test_pages__lead_on_and_keep_day_and_faculty(voice):
    page = Pages("v").day(voice, dataclasses.replace(crowded(voice, reports=2), faculty="А"), ("kk",))
    assert "day=2026-12-21&amp;faculty=%D0%90&amp;reports=3#reports" in page
    assert 'data-events="/board/events?day=2026-12-21&amp;faculty=%D0%90&amp;reports=2"' in page
    assert "exams=2&amp;reports=2" in page.replace("reports=2&amp;exams=2", "exams=2&amp;reports=2")
