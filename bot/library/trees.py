"""Troubleshooting trees out of content/trees: ids and order there, words in every language."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bot.errors import ContentError
from bot.library.hints import hint
from bot.library.rulebook import Entry, Rulebook, RuleWords
from bot.library.yamlfiles import Node, Reader, names
from bot.rules.trees import DEVICES, GROUPS, Fix, Platform, Problem, for_device

TREES = "trees"
ID_LETTERS = 40  # an id stands in callback data
PLATFORM_LETTERS, TITLE_LETTERS, TEXT_LETTERS, SPOKEN_LETTERS = 24, 40, 350, 300
LINES_MAX = 6
SAID_MIN, SAID_MAX = 2, 12
LAST = 99

_TOP = ("platform", "group", "problems", "place")
_PROBLEM = ("devices", "urgent", "fixes", "leads_to", "clause", "profiles")
_FIX = ("id", "devices", "clause", "profiles")
_WORDS = ("title", "problems", "fixes")
_PROBLEM_WORDS = ("title", "ask", "words")
_FIX_WORDS = ("title", "text", "say")
_ID = re.compile(r"[a-z][a-z0-9_]*\.[a-z0-9_]+")
_MARKUP = re.compile(r"</?[a-zA-Z]|\*\*|__|`|\[[^\]]*\]\(")


W = TypeVar("W")


@dataclass(frozen=True, slots=True)
class ProblemWords:
    """A problem as its owner says it, what to ask them, and other ways to say it."""

    title: str
    ask: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FixWords:
    """A fix: what to do, and how to say it on the phone; by device ('' for every device)."""

    title: str
    text: Mapping[str, str]
    say: Mapping[str, str]

    def on(self, device: str) -> str:
        """What to do on a device; every device's way where that is not known."""
        return _by_device(self.text, device)

    def spoken(self, device: str) -> str:
        """How to say it to a caller."""
        return _by_device(self.say or self.text, device)


def _by_device(texts: Mapping[str, str], device: str) -> str:
    found = texts.get(device) or texts.get("")
    return found if found is not None else "\n\n".join(dict.fromkeys(texts.values()))


class Trees:
    """The trees of one profile with their words."""

    def __init__(self, platforms: Mapping[str, Platform], problems: Mapping[str, Problem]) -> None:
        self.platforms = platforms
        self.problems = problems
        self.titles: dict[tuple[str, str], str] = {}
        self.problem_words: dict[tuple[str, str], ProblemWords] = {}
        self.fix_words: dict[tuple[str, str], FixWords] = {}

    def groups(self) -> list[str]:
        """Groups that have a platform, in their order."""
        here = {platform.group for platform in self.platforms.values()}
        return [group for group in GROUPS if group in here]

    def of_group(self, group: str) -> list[Platform]:
        """Platforms of a group, in the editor's order."""
        return [platform for platform in self.platforms.values() if platform.group == group]

    def title(self, language: str, platform: str) -> str:
        """A platform's name on its button."""
        return self.titles.get((language, platform), platform)

    def problem(self, language: str, problem_id: str) -> ProblemWords:
        """A problem's words. Raises `ContentError` for one that is not here."""
        return _known(self.problem_words, language, problem_id)

    def fix(self, language: str, fix_id: str) -> FixWords:
        """A fix's words. Raises `ContentError` for one that is not here."""
        return _known(self.fix_words, language, fix_id)

    def has_fix(self, fix_id: str) -> bool:
        """Whether the fix is still here: an old ticket or button may name one that is not."""
        return any(known == fix_id for _, known in self.fix_words)

    def needs_device(self, language: str, problem: Problem) -> bool:
        """Whether the way out depends on the device."""
        varied = (set(self.fix(language, fix.id).text) - {""} for fix in problem.fixes)
        return any(fix.devices for fix in problem.fixes) or any(varied)


def _known(found: Mapping[tuple[str, str], W], language: str, name: str) -> W:
    words = found.get((language, name))
    if words is None:
        raise ContentError([f"no words for {name} in language {language}"])
    return words


def as_rulebook(trees: Trees, profile: str, languages: Sequence[str]) -> Rulebook:
    """The problems as the search reads rules: found by their title, the ways to say them, their platform."""
    entries, words = {}, {}
    for problem in trees.problems.values():
        entries[problem.id] = Entry(
            problem.id, profile, problem.clause, (), frozenset({"all"}), (), (), {}, problem.id
        )
        for language in languages:
            said = trees.problem(language, problem.id)
            platform = trees.title(language, problem.platform)
            asked = (*said.words, *(f"{platform} {way}" for way in (said.title, *said.words)))
            words[language, problem.id] = RuleWords(said.title, said.ask, asked)
    return Rulebook(profile, entries, words, languages)


def load_trees(reader: Reader, profile: str, languages: Sequence[str]) -> Trees:
    """The trees of a profile; '' takes what is meant for any profile, as a check does.

    Whatever is wrong is recorded: a problem without a fix on some device of its own, a fix that nobody uses
    or that has no words in a language, texts that do not fit a small screen.
    """
    loader = _Loader(reader, profile)
    for path in names(reader.root / TREES):
        loader.take(path)
    return loader.finish(languages)


class _Loader:
    def __init__(self, reader: Reader, profile: str) -> None:
        self._reader = reader
        self._profile = profile
        self._platforms: list[tuple[int, Platform]] = []
        self._problems: dict[str, Problem] = {}
        self._places: dict[str, Node] = {}
        self._used: dict[str, Node] = {}

    def take(self, path: Path) -> None:
        """One platform's file."""
        top = self._reader.read(path)
        if top is None:
            return
        _check_keys(self._reader, top, _TOP, path.stem)
        fields = top.fields()
        platform = fields["platform"].text() if "platform" in fields else ""
        group = fields["group"].text() if "group" in fields else ""
        if platform != path.stem:
            self._reader.blame(top, f"platform: must be {path.stem}, as the file's name")
        if group not in GROUPS:
            self._reader.blame(fields.get("group", top), f"group: must be one of {', '.join(GROUPS)}")
        listed = fields["problems"].fields() if "problems" in fields else {}
        if not listed:
            self._reader.blame(top, "problems: is missing")
        mine = [name for name, node in listed.items() if self._problem(path.stem, name, node)]
        place = fields["place"].value if "place" in fields else LAST
        self._platforms.append(
            (place if isinstance(place, int) else LAST, Platform(path.stem, group, tuple(mine)))
        )

    def _problem(self, platform: str, name: str, node: Node) -> bool:
        """Read a problem. Returns whether it belongs to this profile."""
        _check_keys(self._reader, node, _PROBLEM, name)
        _check_id(self._reader, node, name, platform)
        if not self._meant(node):
            for item in node.fields().get("fixes", node).items():
                self._used.setdefault(item.text() or item.fields().get("id", item).text(), item)
            return False
        fields = node.fields()
        problem = Problem(
            id=name,
            platform=platform,
            fixes=tuple(self._fixes(name, fields["fixes"])) if "fixes" in fields else (),
            devices=self._devices(name, node),
            urgent="urgent" in fields and fields["urgent"].value is True,
            leads_to=tuple(item.text() for item in fields["leads_to"].items())
            if "leads_to" in fields
            else (),
            clause=fields["clause"].text() if "clause" in fields else "",
        )
        for device in problem.devices or DEVICES:
            if not for_device(problem, device):
                self._reader.blame(node, f"{name}: has no fix on {device}")
        self._problems[name] = problem
        self._places[name] = node
        return True

    def _fixes(self, problem: str, node: Node) -> Iterator[Fix]:
        seen: set[str] = set()
        for item in node.items():
            fields = item.fields()
            _check_keys(self._reader, item, _FIX, f"{problem}: a fix")
            name = fields["id"].text() if "id" in fields else item.text()
            self._used.setdefault(name, item)
            if name in seen:
                self._reader.blame(item, f"{problem}: {name} is tried twice")
            seen.add(name)
            if self._meant(item):
                yield Fix(
                    name, self._devices(name, item), fields["clause"].text() if "clause" in fields else ""
                )

    def _devices(self, owner: str, node: Node) -> tuple[str, ...]:
        listed = node.fields().get("devices")
        found = tuple(item.text() for item in listed.items()) if listed else ()
        for device in found:
            if device not in DEVICES:
                self._reader.blame(node, f"{owner}: devices: {device} is not known{hint(device, DEVICES)}")
        return found

    def _meant(self, node: Node) -> bool:
        listed = node.fields().get("profiles")
        return not listed or not self._profile or self._profile in [item.text() for item in listed.items()]

    def finish(self, languages: Sequence[str]) -> Trees:
        """All platforms in their order, with words; what leads nowhere is recorded."""
        for name, problem in self._problems.items():
            for other in problem.leads_to:
                if other not in self._problems or other == name:
                    known = hint(other, self._problems)
                    self._reader.blame(
                        self._places[name], f"{name}: leads_to {other} is no other problem{known}"
                    )
        ordered = [platform for _, platform in sorted(self._platforms, key=lambda one: (one[0], one[1].id))]
        trees = Trees({platform.id: platform for platform in ordered if platform.problems}, self._problems)
        for language in languages:
            _Words(self._reader, language, trees, self._used).take(platform.id for platform in ordered)
        return trees


class _Words:
    """The words of all platforms in one language."""

    def __init__(self, reader: Reader, language: str, trees: Trees, used: Mapping[str, Node]) -> None:
        self._reader = reader
        self._language = language
        self._trees = trees
        self._used = used
        self._folder = reader.root / language / TREES

    def take(self, platforms: Iterable[str]) -> None:
        """Every platform's file; ids without words are recorded at their own place."""
        written: set[str] = set()
        for platform in platforms:
            top = self._reader.read(self._folder / f"{platform}.yaml")
            if top is None:
                continue
            _check_keys(self._reader, top, _WORDS, platform)
            fields = top.fields()
            title = self._text(platform, top, "title", PLATFORM_LETTERS)
            self._trees.titles[self._language, platform] = title
            for name, node in fields["problems"].fields().items() if "problems" in fields else ():
                self._problem(name, node)
                written.add(name)
            for name, node in fields["fixes"].fields().items() if "fixes" in fields else ():
                _check_id(self._reader, node, name, platform)
                if name not in self._used:
                    self._reader.blame(node, f"{name}: no problem uses this fix")
                self._fix(name, node)
                written.add(name)
        for name in [*self._trees.problems, *self._used]:
            if name not in written:
                place = self._used.get(name) or self._reader.shown(self._folder)
                shown = self._reader.shown(self._folder)
                self._reader.blame(place, f"{name}: has no words in {shown}{hint(name, written)}")

    def _problem(self, name: str, node: Node) -> None:
        _check_keys(self._reader, node, _PROBLEM_WORDS, name)
        fields = node.fields()
        said = tuple(item.text() for item in fields["words"].items()) if "words" in fields else ()
        if not SAID_MIN <= len(said) <= SAID_MAX:
            self._reader.blame(
                node, f"{name}: words: {len(said)} ways to say it, not {SAID_MIN} to {SAID_MAX}"
            )
        self._trees.problem_words[self._language, name] = ProblemWords(
            self._text(name, node, "title", TITLE_LETTERS),
            self._text(name, node, "ask", SPOKEN_LETTERS),
            said,
        )

    def _fix(self, name: str, node: Node) -> None:
        _check_keys(self._reader, node, _FIX_WORDS, name)
        title = self._text(name, node, "title", TITLE_LETTERS)
        text = self._texts(name, node, "text", TEXT_LETTERS)
        say = self._texts(name, node, "say", SPOKEN_LETTERS) if "say" in node.fields() else {}
        self._trees.fix_words[self._language, name] = FixWords(title, text, say)

    def _texts(self, owner: str, node: Node, key: str, limit: int) -> dict[str, str]:
        """A text for every device, or one for each."""
        field = node.fields().get(key)
        if field is None or not field.fields():
            return {"": self._text(owner, node, key, limit)}
        _check_keys(self._reader, field, DEVICES, f"{owner}: {key}")
        return {device: self._text(f"{owner}: {key}", field, device, limit) for device in field.fields()}

    def _text(self, owner: str, node: Node, key: str, limit: int) -> str:
        field = node.fields().get(key)
        text = field.text() if field else ""
        fault = _fault(text, limit)
        if fault:
            self._reader.blame(field or node, f"{owner}: {key}: {fault}")
        return text


def _fault(text: str, limit: int) -> str:
    if not text:
        return "must be a text, in quotes if it looks like a number"
    if len(text) > limit:
        return f"has {len(text)} letters, over {limit}"
    if text.count("\n") + 1 > LINES_MAX:
        return f"has {text.count(chr(10)) + 1} lines, over {LINES_MAX}"
    return "is plain text, without HTML or Markdown" if _MARKUP.search(text) else ""


def _check_id(reader: Reader, node: Node, name: str, platform: str) -> None:
    if not _ID.fullmatch(name) or not name.startswith(f"{platform}."):
        reader.blame(node, f"{name}: an id is {platform}.NAME, in small Latin letters")
    elif len(name) > ID_LETTERS:
        reader.blame(node, f"{name}: has {len(name)} letters, over {ID_LETTERS}")


def _check_keys(reader: Reader, node: Node, keys: Sequence[str], what: str) -> None:
    for key in node.fields().keys() - set(keys):
        reader.blame(node.fields()[key], f"{what}: {key} is not known here{hint(key, keys)}")
