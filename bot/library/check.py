"""Everything that can be wrong with content/, told at once: what `emtihan check` and the tests ask."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from bot.library import citations, layers
from bot.library import languages as tongues
from bot.library.acts import read_acts
from bot.library.catalogue import load_catalogue
from bot.library.check_catalogue import check_catalogues
from bot.library.check_words import check_words
from bot.library.content import CONTENT, Loaded, check_troubles, load_profile, load_rulebook
from bot.library.flows import FLOWS
from bot.library.forms import FORMS, read_forms
from bot.library.hunspell import check_spelling
from bot.library.launch import read_launch
from bot.library.layers import POLICIES
from bot.library.lexicon import load_lexicon
from bot.library.papers import read_templates
from bot.library.rulebook import Rulebook
from bot.library.terms import check_terms
from bot.library.trees import Trees, load_trees
from bot.library.yamlfiles import Reader, names
from bot.rules.acts import ActSpec
from bot.rules.applications import FormSpec


def check(root: Path = CONTENT, policy_file: Path | None = None, profile: str | None = None) -> list[str]:
    """Every problem of the policies, flows, words and catalogues of all profiles; none, an empty list.

    An operator's file is laid over `profile`; over every profile when that is not named.
    """
    reader = Reader(root)
    languages = tongues.found(reader)
    codes = tuple(language.code for language in languages)
    catalogue = load_catalogue(reader, codes)
    everything, rulebooks = [], []
    for name in layers.profiles(reader):
        over = policy_file if profile in (None, name) else None
        loaded = load_profile(reader, name, over, codes)
        check_troubles(reader, loaded, catalogue)
        everything.append(loaded)
        rulebooks.append(load_rulebook(reader, loaded.stack, codes))
    load_lexicon(reader, codes)
    trees = load_trees(reader, "", codes)
    _check_profiles(reader, profile)
    operators = reader.shown(policy_file) if policy_file else ""
    cited = [place for loaded in everything for place in _clauses(loaded, operators)]
    applications, _ = read_forms(reader, codes)
    of_forms = _form_clauses(reader, applications.values(), everything)
    _check_clauses(reader, [*cited, *_rule_clauses(rulebooks), *_tree_clauses(trees), *of_forms])
    check_words(reader, languages, {step for loaded in everything for step in loaded.flows.places})
    check_catalogues(reader, languages)
    read_launch(reader, codes)
    read_templates(reader, codes)
    _check_clauses(reader, _act_clauses(read_acts(reader, codes)[0].values()))
    check_terms(reader, languages)
    check_spelling(reader, languages)
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


def _check_clauses(reader: Reader, cited: Iterable[tuple[str, str]]) -> None:
    """Clauses are cited as citations.yaml shows."""
    forms = citations.forms(reader)
    for where, clause in cited:
        wrong = citations.miscited(clause, forms)
        if wrong:
            reader.blame(where, f"clause {clause}: {wrong}")


def _act_clauses(specs: Iterable[ActSpec]) -> Iterator[tuple[str, str]]:
    for spec in specs:
        for clause in (spec.clause, *spec.offences.values()):
            if clause:
                yield f"acts/{spec.id}", clause


def _form_clauses(
    reader: Reader, specs: Iterable[FormSpec], everything: Iterable[Loaded]
) -> Iterator[tuple[str, str]]:
    """What every form rests on; the last date it names stands in every policy."""
    loaded = [one for one in everything if one.stack]
    for spec in specs:
        for clause in spec.clauses.values():
            yield f"{FORMS}/{spec.id}", clause
        missing = [one for one in loaded if one.stack and spec.last_date not in one.stack.leaves]
        if spec.last_date and missing:
            reader.blame(f"{FORMS}/{spec.id}", f"last_date: no policy has {spec.last_date}")


def _rule_clauses(rulebooks: Iterable[Rulebook]) -> Iterator[tuple[str, str]]:
    for rulebook in rulebooks:
        for entry in rulebook.entries.values():
            if entry.clause:
                yield f"{entry.where}: {entry.id}", entry.clause


def _tree_clauses(trees: Trees) -> Iterator[tuple[str, str]]:
    for problem in trees.problems.values():
        for name, clause in ((problem.id, problem.clause), *((fix.id, fix.clause) for fix in problem.fixes)):
            if clause:
                yield name, clause


def _clauses(loaded: Loaded, operators: str) -> Iterator[tuple[str, str]]:
    """Every citation of a profile and its place; an operator cites as they please."""
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
