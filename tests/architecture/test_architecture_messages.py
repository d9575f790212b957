"""Every message that the code names is in every catalogue, and no catalogue entry is spoken by nobody."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiogram.types import Message

import handlers.door
from bot.library import po
from bot.library.content import CONTENT, load, profiles
from bot.library.yamlfiles import Reader
from bot.rules.vocabulary import ExamKind, Level, Role
from bot.storage.tables import Case
from bot.views import commands, notices

ROOT = Path(__file__).parents[2]
SPEAKERS = ("t", "n", "label")
LANGUAGES = ("kk", "ru")


def sources(*places):
    for place in places:
        found = ROOT / place
        yield from sorted(found.rglob("*.py")) if found.is_dir() else [found]


def speaking():
    """Every module outside the sandbox and the library may speak."""
    silent = ("bot/sandbox", "bot/library", "bot/exchange", "bot/storage/migrations")
    return [
        path
        for path in sources("bot", "handlers", "scheduler")
        if not path.relative_to(ROOT).as_posix().startswith(silent)
    ]


def shapes(node: ast.expr, assigned: dict[str, list[ast.expr]]) -> Iterator[str]:
    """The ids an expression may give: literal ones, and `family.*` for an f-string; '?' for anything else."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=parts):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in parts)
        case ast.IfExp(body=one, orelse=other):
            yield from shapes(one, assigned)
            yield from shapes(other, assigned)
        case ast.Name(id=name) if name in assigned:
            for value in assigned[name]:
                yield from shapes(value, assigned)
        case _:
            yield "?"


def spoken(path: Path) -> Iterator[tuple[str, str]]:
    """(place, id or family) of every call that speaks."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        assigned: dict[str, list[ast.expr]] = {}
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                assigned.setdefault(node.targets[0].id, []).append(node.value)
        for node in ast.walk(function):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
                continue
            if node.func.attr in SPEAKERS:
                for shape in shapes(node.args[0], assigned):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", shape


def strings_given_to(name: str, position: int) -> set[str]:
    """Literal strings that stand as this argument of every call of a function."""
    return {
        node.args[position].value
        for path in speaking()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", getattr(node.func, "id", "")) == name
        and len(node.args) > position
        and isinstance(node.args[position], ast.Constant)
    }


def refusals() -> set[str]:
    return strings_given_to("Refusal", 0)


def case_states() -> set[str]:
    check = next(c for c in Case.__table__.constraints if "state" in str(getattr(c, "sqltext", "")))
    return set(re.findall(r"'(\w+)'", str(check.sqltext)))


def contents():
    return [load(profile) for profile in profiles()]


def moments_without_steps() -> set[str]:
    """Moments that are offered by themselves for a kind whose algorithm has no step bound to them."""
    found = set()
    for content in contents():
        for kind, rules in content.policy.kinds.items():
            walk = next(
                (a for a in content.algorithms.values() if a.kind == kind and a.phase == "take"), None
            )
            bound = {step.event for step in walk.steps} if walk else set()
            found |= {m.id for m in rules.moments.values() if m.offers and m.id not in bound}
    return found


def families() -> dict[str, set[str]]:
    """What may stand in place of the star, taken from the code and the content themselves."""
    return {
        "role.*": set(Role),
        "kind.*": set(ExamKind),
        "level.*": {Level.BACHELOR, Level.MASTER},
        "trouble.*": {t for content in contents() for t in content.policy.force_majeure.troubles},
        "walk.*": {a.phase for content in contents() for a in content.algorithms.values() if not a.kind},
        "command.*": set(commands.LISTED),
        "refusal.*": refusals(),
        "case.state.*": case_states(),
        "fallback.*": strings_given_to("not_understood", 2),
        "file.*": {"photo", *handlers.door.FILES},
        "due.*": moments_without_steps(),
        "missed.reason.*": {notices._reason(reason) for reason in ("not_linked", "blocked", "else")},
        "button.open_*": {"meeting", "lms"},
        "bot.*": {"description", "short_description"},
    }


def used() -> dict[str, str]:
    """Every id that may be spoken, with one place where it is."""
    found: dict[str, str] = {}
    known = families()
    for path in speaking():
        for place, shape in spoken(path):
            assert shape != "?", f"{place}: say the message's id where it is spoken"
            assert "*" not in shape or shape in known, f"{place}: what may {shape} be? Add it to families()"
            for name in known.get(shape, {""}):
                found[shape.replace("*", name)] = place
    return found


@pytest.fixture(scope="module")
def named():
    return used()


def entries(language: str) -> set[str]:
    catalog = po.parsed(Reader(CONTENT), language)
    assert catalog is not None
    ids = (message.id for message in catalog if message.id)
    return {found if isinstance(found, str) else found[0] for found in ids}


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue__has_every_message_that_the_code_names(named, language):
    missing = {msgid: named[msgid] for msgid in named.keys() - entries(language)}
    assert missing == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue__holds_nothing_that_nobody_says(named, language):
    assert sorted(entries(language) - named.keys()) == []


def test_languages__are_those_of_the_content(named):
    assert {path.parent.name for path in CONTENT.glob("*/LC_MESSAGES")} == set(LANGUAGES)


def test_families__of_files_are_kinds_of_message():
    assert set(handlers.door.FILES) <= set(Message.model_fields)


def test_collector__sees_literals_choices_families_and_what_it_cannot_read(tmp_path):
    path = tmp_path / "sample.py"
    path.write_text(
        "def one(voice, x):\n"
        "    head = 'a.one' if x else 'a.two'\n"
        "    voice.t(head)\n"
        "    voice.label(f'b.{x}.c')\n"
        "    voice.n('d', 1)\n"
        "    voice.t(x)\n"
    )
    tree = {shape for _, shape in _spoken_in(path)}
    assert tree == {"a.one", "a.two", "b.*.c", "d", "?"}


def _spoken_in(path: Path):
    global ROOT
    before, ROOT = ROOT, path.parent
    try:
        return list(spoken(path))
    finally:
        ROOT = before
