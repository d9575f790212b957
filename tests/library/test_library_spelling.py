"""Spelling by Hunspell, where it is installed."""

import shutil
from pathlib import Path

import pytest

from bot.library.check import check
from bot.library.content import CONTENT
from bot.library.hunspell import available


@pytest.fixture(scope="module")
def problems(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What is told of content with a wrong word, a word that the own list lacks, and a command."""
    if not available("ru_RU"):
        pytest.skip("hunspell with ru_RU is not installed")
    copied = Path(shutil.copytree(CONTENT, tmp_path_factory.mktemp("spelling") / "content"))
    spoil(copied / "ru" / "launch.yaml", "Какие телефоны", "Какие /абвгд тилифоны")
    spoil(copied / "ru" / "spelling.txt", "проктор\n", "")
    return check(copied)


def spoil(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_spelling__a_wrong_word_is_named_with_its_place(problems: list[str]) -> None:
    found = [problem for problem in problems if "тилифоны" in problem]
    assert len(found) == 1
    assert found[0].startswith("content/ru/launch.yaml:")


def test_spelling__own_list_is_asked_whatever_the_case(problems: list[str]) -> None:
    assert any("роктор»" in problem for problem in problems)


def test_spelling__placeholders_links_and_commands_are_no_words(problems: list[str]) -> None:
    assert not any("абвгд" in problem for problem in problems)
