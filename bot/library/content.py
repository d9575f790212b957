"""All content of one profile, loaded at once and refused as a whole."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from bot.errors import ContentError
from bot.library import languages as tongues
from bot.library import layers
from bot.library.catalogue import Catalogue, load_catalogue
from bot.library.flows import Flows, load_flows
from bot.library.layers import Stack
from bot.library.policy import assemble
from bot.library.rulebook import Rulebook
from bot.library.rules import load_rules
from bot.library.search import Search, load_search
from bot.library.trees import Trees, as_rulebook, load_trees
from bot.library.words import Words, check_figures, load_words
from bot.library.yamlfiles import Reader
from bot.rules.policy import Policy
from bot.rules.walk import Algorithm

CONTENT = Path(__file__).resolve().parents[2] / "content"


@dataclass(frozen=True)
class Content:
    """What the program reads of content/ for one university.

    The rules are read at their first use: no command but those that answer questions needs them.
    """

    policy: Policy
    algorithms: Mapping[str, Algorithm]
    words: Words
    catalogue: Catalogue
    languages: tuple[str, ...]
    root: Path = CONTENT
    policy_file: Path | None = None
    letters: Mapping[str, str] = field(default_factory=dict)
    """Each language's alphabet, in its order; '' where none is said."""

    @cached_property
    def rulebook(self) -> Rulebook:
        """The rules as short answers. Raises `ContentError` with every problem of their files."""
        reader = Reader(self.root)
        stack, _ = assemble(reader, self.policy.profile, self.policy_file)
        found = load_rulebook(reader, stack, self.languages)
        if reader.problems:
            raise ContentError(reader.problems)
        return found

    @cached_property
    def search(self) -> Search:
        """The search in these rules. Raises as `rulebook`."""
        reader = Reader(self.root)
        found = load_search(reader, self.rulebook)
        if reader.problems:
            raise ContentError(reader.problems)
        return found

    @cached_property
    def trees(self) -> Trees:
        """Troubleshooting. Raises `ContentError` with every problem of its files."""
        reader = Reader(self.root)
        found = load_trees(reader, self.policy.profile, self.languages)
        if reader.problems:
            raise ContentError(reader.problems)
        return found

    @cached_property
    def trouble_search(self) -> Search:
        """The search in the problems of these trees. Raises as `trees`."""
        reader = Reader(self.root)
        found = load_search(reader, as_rulebook(self.trees, self.policy.profile, self.languages))
        if reader.problems:
            raise ContentError(reader.problems)
        return found


@dataclass(frozen=True, slots=True)
class Loaded:
    """A profile as far as it could be loaded; the reader has the problems."""

    stack: Stack | None
    policy: Policy | None
    flows: Flows
    words: Words


def load(profile: str, policy_file: Path | None = None, root: Path = CONTENT) -> Content:
    """Policy, algorithms, words and messages of a profile.

    Raises `ContentError` with every problem found, one a line, each with file and line.
    """
    reader = Reader(root)
    spoken = tongues.found(reader)
    languages = tuple(language.code for language in spoken)
    catalogue = load_catalogue(reader, languages)
    loaded = load_profile(reader, profile, policy_file, languages)
    check_troubles(reader, loaded, catalogue)
    if loaded.policy is None or reader.problems:
        raise ContentError(reader.problems)
    letters = {language.code: language.letters for language in spoken}
    return Content(
        loaded.policy, loaded.flows.algorithms, loaded.words, catalogue, languages, root, policy_file, letters
    )


def load_profile(
    reader: Reader, profile: str, policy_file: Path | None, languages: tuple[str, ...]
) -> Loaded:
    """Policy, flows and words of one profile; what is wrong is left with the reader."""
    stack, policy = assemble(reader, profile, policy_file)
    layered = stack.names if stack else ()
    flows = load_flows(reader, layered, policy)
    words = load_words(reader, languages, layered, flows)
    if policy is not None:
        check_figures(reader, words, languages, flows, policy)
    return Loaded(stack, policy, flows, words)


def load_rulebook(reader: Reader, stack: Stack | None, languages: tuple[str, ...]) -> Rulebook:
    """The rules of a profile's sources, each with the figures of its own policy.

    An operator's file changes the figures of the profile's own rules alone: another source says what it said.
    """
    policies = {}
    for name in stack.names if stack else ():
        own = stack if stack and name == stack.names[-1] else layers.stack(reader, name)
        if own is not None:
            policies[name] = own.leaves
    return load_rules(reader, policies, languages)


def check_troubles(reader: Reader, loaded: Loaded, catalogue: Catalogue) -> None:
    """Every trouble that the policy lists needs its name in every language: an operator may add one."""
    leaf = loaded.stack.leaves.get("force_majeure.troubles") if loaded.stack else None
    if leaf is None or loaded.policy is None:
        return
    for language in catalogue.languages:
        for trouble in loaded.policy.force_majeure.troubles:
            if not catalogue.knows(language, f"trouble.{trouble}"):
                reason = f"{trouble} has no name, message trouble.{trouble} in language {language}"
                reader.blame(leaf.node, f"force_majeure.troubles: {reason}")


def profiles(root: Path = CONTENT) -> tuple[str, ...]:
    """Names of the policies that a university may run."""
    return layers.profiles(Reader(root))
