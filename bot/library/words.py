"""Words of steps and notes, per language; an id without its words is refused at load."""

import string
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from pathlib import Path

from bot.errors import ContentError
from bot.library.flows import Flows
from bot.library.hints import hint
from bot.library.yamlfiles import Node, Reader, names
from bot.rules.policy import KindRules, Policy
from bot.rules.vocabulary import ExamKind

STEPS = "steps"
NOTES = "notes.yaml"
FIGURES = {
    "duration": "duration_minutes",
    "talk": "talk_minutes_student",
    "prep": "preparation_minutes_max",
    "questions": "questions",  # or the least number, or the number for each subject
    "uniqueness": "uniqueness_percent",  # of every level that the policy names
    "warnings": "",  # the minutes left at which the kind's students are warned
}
"""Placeholders that any step's text may hold, and the figures of the exam's kind that fill them."""
_STEP = {"title": frozenset[str](), "at_exam": {"time"}, "at_kind": {"left"}}
_NOTE = {"text": frozenset[str]()}
_TIMED = ("at_exam", "at_kind")


@dataclass(frozen=True, slots=True)
class StepWords:
    """What a step says. `at_exam` holds `{time}`, `at_kind` perhaps `{left}`; empty where no moment is."""

    title: str
    text: str
    at_exam: str
    at_kind: str


@dataclass(frozen=True, slots=True)
class NoteWords:
    """What a note says, and the clause that says it."""

    text: str
    clause: str


class Words:
    """The words of one profile in every language."""

    def __init__(
        self,
        steps: Mapping[tuple[str, str], StepWords],
        notes: Mapping[tuple[str, str], NoteWords],
    ) -> None:
        self._steps = steps
        self._notes = notes

    def step(self, language: str, step_id: str) -> StepWords:
        """A step's words. Raises `ContentError` for a step that no algorithm of the profile has."""
        found = self._steps.get((language, step_id))
        if found is None:
            raise ContentError([f"no words for step {step_id} in language {language}"])
        return found

    def note(self, language: str, note_id: str) -> NoteWords:
        """A note's words. Raises `ContentError` for a note that no algorithm of the profile has."""
        found = self._notes.get((language, note_id))
        if found is None:
            raise ContentError([f"no words for note {note_id} in language {language}"])
        return found

    def placeholders(self, language: str, step_id: str) -> frozenset[str]:
        """Names that a step's text leaves to fill; empty for a step without words."""
        found = self._steps.get((language, step_id))
        return (placeholders(found.text) if found else None) or frozenset()


def load_words(reader: Reader, languages: Iterable[str], profiles: Iterable[str], flows: Flows) -> Words:
    """Words for all that the flows name, in every language; whatever lacks them is recorded."""
    profiles = tuple(profiles)
    steps: dict[tuple[str, str], StepWords] = {}
    notes: dict[tuple[str, str], NoteWords] = {}
    for language in languages:
        folder = reader.root / language / STEPS
        written = _written(reader, (path for profile in profiles for path in step_files(folder, profile)))
        for step, shown in flows.steps().items():
            node = _found(reader, written, step, flows.places[step], folder)
            if node is not None:
                texts = _texts(reader, step, node, _STEP | {"text": {*FIGURES, *dict(shown.figures)}})
                _check_moment(reader, step, node, shown.event, texts)
                steps[language, step] = StepWords(**texts)
        written = _written(reader, [folder / NOTES]) if flows.notes else {}
        for note, clause in flows.notes.items():
            node = _found(reader, written, note, flows.places[note], folder)
            if node is not None:
                notes[language, note] = NoteWords(_texts(reader, note, node, _NOTE)["text"], clause)
    return Words(steps, notes)


def step_files(folder: Path, profile: str) -> list[Path]:
    """The files of a profile's own steps: `ayu.yaml`, and `ayu.*.yaml` where they were split."""
    return [*names(folder, f"{profile}.yaml"), *names(folder, f"{profile}.*.yaml")]


def _written(reader: Reader, files: Iterable[Path]) -> dict[str, Node]:
    written: dict[str, Node] = {}
    for path in files:
        top = reader.read(path)
        for name, node in (top.fields() if top else {}).items():
            if name in written:
                reader.blame(node, f"{name}: is given twice, first in {written[name].where}")
            written.setdefault(name, node)
    return written


def _found(reader: Reader, written: Mapping[str, Node], name: str, place: str, folder: Path) -> Node | None:
    if name not in written:
        reader.blame(place, f"{name}: has no words in {reader.shown(folder)}{hint(name, written)}")
    return written.get(name)


def _texts(reader: Reader, owner: str, node: Node, known: Mapping[str, Set[str]]) -> dict[str, str]:
    fields = node.fields()
    for key in fields.keys() - known.keys():
        reader.blame(fields[key], f"{owner}: {key} is not known here{hint(key, known)}")
    texts = dict.fromkeys(known, "")
    for key, allowed in known.items():
        texts[key] = fields[key].text() if key in fields else ""
        if texts[key]:
            _check_placeholders(reader, f"{owner}: {key}", fields[key], allowed)
        elif key not in _TIMED or key in fields:
            reader.blame(
                fields.get(key, node), f"{owner}: {key}: must be a text, in quotes if it looks like a number"
            )
    return texts


def _check_placeholders(reader: Reader, owner: str, node: Node, allowed: Set[str]) -> None:
    used = placeholders(node.text())
    if used is None:
        reader.blame(node, f"{owner}: its braces are not placeholders such as {{time}}")
        return
    for name in sorted(used - allowed):
        may = (
            f"may hold {', '.join(f'{{{one}}}' for one in sorted(allowed))}"
            if allowed
            else "holds no placeholders"
        )
        reader.blame(node, f"{owner}: {{{name}}} is not known here, it {may}")


def _check_moment(reader: Reader, step: str, node: Node, event: str, texts: Mapping[str, str]) -> None:
    """`at_exam` and `at_kind` stand exactly where the flow binds the step to a moment."""
    for key in _TIMED:
        if event and not texts[key]:
            reader.blame(node, f"{step}: {key}: is missing, the step is bound to the moment {event}")
        if texts[key] and not event:
            reader.blame(node, f"{step}: {key}: is not needed, no moment binds the step")
    if texts["at_exam"] and "time" not in (placeholders(texts["at_exam"]) or ()):
        reader.blame(node.fields()["at_exam"], f"{step}: at_exam: must hold {{time}}")


def check_figures(
    reader: Reader, words: Words, languages: Iterable[str], flows: Flows, policy: Policy
) -> None:
    """Every figure that a text names must have a value in the policy of the exam's kind."""
    for language in languages:
        for algorithm in flows.algorithms.values():
            rules = policy.kinds.get(ExamKind(algorithm.kind)) if algorithm.kind in list(ExamKind) else None
            for step in algorithm.steps:
                own = dict(step.figures)
                for name in sorted(words.placeholders(language, step.id)):
                    reason = ""
                    if name in own and not _has_leaf(policy, own[name]):
                        reason = f"{{{name}}} of its text has no value, {own[name]} of the policy"
                    elif name not in own and name in FIGURES and not _has_figure(rules, name):
                        reason = f"{{{name}}} of its text has no value for {algorithm.kind or 'no kind'}"
                    if reason:
                        reader.blame(flows.places[step.id], f"{step.id}: {reason}")


def _has_leaf(policy: Policy, path: str) -> bool:
    leaf = policy.leaves.get(path)
    return leaf is not None and leaf.value is not None


def _has_figure(rules: KindRules | None, name: str) -> bool:
    if rules is None:
        return False
    if name == "warnings":
        return bool(rules.warnings_left)
    key = FIGURES[name]
    return any(
        figure.value is not None
        for path, figure in rules.figures.items()
        if path == key or path.startswith(f"{key}_")
    )


def placeholders(text: str) -> frozenset[str] | None:
    """Names in braces; None for a text whose braces cannot be read."""
    try:
        found = [(name, spec, conversion) for _, name, spec, conversion in string.Formatter().parse(text)]
    except ValueError:
        return None
    named = [part for part in found if part[0] is not None]
    if any(spec or conversion or not (name or "").isidentifier() for name, spec, conversion in named):
        return None
    return frozenset(str(name) for name, _, _ in named)
