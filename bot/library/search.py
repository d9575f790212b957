"""Search in the rules: a question in any language, misspelt or typed in Latin letters, finds its entry."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process
from rapidfuzz.distance import JaroWinkler

from bot.library.lexicon import CONCEPT, Lexicon, load_lexicon
from bot.library.rulebook import Rulebook
from bot.library.yamlfiles import Reader

LETTERS_MAX = 400
WORDS_MAX = 40
NEAREST = 3
TITLE, ASKED, ANSWER = 1.0, 1.0, 0.4
"""How much a word counts by where it stands."""
COVER, PHRASE, LETTERS = 0.5, 0.35, 0.15
"""What a score is made of: words found, the nearest way to ask, likeness letter by letter."""
EXTENDED = 0.85
"""What a rule counts that the profile only extends: its own comes first."""
SAME_CONCEPT = 0.95
STRANGE = 1.0
"""How much a word that no rule knows weighs against all of them."""
WEAK = 0.6
SPELT_FROM = 4
ALIKE, RATIO, FAR = 0.88, 74.0, 60.0
NEAR, SURE, CERTAIN, AHEAD = 0.42, 0.6, 0.7, 0.03
"""Scores from which an entry is offered, is the answer when it is so much ahead, and is it anyway."""
RERANKED = 40


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that may answer; `score` from 0 to about 1."""

    entry_id: str
    score: float


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the question: the stems and concepts that stand for it, and how much it tells."""

    weight: float
    stand_ins: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A title or a way to ask: its stems and concepts, the weight of the stems, its letters."""

    language: str
    features: frozenset[str]
    weight: float
    letters: str


class Search:
    """An index of one rulebook, in all its languages together."""

    def __init__(self, rulebook: Rulebook, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._ids = list(rulebook.entries)
        self._own = [entry.source == rulebook.profile for entry in rulebook.entries.values()]
        self._postings: dict[str, list[tuple[int, float]]] = {}
        for index, entry_id in enumerate(self._ids):
            for feature, weight in self._features(rulebook, entry_id).items():
                self._postings.setdefault(feature, []).append((index, weight))
        self._phrases = [list(self._ways(rulebook, entry_id)) for entry_id in self._ids]
        self._shelves: dict[str, list[str]] = {}
        for stem in {*self._postings, *lexicon.known()}:
            if len(stem) >= SPELT_FROM and not stem.startswith(CONCEPT):
                self._shelves.setdefault(stem[0], []).append(stem)
        self._spelt = lru_cache(maxsize=4096)(self._alike)

    def find(self, question: str, language: str, limit: int = NEAREST) -> list[Hit]:
        """The nearest entries, the best first; none when nothing is near. `language` breaks ties."""
        terms = self._terms(question[:LETTERS_MAX])
        total = sum(term.weight for term in terms)
        covered = self._covered(terms)
        letters = self._lexicon.folded(question[:LETTERS_MAX])
        hits = []
        for index in sorted(covered, key=lambda index: -covered[index])[:RERANKED]:
            nearest, likeness = self._phrased(index, terms, total, letters, language)
            score = COVER * covered[index] / total + PHRASE * nearest + LETTERS * likeness
            hits.append(Hit(self._ids[index], score if self._own[index] else score * EXTENDED))
        hits.sort(key=lambda hit: (-hit.score, hit.entry_id))
        return [hit for hit in hits if hit.score >= NEAR][:limit]

    @staticmethod
    def sure(hits: Sequence[Hit]) -> bool:
        """Whether the first hit is good enough to be the answer."""
        if not hits or hits[0].score < SURE:
            return False
        return hits[0].score >= CERTAIN or len(hits) == 1 or hits[0].score - hits[1].score >= AHEAD

    # The index

    def _features(self, rulebook: Rulebook, entry_id: str) -> dict[str, float]:
        """What an entry is found by, each at the weight of its best place."""
        features = dict.fromkeys(_numbers(rulebook.entries[entry_id].clauses), TITLE)
        for language in rulebook.languages:
            words = rulebook.words(language, entry_id)
            placed = [(TITLE, words.title), *((ASKED, text) for text in words.asked)]
            placed += [(ANSWER, line) for line in words.answer.splitlines()]
            for weight, text in placed:
                for feature in self._read(text):
                    features[feature] = max(weight, features.get(feature, 0))
        return features

    def _ways(self, rulebook: Rulebook, entry_id: str) -> Iterable[Phrase]:
        for language in rulebook.languages:
            words = rulebook.words(language, entry_id)
            for text in (words.title, *words.asked):
                features = self._read(text)
                weight = sum(self._tells(stem) for stem in features if not stem.startswith(CONCEPT))
                yield Phrase(language, features, weight, self._lexicon.folded(text))

    def _read(self, text: str) -> frozenset[str]:
        """Stems of a text with their concepts."""
        meanings = self._lexicon.meanings(self._lexicon.stems(text, idle_too=True))
        return frozenset(self._lexicon.stems(text)) | {meaning.concept for meaning in meanings}

    def _tells(self, feature: str) -> float:
        """How much a stem tells of the entry that is meant: the fewer hold it, the more."""
        found = len(self._postings.get(feature, ()))
        told = math.log(1 + len(self._ids) / found) if found else STRANGE * math.log(1 + len(self._ids))
        return told * WEAK if feature in self._lexicon.weak else told

    # The question

    def _terms(self, question: str) -> list[Term]:
        """The words of a question, each with what may stand for it; idle words only help to a concept."""
        every = self._lexicon.stems(question, idle_too=True)[:WORDS_MAX]
        stand_ins = {stem: dict(self._spelt(stem)) for stem in every}
        spelt = {alike: stem for stem in reversed(every) for alike in stand_ins[stem]}
        for meaning in self._lexicon.meanings(spelt):
            for alike in meaning.stems:
                own = stand_ins[spelt[alike]]
                own[meaning.concept] = max(SAME_CONCEPT * own[alike], own.get(meaning.concept, 0))
        telling = dict.fromkeys(self._lexicon.stems(question))
        return [self._term(stem, stand_ins[stem]) for stem in telling if stem in stand_ins]

    def _term(self, stem: str, stand_ins: dict[str, float]) -> Term:
        known = {feature: grade for feature, grade in stand_ins.items() if feature in self._postings}
        if stem in self._postings or stem in self._lexicon.weak or not known:
            return Term(self._tells(stem), known)
        return Term(max(self._tells(feature) for feature in known), known)

    def _alike(self, stem: str) -> tuple[tuple[str, float], ...]:
        """Known stems that a stem may be a spelling of, itself first."""
        alike = {stem: 1.0}
        if len(stem) >= SPELT_FROM and not stem[0].isdigit():
            shelf = self._shelves.get(stem[0], ())
            near = process.extract(stem, shelf, scorer=JaroWinkler.similarity, score_cutoff=ALIKE, limit=6)
            for other, _, _ in near:
                ratio = fuzz.ratio(stem, other)
                if other != stem and ratio >= RATIO:
                    alike[other] = (ratio - FAR) / (100 - FAR)
        return tuple(alike.items())

    # The score

    def _covered(self, terms: Sequence[Term]) -> dict[int, float]:
        """How much of the question each entry holds, in the weights of its words."""
        covered: dict[int, float] = {}
        for term in terms:
            best: dict[int, float] = {}
            for feature, grade in term.stand_ins.items():
                for index, weight in self._postings.get(feature, ()):
                    best[index] = max(grade * weight, best.get(index, 0))
            for index, grade in best.items():
                covered[index] = covered.get(index, 0) + grade * term.weight
        return covered

    def _phrased(
        self, index: int, terms: Sequence[Term], total: float, letters: str, language: str
    ) -> tuple[float, float]:
        """How near the question is to the nearest way to ask, by words and by letters."""
        nearest = likeness = 0.0
        for phrase in self._phrases[index]:
            shared = sum(
                term.weight * max((g for f, g in term.stand_ins.items() if f in phrase.features), default=0)
                for term in terms
            )
            near = 2 * min(shared, phrase.weight) / (total + phrase.weight) if shared else 0.0
            nearest = max(nearest, near if phrase.language == language else near * 0.99)
            likeness = max(likeness, fuzz.token_sort_ratio(letters, phrase.letters) / 100)
        return nearest, likeness


def _numbers(clauses: Iterable[str]) -> set[str]:
    """Numbers of clauses, for people who ask by them."""
    return {word for clause in clauses for word in clause.split() if word[0].isdigit() and "." in word}


def load_search(reader: Reader, rulebook: Rulebook) -> Search:
    """The index of a rulebook; what is wrong with the languages' own files is left with the reader."""
    return Search(rulebook, load_lexicon(reader, rulebook.languages))
