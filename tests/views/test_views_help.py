"""The list of a platform's problems: the editor's order, and what stops an exam first while one runs."""

import pytest

from bot.clock import zone
from bot.library import content
from bot.rules.exams import ExamBrief, Span
from bot.rules.trees import Desk
from bot.views import help as views
from bot.views.speech import Speakers
from tests.support.clock import local

NOW = local("2026-12-21 09:30")
RUNNING = Span(local("2026-12-21 09:00"), local("2026-12-21 11:00"))
EXAM = ExamBrief(1, "E1", {"kk": "А", "ru": "А"}, "written", "interim", RUNNING, "", "", 1)


@pytest.fixture(scope="module")
def loaded():
    return content.load("ayu", None)


@pytest.fixture(scope="module")
def voice(loaded):
    speakers = Speakers(
        loaded.catalogue, loaded.words, zone("Asia/Almaty"), lambda: loaded.trees, loaded.letters
    )
    return speakers["kk"]


def listed(voice, platform, desk):
    """Problems in the order of the buttons."""
    rows = views.problems(voice, desk, platform, NOW).rows
    data = [button.data for row in rows for button in row]
    return [one.split(":")[1] for one in data if one.startswith("hq:")]


def test_problems__while_an_exam_runs_what_stops_it_comes_first(voice, loaded):
    changed = 0
    for platform, tree in loaded.trees.platforms.items():
        calm, urgent = listed(voice, platform, Desk()), listed(voice, platform, Desk(exam=EXAM))
        assert calm == [name for name in tree.problems if name in calm], "else the editor's order"
        stops = [loaded.trees.problems[name].urgent for name in urgent]
        assert stops == sorted(stops, reverse=True)
        for kind in (True, False):
            of_kind = [name for name in calm if loaded.trees.problems[name].urgent is kind]
            assert [name for name in urgent if name in of_kind] == of_kind, "among each other as before"
        changed += calm != urgent
    assert changed >= 5, "on some platforms the order differs"


def test_problems__the_report_is_one_tap_away_while_an_exam_runs(voice):
    assert views.problems(voice, Desk(exam=EXAM), "zoom", NOW).rows[0][0].data == "sx:1"
    assert not views.problems(voice, Desk(), "zoom", NOW).rows[0][0].data.startswith("sx")
