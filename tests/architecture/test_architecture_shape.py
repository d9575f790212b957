"""Sizes, and no words of people's languages in the code."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLACES = ("bot", "handlers", "scheduler", "bench")
MODULE_LINES, FUNCTION_LINES = 400, 60
GENERATED = "bot/storage/migrations/versions"
CYRILLIC = re.compile(r"[\u0400-\u052f]+")

SOURCES = [
    path.relative_to(ROOT).as_posix()
    for place in PLACES
    for path in sorted((ROOT / place).rglob("*.py"))
    if "__pycache__" not in path.parts
]


def text_of(name):
    return (ROOT / name).read_text(encoding="utf-8")


def long_functions(text):
    return {
        node.name: node.end_lineno - node.lineno + 1
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno + 1 > FUNCTION_LINES
    }


def test_sources__are_found():
    assert len(SOURCES) > 100


def test_modules__are_no_longer_than_a_reader_can_hold():
    lengths = {name: len(text_of(name).splitlines()) for name in SOURCES if not name.startswith(GENERATED)}
    assert {name: lines for name, lines in lengths.items() if lines > MODULE_LINES} == {}


def test_functions__are_no_longer_than_a_screen():
    found = {name: long_functions(text_of(name)) for name in SOURCES}
    assert {name: functions for name, functions in found.items() if functions} == {}


def test_functions__a_long_one_would_be_seen():
    body = "    pass\n" * FUNCTION_LINES
    assert long_functions(f"def short():\n{body[9:]}") == {}
    assert long_functions(f"async def long():\n{body}") == {"long": FUNCTION_LINES + 1}


def test_words__of_peoples_languages_stand_in_the_content_only():
    found = {name: CYRILLIC.findall(text_of(name)) for name in SOURCES}
    assert {name: words for name, words in found.items() if words} == {}


@pytest.mark.parametrize("word", ["Қате", "Ошибка", "ә", "Ё"])
def test_words__are_seen_in_both_languages(word):
    assert CYRILLIC.findall(f"x = '{word}'  # {word}") == [word, word]
