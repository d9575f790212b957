"""Forms of acts: content/acts/NAME.yaml, words in content/<language>/acts/NAME.yaml.

A form names its fields, its commission, who may draw it up and who signs, and the template of its document.
"""

from collections.abc import Mapping, Sequence

from bot.library.hints import hint
from bot.library.papers import DOCUMENTS
from bot.library.shelf import Found, Shelf
from bot.library.yamlfiles import Node, Reader, names
from bot.rules.acts import ActSpec, ActWords
from bot.rules.vocabulary import Attestation, ExamKind, Role

ACTS = "acts"
_LISTS = ("profiles", "attestations", "signers", "signers_from", "drawn_by")
_FLAGS = ("student", "many", "answer")
_MAPS = ("offences", "texts")
_TEXTS = ("clause", "document", "approver", "refusal")
_AT = "offences_at"
_SPEC = (*_LISTS, *_FLAGS, *_MAPS, *_TEXTS)
_WORDS = ("title", "outcome", "offences", "texts", "signers")
_ROLES = frozenset(role.value for role in Role)
_KINDS = frozenset(kind.value for kind in ExamKind)
_ATTESTATIONS = frozenset(attestation.value for attestation in Attestation)
_ID_LETTERS = 32


class Acts(Shelf[ActSpec, ActWords]):
    """The forms of acts that a profile has."""

    def _found(self, reader: Reader, languages: Sequence[str], profile: str) -> Found[ActSpec, ActWords]:
        return read_acts(reader, languages, profile)

    def words(self, act_id: str) -> Mapping[str, ActWords]:
        """A form's words by language."""
        return {language: words for (language, name), words in self._read[1].items() if name == act_id}


def read_acts(reader: Reader, languages: Sequence[str], profile: str = "") -> Found[ActSpec, ActWords]:
    """Every form (of a profile, where named) as far as it is whole; what is wrong stays with the reader."""
    specs: dict[str, ActSpec] = {}
    words: dict[tuple[str, str], ActWords] = {}
    for path in names(reader.root / ACTS):
        top = reader.read(path)
        spec = _spec(reader, path.stem, top, profile) if top else None
        if spec is None:
            continue
        specs[spec.id] = spec
        for language in languages:
            _require_document(reader, spec, language)
            node = reader.read(reader.root / language / ACTS / path.name)
            if node is not None:
                words[language, spec.id] = _words(reader, spec, node)
    for spec in specs.values():
        if spec.refusal and spec.refusal not in specs:
            reader.blame(reader.shown(reader.root / ACTS), f"{spec.id}: there is no form {spec.refusal}")
    return specs, words


def _require_document(reader: Reader, spec: ActSpec, language: str) -> None:
    place = reader.root / language / DOCUMENTS / f"{spec.document}.yaml"
    if not place.is_file():
        reader.blame(reader.shown(place), f"{spec.id}: this document is missing")


def _spec(reader: Reader, name: str, top: Node, profile: str) -> ActSpec | None:
    fields = top.fields()
    for key in fields.keys() - {*_SPEC, _AT}:
        reader.blame(fields[key], f"{name}: {key} is not known here{hint(key, (*_SPEC, _AT))}")
    missing = set(_SPEC) - fields.keys()
    for key in sorted(missing):
        reader.blame(top, f"{name}: {key} is missing")
    if missing:
        return None
    listed = {key: tuple(node.text() for node in fields[key].items()) for key in _LISTS}
    if profile and profile not in listed["profiles"]:
        return None
    texts = {key: fields[key].text() for key in _TEXTS}
    roles = {*listed["signers_from"], *listed["drawn_by"], texts["approver"]} - {""}
    for role in sorted(roles - _ROLES):
        reader.blame(top, f"{name}: {role} is no role{hint(role, _ROLES)}")
    for attestation in set(listed["attestations"]) - _ATTESTATIONS:
        reader.blame(fields["attestations"], f"{name}: {attestation} is no attestation")
    if not listed["signers"] or len(name) > _ID_LETTERS:
        reader.blame(top, f"{name}: needs a signer, and a name of at most {_ID_LETTERS} letters")
    flags = {key: fields[key].value is True for key in _FLAGS}
    return ActSpec(
        id=name,
        clause=texts["clause"],
        document=texts["document"],
        attestations=listed["attestations"],
        student=flags["student"],
        offences={key: node.text() for key, node in fields["offences"].fields().items()},
        many=flags["many"],
        texts={key: node.value is True for key, node in fields["texts"].fields().items()},
        signers=listed["signers"],
        signers_from=listed["signers_from"],
        drawn_by=listed["drawn_by"],
        approver=texts["approver"],
        answer=flags["answer"],
        refusal=texts["refusal"],
        offences_at=_offences_at(reader, name, fields),
    )


def _offences_at(reader: Reader, name: str, fields: Mapping[str, Node]) -> dict[str, tuple[str, ...]]:
    """To which kinds of exam an offence is confined."""
    confined = fields[_AT].fields() if _AT in fields else {}
    known = fields["offences"].fields()
    found: dict[str, tuple[str, ...]] = {}
    for offence, node in confined.items():
        kinds = tuple(kind.text() for kind in node.items())
        if offence not in known or not kinds:
            reader.blame(node, f"{name}: {_AT}: {offence} has to be an offence of the form, with its kinds")
        for kind in sorted(set(kinds) - _KINDS):
            reader.blame(node, f"{name}: {_AT}: {kind} is no kind of exam{hint(kind, _KINDS)}")
        found[offence] = kinds
    return found


def _words(reader: Reader, spec: ActSpec, top: Node) -> ActWords:
    fields = top.fields()
    for key in fields.keys() - set(_WORDS):
        reader.blame(fields[key], f"{spec.id}: {key} is not known here{hint(key, _WORDS)}")
    said = {key: fields[key].text() if key in fields else "" for key in ("title", "outcome")}
    for key, text in said.items():
        if not text:
            reader.blame(top, f"{spec.id}: {key} has no words")
    return ActWords(
        said["title"],
        said["outcome"],
        _same(reader, spec, top, "offences", spec.offences),
        _same(reader, spec, top, "texts", spec.texts),
        _same(reader, spec, top, "signers", spec.signers),
    )


def _same(
    reader: Reader, spec: ActSpec, top: Node, key: str, wanted: Sequence[str] | Mapping[str, object]
) -> dict[str, str]:
    """Words of exactly the ids that the form has."""
    found = top.fields()[key].fields() if key in top.fields() else {}
    for name in set(wanted) ^ found.keys():
        reader.blame(
            found.get(name, top), f"{spec.id}: {key}: {name} stands in one file and not in the other"
        )
    return {name: node.text() for name, node in found.items()}
