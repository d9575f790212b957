"""Spelling by Hunspell, where it is installed."""

import shutil
from pathlib import Path

import pytest

from bot.library.check import check
from bot.library.content import CONTENT
from bot.library.hunspell import available


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    if not available("ru_RU"):
        pytest.skip("hunspell with ru_RU is not installed")
    return Path(shutil.copytree(CONTENT, tmp_path / "content"))


def test_spelling__a_wrong_word_is_named_with_its_place(copied: Path) -> None:
    path = copied / "ru" / "launch.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("Какие телефоны", "Какие тилифоны"), "utf-8")
    found = [problem for problem in check(copied) if "тилифоны" in problem]
    assert len(found) == 1
    assert found[0].startswith("content/ru/launch.yaml:")


def test_spelling__own_list_is_asked_whatever_the_case(copied: Path) -> None:
    path = copied / "ru" / "spelling.txt"
    path.write_text(path.read_text("utf-8").replace("проктор\n", ""), "utf-8")
    assert any("роктор»" in problem for problem in check(copied))


def test_spelling__placeholders_links_and_commands_are_no_words(copied: Path) -> None:
    path = copied / "ru" / "launch.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("Какие телефоны", "Какие /абвгд телефоны"), "utf-8")
    assert not any("абвгд" in problem for problem in check(copied))
