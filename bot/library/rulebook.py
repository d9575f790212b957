"""Rules as short answers: content/rules, and their words in every language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.errors import ContentError


@dataclass(frozen=True, slots=True)
class Figure:
    """A value of the policy in an answer, and its unit (`hours`, `percent`, `role` …; '' for none)."""

    value: Any
    unit: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One rule. `clauses` are the parts of `clause`; `related` stand with the nearest first."""

    id: str
    source: str
    clause: str
    clauses: tuple[str, ...]
    roles: frozenset[str]
    topics: tuple[str, ...]
    related: tuple[str, ...]
    figures: Mapping[str, Figure]
    where: str


@dataclass(frozen=True, slots=True)
class RuleWords:
    """What a rule says, and how people ask about it."""

    title: str
    answer: str
    asked: tuple[str, ...]


class Rulebook:
    """The rules of one university: its own, and those of the sources it extends."""

    def __init__(
        self,
        profile: str,
        entries: Mapping[str, Entry],
        words: Mapping[tuple[str, str], RuleWords],
        languages: Sequence[str],
    ) -> None:
        self.profile = profile
        self.entries = entries
        self.languages = tuple(languages)
        self._words = words

    def words(self, language: str, entry_id: str) -> RuleWords:
        """A rule's words. Raises `ContentError` for a rule that is not here."""
        found = self._words.get((language, entry_id))
        if found is None:
            raise ContentError([f"no words for rule {entry_id} in language {language}"])
        return found

    def related(self, entry: Entry) -> list[Entry]:
        """The rules next to one, the nearest first."""
        return [self.entries[other] for other in entry.related if other in self.entries]
