"""Words we don't use are found in every text, in any ending, and nowhere else."""

import shutil
from pathlib import Path

import pytest

from bot.library import languages
from bot.library.check import check
from bot.library.content import CONTENT
from bot.library.terms import check_terms
from bot.library.yamlfiles import Reader

GLOSSARY = Path(__file__).parents[2] / "GLOSSARY.md"


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CONTENT, tmp_path / "content"))


@pytest.fixture
def few(tmp_path: Path) -> Path:
    """The lists of words and two files of texts of each language; all of them are read by other tests."""
    for language in ("kk", "ru"):
        for name in ("terms.txt", "launch.yaml", "rules/ayu_core.yaml"):
            _copy(tmp_path, f"{language}/{name}")
        catalogue = _copy(tmp_path, f"{language}/LC_MESSAGES/emtihan.po")
        catalogue.write_text(catalogue.read_text("utf-8").partition("\n\n")[0] + "\n", "utf-8")
    return _copy(tmp_path, "languages.yaml").parent


def _copy(folder: Path, name: str) -> Path:
    place = folder / "content" / name
    place.parent.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy(CONTENT / name, place))


def told(root: Path) -> list[str]:
    reader = Reader(root)
    check_terms(reader, languages.found(reader))
    return reader.problems


def spoil(root: Path, name: str, old: str, new: str) -> None:
    path = root / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_terms__our_own_texts_hold_none(copied: Path) -> None:
    assert not told(copied)


@pytest.mark.parametrize(
    ("name", "new", "word", "instead"),
    [
        ("ru/launch.yaml", "Какие регламентом", "регламентом", "правила"),
        ("ru/launch.yaml", "Какие Обучающиеся", "Обучающиеся", "студент, Вы"),
        ("ru/launch.yaml", "Какие 5 мин. и", "мин.", "минут"),
        ("ru/launch.yaml", "Какие ППС", "ППС", "преподаватель"),
    ],
)
def test_terms__one_is_named_with_its_place_and_what_to_say(
    few: Path, name: str, new: str, word: str, instead: str
) -> None:
    spoil(few, name, "Какие", new)
    (found,) = told(few)
    assert found.startswith(f"content/{name}:")
    assert f"«{word}»: we say {instead}" in found


def test_terms__in_a_message_and_in_a_rule(copied: Path) -> None:
    spoil(copied, "kk/LC_MESSAGES/emtihan.po", "Қандай жұмыс керек?", "Қандай құпиясөзіңіз?")
    spoil(copied, "kk/rules/ayu_core.yaml", "Бірден хабарлаңыз", "Емтихан алушыға хабарлаңыз")
    found = [problem for problem in check(copied) if "terms.txt" in problem]
    assert [problem.split(":")[0] for problem in sorted(found)] == [
        "content/kk/LC_MESSAGES/emtihan.po",
        "content/kk/rules/ayu_core.yaml",
    ]


@pytest.mark.parametrize(
    "said", ["«регламент» это", "терминал, термин и минута", "ппснезнаю", "почасовой. Точка"]
)
def test_terms__a_quotation_and_a_part_of_a_word_are_no_terms(few: Path, said: str) -> None:
    spoil(few, "ru/launch.yaml", "Какие", said)
    assert not told(few)


def test_terms__what_people_type_may_be_anything(few: Path) -> None:
    spoil(few, "ru/rules/ayu_core.yaml", "    - как подать апелляцию", "    - тикет обучающегося")
    assert not told(few)


@pytest.mark.parametrize("line", ["слово", "слово =", "= слово", "* = слово"])
def test_terms__a_line_that_says_nothing_is_told(few: Path, line: str) -> None:
    path = few / "ru" / "terms.txt"
    path.write_text(path.read_text("utf-8") + line + "\n", "utf-8")
    assert len([problem for problem in told(few) if "must be: what we don't say" in problem]) == 1


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_terms__are_those_of_the_glossary(language: str) -> None:
    table = GLOSSARY.read_text("utf-8").partition("## Words we don't use")[2].casefold()
    lines = (CONTENT / language / "terms.txt").read_text("utf-8").splitlines()
    words = [line.partition("=")[0].strip() for line in lines if line and not line.startswith("#")]
    assert words
    parts = [part.removesuffix("*") for word in words for part in word.casefold().split()]
    assert not [part for part in parts if part not in table]
