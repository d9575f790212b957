"""Loading rules: every entry whole, with words in every language and figures that the policy has."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.library import citations
from bot.library.hints import hint
from bot.library.layers import POLICIES, Layer, Leaf
from bot.library.rulebook import Entry, Figure, Rulebook, RuleWords
from bot.library.words import placeholders
from bot.library.yamlfiles import Node, Reader, names
from bot.rules.vocabulary import Role

RULES = "rules"
APART = ("synonyms.yaml", "forms.yaml")
"""Files of a language's rules folder that hold no rules: what the search knows of the language."""
ID_LETTERS = 48  # an id stands in callback data
LONGEST = {"title": 60, "answer": 700, "asked": 120}
LINES_MAX = 7
ASKED_MIN, ASKED_MAX = 3, 16
RELATED_MAX = 5
AUDIENCE = ("all", "student", *(role.value for role in Role))

_TOP = ("rules",)
_ENTRY = ("clause", "roles", "topics", "related", "figures")
_WORDS = ("title", "answer", "asked")
_ID = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
_WORD = re.compile(r"[a-z][a-z0-9_]*")
_MARKUP = re.compile(r"</?[a-zA-Z]|\*\*|__|`|\[[^\]]*\]\(")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_UNITS = ("working_days", "academic_hours", "minutes", "hours", "days", "weeks", "months", "percent")
_UNIT = re.compile(rf"_({'|'.join(_UNITS)})(?=_|$)")
_CLOCKS = ("working_days", "hours", "minutes", "days", "weeks", "months")
_ROLES = frozenset(role.value for role in Role)


def load_rules(reader: Reader, policies: Mapping[str, Layer], languages: Sequence[str]) -> Rulebook:
    """The rules of sources given from the base up, each with the policy that its figures are taken from.

    The last one is the profile. Whatever is wrong is recorded.
    """
    files = rule_files(reader)
    entries: dict[str, Entry] = {}
    for source, leaves in policies.items():
        for path in files.get(source, ()):
            for entry in _entries(reader, path, source, leaves):
                if entry.id in entries:
                    first = entries[entry.id].where
                    reader.blame(entry.where, f"{entry.id}: is given twice, first in {first}")
                entries.setdefault(entry.id, entry)
    for entry in entries.values():
        for other in entry.related:
            if other not in entries or other == entry.id:
                reader.blame(
                    entry.where, f"{entry.id}: related {other} is no other rule{hint(other, entries)}"
                )
    words = {
        (language, entry_id): found
        for language in languages
        for entry_id, found in _all_words(reader, language, files, tuple(policies), entries)
    }
    return Rulebook(list(policies)[-1] if policies else "", entries, words, languages)


def rule_files(reader: Reader) -> dict[str, list[Path]]:
    """Files of rules by their source: the policy whose name theirs begins with."""
    return _by_source(reader, reader.root / RULES)


def _by_source(reader: Reader, folder: Path) -> dict[str, list[Path]]:
    known = sorted((path.stem for path in names(reader.root / POLICIES)), key=len, reverse=True)
    files: dict[str, list[Path]] = {}
    for path in names(folder):
        source = next((name for name in known if path.stem.startswith(name)), "")
        if source:
            files.setdefault(source, []).append(path)
        elif path.name not in APART:
            reader.blame(reader.shown(path), "must be named after a policy: NAME.yaml or NAME_WHAT.yaml")
    return files


def _entries(reader: Reader, path: Path, source: str, leaves: Layer) -> Iterator[Entry]:
    top = reader.read(path)
    if top is None:
        return
    for key in top.fields().keys() - set(_TOP):
        reader.blame(top.fields()[key], f"{key}: is not known to a file of rules{hint(key, _TOP)}")
    for entry_id, node in top.fields().get("rules", Node({}, "", 0)).fields().items():
        if not _ID.fullmatch(entry_id) or not entry_id.startswith(f"{source}."):
            reader.blame(node, f"{entry_id}: an id is {source}.TOPIC.NAME, in small Latin letters")
        elif len(entry_id) > ID_LETTERS:
            reader.blame(node, f"{entry_id}: has {len(entry_id)} letters, over {ID_LETTERS}")
        yield _entry(reader, entry_id, source, node, leaves)


def _entry(reader: Reader, entry_id: str, source: str, node: Node, leaves: Layer) -> Entry:
    fields = node.fields()
    for key in fields.keys() - set(_ENTRY):
        reader.blame(fields[key], f"{entry_id}: {key} is not known to a rule{hint(key, _ENTRY)}")
    clause = fields["clause"].text() if "clause" in fields else ""
    if not clause:
        reader.blame(node, f"{entry_id}: clause: is missing")
    roles = _listed(reader, entry_id, node, "roles")
    for role in roles:
        if role not in AUDIENCE:
            reader.blame(fields["roles"], f"{entry_id}: {role} is not a role{hint(role, AUDIENCE)}")
    topics = _listed(reader, entry_id, node, "topics")
    for topic in topics:
        if not _WORD.fullmatch(topic):
            reader.blame(fields["topics"], f"{entry_id}: topic {topic} is not a word of small Latin letters")
    related = _listed(reader, entry_id, node, "related", required=False)
    if len(related) > RELATED_MAX:
        reader.blame(fields["related"], f"{entry_id}: has {len(related)} related rules, over {RELATED_MAX}")
    figures = fields.get("figures", node)
    return Entry(
        id=entry_id,
        source=source,
        clause=clause,
        clauses=citations.parts(clause),
        roles=frozenset(roles),
        topics=topics,
        related=related,
        figures=dict(_figures(reader, entry_id, figures, leaves)) if "figures" in fields else {},
        where=node.where,
    )


def _listed(reader: Reader, entry_id: str, node: Node, key: str, *, required: bool = True) -> tuple[str, ...]:
    found = node.fields().get(key)
    words = tuple(item.text() for item in found.items()) if found else ()
    if (found and (not isinstance(found.value, list) or not all(words))) or (required and not words):
        reader.blame(found or node, f"{entry_id}: {key}: must be a list of words")
    return tuple(word for word in words if word)


def _figures(reader: Reader, entry_id: str, node: Node, leaves: Layer) -> Iterator[tuple[str, Figure]]:
    for name, child in node.fields().items():
        path = child.text()
        found = _figure(leaves, path)
        if found is None or not name.isidentifier():
            near = hint(path, leaves) if path not in leaves else ""
            reader.blame(
                child, f"{entry_id}: {name}: {path} is no value of the policy that can be shown{near}"
            )
        else:
            yield name, found


def _figure(leaves: Layer, path: str) -> Figure | None:
    """A leaf as a figure. A clock may be named without its unit: whichever is set in the policy counts."""
    found = _leaf(leaves, path)
    if found is None or found[1].value in (None, ()) or isinstance(found[1].value, bool):
        return None
    value = found[1].value
    return Figure(value, _unit(found[0], value))


def _leaf(leaves: Layer, path: str) -> tuple[str, Leaf] | None:
    exact = leaves.get(path)
    if exact is not None and exact.value is not None:
        return path, exact
    stem = re.sub(rf"_({'|'.join(_CLOCKS)})$", "", path)
    for unit in _CLOCKS:
        leaf = leaves.get(f"{stem}_{unit}")
        if leaf is not None and leaf.value is not None:
            return f"{stem}_{unit}", leaf
    return None


def _unit(path: str, value: Any) -> str:
    first = value[0] if isinstance(value, tuple) else value
    if isinstance(first, str):
        return "role" if first in _ROLES else "date" if _DATE.fullmatch(first) else ""
    for segment in path.split(".")[:-3:-1]:
        found = _UNIT.search(f"_{segment}")
        if found:
            return found[1]
    return ""


def _all_words(
    reader: Reader,
    language: str,
    files: Mapping[str, Sequence[Path]],
    sources: Sequence[str],
    entries: Mapping[str, Entry],
) -> Iterator[tuple[str, RuleWords]]:
    """The words of every entry in a language; words of no entry and entries without words are recorded."""
    folder = reader.root / language / RULES
    places: dict[str, str] = {}
    written = _by_source(reader, folder)
    for path in (path for source in sources for path in written.get(source, ())):
        top = reader.read(path)
        for entry_id, node in (top.fields() if top else {}).items():
            if entry_id in places:
                reader.blame(node, f"{entry_id}: is given twice, first in {places[entry_id]}")
            elif entry_id not in entries:
                reader.blame(
                    node, f"{entry_id}: is no rule of {reader.root.name}/{RULES}{hint(entry_id, entries)}"
                )
            else:
                yield entry_id, _words(reader, entries[entry_id], node)
            places.setdefault(entry_id, node.where)
    for entry_id, entry in entries.items():
        if entry_id not in places:
            reader.blame(
                entry.where, f"{entry_id}: has no words in {reader.shown(folder)}{hint(entry_id, places)}"
            )


def _words(reader: Reader, entry: Entry, node: Node) -> RuleWords:
    fields = node.fields()
    for key in fields.keys() - set(_WORDS):
        reader.blame(fields[key], f"{entry.id}: {key} is not known here{hint(key, _WORDS)}")
    title, answer = (fields[key].text() if key in fields else "" for key in ("title", "answer"))
    asked = tuple(item.text() for item in fields["asked"].items()) if "asked" in fields else ()
    for key, texts in (("title", (title,)), ("answer", (answer,)), ("asked", asked)):
        for text in texts:
            reason = _fault(key, text, entry.figures.keys() if key == "answer" else ())
            if reason:
                reader.blame(fields.get(key, node), f"{entry.id}: {key}: {reason}")
    if not ASKED_MIN <= len(asked) <= ASKED_MAX:
        reason = f"{len(asked)} ways to ask, not {ASKED_MIN} to {ASKED_MAX}"
        reader.blame(fields.get("asked", node), f"{entry.id}: asked: {reason}")
    return RuleWords(title, answer, asked)


def _fault(key: str, text: str, figures: Any) -> str:
    """Why a text of a rule cannot be shown, empty when it can."""
    if not text:
        return "must be a text, in quotes if it looks like a number"
    if len(text) > LONGEST[key]:
        return f"has {len(text)} letters, over {LONGEST[key]}"
    if text.count("\n") + 1 > (LINES_MAX if key == "answer" else 1):
        return f"has {text.count(chr(10)) + 1} lines, over {LINES_MAX if key == 'answer' else 1}"
    if _MARKUP.search(text):
        return "is plain text, without HTML or Markdown"
    used = placeholders(text) if "{" in text or "}" in text else frozenset()
    if used is None:
        return "its braces are not placeholders such as {hours}"
    wrong = sorted(used.symmetric_difference(figures))
    return f"{{{wrong[0]}}} stands in only one of the answer and the rule's figures" if wrong else ""
