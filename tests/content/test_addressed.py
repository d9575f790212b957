"""How readers are addressed, and what may not follow a placeholder in Kazakh."""

import re

import pytest
from babel.messages.pofile import read_po

from bot.library.content import CONTENT

ASKS_FOR_A_CASE = re.compile(r"\{\w+\}\*{0,2} (?:дейін|бастап|қарай|кейін|бері|соң)\b")
"""«{time} дейін»: the ending that such a word asks for would hang on what is put in."""
SMALL = {
    "kk": re.compile(r"\bсіз(?:ге|ді|дің|де|ден|бен)?\b"),
    "ru": re.compile(
        r"(?<![.?!:…\n] )(?<!^)(?<![«\n])\b(?:вы|вас|вам|вами|ваш(?:а|е|и|его|ей|ему|ем|им|их|ими|у)?)\b"
    ),
}


def sentences(language):
    with (CONTENT / language / "LC_MESSAGES" / "emtihan.po").open("rb") as file:
        for message in read_po(file):
            forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
            yield from ((message.id, form) for form in forms if message.id)


def files(language):
    for folder in ("steps", "trees", "acts", "documents"):
        for path in sorted((CONTENT / language / folder).glob("*.yaml")):
            yield path.name, path.read_text(encoding="utf-8")


@pytest.mark.parametrize("texts", [sentences, files])
def test_placeholder__is_followed_by_no_word_that_asks_for_a_case(texts):
    assert [
        (name, found.group()) for name, text in texts("kk") for found in ASKS_FOR_A_CASE.finditer(text)
    ] == []


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_reader__is_addressed_with_a_capital_letter(language):
    small = SMALL[language]
    assert [(name, text) for name, text in sentences(language) if small.search(text)] == []
