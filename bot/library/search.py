"""Search in the rules: a question in any language, misspelt or typed in Latin letters, finds its entry."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process
from rapidfuzz.distance import JaroWinkler

from bot.library.grams import Grams
from bot.library.lexicon import CONCEPT, Lexicon, load_lexicon
from bot.library.rulebook import Entry, Rulebook
from bot.library.yamlfiles import Reader

LETTERS_MAX = 400
WORDS_MAX = 40
NEAREST = 3
TITLE, ASKED, ANSWER = 1.0, 1.0, 0.7
"""How much a word counts by where it stands."""
COVER, PHRASE, LETTERS, RUNS = 0.38, 0.17, 0.17, 0.28
"""What a score is made of: words, the nearest way to ask by words and by letters, runs of letters."""
EXTENDED = 0.75
"""What a rule counts that the profile only extends: its own comes first."""
UNFRAMED = 0.92
"""What a rule counts whose topic nothing in the question speaks of (content/frames.yaml)."""
OF_STAFF = 0.92
"""What a rule counts that speaks to staff alone, for everybody else."""
SAME_CONCEPT = 1.0
STRANGE = 0.7
"""How much a word that no rule knows weighs against all of them."""
WEAK = 0.6
SPELT_FROM = 4
ALIKE, RATIO, FAR = 0.88, 74.0, 50.0
NEAR, TALK, SURE, AHEAD = 0.3, 0.45, 0.65, 0.015
"""Scores: from which an entry is offered; from which words are taken for a question at all; from which the
first entry is the answer, when it is so much ahead of the second and firmly held."""
HELD, FIRM, STRANGERS = 0.7, 2, 0.3
"""An entry is firmly held by so many telling words, each found in it this well, when words that no rule
knows are no more than this share of the question. One word alone may be about anything."""
RERANKED = 80
OPEN = frozenset({"all", "student"})


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that may answer; `score` from 0 to about 1; `firm`: enough of the words speak of it."""

    entry_id: str
    score: float
    firm: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the question: the stems and concepts that stand for it, how much it tells, whether little."""

    weight: float
    stand_ins: Mapping[str, float]
    weak: bool


@dataclass(frozen=True, slots=True)
class Phrase:
    """A title or a way to ask: its stems and concepts, the weight of the stems, its letters."""

    language: str
    features: frozenset[str]
    weight: float
    letters: str


Voters = dict[str, list[tuple[int, float]]]


class Search:
    """An index of one rulebook, in all its languages together."""

    def __init__(self, rulebook: Rulebook, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._ids = list(rulebook.entries)
        self._worth = [1.0 if _is_own(rulebook, entry) else EXTENDED for entry in rulebook.entries.values()]
        own = {
            topic for entry in rulebook.entries.values() if _is_own(rulebook, entry) for topic in entry.topics
        }
        # Where the profile has rules of its own on a subject, another source's are never the certain answer.
        self._outranked = [
            not _is_own(rulebook, entry) and entry.topics[:1] and entry.topics[0] in own
            for entry in rulebook.entries.values()
        ]
        self._staff_only = [not entry.roles & OPEN for entry in rulebook.entries.values()]
        self._frames = [
            [lexicon.frames[topic] for topic in entry.topics if topic in lexicon.frames]
            for entry in rulebook.entries.values()
        ]
        self._postings: dict[str, list[tuple[int, float]]] = {}
        self._grams = Grams()
        self._held: list[Set[str]] = []
        for index, entry_id in enumerate(self._ids):
            places = list(_places(rulebook, entry_id))
            features = self._features(rulebook, entry_id, places)
            self._held.append(features.keys())
            for feature, weight in features.items():
                self._postings.setdefault(feature, []).append((index, weight))
            self._grams.add((weight, lexicon.telling(text)) for weight, text in places)
        self._phrases = [list(self._ways(rulebook, entry_id)) for entry_id in self._ids]
        self._shelves: dict[str, list[str]] = {}
        for stem in sorted({*self._postings, *lexicon.known()}):
            if len(stem) >= SPELT_FROM and not stem.startswith(CONCEPT):
                self._shelves.setdefault(stem[0], []).append(stem)
        self._spelt = lru_cache(maxsize=4096)(self._alike)

    def find(self, question: str, language: str, limit: int = NEAREST, *, by_staff: bool = True) -> list[Hit]:
        """The nearest entries, the best first; none when nothing is near. `language` breaks ties.

        For students and guests (`by_staff` false) what speaks to staff alone comes later.
        """
        terms = self._terms(question[:LETTERS_MAX])
        total = sum(term.weight for term in terms)
        covered = self._covered(terms, total)
        shares = self._grams.shares(self._lexicon.telling(question[:LETTERS_MAX])[:WORDS_MAX])
        letters = _sorted(self._lexicon.folded(question[:LETTERS_MAX]))
        voters = _voters(terms)
        spoken = {name for term in terms for name, grade in term.stand_ins.items() if grade >= HELD}
        said = self._lexicon.said_together(question[:LETTERS_MAX])
        found = {index: COVER * cover + RUNS * shares.get(index, 0) for index, cover in covered.items()}
        hits = []
        for index in sorted(found, key=lambda index: -found[index])[:RERANKED]:
            nearest, likeness = self._phrased(index, voters, total, letters, language)
            score = found[index] + PHRASE * nearest + LETTERS * likeness
            framed = all(frame & spoken for frame in self._frames[index])
            firm = framed and not self._outranked[index] and self._firm(index, terms, total, said)
            worth = self._worth[index] * (1.0 if framed else UNFRAMED)
            worth *= OF_STAFF if self._staff_only[index] and not by_staff else 1.0
            hits.append(Hit(self._ids[index], score * worth, firm))
        hits.sort(key=lambda hit: (-hit.score, hit.entry_id))
        return [hit for hit in hits if hit.score >= NEAR][:limit]

    @staticmethod
    def sure(hits: Sequence[Hit]) -> bool:
        """Whether the first hit is good enough to be the answer."""
        if not hits or not hits[0].firm or hits[0].score < SURE:
            return False
        return len(hits) == 1 or hits[0].score - hits[1].score >= AHEAD

    @staticmethod
    def meant(hits: Sequence[Hit]) -> bool:
        """Whether words that were not said to be a question are likely to be one."""
        return bool(hits) and hits[0].score >= TALK

    # The index

    def _features(
        self, rulebook: Rulebook, entry_id: str, places: Iterable[tuple[float, str]]
    ) -> dict[str, float]:
        """What an entry is found by, each at the weight of its best place."""
        features = dict.fromkeys(_numbers(rulebook.entries[entry_id].clauses), TITLE)
        for weight, text in places:
            for feature in self._read(text):
                features[feature] = max(weight, features.get(feature, 0))
        return features

    def _ways(self, rulebook: Rulebook, entry_id: str) -> Iterable[Phrase]:
        for language in rulebook.languages:
            words = rulebook.words(language, entry_id)
            for text in (words.title, *words.asked):
                features = self._read(text)
                weight = sum(self._tells(stem) for stem in features if not stem.startswith(CONCEPT))
                yield Phrase(language, features, weight, _sorted(self._lexicon.folded(text)))

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
        weak = stem in self._lexicon.weak
        if stem in self._postings or weak or not known:
            return Term(self._tells(stem), known, weak)
        return Term(max(self._tells(feature) for feature in known), known, weak)

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

    def _covered(self, terms: Sequence[Term], total: float) -> dict[int, float]:
        """How much of the question each entry holds, 0 to 1, in the weights of its words."""
        covered: dict[int, float] = {}
        for term in terms:
            best: dict[int, float] = {}
            for feature, grade in term.stand_ins.items():
                for index, weight in self._postings.get(feature, ()):
                    best[index] = max(grade * weight, best.get(index, 0))
            for index, grade in best.items():
                covered[index] = covered.get(index, 0) + grade * term.weight / total
        return covered

    def _firm(self, index: int, terms: Sequence[Term], total: float, said: Set[str]) -> bool:
        """Whether an entry holds enough telling words, and not much of the question is strange.

        Weak words that only together mean something count as one that tells.
        """
        telling = [term for term in terms if not term.weak]
        strange = sum(term.weight for term in telling if not term.stand_ins)
        features = self._held[index]
        held = [
            term
            for term in telling
            if any(grade >= HELD and feature in features for feature, grade in term.stand_ins.items())
        ]
        counted = {feature for term in held for feature in term.stand_ins}
        together = [concept for concept in said if concept in features and concept not in counted]
        return len(held) + len(together) >= FIRM and strange <= STRANGERS * total

    def _phrased(
        self, index: int, voters: Voters, total: float, letters: str, language: str
    ) -> tuple[float, float]:
        """How near the question is to the nearest way to ask, by words and by letters."""
        nearest = likeness = 0.0
        for phrase in self._phrases[index]:
            best: dict[int, float] = {}
            for feature in phrase.features & voters.keys():
                for term, vote in voters[feature]:
                    best[term] = max(vote, best.get(term, 0))
            near = 2 * min(sum(best.values()), phrase.weight) / (total + phrase.weight) if best else 0.0
            nearest = max(nearest, near if phrase.language == language else near * 0.99)
            likeness = max(likeness, fuzz.ratio(letters, phrase.letters) / 100)
        return nearest, likeness


def _is_own(rulebook: Rulebook, entry: Entry) -> bool:
    """Whether a rule is of the profile's own source, not of one that it extends."""
    return entry.source == rulebook.profile


def _sorted(text: str) -> str:
    """A text with its words in order, so that the order in which they were typed does not count."""
    return " ".join(sorted(text.split()))


def _voters(terms: Sequence[Term]) -> Voters:
    """By feature: the terms that it may stand for, and how much it then counts."""
    voters: Voters = {}
    for number, term in enumerate(terms):
        for feature, grade in term.stand_ins.items():
            voters.setdefault(feature, []).append((number, grade * term.weight))
    return voters


def _places(rulebook: Rulebook, entry_id: str) -> Iterator[tuple[float, str]]:
    """Every text of an entry in every language, with the weight of its place."""
    for language in rulebook.languages:
        words = rulebook.words(language, entry_id)
        yield TITLE, words.title
        for text in words.asked:
            yield ASKED, text
        for line in words.answer.splitlines():
            yield ANSWER, line


def _numbers(clauses: Iterable[str]) -> set[str]:
    """Numbers of clauses, for people who ask by them."""
    return {word for clause in clauses for word in clause.split() if word[0].isdigit() and "." in word}


def load_search(reader: Reader, rulebook: Rulebook) -> Search:
    """The index of a rulebook; what is wrong with the languages' own files is left with the reader."""
    return Search(rulebook, load_lexicon(reader, rulebook.languages))
