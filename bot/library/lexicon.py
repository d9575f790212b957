"""What the search knows of the languages: endings, idle words, and words that mean the same."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.library.folding import Endings, Folding, load_folding
from bot.library.hints import hint
from bot.library.yamlfiles import Reader

FOLDER = "rules"
FORMS, SYNONYMS, FRAMES = "forms.yaml", "synonyms.yaml", "frames.yaml"
CONCEPT = "="
"""Begins the name of a concept, and no stem."""
_FORMS = ("endings", "idle", "weak")


@dataclass(frozen=True, slots=True)
class Meaning:
    """A way to say a concept: all these stems together."""

    stems: frozenset[str]
    concept: str


class Lexicon:
    """Texts as stems, and stems as concepts, whatever the language they were written in."""

    def __init__(
        self,
        folding: Folding,
        forms: Mapping[str, Iterable[str]],
        synonyms: Iterable[tuple[str, str]],
        frames: Mapping[str, Iterable[str]],
    ) -> None:
        self._folding = folding
        self.frames = {
            topic: frozenset(f"{CONCEPT}{concept}" for concept in concepts)
            for topic, concepts in frames.items()
        }
        """By topic: the concepts without which a question is hardly about it."""
        self._endings = Endings("".join(folding.words(ending)) for ending in forms.get("endings", ()))
        self._idle = frozenset(word for text in forms.get("idle", ()) for word in folding.words(text))
        self.weak = frozenset(stem for text in forms.get("weak", ()) for stem in self.stems(text))
        self._meanings: dict[str, list[Meaning]] = {}
        for concept, said in synonyms:
            meaning = Meaning(frozenset(self.stems(said, idle_too=True)), f"{CONCEPT}{concept}")
            for stem in meaning.stems:
                self._meanings.setdefault(stem, []).append(meaning)

    def stems(self, text: str, *, idle_too: bool = False) -> list[str]:
        """Stems of a text in its order; idle words only where asked for."""
        words = self._folding.words(text)
        return [self._endings.stem(word) for word in words if idle_too or word not in self._idle]

    def telling(self, text: str) -> list[str]:
        """Folded words of a text that are not idle."""
        return [word for word in self._folding.words(text) if word not in self._idle]

    def folded(self, text: str) -> str:
        """A text as its folded words, for comparing letter by letter."""
        return " ".join(self._folding.words(text))

    def meanings(self, stems: Iterable[str]) -> Iterator[Meaning]:
        """Every meaning whose stems are all among these."""
        here = set(stems)
        for stem in here:
            for meaning in self._meanings.get(stem, ()):
                # Each meaning once: by the first of its stems.
                if meaning.stems <= here and stem == min(meaning.stems):
                    yield meaning

    def said_together(self, text: str) -> frozenset[str]:
        """Concepts that several words of a text say only together."""
        stems = self.stems(text, idle_too=True)
        return frozenset(meaning.concept for meaning in self.meanings(stems) if len(meaning.stems) > 1)

    def known(self) -> Iterable[str]:
        """Stems that some meaning is made of."""
        return self._meanings.keys()


def load_lexicon(reader: Reader, languages: Sequence[str]) -> Lexicon:
    """The languages' endings, idle words and synonyms together; a language may have none of them."""
    forms: dict[str, list[str]] = {key: [] for key in _FORMS}
    synonyms: list[tuple[str, str]] = []
    for language in languages:
        folder = reader.root / language / FOLDER
        for key, listed in _lists(reader, folder / FORMS).items():
            if key in forms:
                forms[key] += listed
            else:
                reader.blame(reader.shown(folder / FORMS), f"{key}: is not one of {', '.join(_FORMS)}")
        for concept, listed in _lists(reader, folder / SYNONYMS).items():
            synonyms += [(concept, said) for said in listed]
    frames = _lists(reader, reader.root / FRAMES)
    known = {concept for concept, _ in synonyms}
    for topic, concepts in frames.items():
        for concept in [concept for concept in concepts if concept not in known]:
            reason = f"{topic}: {concept} is no concept of {SYNONYMS}{hint(concept, known)}"
            reader.blame(reader.shown(reader.root / FRAMES), reason)
    return Lexicon(load_folding(reader), forms, synonyms, frames)


def _lists(reader: Reader, path: Path) -> dict[str, list[str]]:
    """A file of named lists of words; nothing where there is no file."""
    top = reader.read(path) if path.is_file() else None
    found: dict[str, list[str]] = {}
    for name, node in (top.fields() if top else {}).items():
        words = [item.text() for item in node.items()]
        if not words or not all(words):
            reader.blame(node, f"{name}: must be a list of words, in quotes if they look like something else")
        found[name] = [word for word in words if word]
    return found
