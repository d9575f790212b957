"""The guided tour of the demo: steps (content/demo/tour.yaml) and words (content/<language>/tour.yaml)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.errors import ContentError
from bot.library.content import CONTENT
from bot.library.yamlfiles import Node, Reader
from bot.rules.tour import Cue, TourStep

DEEDS = ("start", "tap", "send", "say", "photo")
FINISH = "finish"


@dataclass(frozen=True, slots=True)
class TourWords:
    """A language's words: (title, text) by step and for the end, and what is typed on the phones."""

    steps: Mapping[str, tuple[str, str]]
    say: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Tour:
    """Steps in their order, and words by language."""

    steps: tuple[TourStep, ...]
    words: Mapping[str, TourWords]


def load_tour(languages: Iterable[str], root: Path = CONTENT) -> Tour:
    """The tour. Raises `ContentError` with every problem found."""
    reader = Reader(root)
    top = reader.read(root / "demo" / "tour.yaml")
    steps = tuple(_step(reader, node) for node in (top.fields()["steps"].items() if top else ()))
    words = {language: _words(reader, language, steps) for language in languages}
    if reader.problems:
        raise ContentError(reader.problems)
    return Tour(steps, words)


def _text(node: Node, name: str) -> str:
    field = node.fields().get(name)
    return field.text() if field else ""


def _step(reader: Reader, node: Node) -> TourStep:
    name, phone, until = (_text(node, key) for key in ("id", "phone", "until"))
    if not (name and phone and until):
        reader.problems.append(f"{node.where}: a step needs an id, a phone and what it lasts until")
    listed = node.fields()["cues"].items() if "cues" in node.fields() else []
    cues = tuple(_cue(reader, one) for one in listed)
    return TourStep(name, phone, until, cues)


def _cue(reader: Reader, node: Node) -> Cue:
    deeds = [name for name in DEEDS if name in node.fields()]
    if len(deeds) != 1:
        reader.problems.append(f"{node.where}: a cue is one of {', '.join(DEEDS)}")
        return Cue("")
    more = (_text(node, name) for name in ("phone", "if", "unless"))
    return Cue(deeds[0], _text(node, deeds[0]), *more)


def _words(reader: Reader, language: str, steps: tuple[TourStep, ...]) -> TourWords:
    top = reader.read(reader.root / language / "tour.yaml")
    fields = top.fields() if top else {}
    listed = {**(fields["steps"].fields() if "steps" in fields else {}), FINISH: fields.get(FINISH)}
    said = {name: node.text() for name, node in (fields["say"].fields() if "say" in fields else {}).items()}
    shown = {name: (_text(node, "title"), _text(node, "text")) for name, node in listed.items() if node}
    where = f"{language}/tour.yaml"
    if set(shown) != {*(step.id for step in steps), FINISH} or not all(all(pair) for pair in shown.values()):
        reader.problems.append(
            f"{where}: every step of the tour needs a title and a text, and so does its end"
        )
    needed = {cue.what for step in steps for cue in step.cues if cue.do == "say"}
    if set(said) != needed:
        reader.problems.append(f"{where}: say holds exactly {', '.join(sorted(needed))}")
    return TourWords(shown, said)
