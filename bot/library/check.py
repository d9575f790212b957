"""Everything that can be wrong with content/, told at once: what `emtihan check` and the tests ask."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from bot.library import languages as tongues
from bot.library import layers
from bot.library.catalogue import load_catalogue
from bot.library.check_catalogue import check_catalogues
from bot.library.check_words import check_words
from bot.library.content import CONTENT, Loaded, check_troubles, load_profile
from bot.library.flows import FLOWS
from bot.library.layers import POLICIES
from bot.library.yamlfiles import Reader, names

_CITATIONS = "citations.yaml"


def check(root: Path = CONTENT, policy_file: Path | None = None, profile: str | None = None) -> list[str]:
    """Every problem of the policies, flows, words and catalogues of all profiles; none, an empty list.

    An operator's file is laid over `profile`; over every profile when that is not named.
    """
    reader = Reader(root)
    languages = tongues.found(reader)
    codes = tuple(language.code for language in languages)
    catalogue = load_catalogue(reader, codes)
    everything = []
    for name in layers.profiles(reader):
        over = policy_file if profile in (None, name) else None
        loaded = load_profile(reader, name, over, codes)
        check_troubles(reader, loaded, catalogue)
        everything.append(loaded)
    _check_profiles(reader, profile)
    _check_clauses(reader, everything, reader.shown(policy_file) if policy_file else "")
    check_words(reader, languages, {step for loaded in everything for step in loaded.flows.places})
    check_catalogues(reader, languages)
    return reader.problems


def _check_profiles(reader: Reader, profile: str | None) -> None:
    """A profile that is asked for exists, and every flow file belongs to a policy."""
    known = {path.stem for path in names(reader.root / POLICIES)}
    if not layers.profiles(reader):
        reader.blame(
            reader.shown(reader.root / POLICIES), "no policy here extends another: there is no profile"
        )
    if profile is not None and profile not in layers.profiles(reader):
        reader.blame(reader.shown(reader.root / POLICIES), f"there is no profile {profile}")
    for path in names(reader.root / FLOWS):
        if path.name.split(".")[0] not in known or path.name.count(".") < 2:
            reader.blame(reader.shown(path), "must be named PROFILE.WHAT.yaml, PROFILE one of the policies")


def _check_clauses(reader: Reader, everything: Iterable[Loaded], operators: str) -> None:
    """Clauses are cited as citations.yaml shows; an operator cites as they please."""
    forms = _citations(reader)
    for loaded in everything:
        for where, clause in _clauses(loaded, operators):
            wrong = _miscited(clause, forms)
            if wrong:
                reader.blame(where, f"clause {clause}: {wrong}")


def _clauses(loaded: Loaded, operators: str) -> Iterator[tuple[str, str]]:
    for leaf in loaded.stack.leaves.values() if loaded.stack else ():
        if leaf.clause and leaf.node.file != operators:
            yield leaf.node.where, leaf.clause
    flows = loaded.flows
    for step in flows.steps().values():
        if step.clause:
            yield f"{flows.places[step.id]}: {step.id}", step.clause
    for note, clause in flows.notes.items():
        if clause:
            yield f"{flows.places[note]}: {note}", clause
    for algorithm in flows.algorithms.values():
        if algorithm.fm_clause:
            yield f"{algorithm.id}: fm", algorithm.fm_clause


def _citations(reader: Reader) -> dict[str, re.Pattern[str]]:
    """What a part of a citation looks like, by the prefix of its source."""
    top = reader.read(reader.root / _CITATIONS)
    forms = {}
    for prefix, node in (top.fields() if top else {}).items():
        try:
            forms[prefix] = re.compile("|".join(f"(?:{item.text()})" for item in node.items()))
        except re.error as failure:
            reader.blame(node, f"{prefix}: is not a list of regular expressions: {failure}")
    return forms


def _miscited(clause: str, forms: dict[str, re.Pattern[str]]) -> str:
    """Why a citation is not one, empty when it is. `;` parts it; a part may name another source."""
    source = ""
    for part in clause.split(";"):
        first, _, rest = part.strip().partition(" ")
        if first in forms:
            source, body = first, rest
        else:
            body = part.strip()
        if not source:
            return f"{first} is not a source of {_CITATIONS}"
        if not forms[source].fullmatch(body):
            return f"{body or 'nothing'} is not a form in which {source} is cited"
    return ""
