"""The headings in the content: built, checked, and the same columns and words in every language."""

import re

import pytest
import yaml

from bot.errors import ContentError
from bot.exchange.exams import RESULTS, TIMETABLE
from bot.exchange.headings import VOCABULARIES, build_headings, fold, load_headings
from bot.exchange.people import STAFF, STUDENTS
from bot.rules.vocabulary import Attestation, ExamKind, Level, Role

COLUMNS = {column for layout in (STUDENTS, STAFF, TIMETABLE, RESULTS) for column in layout.columns}
WORDS = {"level": Level, "kind": ExamKind, "attestation": Attestation, "role": Role, "language": ("kk", "ru")}


def documents(content):
    found = {path.parent.name: yaml.safe_load(path.read_text()) for path in content.glob("*/exchange.yaml")}
    assert set(found) >= {"kk", "ru"}
    return found


def test_content__every_column_and_word_in_every_language(content):
    for language, document in documents(content).items():
        assert set(document["columns"]) == COLUMNS, language
        assert set(document["values"]) == set(VOCABULARIES), language
        for name, words in WORDS.items():
            assert set(document["values"][name]) == {str(word) for word in words}, (language, name)


def test_content__no_word_mixes_alphabets(content):
    mixed = re.compile(r"[A-Za-z][\u0400-\u04ff]|[\u0400-\u04ff][A-Za-z]")
    for path in [*content.glob("*/exchange.yaml"), *content.glob("demo/*.csv")]:
        assert mixed.findall(path.read_text()) == [], path


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ф.И.О.", "фио"), ("Student ID", "student_id"), ("Зачётный", "зачетныи"), ("ҚАЗАҚША", " қазақша ")],
)
def test_fold__same(one, other):
    assert fold(one) == fold(other)


def test_fold__kazakh_letters_stay_apart():
    assert fold("Қазақ") != fold("Казак")


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({"columns": {"group": ["Топ"], "groups": ["топ"]}}, "stands for both group and groups"),
        ({"columns": {"group": "Топ"}}, "columns.group"),
        ({"columns": {"group": ["..."]}}, "columns.group"),
        ({"columns": ["group"]}, "columns"),
        ({"values": {"levels": {}}}, "values.levels"),
        ({"values": {"level": {"master": [1]}}}, "values.level.master"),
        ({"values": ["level"]}, "values"),
    ],
)
def test_build__tells_what_is_wrong(document, told):
    with pytest.raises(ContentError, match=re.escape(told)):
        build_headings([document])


def test_build__nothing_is_enough():
    assert build_headings([{}]).columns == {}


@pytest.mark.parametrize("text", ["columns: [", "- a list", "\x00"])
def test_load__unreadable_file_is_named(tmp_path, text):
    (tmp_path / "kk").mkdir()
    (tmp_path / "kk" / "exchange.yaml").write_text(text)
    with pytest.raises(ContentError, match=r"exchange\.yaml"):
        load_headings(tmp_path)
