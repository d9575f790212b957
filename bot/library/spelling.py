"""What can be seen of a text without understanding it: letters, braces, tags."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from bot.library.languages import Language
from bot.library.words import placeholders

OWN_LETTERS_FROM = 40
_UNSPOKEN = re.compile(r"\{[^{}]*\}|<[^<>]*>|https?://\S+|&\w+;")
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_CYRILLIC = re.compile(r"[\u0400-\u052f]")
_TAG = re.compile(r"<(/?)([a-z-]+)([^<>]*)>")
TAGS = frozenset({"b", "i", "u", "s", "code", "pre", "a", "blockquote", "tg-spoiler", "tg-emoji"})


def faults(language: Language, text: str, letters: str) -> Iterator[str]:
    """Reasons why a text cannot be right in its language; `letters` are those of all alphabets together."""
    if unicodedata.normalize("NFC", text) != text:
        yield "holds letters put together from two signs"
    spoken = _UNSPOKEN.sub(" ", text)
    strangers = set(_CYRILLIC.findall(spoken.lower())).difference(letters) if letters else set()
    if strangers or _LATIN.search(spoken):
        yield from _word_faults(spoken, strangers)
    if language.own_letters and lacks_own(language, [spoken], OWN_LETTERS_FROM):
        yield f"has none of the letters of language {language.code}: {language.own_letters}"


def _word_faults(spoken: str, strangers: set[str]) -> Iterator[str]:
    for word in _WORD.findall(spoken):
        if _LATIN.search(word) and _CYRILLIC.search(word):
            shown = "".join(f"[{letter}]" if _LATIN.match(letter) else letter for letter in word)
            yield f"Latin letters inside a Cyrillic word: {shown}"
        strange = sorted(strangers.intersection(word.lower()))
        if strange:
            yield f"letters of no alphabet here in {word}: {' '.join(strange)}"


def lacks_own(language: Language, texts: Iterable[str], at_least: int = 1) -> bool:
    """Whether texts of some length hold none of the letters that only this language has."""
    letters = _CYRILLIC.findall("".join(texts).lower())
    return len(letters) >= at_least and not set(letters) & set(language.own_letters)


def tag_fault(text: str) -> str:
    """Why Telegram would refuse the text as HTML, empty when it would not."""
    open_tags: list[str] = []
    for closing, tag, _ in _TAG.findall(text):
        if tag not in TAGS:
            return f"the tag <{tag}> is not one of Telegram's"
        if not closing:
            open_tags.append(tag)
        elif not open_tags or open_tags.pop() != tag:
            return f"</{tag}> closes nothing"
    if open_tags:
        return f"<{open_tags[-1]}> is not closed"
    rest = _TAG.sub("", text)
    return "a < or > that is no tag: write &lt; or &gt;" if "<" in rest or ">" in rest else ""


def names_in(texts: Iterable[str]) -> frozenset[str]:
    """Placeholders of several texts together; braces that cannot be read count as none."""
    return frozenset(name for text in texts for name in placeholders(text) or ())
