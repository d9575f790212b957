"""Forms of applications: content/forms/NAME.yaml, words in content/<language>/forms/NAME.yaml.

A methodist adds one by three files: what it asks and who decides, and its words in each language.
"""

from collections.abc import Mapping, Sequence

from bot.library.hints import hint
from bot.library.shelf import Found, Shelf
from bot.library.yamlfiles import Node, Reader, names
from bot.rules.applications import DENIED, GRANTED, FormSpec, FormWords
from bot.rules.vocabulary import Role

FORMS = "forms"
_SPEC = ("profiles", "clauses", "exam", "reasons", "chain", "answer_working_days")
_MAY = ("last_date", "new_date")
_WORDS = ("title", "hint", "request", "reasons", "proofs", "decisions")
_OUTCOMES = (GRANTED, DENIED)
_TITLE_LETTERS = 40
_ROLES = frozenset(role.value for role in Role)
FALLBACK = "ministry"


class Forms(Shelf[FormSpec, FormWords]):
    """The forms of applications that a profile offers."""

    def _found(self, reader: Reader, languages: Sequence[str], profile: str) -> Found[FormSpec, FormWords]:
        return read_forms(reader, languages, profile)

    def words(self, form_id: str, language: str) -> FormWords:
        """A form's words. Raises `KeyError` for an unknown form or language."""
        return self._read[1][language, form_id]


def read_forms(reader: Reader, languages: Sequence[str], profile: str = "") -> Found[FormSpec, FormWords]:
    """Every form (of a profile, where named) as far as it is whole; what is wrong stays with the reader."""
    specs: dict[str, FormSpec] = {}
    words: dict[tuple[str, str], FormWords] = {}
    for path in names(reader.root / FORMS):
        top = reader.read(path)
        spec = _spec(reader, path.stem, top, profile) if top else None
        if spec is None:
            continue
        specs[spec.id] = spec
        for language in languages:
            node = reader.read(reader.root / language / FORMS / path.name)
            if node is not None:
                words[language, spec.id] = _words(reader, spec, node)
    return specs, words


def _spec(reader: Reader, name: str, top: Node, profile: str) -> FormSpec | None:
    fields = top.fields()
    for key in fields.keys() - {*_SPEC, *_MAY}:
        reader.blame(fields[key], f"{name}: {key} is not known here{hint(key, (*_SPEC, *_MAY))}")
    for key in set(_SPEC) - fields.keys():
        reader.blame(top, f"{name}: {key} is missing")
    if set(_SPEC) - fields.keys():
        return None
    offered = [node.text() for node in fields["profiles"].items()]
    if profile and profile not in offered:
        return None
    clauses = {source: node.text() for source, node in fields["clauses"].fields().items()}
    chain = tuple(node.text() for node in fields["chain"].items())
    for role in set(chain) - _ROLES:
        reader.blame(fields["chain"], f"{name}: {role} is no role{hint(role, _ROLES)}")
    reasons = {reason: _count(reader, node) for reason, node in fields["reasons"].fields().items()}
    days = _count(reader, fields["answer_working_days"])
    if not chain or not reasons or days < 1:
        reader.blame(top, f"{name}: needs a reason, somebody who decides and at least one working day")
    clause = clauses.get(profile) or clauses.get(FALLBACK) or next(iter(clauses.values()), "")
    exam, dated = fields["exam"].value is True, "new_date" in fields and fields["new_date"].value is True
    if dated and not exam:
        reader.blame(fields["new_date"], f"{name}: only a form about an exam gives a new date")
    last = fields["last_date"].text() if "last_date" in fields else ""
    return FormSpec(name, clause, exam, reasons, chain, days, clauses, last, dated)


def _count(reader: Reader, node: Node) -> int:
    if isinstance(node.value, int) and not isinstance(node.value, bool) and 0 <= node.value <= 30:
        return node.value
    reader.blame(node, "must be a whole number from 0 to 30")
    return 0


def _words(reader: Reader, spec: FormSpec, top: Node) -> FormWords:
    fields = top.fields()
    for key in fields.keys() - set(_WORDS):
        reader.blame(fields[key], f"{spec.id}: {key} is not known here{hint(key, _WORDS)}")
    for key in ("title", "hint", "request"):
        if key not in fields or not fields[key].text():
            reader.blame(top, f"{spec.id}: {key} has no words")
    title = fields["title"].text() if "title" in fields else ""
    if len(title) > _TITLE_LETTERS:
        reader.blame(fields["title"], f"{spec.id}: the title has over {_TITLE_LETTERS} letters")
    return FormWords(
        title,
        fields["hint"].text() if "hint" in fields else "",
        fields["request"].text() if "request" in fields else "",
        _by_reason(reader, spec, top, "reasons"),
        _by_reason(reader, spec, top, "proofs"),
        _decisions(reader, spec, top),
    )


def _decisions(reader: Reader, spec: FormSpec, top: Node) -> Mapping[str, str]:
    """What each outcome means for the student; may be left out."""
    found = top.fields()["decisions"].fields() if "decisions" in top.fields() else {}
    for outcome in found.keys() - set(_OUTCOMES):
        reader.blame(found[outcome], f"{spec.id}: {outcome} is no outcome{hint(outcome, _OUTCOMES)}")
    return {outcome: node.text() for outcome, node in found.items()}


def _by_reason(reader: Reader, spec: FormSpec, top: Node, key: str) -> Mapping[str, str]:
    found = top.fields()[key].fields() if key in top.fields() else {}
    for reason in spec.reasons.keys() ^ found.keys():
        reader.blame(
            found.get(reason, top), f"{spec.id}: {key}: {reason} stands in one file and not in the other"
        )
    return {reason: node.text() for reason, node in found.items()}
