"""Algorithms of a profile out of content/flows: the order of steps, clauses, links, moments; ids only."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.library.hints import hint
from bot.library.yamlfiles import Node, Reader, names
from bot.rules.policy import Policy
from bot.rules.vocabulary import ExamKind, Role
from bot.rules.walk import EVIDENCE, Algorithm, Step

FLOWS, POLICIES = "flows", "policies"
EDGES = ("start", "end")
_LINKS = ("lms", "meeting", "")
_ACTORS = ("all", "student", "staff", *(role.value for role in Role))
_KINDS = tuple(kind.value for kind in ExamKind)
_ID = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*")
_FILE_KEYS = ("inherited", "notes", "walks")
_WALK_KEYS = ("kind", "phase", "actor", "notes", "fm", "steps", "same_as")
_STEP_KEYS = ("id", "clause", "link", "event", "figures", "evidence")


@dataclass(frozen=True, slots=True)
class Flows:
    """Algorithms and notes of a profile; `places` says where each step and note stands, for problems."""

    algorithms: dict[str, Algorithm]
    notes: dict[str, str]
    places: dict[str, str]

    def steps(self) -> dict[str, Step]:
        """Every step once, by id."""
        return {step.id: step for algorithm in self.algorithms.values() for step in algorithm.steps}


def load_flows(reader: Reader, profiles: Sequence[str], policy: Policy | None) -> Flows:
    """The flows of policies given from the base up; their moments are checked where there is a `policy`.

    A file that says `inherited: false` is left out under a policy that extends its own; with a list it is
    left out under those not named. What is inherited is marked `general`.
    """
    loader = _Loader(reader)
    for profile in profiles:
        for path in names(reader.root / FLOWS, f"{profile}.*.yaml"):
            node = reader.read(path)
            own = profile == profiles[-1]
            if node is not None and (own or _inherited(reader, node, profiles[-1])):
                loader.take(node, general=not own)
    flows = loader.finish()
    if policy is not None:
        _check_events(reader, flows, policy)
    return flows


def _inherited(reader: Reader, top: Node, profile: str) -> bool:
    said = top.fields().get("inherited")
    if said is None or isinstance(said.value, bool):
        return said is None or said.value is not False
    known = {path.stem for path in names(reader.root / POLICIES)}
    heirs = [item.text() for item in said.items()]
    if not heirs:
        reader.blame(said, "inherited: must be true, false or a list of profiles")
        return True
    for heir in heirs:
        if heir not in known:
            reader.blame(said, f"inherited: there is no profile {heir}{hint(heir, known)}")
    return profile in heirs


class _Loader:
    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._walks: dict[str, Node] = {}
        self._general: set[str] = set()
        self._own_steps: dict[str, str] = {}
        self._open: list[str] = []
        self._flows = Flows({}, {}, {})

    def take(self, node: Node, *, general: bool) -> None:
        """One file: walks are kept for `finish`, a note is laid over the same of an extended policy."""
        self._known(node, _FILE_KEYS, "a flow file")
        for name, note in self._fields(node, "notes").items():
            self._flows.notes[name] = self._clause(note, f"note {name}")
            self._flows.places[name] = note.where
        for name, walk in self._fields(node, "walks").items():
            if name in self._walks:
                self._reader.blame(walk, f"{name}: is given twice, first in {self._walks[name].where}")
            self._walks.setdefault(name, walk)
            if general:
                self._general.add(name)

    def finish(self) -> Flows:
        """Every walk as an algorithm, in the order of the files."""
        for name in self._walks:
            self._algorithm(name)
        order = [name for name in self._walks if name in self._flows.algorithms]
        return replace(self._flows, algorithms={name: self._flows.algorithms[name] for name in order})

    def _algorithm(self, name: str) -> Algorithm | None:
        built = self._flows.algorithms.get(name)
        if built is not None or name in self._open:
            return built
        self._open.append(name)
        node = self._walks[name]
        self._known(node, _WALK_KEYS, name)
        if not _ID.fullmatch(name):
            self._reader.blame(node, f"{name}: an id is small Latin letters, digits, points")
        model = self._model(name, node)
        if model is not None:
            self._flows.algorithms[name] = model
        return model

    def _model(self, name: str, node: Node) -> Algorithm | None:
        """The walk as written, over the one that it is the `same_as`."""
        fields = node.fields()
        base = Algorithm(name, "", "", "", (), (), "")
        if "same_as" in fields:
            target = fields["same_as"].text()
            found = self._algorithm(target) if target in self._walks else None
            if found is None:
                self._reader.blame(
                    node, f"{name}: same_as: there is no walk {target}{hint(target, self._walks)}"
                )
                return None
            base = found
        kind = self._word(node, name, "kind", _KINDS) or base.kind
        phase = fields["phase"].text() if "phase" in fields else base.phase
        actor = self._word(node, name, "actor", _ACTORS) or base.actor
        notes = (
            tuple(self._note(note, name) for note in fields["notes"].items())
            if "notes" in fields
            else base.notes
        )
        fm = self._clause(fields["fm"], f"{name}: fm") if "fm" in fields else base.fm_clause
        steps = tuple(self._steps(fields["steps"], name)) if "steps" in fields else base.steps
        for key, value in (("phase", phase), ("actor", actor), ("steps", steps)):
            if not value:
                self._reader.blame(node, f"{name}: {key}: is missing")
        return Algorithm(name, kind, phase, actor, steps, notes, fm, general=name in self._general)

    def _steps(self, node: Node, walk: str) -> Iterable[Step]:
        for child in node.items():
            fields = child.fields()
            self._known(child, _STEP_KEYS, f"{walk}: a step")
            step = fields["id"].text() if "id" in fields else ""
            if not _ID.fullmatch(step):
                self._reader.blame(
                    child, f"{walk}: a step needs an id of small Latin letters, digits, points"
                )
                continue
            if step in self._own_steps:
                self._reader.blame(child, f"{step}: is given twice, first in {self._own_steps[step]}")
            self._own_steps.setdefault(step, child.where)
            self._flows.places.setdefault(step, child.where)
            event = fields["event"].text() if "event" in fields else ""
            link = self._word(child, step, "link", _LINKS)
            figures = tuple((name, path.text()) for name, path in self._fields(child, "figures").items())
            evidence = self._word(child, step, "evidence", EVIDENCE)
            yield Step(step, self._clause(child, step), link, event, figures, evidence)

    def _note(self, node: Node, walk: str) -> str:
        note = node.text()
        if note not in self._flows.notes:
            known = hint(note, self._flows.notes)
            self._reader.blame(node, f"{walk}: note {note} is not among the notes of the flow files{known}")
        return note

    def _word(self, node: Node, owner: str, key: str, known: Sequence[str]) -> str:
        field = node.fields().get(key)
        if field is None:
            return ""
        word = field.text()
        if word not in known:
            self._reader.blame(field, f"{owner}: {key}: {word or 'this'} is not known{hint(word, known)}")
        return word

    def _clause(self, node: Node, owner: str) -> str:
        """The clause of a step, note or force-majeure row; silence is allowed when said (`clause: null`)."""
        clause = node.fields().get("clause")
        if clause is None or not (clause.text() or clause.value is None):
            self._reader.blame(node, f"{owner}: clause: is missing")
            return ""
        return clause.text()

    def _fields(self, node: Node, key: str) -> dict[str, Node]:
        part = node.fields().get(key)
        if part is not None and part.value is not None and not isinstance(part.value, dict):
            self._reader.blame(part, f"{key}: must be a mapping")
        return part.fields() if part is not None else {}

    def _known(self, node: Node, keys: Sequence[str], what: str) -> None:
        for key in node.fields().keys() - set(keys):
            self._reader.blame(node.fields()[key], f"{what}: {key} is not known here{hint(key, keys)}")


def _check_events(reader: Reader, flows: Flows, policy: Policy) -> None:
    for algorithm in flows.algorithms.values():
        rules = policy.kinds.get(ExamKind(algorithm.kind)) if algorithm.kind in _KINDS else None
        known = (*EDGES, *(rules.moments if rules else ()))
        for step in algorithm.steps:
            if step.event and step.event not in known:
                kind = algorithm.kind or "a walk without a kind"
                reason = f"event {step.event} is not in the policy of {kind}{hint(step.event, known)}"
                reader.blame(flows.places[step.id], f"{step.id}: {reason}")
