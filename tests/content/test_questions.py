"""People's questions: how many find the right rule among the first three, by half and language; how fast."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.library.content import Content, load
from bot.library.rulebook import Entry
from bot.library.search import Hit, Search
from tests.support.contents import loaded

QUESTIONS = (Path(__file__).with_name("questions.yaml"), Path(__file__).with_name("questions_blind.yaml"))
HALVES = ("tuning", "test")
SETS = (*HALVES, "blind", "fresh")
LANGUAGES = ("kk", "ru")
RECALL_AT_3 = 0.95
AT_LEAST = 200
MEDIAN_MS = 50.0
FIRST_ANSWER_SECONDS = 3.0
CERTAIN_AND_RIGHT = 0.9
MOSTLY_CERTAIN = 0.67
CERTAIN_OF_NOTHING = 0.04
NOTHINGS = ("tuning", "test", "blind", "fresh")


@dataclass(frozen=True)
class Question:
    profile: str
    language: str
    text: str
    expected: tuple[str, ...]

    def is_answered_by(self, entry: Entry) -> bool:
        return any(
            clause == wanted or clause.startswith(f"{wanted} «")
            for clause in entry.clauses
            for wanted in self.expected
        )


@cache
def asked() -> dict[str, Any]:
    """By set: questions by profile and language; `nothing` by set too."""
    first, second = (yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader) for path in QUESTIONS)
    nothing = {**first["nothing"], "blind": second["nothing"], "fresh": second["fresh_nothing"]}
    return {**first, "blind": second["blind"], "fresh": second["fresh"], "nothing": nothing}


def questions(half: str) -> list[Question]:
    written = asked()[half]
    return [
        Question(profile, language, one["q"], tuple(one["expect"]))
        for profile, languages in written.items()
        for language, listed in languages.items()
        for one in listed
    ]


@pytest.fixture(scope="module")
def contents() -> dict[str, Content]:
    return {profile: loaded(profile) for profile in {q.profile for half in SETS for q in questions(half)}}


def nothings(half: str) -> list[str]:
    """What the rules do not speak of."""
    found: list[str] = asked()["nothing"][half]
    return found


@cache
def answers(search: Search, text: str, language: str) -> list[Hit]:
    """What the search finds; several tests ask the same of the same."""
    return search.find(text, language)


def ranks(contents: dict[str, Content], listed: list[Question]) -> list[tuple[Question, int]]:
    """Each question with the place of its first right answer, 0 when there is none among three."""
    found = []
    for question in listed:
        content = contents[question.profile]
        hits = answers(content.search, question.text, question.language)
        right = [question.is_answered_by(content.rulebook.entries[hit.entry_id]) for hit in hits]
        found.append((question, right.index(True) + 1 if True in right else 0))
    return found


def test_questions__enough_of_them_and_no_two_alike() -> None:
    every = [(q.profile, q.text) for half in SETS for q in questions(half)]
    assert len(every) >= AT_LEAST
    assert len(set(every)) == len(every)
    for half in HALVES:
        for language in LANGUAGES:
            assert len([q for q in questions(half) if q.language == language]) >= AT_LEAST / 5


def test_questions__every_one_has_a_rule_that_answers_it(contents: dict[str, Content]) -> None:
    for half in SETS:
        for question in questions(half):
            entries = contents[question.profile].rulebook.entries.values()
            assert any(question.is_answered_by(entry) for entry in entries), question


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("half", SETS)
def test_questions__find_their_rule_among_three(
    contents: dict[str, Content], half: str, language: str, record_property: Callable[[str, object], None]
) -> None:
    found = ranks(contents, [question for question in questions(half) if question.language == language])
    first = sum(rank == 1 for _, rank in found) / len(found)
    third = sum(rank > 0 for _, rank in found) / len(found)
    record_property("recall", {"half": half, "language": language, "at 1": first, "at 3": third})
    print(f"{half} {language}: {len(found)} questions, recall@1 {first:.3f}, recall@3 {third:.3f}")
    missed = [f"{q.text} ({q.profile}: {', '.join(q.expected)})" for q, rank in found if not rank]
    assert third >= RECALL_AT_3, missed


def test_questions__an_answer_comes_at_once(contents: dict[str, Content]) -> None:
    taken = []
    for question in questions("test"):
        search = contents[question.profile].search
        began = time.perf_counter()
        search.find(question.text, question.language)
        taken.append((time.perf_counter() - began) * 1000)
    assert statistics.median(taken) < MEDIAN_MS


def test_questions__the_first_one_does_not_wait_long() -> None:
    content = load("ayu")
    began = time.process_time()
    assert content.search.find("срок апелляции", "ru")
    assert time.process_time() - began < FIRST_ANSWER_SECONDS


def test_questions__a_wrong_answer_is_seldom_given_for_certain(contents: dict[str, Content]) -> None:
    """Of the answers given without a doubt nine in ten are right."""
    sure = right = 0
    for half in SETS:
        for question in questions(half):
            content = contents[question.profile]
            hits = answers(content.search, question.text, question.language)
            if content.search.sure(hits):
                sure += 1
                right += question.is_answered_by(content.rulebook.entries[hits[0].entry_id])
    assert right >= CERTAIN_AND_RIGHT * sure


@pytest.mark.parametrize("half", HALVES)
def test_questions__most_are_answered_without_a_doubt(contents: dict[str, Content], half: str) -> None:
    sure = 0
    for question in questions(half):
        search = contents[question.profile].search
        sure += search.sure(answers(search, question.text, question.language))
    assert sure >= MOSTLY_CERTAIN * len(questions(half))


@pytest.mark.parametrize("half", NOTHINGS)
def test_questions__what_the_rules_do_not_speak_of_hardly_ever_gets_a_certain_answer(
    contents: dict[str, Content], half: str, record_property: Callable[[str, object], None]
) -> None:
    certain = [
        (profile, language, text)
        for profile, content in contents.items()
        for language in LANGUAGES
        for text in nothings(half)
        if content.search.sure(content.search.find(text, language))
    ]
    record_property("certain of nothing", {"set": half, "texts": len(nothings(half)), "certain": certain})
    assert len(certain) <= CERTAIN_OF_NOTHING * len(nothings(half)), certain
