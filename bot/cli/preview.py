"""`preview`: a step, a rule or a problem's fixes as the phone will show them, for editors."""

import re
from collections.abc import Callable, Sequence
from enum import StrEnum
from html import unescape
from typing import Annotated

import typer
from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bot import config
from bot.clock import system_clock, zone
from bot.errors import ContentError
from bot.library import content
from bot.library.content import Content
from bot.library.hints import hint
from bot.rules import walk
from bot.rules.trees import Stand
from bot.rules.walk import Place, WalkView
from bot.views import help as help_views
from bot.views import rules, walks
from bot.views.screen import Button, Screen
from bot.views.speech import Speakers, Speech

WIDTH = 46
_TAG = re.compile(r"<(/?)([a-z]+)[^>]*>")
_STYLES = {"b": "bold", "i": "italic dim", "u": "underline", "s": "strike", "code": "cyan", "a": "blue"}
_COLOURS = {"danger": "red", "success": "green", "primary": "blue"}


class Thing(StrEnum):
    """What can be shown."""

    STEP = "step"
    RULE = "rule"
    TREE = "tree"


def preview(
    thing: Annotated[Thing, typer.Argument(help="What the id belongs to.")],
    name: Annotated[str, typer.Argument(metavar="ID", help="Its id, for example ayu.written.take.5.")],
    lang: Annotated[str | None, typer.Option(help="One language; all of them without it.")] = None,
) -> None:
    """Show a step, rule, problem or fix as the phone will show it."""
    loaded = _loaded(name)
    if lang is not None and lang not in loaded.languages:
        raise ContentError([f"there is no language {lang}{hint(lang, loaded.languages)}"])
    voices = Speakers(loaded.catalogue, loaded.words, zone(loaded.policy.timezone), lambda: loaded.trees)
    console = Console()
    for language in [lang] if lang else loaded.languages:
        voice = voices[language]
        for screen in SHOWN[thing](voice, loaded, name):
            console.print(_phone(screen, f"{name} · {language}"))


def _loaded(name: str) -> Content:
    """The content of the university that an id begins with, else of the one that is configured."""
    settings = config.load()
    source = name.partition(".")[0]
    if source != settings.profile and source in content.profiles():
        return content.load(source)
    return content.load(settings.profile, settings.policy_file)


def _steps(voice: Speech, loaded: Content, name: str) -> list[Screen]:
    """The step in every algorithm that has it."""
    views = [
        WalkView(
            algorithm,
            Place(position, frozenset(), finished=False),
            None,
            by_staff=algorithm.actor not in walk.OPEN,
        )
        for algorithm in loaded.algorithms.values()
        for position, step in enumerate(algorithm.steps)
        if step.id == name
    ]
    if not views:
        known = {step.id for algorithm in loaded.algorithms.values() for step in algorithm.steps}
        raise ContentError([f"there is no step {name}{hint(name, known)}"])
    now = system_clock()
    return [walks.step(voice, loaded.policy, view, now) for view in views]


def _rule(voice: Speech, loaded: Content, name: str) -> list[Screen]:
    entry = loaded.rulebook.entries.get(name)
    if entry is None:
        raise ContentError([f"there is no rule {name}{hint(name, loaded.rulebook.entries)}"])
    return [rules.answer(voice, loaded.rulebook, entry)]


def _tree(voice: Speech, loaded: Content, name: str) -> list[Screen]:
    """Every screen of a problem, or of a fix in the first problem that has it, by device where it differs."""
    trees = loaded.trees
    having = [problem for problem in trees.problems.values() if name in {fix.id for fix in problem.fixes}]
    problem = trees.problems.get(name) or next(iter(having), None)
    if problem is None:
        known = hint(name, [*trees.problems, *(fix for _, fix in trees.fix_words)])
        raise ContentError([f"there is no problem or fix {name}{known}"])
    wanted = [name] if name not in trees.problems else [fix.id for fix in problem.fixes]
    screens = []
    for fix in wanted:
        for device in sorted(trees.fix(voice.language, fix).text):
            stand = Stand(problem, device, fix=fix, left=len(wanted))
            screens.append(help_views.stand(voice, stand, system_clock()))
    if name in trees.problems:
        screens.append(help_views.stand(voice, Stand(problem), system_clock()))
    return screens


SHOWN: dict[Thing, Callable[[Speech, Content, str], list[Screen]]] = {
    Thing.STEP: _steps,
    Thing.RULE: _rule,
    Thing.TREE: _tree,
}


def _phone(screen: Screen, title: str) -> Group:
    """A message and its buttons, as wide as a narrow phone."""
    message = Panel(_text(screen.text), title=title, title_align="left", width=WIDTH)
    return Group(message, *(_row(row) for row in screen.rows if row))


def _row(row: Sequence[Button]) -> Table:
    grid = Table.grid(expand=True)
    grid.width = WIDTH
    for _ in row:
        grid.add_column(ratio=1)
    grid.add_row(*(Panel(_label(button), border_style=_COLOURS.get(button.style, "dim")) for button in row))
    return grid


def _label(button: Button) -> Text:
    return Text(button.label, justify="center", no_wrap=True, overflow="ellipsis")


def _text(markup: str) -> Text:
    """Telegram's markup as the terminal's."""
    text = Text()
    styles: list[str] = []
    end = 0
    for tag in _TAG.finditer(markup):
        text.append(unescape(markup[end : tag.start()]), " ".join(styles))
        if tag[1]:
            styles = styles[:-1]
        else:
            styles.append(_STYLES.get(tag[2], ""))
        end = tag.end()
    text.append(unescape(markup[end:]), " ".join(styles))
    return text
