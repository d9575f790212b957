"""A language more is a folder more: all that we wrote, under another code, without a line of Python."""

import ast
import shutil
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.library.check import check
from bot.library.content import CONTENT, load, profiles
from bot.rules import walk
from bot.rules.walk import START, WalkView
from bot.views import home, rules, walks
from bot.views.speech import Speakers
from tests.support.clock import local

ROOT = Path(__file__).parents[2]
NEW = "tr"
NOW = local("2026-12-21 09:00")
COLUMNS = {("bot/services/exams.py", "kk"), ("bot/services/exams.py", "ru")}
"""The timetable file has a column a language: subject_kk, subject_ru (contract, section 4)."""


@pytest.fixture(scope="module")
def translated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = Path(shutil.copytree(CONTENT, tmp_path_factory.mktemp("more") / "content"))
    shutil.copytree(root / "ru", root / NEW)
    catalogue = root / NEW / "LC_MESSAGES" / "emtihan.po"
    catalogue.write_text(catalogue.read_text("utf-8").replace("Language: ru", f"Language: {NEW}"), "utf-8")
    (root / NEW / "LC_MESSAGES" / "emtihan.mo").unlink()
    return root


def test_folder__is_whole_and_nothing_is_wrong_with_it(translated: Path) -> None:
    assert check(translated) == []


@pytest.mark.parametrize("profile", profiles())
def test_folder__speaks_in_every_walk_rule_and_menu(translated: Path, profile: str) -> None:
    content = load(profile, root=translated)
    assert content.languages == ("kk", "ru", NEW)
    voice = Speakers(content.catalogue, content.words, ZoneInfo("Asia/Almaty"))[NEW]
    listed = walk.offered(content.algorithms.values(), frozenset())
    assert walks.kinds(voice, listed, [], by_staff=False).rows
    for algorithm in content.algorithms.values():
        assert walks.step(voice, content.policy, WalkView(algorithm, START, None), NOW).text
    for entry in content.rulebook.entries.values():
        assert rules.answer(voice, content.rulebook, entry).text
    assert home.choose_language([voice], "start").rows


def test_folder__answers_questions(translated: Path) -> None:
    search = load("ayu", root=translated).search
    assert search.find("срок подачи апелляции", NEW)[0].entry_id == "ayu.appeal.window"


def test_code__names_no_language() -> None:
    """A string that is a language's code, anywhere in the program."""
    codes = {path.parent.name for path in CONTENT.glob("*/LC_MESSAGES")}
    found = {
        (path.relative_to(ROOT).as_posix(), node.value)
        for folder in ("bot", "handlers", "scheduler")
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and node.value in codes
    }
    assert found <= COLUMNS, found - COLUMNS
